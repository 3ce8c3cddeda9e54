/*
 * A PostgreSQL of our own for a while: an empty cluster in the memory folder, reached by a socket that only this user can
 * open, with the project's migrations and sql/replay/scratch.sql in it. The live database is never written, and the
 * auditor needs no right to create anything there. Gone when it ends; what a killed run left is removed by the next.
 */
#pragma once
#include <sys/types.h>

#include "db/db.h"

struct audit_scratch {
    pid_t server;                     /* 0: none */
    const char *folder, *socket;
};

/** audit_scratch_begin(a, locale, ret, e): make and start it. ${locale} as that of the live database, so that both order
 *  texts alike. audit_scratch_empty(a, name, locale, ret, e): one in folder ${name} of the memory folder with nothing in it.
 *  Whatever is returned, audit_scratch_end must be called. */
int audit_scratch_begin(struct arena *a, const char *locale, struct audit_scratch *ret, struct err *e);
int audit_scratch_empty(struct arena *a, const char *name, const char *locale, struct audit_scratch *ret, struct err *e);
void audit_scratch_end(struct audit_scratch *s);

/** audit_scratch_sweep(a): remove what a run that was killed left, its socket too; nobody else may be at work. */
void audit_scratch_sweep(struct arena *a);

/** audit_scratch_run(a, s, words, e): one of PostgreSQL's own programs, ${words} up to NULL, its first without its folder, to
 *  its end; a fault when that is not a good one. */
int audit_scratch_run(struct arena *a, const struct audit_scratch *s, char *words[], struct err *e);

/** audit_scratch_conninfo(a, s, service): how its role of ${service} connects; NULL: its owner. */
const char *audit_scratch_conninfo(struct arena *a, const struct audit_scratch *s, const char *service);
