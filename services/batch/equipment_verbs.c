/* Verbs on equipment: registered, calibrated; whether it may be used is judged at each use (R19). */
#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/lookback.h"
#include "record/record.h"
#include "verbs.h"

static int register_decide(struct call *c, struct err *e)
{
    return rule_new_stream("equipment_id", c->head.seq, e);
}

const struct handler batch_equipment_register_verb = {NULL, register_decide, apply_equipment_register, NULL};

static int calibrate_facts(struct call *c, struct err *e)
{
    const struct equipment_calibrate *in = c->in;
    (void)e;
    store_ask_equipment(c, &in->equipment_id, 1, in->calibrated_at);
    call_ask(c, store_row(ROW_LAST_GOOD), DB_VALUES(db_text(in->equipment_id), db_int(in->calibrated_at)));
    return 0;
}

/* out of calibration or not, a calibration itself may always be recorded; one that failed says how far it looks back (R20) */
static int calibrate_decide(struct call *c, struct err *e)
{
    struct equipment_calibrate *in = c->in;
    const struct db_rows *good = &c->answers[1];
    const struct equipment_facts *pieces;
    struct batch_limits limits = batch_limits();
    bool known = store_read_equipment(c, 0, &pieces) > 0;
    in->good_at = lookback_fails(in) && db_cell_text(good, 0, "good_ms") != NULL ? db_cell_int(good, 0, "good_ms") : TIME_ABSENT;
    return rule_calibrate(in, known, c->now_ms, &limits, e);
}

const struct handler batch_equipment_calibrate_verb = {calibrate_facts, calibrate_decide, apply_equipment_calibrate, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_EQUIPMENT_LIST), DB_VALUES(db_int(c->now_ms)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct equipment_rows *out = c->out;
    int code = rows_take(c, 0, &record_equipment_row, &out->equipment, e);
    record_list_cut(&record_equipment_rows, out, &out->equipment, &out->more);
    return code;
}

const struct handler batch_equipment_verb = {list_facts, list_decide, NULL, NULL};
