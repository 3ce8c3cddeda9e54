/* Verbs on a batch as a whole: opened, remarked on, filled, completed, listed, shown. */
#include <string.h>

#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/fill_record.h"
#include "domain/pool.h"
#include "domain/sample.h"
#include "record/record.h"
#include "verbs.h"

#define PAGE_STANDARD 50

int rows_take(struct call *c, size_t answer, const struct record_type *type, struct list *ret, struct err *e)
{
    const struct db_rows *rows = &c->answers[answer];
    for (int i = 0; i < rows->rows; i++) {
        int code = db_row_record(c->arena, type, rows, i, record_list_add(c->arena, type, ret), e);
        if (code != 0)
            return code;
    }
    return 0;
}

static int open_facts_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_open(c, c->in);
    return 0;
}

static int open_decide(struct call *c, struct err *e)
{
    struct open_facts facts;
    int code = rule_new_stream("batch_id", c->head.seq, e);
    if (code == 0)
        code = store_read_open(c, 0, &facts, e);
    return code != 0 ? code : rule_open(c->in, &facts, e);
}

const struct handler batch_open_verb = {open_facts_ask, open_decide, apply_open, NULL};

static int note_facts(struct call *c, struct err *e)
{
    const struct batch_note *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_BATCH_STATE), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

static int note_decide(struct call *c, struct err *e)
{
    return rule_state(db_cell_text(&c->answers[0], 0, "state"), "batch.note", 0, e);
}

const struct handler batch_note_verb = {note_facts, note_decide, apply_note, NULL};

enum { FILL_BATCH, FILL_STEPS, FILL_TRAINED, FILL_TAKEN };   /* answers, in the order asked */

static int fill_facts_ask(struct call *c, struct err *e)
{
    const struct batch_fill *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_taken(c, in);
    return 0;
}

static int fill_decide(struct call *c, struct err *e)
{
    struct batch_limits limits = batch_limits();
    struct batch_facts batch;
    struct procedure *doc = NULL;
    store_read_batch(c, FILL_BATCH, &batch);
    int code = store_document(c, &batch, &doc, e);
    if (code != 0)
        return code;
    struct fill_facts facts = {.state = batch.state, .donation_number = batch.donation_number, .use = batch.use, .doc = doc,
                               .container_count = batch.container_count, .taken = store_read_taken(c, FILL_TAKEN),
                               .is_trained = store_read_trained(c, FILL_TRAINED), .held = batch.held};
    facts.step_count = store_read_steps(c, FILL_STEPS, &facts.steps);
    ((struct batch_fill *)c->in)->tolerance_percent = limits.balance_percent;
    ((struct batch_fill *)c->in)->tolerance_ml = limits.balance_ml;
    return rule_fill(c->in, &facts, c->now_ms, &limits, c->arena, e);
}

const struct handler batch_fill_verb = {fill_facts_ask, fill_decide, apply_fill, NULL};

enum { REFILL_BATCH, REFILL_STEPS, REFILL_TRAINED, REFILL_FILL, REFILL_CORRECTIONS, REFILL_RELEASE, REFILL_SAMPLED, REFILL_POOLS };

static int fill_correct_ask(struct call *c, struct err *e)
{
    const struct fill_correct *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_fill(c, in->batch_id);
    store_ask_release_acts(c, in->batch_id);
    store_ask_sampled(c, in->batch_id);
    store_ask_pools(c, in->batch_id);
    return 0;
}

static int fill_correct_decide(struct call *c, struct err *e)
{
    struct fill_correct *in = c->in;
    struct batch_limits limits = batch_limits();
    struct batch_facts batch;
    struct batch_fill fill;
    struct procedure *doc = NULL;
    const struct correction_act *acts = NULL;
    const struct dose_filled *sampled;
    struct list pools = {NULL, 0};
    size_t acts_count = 0, sampled_count = store_read_sampled(c, REFILL_SAMPLED, &sampled);
    int64_t filled_ms = TIME_ABSENT;
    store_read_batch(c, REFILL_BATCH, &batch);
    int code = store_document(c, &batch, &doc, e);
    struct fill_facts facts = {.state = batch.state, .doc = doc};
    facts.step_count = store_read_steps(c, REFILL_STEPS, &facts.steps);
    code = code != 0 ? code : rule_state(batch.state, "batch.fill_correct", 0, e);
    code = code != 0 ? code : rule_trained(store_read_trained(c, REFILL_TRAINED), e);
    code = code != 0 ? code : store_read_fill(c, REFILL_FILL, &fill, &in->corrects, &filled_ms, e);
    code = code != 0 ? code : fill_record_put(c->arena, &fill, in, e);
    code = code != 0 ? code : sample_fits(&fill, sampled, sampled_count, e);
    code = code != 0 ? code : rows_take(c, REFILL_POOLS, &record_container_pool, &pools, e);
    code = code != 0 ? code : pools_stand(c->arena, &fill, sampled, sampled_count, &pools, &in->pooled, e);
    code = code != 0 ? code : rule_fill_corrected(in, &fill, &facts, filled_ms, &limits, c->arena, e);
    if (code == 0)
        acts_count = store_read_acts(c, REFILL_STEPS, REFILL_RELEASE, &acts);
    in->tolerance_percent = limits.balance_percent;
    in->tolerance_ml = limits.balance_ml;
    if (code == 0)
        fill_record_lapse(c->arena, acts, acts_count, in);
    return code;
}

const struct handler batch_fill_correct_verb = {fill_correct_ask, fill_correct_decide, apply_fill_correct, NULL};

static int complete_facts_ask(struct call *c, struct err *e)
{
    const struct batch_complete *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    return 0;
}

static int complete_decide(struct call *c, struct err *e)
{
    struct batch_facts batch;
    struct procedure *doc = NULL;
    store_read_batch(c, 0, &batch);
    int code = store_document(c, &batch, &doc, e);
    struct complete_facts facts = {batch.state, doc, batch.steps_total, batch.steps_performed, batch.steps_done,
                                   batch.container_count};
    return code != 0 ? code : rule_complete(&facts, e);
}

const struct handler batch_complete_verb = {complete_facts_ask, complete_decide, apply_complete, NULL};

static int list_facts(struct call *c, struct err *e)
{
    const struct batch_list *in = c->in;
    int64_t limit = in->limit == INTEGER_ABSENT || in->limit <= 0 ? PAGE_STANDARD : in->limit;
    (void)e;
    if (in->state == NULL)
        call_ask(c, store_row(ROW_LIST), DB_VALUES(db_text(in->before), db_int(limit)));
    else
        call_ask(c, store_row(ROW_LIST_STATE), DB_VALUES(db_text(in->before), db_int(limit), db_text(in->state)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct batch_rows *out = c->out;
    return rows_take(c, 0, &record_batch_row, &out->batches, e);
}

const struct handler batch_list_verb = {list_facts, list_decide, NULL, NULL};

/* asked when it is known who asks, which facts that are asked beforehand are not */
static int work_decide(struct call *c, struct err *e)
{
    struct work_items *out = c->out;
    struct db_rows found;
    int code = db_query(c->db, c->arena, store_row(ROW_WORK), DB_VALUES(db_text(c->who->person_id), db_int(c->now_ms)), &found, e);
    for (int i = 0; code == 0 && i < found.rows; i++)
        code = db_row_record(c->arena, &record_work_item, &found, i, record_list_add(c->arena, &record_work_item, &out->work), e);
    record_list_cut(&record_work_items, out, &out->work, &out->more);
    return code;
}

const struct handler batch_work_verb = {.decide = work_decide};

enum { SHOW_SHOW, SHOW_BATCH, SHOW_STEPS, SHOW_CONTAINERS, SHOW_CORRECTIONS, SHOW_UNSIGNED, SHOW_LINES };   /* answers, in the order asked */

static int show_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_SHOW), DB_VALUES(db_text(in->batch_id)));
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    call_ask(c, store_row(ROW_CONTAINERS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_CORRECTION_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_UNSIGNED_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_LINES), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

static const char *step_state_word(const struct step_state *s)
{
    if (s == NULL)
        return "to_do";
    if (s->corrected_seq > 0)
        return "unsigned";
    if (s->verified_by != NULL)
        return "verified";
    return s->needs_verify ? "to_verify" : "performed";
}

/* every step of the procedure, done or not */
static int show_steps(struct call *c, const struct procedure *doc, struct batch_show *out, struct err *e)
{
    const struct step_state *states;
    struct batch_step *records;
    size_t n = store_read_steps(c, SHOW_STEPS, &states);
    int code = store_read_records(c, SHOW_STEPS, &records, e);
    if (code != 0)
        return code;
    const struct procedure_step *steps = doc->steps.items;
    for (size_t i = 0; i < doc->steps.count; i++) {
        const struct step_state *s = NULL;
        struct step_row *row = record_list_add(c->arena, &record_step_row, &out->steps);
        for (size_t k = 0; k < n; k++)
            if (states[k].step == steps[i].no) {
                s = &states[k];
                row->late_min = records[k].late_min;
                row->reason = records[k].reason;
            }
        row->step = steps[i].no;
        row->name = steps[i].name;
        row->state = step_state_word(s);
        row->performed_by = s != NULL ? s->performed_by : NULL;
        row->verified_by = s != NULL ? s->verified_by : NULL;
        row->ended_at = s != NULL ? s->ended_ms : TIME_ABSENT;
    }
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    struct batch_show *out = c->out;
    struct batch_facts batch;
    struct procedure *doc = NULL;
    store_read_batch(c, SHOW_BATCH, &batch);
    int code = store_document(c, &batch, &doc, e);
    if (code == 0)
        code = db_row_record(c->arena, &record_batch_show, &c->answers[SHOW_SHOW], 0, out, e);
    if (code != 0)
        return code;
    code = show_steps(c, doc, out, e);
    if (code == 0)
        code = rows_take(c, SHOW_CONTAINERS, &record_container_row, &out->containers, e);
    if (code == 0)
        code = rows_take(c, SHOW_CORRECTIONS, &record_correction_row, &out->corrections, e);
    if (code == 0)
        code = rows_take(c, SHOW_LINES, &record_line_row, &out->lines, e);
    if (code == 0)
        code = rows_take(c, SHOW_UNSIGNED, &record_unsigned_row, &out->unsigned_acts, e);
    record_list_cut(&record_batch_show, out, &out->corrections, &out->more_corrections);
    record_list_cut(&record_batch_show, out, &out->unsigned_acts, &out->more_unsigned);
    record_list_cut(&record_batch_show, out, &out->lines, &out->more_lines);
    return code;
}

const struct handler batch_show_verb = {show_facts, show_decide, NULL, NULL};
