/* What a pool is judged by, read through batch's and access's views. */
#include <string.h>

#include "custody_store.h"

enum { POOL_FACTS, POOL_TRAINED, POOL_POOLS, POOL_STEPS };   /* answers, in the order asked */

void store_ask_pool(struct call *c, const char *batch_id, const char *container_id)
{
    call_ask(c, store_row(ROW_POOL_FACTS), DB_VALUES(db_text(batch_id), db_text(container_id)));
    call_ask(c, store_row(ROW_TRAINED), DB_VALUES(db_text(batch_id)));
    call_ask(c, store_row(ROW_POOLS), DB_VALUES(db_text(batch_id)));
    call_ask(c, store_row(ROW_POOL_STEPS), DB_VALUES(db_text(batch_id)));
}

static bool is_pool(const struct db_rows *pools, const char *container_id)
{
    for (int i = 0; i < pools->rows; i++)
        if (strcmp(db_cell_text(pools, i, "container_id"), container_id) == 0)
            return true;
    return false;
}

bool store_read_trained(const struct call *c, size_t answer)
{
    const struct db_rows *r = &c->answers[answer + POOL_TRAINED];
    for (int i = 0; i < r->rows; i++)
        if (strcmp(db_cell_text(r, i, "person_id"), c->who->person_id) == 0 && db_cell_int(r, i, "expires_ms") > c->now_ms)
            return true;
    return false;
}

static int64_t read_since(const struct call *c, size_t answer, const struct procedure *procedure, int64_t opened_ms)
{
    const struct db_rows *r = &c->answers[answer + POOL_STEPS];
    struct batch_step *step = ARENA_ARRAY(c->arena, struct batch_step, (size_t)r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        step[i].step = db_cell_int(r, i, "step");
        step[i].ended_at = db_cell_int(r, i, "ended_ms");
    }
    return pool_since(procedure, step, (size_t)r->rows, opened_ms);
}

int store_read_pool(const struct call *c, size_t answer, const struct custody_facts *batch, struct pool_facts *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer + POOL_FACTS];
    const char *document = db_cell_text(r, 0, "document");
    struct pool_source *source = ARENA_ARRAY(c->arena, struct pool_source, batch->container_count + 1);
    struct procedure *procedure;
    if (document == NULL || procedure_parse(c->arena, document, strlen(document), &procedure, e) != 0)
        return err_fault(e, "the procedure of %s does not read", c->stream);
    for (size_t i = 0; i < batch->container_count; i++) {
        const struct container_facts *k = &batch->containers[i];
        source[i] = (struct pool_source){k->container_id, k->volume_ml, k->cells, k->expires_ms,
                                         is_pool(&c->answers[answer + POOL_POOLS], k->container_id)};
    }
    ret->of = (struct pool_case){source, batch->container_count, db_cell_text(r, 0, "donor_id"), procedure,
                                 read_since(c, answer, procedure, db_cell_int(r, 0, "opened_ms"))};
    ret->is_taken = db_cell_bool(r, 0, "taken");
    ret->is_trained = store_read_trained(c, answer);
    return 0;
}

void store_read_pooled(const struct call *c, size_t answer, const char *container_id, struct pooled_facts *ret)
{
    const struct db_rows *r = &c->answers[answer + POOL_POOLS];
    *ret = (struct pooled_facts){.seq = -1};
    for (int i = 0; i < r->rows; i++)
        if (strcmp(db_cell_text(r, i, "container_id"), container_id) == 0)
            *ret = (struct pooled_facts){db_cell_int(r, i, "seq"), db_cell_text(r, i, "person_id"), db_cell_text(r, i, "verified_by")};
}
