/* Verbs on equipment: registered, calibrated, qualified, cleaned, tagged; whether it may be used is judged at each use (R19). */
#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/late.h"
#include "domain/lookback.h"
#include "equipment_rules.h"
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
    store_ask_tag(c, in->equipment_id);
    call_ask(c, store_row(ROW_LAST_GOOD), DB_VALUES(db_text(in->equipment_id), db_int(in->calibrated_at)));
    return 0;
}

/* out of calibration or not, a calibration itself may always be recorded; one that failed says how far it looks back (R20) */
static int calibrate_decide(struct call *c, struct err *e)
{
    struct equipment_calibrate *in = c->in;
    const struct db_rows *good = &c->answers[1];
    struct batch_limits limits = batch_limits();
    const char *out_by;
    bool known = store_read_tag(c, 0, &out_by);
    in->good_at = lookback_fails(in) && db_cell_text(good, 0, "good_ms") != NULL ? db_cell_int(good, 0, "good_ms") : TIME_ABSENT;
    return rule_calibrate(in, known, c->now_ms, &limits, e);
}

const struct handler batch_equipment_calibrate_verb = {calibrate_facts, calibrate_decide, apply_equipment_calibrate, NULL};

static int qualify_facts(struct call *c, struct err *e)
{
    const struct equipment_qualify *in = c->in;
    (void)e;
    store_ask_tag(c, in->equipment_id);
    return 0;
}

static int qualify_decide(struct call *c, struct err *e)
{
    struct batch_limits limits = batch_limits();
    const char *out_by;
    bool known = store_read_tag(c, 0, &out_by);
    return rule_qualify(c->in, known, c->now_ms, &limits, e);
}

const struct handler batch_equipment_qualify_verb = {qualify_facts, qualify_decide, apply_equipment_qualify, NULL};

static int clean_facts(struct call *c, struct err *e)
{
    const struct equipment_clean *in = c->in;
    int64_t vial = in->vial_no == INTEGER_ABSENT ? 0 : in->vial_no;
    (void)e;
    store_ask_tag(c, in->equipment_id);
    store_ask_lots(c, &in->lot_id, &vial, 1);
    return 0;
}

static int clean_decide(struct call *c, struct err *e)
{
    struct equipment_clean *in = c->in;
    struct batch_limits limits = batch_limits();
    const struct lot_facts *lots;
    const char *out_by;
    bool known = store_read_tag(c, 0, &out_by);
    store_read_lots(c, 1, &lots);
    in->late_min = late_entry(LATE_ENTRY_MIN, in->cleaned_at, c->said_ms);
    return rule_clean(in, known, &lots[0], c->said_ms, &limits, e);
}

const struct handler batch_equipment_clean_verb = {clean_facts, clean_decide, apply_equipment_clean, NULL};

static int tag_facts(struct call *c, struct err *e)
{
    const struct equipment_tag *in = c->in;
    (void)e;
    store_ask_tag(c, in->equipment_id);
    return 0;
}

static int tag_out_decide(struct call *c, struct err *e)
{
    const char *out_by;
    bool known = store_read_tag(c, 0, &out_by);
    return rule_tag_out(c->in, known, out_by, e);
}

const struct handler batch_equipment_tag_out_verb = {tag_facts, tag_out_decide, apply_equipment_tag_out, NULL};

static int tag_in_decide(struct call *c, struct err *e)
{
    const char *out_by;
    bool known = store_read_tag(c, 0, &out_by);
    return rule_tag_in(c->in, known, out_by, c->who->person_id, e);
}

const struct handler batch_equipment_tag_in_verb = {tag_facts, tag_in_decide, apply_equipment_tag_in, NULL};

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
