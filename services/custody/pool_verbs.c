/* Pools: containers of one batch put together into a new one, and verified by a second person. */
#include "custody_apply.h"
#include "custody_store.h"
#include "verbs.h"

enum { POOL_BATCH, POOL_CONTAINERS, POOL_POOL };   /* answers, in the order asked; the last: the first of several */

static int pool_facts(struct call *c, struct err *e)
{
    const struct container_pool *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_pool(c, in->batch_id, in->container_id);
    return 0;
}

static int pool_decide(struct call *c, struct err *e)
{
    struct container_pool *in = c->in;
    struct custody_facts batch;
    struct pool_facts facts = {.batch = &batch};
    store_read_batch(c, POOL_BATCH, &batch);
    if (batch.state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    in->tolerance_percent = custody_config.pool_tolerance_percent;
    in->tolerance_ml = custody_config.pool_tolerance_ml;
    int code = store_read_pool(c, POOL_POOL, &batch, &facts, e);
    return code != 0 ? code : rule_pool(c->arena, in, &facts, c->said_ms, c->now_ms, e);
}

const struct handler custody_pool_verb = {pool_facts, pool_decide, apply_pool, NULL};

static int verify_facts(struct call *c, struct err *e)
{
    const struct pool_verify *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_pool(c, in->batch_id, in->container_id);
    return 0;
}

static int verify_decide(struct call *c, struct err *e)
{
    struct pool_verify *in = c->in;
    struct custody_facts batch;
    struct pooled_facts pooled;
    store_read_batch(c, POOL_BATCH, &batch);
    store_read_pooled(c, POOL_POOL, in->container_id, &pooled);
    int code = rule_pool_verify(in, &batch, &pooled, store_read_trained(c, POOL_POOL), c->who->person_id, c->reviewed_seq, e);
    in->pool = code == 0 ? pooled.seq : INTEGER_ABSENT;
    return code;
}

const struct handler custody_pool_verify_verb = {verify_facts, verify_decide, apply_pool_verify, NULL};
