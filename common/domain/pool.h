/*
 * Pools (domain.md §1.8, §7.3): containers of one batch put together into a new one, each whole. What went in, what came out of it and
 * whose cells they are; volume and cells never more than went in (R33); it lasts as long as the first of its parents. Cells of two donors, or of
 * two batches, are never put together (R32): a pool has the donor of its batch. One code for the services and for the verifier. Pure: reads no
 * table and no clock. Knows no pool of pools, and no correction of a pool.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/dose.h"
#include "domain/procedure.h"

/** A container of the batch with what is left in it. */
struct pool_source {
    const char *container_id, *volume_ml, *cells;
    int64_t expires_ms;
    bool is_pool;
};

#define POOL_SKEW_MS 5000                /* R16: by so much may two terminals' clocks differ */

/** What a pool is judged by: all containers of the batch, its donor, what its procedure asks, and since when there was anything to pool: the end
 *  of its last step of formulation as it stands, or, without one, when the batch was opened (pool_since). */
struct pool_case {
    const struct pool_source *source;
    size_t source_count;
    const char *donor_id;
    const struct procedure *procedure;
    int64_t since_ms;
};

/** pool_since(doc, steps, n, opened_ms): of the steps in their order. */
int64_t pool_since(const struct procedure *doc, const struct batch_step *steps, size_t n, int64_t opened_ms);

/** pool_fill(a, c, in, said_ms, e): the computed fields of ${in}, whose tolerance the caller has set. ERR_POOL_REFUSED: the procedure pools
 *  nothing; a parent that is of another batch (R32), is named twice, is a pool itself, or had expired (T19). ERR_TIME_REFUSED: before there was
 *  anything to pool (R15). ERR_FIELD_MISSING: fewer than two;
 *  ERR_IDENTIFIER_REFUSED: the new one is of another donation or product than its parents (R04, T36); ERR_EXISTS: it is there already;
 *  ERR_FIELD_RANGE (R22); ERR_BALANCE_OPEN (R33). */
int pool_fill(struct arena *a, const struct pool_case *c, struct container_pool *in, int64_t said_ms, struct err *e);

/** pool_leave(a, in, left, n): takes the parents of ${in} out of ${left}, of *${n} rows, and puts the new container behind them, its cells as its
 *  parents' stand. ${left} has room for it. */
void pool_leave(struct arena *a, const struct container_pool *in, struct dose_filled *left, size_t *n);

/** pool_correct(by, pool): what a correction of the fill made of ${pool}: its cells, and when it expires (1.8). */
void pool_correct(const struct fill_correct *by, struct container_pool *pool);

/** pools_stand(a, fill, taken, taken_count, pools, ret, e): what of ${fill}, as a correction would have it, the batch's ${pools} hold, as struct
 *  fill_container; ${pools} of struct container_pool, in their order; ${taken}: what samples took, one row a container. ERR_BALANCE_OPEN, R33:
 *  a pool does not balance any more, or samples took more of it than it has. */
int pools_stand(struct arena *a, const struct batch_fill *fill, const struct dose_filled *taken, size_t taken_count, const struct list *pools,
                struct list *ret, struct err *e);
