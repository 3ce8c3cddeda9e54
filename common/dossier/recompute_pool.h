/*
 * Rule 11 of pools (recompute_pool.c): what went into one and what came out of it, and that a second person verified it where one was asked for.
 * Reads the batch's stream and its procedure alone.
 */
#pragma once
#include "domain/pool.h"
#include "dossier/recompute.h"

/** recompute_pools(c, ret, ret_seqs, e): the batch's pools before the statement, as struct container_pool, in order; ${ret_seqs}: the entry of each;
 *  NULL: not asked. */
int recompute_pools(const struct recompute_case *c, struct list *ret, int64_t **ret_seqs, struct err *e);

/** recompute_pool(c, in, e): its parents stood where they may be pooled, of a batch that was not decided on; the new container is what comes of them.
 *  recompute_pool_verify(c, in, e): of a pool before it, once, by another person. */
int recompute_pool(const struct recompute_case *c, void *in, struct err *e);
int recompute_pool_verify(const struct recompute_case *c, void *in, struct err *e);

/** recompute_pools_verified(c, e): each pool before the statement that a second person verifies was verified. */
int recompute_pools_verified(const struct recompute_case *c, struct err *e);
