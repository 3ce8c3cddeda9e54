/* Verbs on material lots: received into quarantine, released by another person, used up step by step (R18). */
#include "batch_apply.h"
#include "batch_store.h"
#include "record/record.h"
#include "verbs.h"

static int receive_decide(struct call *c, struct err *e)
{
    int code = rule_new_stream("lot_id", c->head.seq, e);
    return code != 0 ? code : rule_material_receive(c->in, c->now_ms, e);
}

const struct handler batch_material_receive_verb = {NULL, receive_decide, apply_material_receive, NULL};

static int release_facts(struct call *c, struct err *e)
{
    const struct material_release *in = c->in;
    (void)e;
    store_ask_lots(c, &in->lot_id, NULL, 1);
    return 0;
}

static int release_decide(struct call *c, struct err *e)
{
    const struct lot_facts *lots;
    store_read_lots(c, 0, &lots);
    return rule_material_release(&lots[0], c->who->person_id, c->now_ms, e);
}

const struct handler batch_material_release_verb = {release_facts, release_decide, apply_material_release, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_LOT_LIST), DB_NONE);
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct material_rows *out = c->out;
    int code = rows_take(c, 0, &record_material_row, &out->materials, e);
    record_list_cut(&record_material_rows, out, &out->materials, &out->more);
    return code;
}

const struct handler batch_materials_verb = {list_facts, list_decide, NULL, NULL};
