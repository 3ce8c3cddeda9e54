#include "dossier/recompute_pool.h"

#include <string.h>

#include "dossier/recompute_sample.h"
#include "fsm/machines.h"

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

int recompute_pools(const struct recompute_case *c, struct list *ret, int64_t **ret_seqs, struct err *e)
{
    int rc = 0;
    if (ret_seqs != NULL)
        *ret_seqs = ARENA_ARRAY(c->a, int64_t, c->s->count + 1);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        if (strcmp(c->s->entry[i].statement.type, "custody.pool") != 0)
            continue;
        if (ret_seqs != NULL)
            (*ret_seqs)[ret->count] = c->s->entry[i].entry.seq;
        rc = recompute_read(c, &c->s->entry[i], record_list_add(c->a, &record_container_pool, ret), e);
    }
    return rc;
}

static bool is_pool(const struct list *pools, const char *id)
{
    for (size_t i = 0; i < pools->count; i++)
        if (strcmp(LIST_AT(*pools, const struct container_pool, i)->container_id, id) == 0)
            return true;
    return false;
}

/* the batch's containers as they were then */
static int sources(const struct recompute_case *c, const struct list *pools, struct pool_case *ret, struct err *e)
{
    struct batch_fill fill;
    const struct dossier_entry *filled;
    struct dose_filled *left;
    size_t n;
    int rc = recompute_left(c, &left, &n, e);
    rc = rc != 0 ? rc : recompute_fill(c, &fill, &filled, e);
    if (rc != 0)
        return rc;
    struct pool_source *source = ARENA_ARRAY(c->a, struct pool_source, n + 1);
    for (size_t i = 0; i < n; i++)
        source[i] = (struct pool_source){left[i].container_id, left[i].volume_ml, left[i].cells, fill.expires_at,
                                         is_pool(pools, left[i].container_id)};
    ret->source = source;
    ret->source_count = n;
    return 0;
}

/* the batch was not on hold and not decided on */
static int may_be_pooled(const struct recompute_case *c, const struct batch_open *open, struct err *e)
{
    struct specification *spec;
    const char *state;
    int rc = recompute_specification(c, open, &spec, e);
    rc = rc != 0 ? rc : recompute_batch_stood(c, spec, &state, e);
    if (rc == 0 && fsm_find(&fsm_batch, fsm_state(&fsm_batch, state), "custody.pool") == NULL)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "11", "pooled when the batch was %s", state);
    return rc;
}

int recompute_pool(const struct recompute_case *c, void *in, struct err *e)
{
    const struct container_pool *recorded = c->memory->recorded;
    struct container_pool *pool = in;
    struct list pools = {NULL, 0};
    struct batch_open open;
    struct procedure *procedure;
    struct pool_case of = {0};
    struct batch_step *steps;
    size_t n;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_procedure(c, &open, &procedure, e);
    rc = rc != 0 ? rc : recompute_pools(c, &pools, NULL, e);
    rc = rc != 0 ? rc : sources(c, &pools, &of, e);
    if (rc != 0)
        return rc;
    if (recorded != NULL) {                       /* the site's setting, which the statement says */
        pool->tolerance_percent = recorded->tolerance_percent;
        pool->tolerance_ml = recorded->tolerance_ml;
    }
    if (pool->tolerance_percent == NULL || pool->tolerance_ml == NULL || pool->tolerance_percent[0] == '-' || pool->tolerance_ml[0] == '-')
        return refuse(e, "tolerance_ml", "half a tolerance, or one below zero");
    of.donor_id = open.donor_id;
    of.procedure = procedure;
    rc = recompute_steps(c, &procedure, &steps, &n, e);
    if (rc != 0)
        return rc;
    of.since_ms = pool_since(procedure, steps, n, c->s->entry[0].entry.time_ms);
    rc = pool_fill(c->a, &of, pool, c->entry->statement.at_ms, e);
    rc = rc != 0 ? rc : may_be_pooled(c, &open, e);
    return rc != 0 ? rc : recompute_may(c, &pool->parents, "custody.pool", e);
}

/* the last verification of the pool of ${container} before the statement; NULL: none */
static int verification(const struct recompute_case *c, const char *container, const struct dossier_entry **ret, struct err *e)
{
    int rc = 0;
    *ret = NULL;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct pool_verify verify;
        if (strcmp(c->s->entry[i].statement.type, "custody.pool_verify") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &verify, e);
        if (rc == 0 && strcmp(verify.container_id, container) == 0)
            *ret = &c->s->entry[i];
    }
    return rc;
}

int recompute_pool_verify(const struct recompute_case *c, void *in, struct err *e)
{
    struct pool_verify *verify = in;
    struct list pools = {NULL, 0};
    const struct dossier_entry *earlier;
    int64_t *seqs;
    int rc = recompute_pools(c, &pools, &seqs, e);
    rc = rc != 0 ? rc : verification(c, verify->container_id, &earlier, e);
    for (size_t i = 0; rc == 0 && i < pools.count; i++)
        if (strcmp(LIST_AT(pools, const struct container_pool, i)->container_id, verify->container_id) == 0)
            verify->pool = seqs[i];
    if (rc != 0)
        return rc;
    if (verify->pool == INTEGER_ABSENT)
        return refuse(e, "container_id", "what is verified is no pool before it");
    if (earlier != NULL)
        return refuse(e, "container_id", "the pool was verified already");
    const char *pooled_by = recompute_holder(c, verify->pool);
    return strcmp(pooled_by, c->entry->statement.actor) == 0 ? refuse(e, "container_id", "who pooled verified it") : 0;
}

int recompute_pools_verified(const struct recompute_case *c, struct err *e)
{
    struct list pools = {NULL, 0};
    int rc = recompute_pools(c, &pools, NULL, e);
    for (size_t i = 0; rc == 0 && i < pools.count; i++) {
        const struct container_pool *pool = LIST_AT(pools, const struct container_pool, i);
        const struct dossier_entry *verified;
        rc = verification(c, pool->container_id, &verified, e);
        if (rc == 0 && pool->verify == 1 && verified == NULL)
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but nobody else verified the pool %.40s", pool->container_id);
    }
    return rc;
}
