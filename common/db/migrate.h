/*
 * Brings a database to the version of the project's sql/ folder: sql/migrations/NNNN_name.sql once each and in order,
 * then every script of sql/api, which can be created again at any time. What was applied is remembered with its SHA-256 in
 * house.schema_migration; a file that changed or vanished after it was applied is refused: history is not edited. A file
 * with a lower number that comes later, from somebody who worked at the same time, is applied when it comes. Each file is
 * one transaction. All but 0000 run as the owner role stemma_owner.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"

struct migrate_report {
    int applied, already, api;       /* migrations run now, run before; api files */
    const char *version;             /* name of the newest migration */
};

/** migrate_run(a, conninfo, folder, ret, e): connect as a superuser or database owner by ${conninfo} and apply
 *  ${folder}/migrations and ${folder}/api under an advisory lock. A fault names the file. */
int migrate_run(struct arena *a, const char *conninfo, const char *folder, struct migrate_report *ret, struct err *e);

/** migrate_found_log(a, conninfo, origin, e): name the log (ledger.found); ERR_RECORD_APPEND_ONLY when it already has
 *  another name. */
int migrate_found_log(struct arena *a, const char *conninfo, const char *origin, struct err *e);
