/* Verbs on opened vials of material lots: opened, the time corrected, discarded, listed by the time that is left (R18). */
#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/late.h"
#include "record/record.h"
#include "verbs.h"

static int open_facts(struct call *c, struct err *e)
{
    const struct material_open *in = c->in;
    (void)e;
    store_ask_vial(c, in->lot_id, 0);
    return 0;
}

static int open_decide(struct call *c, struct err *e)
{
    struct material_open *in = c->in;
    struct batch_limits limits = batch_limits();
    struct vial_case facts;
    store_read_vial(c, 0, &facts);
    int code = rule_material_open(in, &facts, c->said_ms, &limits, e);
    if (code != 0)
        return code;
    in->vial_no = facts.opened + 1;
    in->use_by = vial_use_by(facts.lot.expires_ms, in->opened_at, facts.lot.in_use_h);
    in->late_min = late_entry(LATE_ENTRY_MIN, in->opened_at, c->said_ms);
    return 0;
}

const struct handler batch_material_open_verb = {open_facts, open_decide, apply_material_open, NULL};

static int correct_facts(struct call *c, struct err *e)
{
    const struct vial_correct *in = c->in;
    (void)e;
    store_ask_vial(c, in->lot_id, in->vial_no);
    return 0;
}

static int correct_decide(struct call *c, struct err *e)
{
    struct vial_correct *in = c->in;
    struct batch_limits limits = batch_limits();
    struct vial_case facts;
    store_read_vial(c, 0, &facts);
    int code = rule_vial_correct(in, &facts, c->who->person_id, c->said_ms, &limits, e);
    if (code != 0)
        return code;
    in->corrects = facts.opened_seq;
    in->old_opened_at = facts.lot.vial.opened_ms;
    in->use_by = vial_use_by(facts.lot.expires_ms, in->opened_at, facts.lot.in_use_h);
    return 0;
}

const struct handler batch_vial_correct_verb = {correct_facts, correct_decide, apply_vial_correct, NULL};

static int discard_facts(struct call *c, struct err *e)
{
    const struct vial_discard *in = c->in;
    (void)e;
    store_ask_vial(c, in->lot_id, in->vial_no);
    return 0;
}

static int discard_decide(struct call *c, struct err *e)
{
    struct batch_limits limits = batch_limits();
    struct vial_case facts;
    store_read_vial(c, 0, &facts);
    return rule_vial_discard(c->in, &facts, c->said_ms, &limits, e);
}

const struct handler batch_vial_discard_verb = {discard_facts, discard_decide, apply_vial_discard, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_VIAL_LIST), DB_VALUES(db_int(c->now_ms)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct vial_rows *out = c->out;
    int code = rows_take(c, 0, &record_vial_row, &out->vials, e);
    record_list_cut(&record_vial_rows, out, &out->vials, &out->more);
    return code;
}

const struct handler batch_vials_verb = {list_facts, list_decide, NULL, NULL};
