/*
 * What happens to the verbs that arrived: grouped so that one commit serves many, each still all or nothing. Members of
 * a group touch different streams; the second verb of one stream goes into the next group. When SQL refuses anything, the
 * group is rolled back and its members run again, each in its own savepoint; should even that commit fail, each runs in
 * a transaction of its own.
 */
#pragma once
#include "service/work.h"

/** The frame's own statements, prepared on every service's connection. */
extern const struct statement_table dispatch_statements;

/** dispatch_run(service, db, works, count): run and answer ${count} works that work_decode has read; every work's `reply`
 *  is set when it returns. A lost connection answers `unavailable` and is reopened. */
void dispatch_run(const struct service *service, struct db *db, struct work *works, size_t count);
