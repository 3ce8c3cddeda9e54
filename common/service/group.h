/*
 * One transaction over a group of verbs, in four trips at most: facts of all; decisions in C; writes and entries of all
 * with the commit. Internal to common/service.
 */
#pragma once
#include "service/work.h"

/** group_meanwhile(one, ctx): what to do while the database works on a group: ${one}(ctx, fd) does one small piece of
 *  other work, or waits until there is one or ${fd}, the database's, can be read. It must not touch the database. */
void group_meanwhile(void (*one)(void *ctx, int fd), void *ctx);

/** group_run(service, db, group, n): run all members in one transaction. 0: every member is done (answered or refused);
 *  otherwise nothing happened in the database and all members must be run again. */
int group_run(const struct service *service, struct db *db, struct work **group, size_t n);

/** group_run_savepoints(...): the same, each member in its own savepoint, so that one that fails leaves the others whole. */
int group_run_savepoints(const struct service *service, struct db *db, struct work **group, size_t n);

/** group_run_single(service, db, w): one member in a transaction of its own; tried three times when the database says
 *  that the same work may succeed. Always done afterwards. */
void group_run_single(const struct service *service, struct db *db, struct work *w);
