/* Where containers lie, and the chain of custody of a batch as a list. */
#include "custody_apply.h"
#include "custody_store.h"
#include "record/record.h"
#include "verbs.h"

enum { PLACE_BATCH, PLACE_CONTAINERS, PLACE_PLACE };   /* answers, in the order asked */

static int store_facts(struct call *c, struct err *e)
{
    const struct container_store *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_place(c, in);
    return 0;
}

static int store_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct place_facts place;
    store_read_batch(c, PLACE_BATCH, &facts);
    store_read_place(c, PLACE_PLACE, &place);
    return rule_store(c->in, &facts, &place, e);
}

const struct handler custody_container_store_verb = {store_facts, store_decide, apply_container_store, NULL};

#define CHAIN_MOST 1000
enum { CHAIN_BATCH, CHAIN_CHAIN };

static int chain_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_CHAIN), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

static int chain_decide(struct call *c, struct err *e)
{
    struct custody_rows *out = c->out;
    const struct db_rows *rows = &c->answers[CHAIN_CHAIN];
    if (c->answers[CHAIN_BATCH].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    if (rows->rows > CHAIN_MOST)
        out->more = 1;
    for (int i = (rows->rows > CHAIN_MOST ? CHAIN_MOST : rows->rows) - 1; i >= 0; i--) {      /* asked for from the end */
        int code = db_row_record(c->arena, &record_custody_row, rows, i,
                                 record_list_add(c->arena, &record_custody_row, &out->events), e);
        if (code != 0)
            return code;
    }
    return 0;
}

const struct handler custody_chain_verb = {chain_facts, chain_decide, NULL, NULL};
