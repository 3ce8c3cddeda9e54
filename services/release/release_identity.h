/*
 * Tests of identity that passed by a reference profile which another one has replaced: compared again with what there is now, by the
 * code that compared them first (domain/str_record.h). A wrong reference takes with it what passed by it (T31). Decides nothing else.
 */
#pragma once
#include "db/db.h"
#include "domain/specification.h"

/** release_identity_doubt(a, specification, r, row, ret, e): ${row} of release_store's queries of identity; ${ret}: in words what the test says
 *  now, NULL when it is what it said. */
int release_identity_doubt(struct arena *a, const struct specification *specification, const struct db_rows *r, int row, const char **ret,
                           struct err *e);
