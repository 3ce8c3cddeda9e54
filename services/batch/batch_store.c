#include "batch_store.h"

#include <string.h>

#include "domain/fill_record.h"
#include "ledger/statement.h"
#include "record/record.h"

static struct db_value text_array(struct call *c, const char *const *ids, size_t n)
{
    const char **copy = ARENA_ARRAY(c->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = ids[i];
    return db_texts(copy, n);
}

static int64_t time_cell(const struct db_rows *r, int row, const char *name)
{
    return db_cell(r, row, name).data == NULL ? TIME_ABSENT : db_cell_int(r, row, name);
}

static struct db_value time_value(int64_t ms)
{
    return ms == TIME_ABSENT ? db_null() : db_int(ms);
}

void store_ask_procedure(struct call *c, const char *id, int64_t version)
{
    call_ask(c, store_row(ROW_PROCEDURE_STATE), DB_VALUES(db_text(id), db_int(version)));
}

void store_read_procedure(const struct call *c, size_t answer, struct document_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct document_facts){db_cell_text(r, 0, "state"), db_cell_text(r, 0, "author_id"),
                                   db_cell_int(r, 0, "newest")};
}

void store_ask_open(struct call *c, const struct batch_open *in)
{
    call_ask(c, store_row(ROW_OPEN_FACTS),
             DB_VALUES(db_text(in->procedure_id), db_int(in->procedure_version), db_text(in->specification_id),
                       db_int(in->specification_version), db_text(in->donor_id), db_text(in->collection_id),
                       db_text(in->recipient_code)));
}

static int parse(const struct call *c, const char *document, struct procedure **ret, struct err *e)
{
    return procedure_parse(c->arena, document, strlen(document), ret, e);
}

int store_read_open(const struct call *c, size_t answer, struct open_facts *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    const char *document = db_cell_text(r, 0, "document");
    struct procedure *doc = NULL;
    int code = document == NULL ? 0 : parse(c, document, &doc, e);
    *ret = (struct open_facts){
        .procedure_state = db_cell_text(r, 0, "procedure_state"),
        .specification_state = db_cell_text(r, 0, "specification_state"),
        .doc = doc,
        .donor_tissue = db_cell_text(r, 0, "donor_tissue"),
        .donor_use = db_cell_text(r, 0, "donor_use"),
        .donor_recipient = db_cell_text(r, 0, "donor_recipient"),
        .determination = db_cell_text(r, 0, "determination"),
        .consent_treatment = db_cell_bool(r, 0, "consent_treatment"),
        .consent_research = db_cell_bool(r, 0, "consent_research"),
        .collection_donor = db_cell_text(r, 0, "collection_donor"),
        .collection_tissue = db_cell_text(r, 0, "collection_tissue"),
        .donation_number = db_cell_text(r, 0, "donation_number"),
        .decision = db_cell_text(r, 0, "decision"),
        .urgent = db_cell_bool(r, 0, "urgent"),
    };
    return code;
}

void store_ask_batch(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(batch_id)));
}

void store_read_batch(const struct call *c, size_t answer, struct batch_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct batch_facts){
        .state = db_cell_text(r, 0, "state"),
        .document = db_cell_text(r, 0, "document"),
        .donation_number = db_cell_text(r, 0, "donation_number"),
        .use = db_cell_text(r, 0, "use"),
        .collected_ms = time_cell(r, 0, "collected_ms"),
        .expires_ms = db_cell_int(r, 0, "expires_ms"),
        .steps_total = db_cell_int(r, 0, "steps_total"),
        .steps_performed = db_cell_int(r, 0, "steps_performed"),
        .steps_done = db_cell_int(r, 0, "steps_done"),
        .container_count = db_cell_int(r, 0, "container_count"),
        .held = db_cell_bool(r, 0, "held"),
    };
}

int store_document(const struct call *c, const struct batch_facts *facts, struct procedure **ret, struct err *e)
{
    int code = rule_batch_known(facts->state, e);
    return code != 0 ? code : parse(c, facts->document, ret, e);
}

void store_ask_steps(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_STEPS), DB_VALUES(db_text(batch_id)));
}

size_t store_read_steps(const struct call *c, size_t answer, const struct step_state **ret_states)
{
    const struct db_rows *r = &c->answers[answer];
    struct step_state *s = ARENA_ARRAY(c->arena, struct step_state, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        s[i] = (struct step_state){
            .step = db_cell_int(r, i, "step"),
            .performed_seq = db_cell_int(r, i, "performed_seq"),
            .ended_ms = db_cell_int(r, i, "ended_ms"),
            .performed_by = db_cell_text(r, i, "performed_by"),
            .verified_by = db_cell_text(r, i, "verified_by"),
            .needs_verify = db_cell_bool(r, i, "needs_verify"),
            .corrected_seq = db_cell_int(r, i, "corrected_seq"),
        };
    *ret_states = s;
    return (size_t)r->rows;
}

int store_read_records(const struct call *c, size_t answer, struct batch_step **ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct batch_step *steps = ARENA_ARRAY(c->arena, struct batch_step, r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        struct bytes body = db_cell(r, i, "body");
        record_init(&record_batch_step, &steps[i]);
        int code = record_from_json(c->arena, &record_batch_step, (const char *)body.data, body.len, RECORD_STATEMENT,
                                    &steps[i], e);
        if (code != 0)
            return err_fault(e, "the recorded step %d of %s does not read: %s", i + 1, c->stream, e->text);
    }
    *ret = steps;
    return 0;
}

void store_ask_corrections(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_CORRECTIONS), DB_VALUES(db_text(batch_id)));
}

int store_correct_records(const struct call *c, size_t answer, const struct procedure *doc, struct batch_step *steps, size_t n,
                          struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct list changed = {NULL, 0};
    for (int i = 0; i < r->rows; i++) {
        struct batch_correct in = {.step = db_cell_int(r, i, "step"), .field = db_cell_text(r, i, "field"),
                                   .old_value = db_cell_text(r, i, "old_value"), .new_value = db_cell_text(r, i, "new_value")};
        if (correction_put(c->arena, steps, n, &in, e) != 0)
            return err_fault(e, "correction %d of %s does not fit: %s", i + 1, c->stream, e->text);
    }
    if (r->rows > 0)
        correction_recompute(c->arena, doc, steps, n, 1, &changed);
    return 0;
}

void store_ask_void(struct call *c, const struct batch_void *in)
{
    call_ask(c, store_row(ROW_VOID_FACTS), DB_VALUES(db_text(in->batch_id), db_int(in->corrects)));
}

int store_read_void(const struct call *c, size_t answer, struct void_facts *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct bytes text = db_cell(r, 0, "statement");
    struct statement s;
    *ret = (struct void_facts){.state = db_cell_text(r, 0, "state"), .is_void = db_cell_bool(r, 0, "is_void"), .rests = db_cell_int(r, 0, "rests")};
    if (text.data == NULL)
        return 0;
    if (statement_parse(c->arena, (const char *)text.data, text.len, &s, e) != 0)
        return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
    const char *field = correction_voidable(s.type);
    if (field == NULL)
        return 0;
    const struct record_type *type = verb_find(s.type)->in;
    void *record = record_new(c->arena, type);
    if (record_from_json(c->arena, type, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, record, e) != 0)
        return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
    if (strcmp(field, "text") != 0)
        memcpy(&ret->value, record_at(type, (size_t)record_field(type, field, strlen(field)), record), sizeof ret->value);
    ret->act = s.type;
    ret->person = s.actor;
    return 0;
}

void store_ask_fill(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_FILL), DB_VALUES(db_text(batch_id)));
    call_ask(c, store_row(ROW_FILL_CORRECTIONS), DB_VALUES(db_text(batch_id)));
}

int store_read_fill(const struct call *c, size_t answer, struct batch_fill *ret, int64_t *ret_seq, int64_t *ret_ms, struct err *e)
{
    const struct db_rows *filled = &c->answers[answer], *corrections = &c->answers[answer + 1];
    struct bytes text = db_cell(filled, 0, "statement");
    struct statement s;
    if (filled->rows == 0 || text.data == NULL)
        return err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R09", "the batch is not filled");
    if (statement_parse(c->arena, (const char *)text.data, text.len, &s, e) != 0 ||
        record_from_json(c->arena, &record_batch_fill, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, ret, e) != 0)
        return err_fault(e, "the fill of %s does not read: %s", c->stream, e->text);
    *ret_seq = db_cell_int(filled, 0, "seq");
    *ret_ms = s.at_ms;
    for (int i = 0; i < corrections->rows; i++) {
        struct fill_correct in = {.field = db_cell_text(corrections, i, "field"), .old_value = db_cell_text(corrections, i, "old_value"),
                                  .new_value = db_cell_text(corrections, i, "new_value")};
        if (fill_record_put(c->arena, ret, &in, e) != 0)
            return err_fault(e, "correction %d of the fill of %s does not fit: %s", i + 1, c->stream, e->text);
    }
    return 0;
}

void store_ask_correctors(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_CORRECTORS), DB_VALUES(db_text(batch_id)));
}

size_t store_read_correctors(const struct call *c, size_t answer, const struct step_corrector **ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct step_corrector *who = ARENA_ARRAY(c->arena, struct step_corrector, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        who[i] = (struct step_corrector){db_cell_int(r, i, "subject"), db_cell_text(r, i, "person_id")};
    *ret = who;
    return (size_t)r->rows;
}

void store_ask_sampled(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_SAMPLED), DB_VALUES(db_text(batch_id)));
}

size_t store_read_sampled(const struct call *c, size_t answer, const struct dose_filled **ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct dose_filled *taken = ARENA_ARRAY(c->arena, struct dose_filled, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        taken[i] = (struct dose_filled){db_cell_text(r, i, "container_id"), db_cell_text(r, i, "taken_ml"), db_cell_text(r, i, "taken_cells")};
    *ret = taken;
    return (size_t)r->rows;
}

void store_ask_pools(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_POOLS), DB_VALUES(db_text(batch_id)));
}

void store_ask_release_acts(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_RELEASE_ACTS), DB_VALUES(db_text(batch_id)));
}

size_t store_read_acts(const struct call *c, size_t steps, size_t release, const struct correction_act **ret)
{
    const struct db_rows *s = &c->answers[steps], *r = &c->answers[release];
    struct correction_act *acts = ARENA_ARRAY(c->arena, struct correction_act, 2 * s->rows + r->rows + 1);
    size_t n = 0;
    for (int i = 0; i < s->rows; i++) {
        int64_t step = db_cell_int(s, i, "step"), verified = db_cell_int(s, i, "last_verified_seq");
        acts[n++] = (struct correction_act){.seq = db_cell_int(s, i, "performed_seq"), .subject = step, .act = "batch.step"};
        if (verified > 0)
            acts[n++] = (struct correction_act){.seq = verified, .subject = step, .act = "batch.step_verify"};
    }
    for (int i = 0; i < r->rows; i++)
        acts[n++] = (struct correction_act){.seq = db_cell_int(r, i, "seq"), .subject = 0, .act = db_cell_text(r, i, "act")};
    *ret = acts;
    return n;
}

void store_ask_trained(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_TRAINED), DB_VALUES(db_text(batch_id)));
}

bool store_read_trained(const struct call *c, size_t answer)
{
    const struct db_rows *r = &c->answers[answer];
    for (int i = 0; i < r->rows; i++)
        if (strcmp(db_cell_text(r, i, "person_id"), c->who->person_id) == 0 && db_cell_int(r, i, "expires_ms") > c->now_ms)
            return true;
    return false;
}

static struct db_value number_array(struct call *c, const int64_t *numbers, size_t n)
{
    int64_t *copy = ARENA_ARRAY(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = numbers != NULL ? numbers[i] : 0;
    return db_ints(copy, n);
}

void store_ask_lots(struct call *c, const char *const *ids, const int64_t *vials, size_t n)
{
    call_ask(c, store_row(ROW_LOTS), DB_VALUES(text_array(c, ids, n), number_array(c, vials, n)));
}

static int64_t number_cell(const struct db_rows *r, int row, const char *name, int64_t absent)
{
    return db_cell(r, row, name).data == NULL ? absent : db_cell_int(r, row, name);
}

static struct lot_facts lot_of_row(const struct db_rows *r, int row)
{
    return (struct lot_facts){
        .lot_id = db_cell_text(r, row, "lot_id"),
        .state = db_cell_text(r, row, "state"),
        .material_class = db_cell_text(r, row, "material_class"),
        .quantity = db_cell_text(r, row, "quantity"),
        .unit = db_cell_text(r, row, "unit"),
        .received_by = db_cell_text(r, row, "received_by"),
        .expires_ms = db_cell_int(r, row, "expires_ms"),
        .released_ms = time_cell(r, row, "released_ms"),
        .in_use_h = number_cell(r, row, "in_use_h", 0),
        .vial = {.no = number_cell(r, row, "vial_no", 0), .opened_ms = time_cell(r, row, "opened_ms"), .use_by_ms = time_cell(r, row, "use_by_ms"),
                 .discarded_ms = time_cell(r, row, "discarded_ms"), .left = db_cell_text(r, row, "vial_left")},
    };
}

size_t store_read_lots(const struct call *c, size_t answer, const struct lot_facts **ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct lot_facts *lots = ARENA_ARRAY(c->arena, struct lot_facts, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        lots[i] = lot_of_row(r, i);
    *ret = lots;
    return (size_t)r->rows;
}

void store_ask_vial(struct call *c, const char *lot_id, int64_t vial_no)
{
    call_ask(c, store_row(ROW_VIAL), DB_VALUES(db_text(lot_id), db_int(vial_no)));
}

void store_read_vial(const struct call *c, size_t answer, struct vial_case *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct vial_case){.first_ms = TIME_ABSENT, .last_ms = TIME_ABSENT, .began_ms = TIME_ABSENT};
    if (r->rows == 0)
        return;
    ret->lot = lot_of_row(r, 0);
    ret->opened = db_cell_int(r, 0, "opened");
    ret->unopened = db_cell_text(r, 0, "unopened");
    ret->opened_seq = number_cell(r, 0, "opened_seq", -1);
    ret->opened_by = db_cell_text(r, 0, "opened_by");
    ret->first_ms = time_cell(r, 0, "first_ms");
    ret->last_ms = time_cell(r, 0, "last_ms");
    ret->began_ms = time_cell(r, 0, "began_ms");
    ret->used_by = db_cell_text(r, 0, "used_by");
}

void store_ask_equipment(struct call *c, const struct batch_step *in)
{
    const char **ids = ARENA_ARRAY(c->arena, const char *, in->equipment.count + 1);
    for (size_t i = 0; i < in->equipment.count; i++)
        ids[i] = LIST_AT(in->equipment, struct step_equipment, i)->equipment_id;
    call_ask(c, store_row(ROW_EQUIPMENT_AT), DB_VALUES(db_text(in->batch_id), text_array(c, ids, in->equipment.count), db_int(in->started_at),
                                                       db_int(in->ended_at)));
}

void store_ask_tag(struct call *c, const char *equipment_id)
{
    call_ask(c, store_row(ROW_TAG), DB_VALUES(db_text(equipment_id)));
}

bool store_read_tag(const struct call *c, size_t answer, const char **ret_out_by)
{
    const struct db_rows *r = &c->answers[answer];
    *ret_out_by = r->rows > 0 ? db_cell_text(r, 0, "out_by") : NULL;
    return r->rows > 0;
}

static struct equipment_facts equipment_of_row(const struct db_rows *r, int row)
{
    return (struct equipment_facts){
        .equipment_id = db_cell_text(r, row, "equipment_id"),
        .equipment_class = db_cell_text(r, row, "equipment_class"),
        .result = db_cell_text(r, row, "result"),
        .due_ms = db_cell_int(r, row, "due_ms"),
        .qualified = db_cell_text(r, row, "qualified"),
        .qualified_due_ms = db_cell_int(r, row, "qualified_due_ms"),
        .cleaned_ms = time_cell(r, row, "cleaned_ms"),
        .cleaned_seq = number_cell(r, row, "cleaned_seq", -1),
        .other = db_cell_text(r, row, "other"),
        .out = db_cell_text(r, row, "out_reason"),
    };
}

size_t store_read_equipment(const struct call *c, size_t answer, const struct equipment_facts **ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct equipment_facts *pieces = ARENA_ARRAY(c->arena, struct equipment_facts, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        pieces[i] = equipment_of_row(r, i);
    *ret = pieces;
    return (size_t)r->rows;
}

void store_ask_uses(struct call *c, const struct batch_correct *in)
{
    struct correction_path path;
    struct err ignored;
    int64_t at_ms = TIME_ABSENT, until_ms = TIME_ABSENT;
    bool is_path = correction_path_read(c->arena, in->field, &path, &ignored) == 0;
    const char *lots[2];
    int64_t vials[2];
    vial_key_read(c->arena, path.row != NULL ? path.row : "", &lots[0], &vials[0]);
    vial_key_read(c->arena, in->new_value != NULL ? in->new_value : "", &lots[1], &vials[1]);
    if (is_path && path.place == CORRECTION_STARTED && in->new_value != NULL)
        clock_from_text(in->new_value, strlen(in->new_value), &at_ms);
    if (is_path && path.place == CORRECTION_ENDED && in->new_value != NULL)
        clock_from_text(in->new_value, strlen(in->new_value), &until_ms);
    call_ask(c, store_row(ROW_STEP_LOTS), DB_VALUES(db_text(in->batch_id), db_int(in->step), text_array(c, lots, 2), number_array(c, vials, 2)));
    call_ask(c, store_row(ROW_STEP_EQUIPMENT), DB_VALUES(db_text(in->batch_id), db_int(in->step), db_text(in->new_value),
                                                         time_value(at_ms), time_value(until_ms)));
    call_ask(c, store_row(ROW_STEP_PLACES), DB_VALUES(db_text(in->batch_id), db_int(in->step), db_text(in->new_value),
                                                      time_value(at_ms), time_value(until_ms)));
}

void store_ask_places(struct call *c, const char *batch_id, const char *const *ids, size_t n, int64_t from_ms, int64_t until_ms)
{
    call_ask(c, store_row(ROW_PLACES), DB_VALUES(db_text(batch_id), text_array(c, ids, n), db_int(from_ms), db_int(until_ms)));
}

size_t store_read_places(const struct call *c, size_t answer, const struct clearance_facts **ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct clearance_facts *places = ARENA_ARRAY(c->arena, struct clearance_facts, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        places[i] = (struct clearance_facts){
            .equipment_id = db_cell_text(r, i, "equipment_id"),
            .seq = number_cell(r, i, "seq", -1),
            .late_min = number_cell(r, i, "late_min", INTEGER_ABSENT),
            .verified_by = db_cell_text(r, i, "verified_by"),
            .other = db_cell_text(r, i, "other"),
        };
    *ret = places;
    return (size_t)r->rows;
}

void store_ask_line(struct call *c, const char *batch_id, const char *equipment_id, int64_t at_ms)
{
    call_ask(c, store_row(ROW_LINE), DB_VALUES(db_text(batch_id), db_text(equipment_id), time_value(at_ms)));
}

void store_read_line(const struct call *c, size_t answer, struct line_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    ret->equipment_class = db_cell_text(r, 0, "equipment_class");
    ret->previous = db_cell_text(r, 0, "previous");
    ret->busy = db_cell_text(r, 0, "busy");
    ret->cleared_seq = number_cell(r, 0, "seq", -1);
    ret->cleared_by = db_cell_text(r, 0, "person_id");
    ret->verified_by = db_cell_text(r, 0, "verified_by");
}

void store_ask_reading(struct call *c, const struct batch_reading *in)
{
    call_ask(c, store_row(ROW_READING_FACTS),
             DB_VALUES(db_text(in->batch_id), db_text(in->equipment_id), db_int(in->read_at)));
}

void store_read_reading(const struct call *c, size_t answer, struct reading_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct reading_facts){db_cell_text(r, 0, "state"),
                                  {.equipment_id = db_cell_text(r, 0, "equipment_id"), .equipment_class = db_cell_text(r, 0, "equipment_class"),
                                   .result = db_cell_text(r, 0, "result"), .due_ms = db_cell_int(r, 0, "due_ms"), .cleaned_seq = -1,
                                   .out = db_cell_text(r, 0, "out_reason")}};
}

void store_ask_taken(struct call *c, const struct batch_fill *in)
{
    const char **ids = ARENA_ARRAY(c->arena, const char *, in->containers.count + 1);
    for (size_t i = 0; i < in->containers.count; i++)
        ids[i] = LIST_AT(in->containers, struct fill_container, i)->container_id;
    call_ask(c, store_row(ROW_CONTAINERS_TAKEN), DB_VALUES(db_texts(ids, in->containers.count)));
}

const char *store_read_taken(const struct call *c, size_t answer)
{
    return db_cell_text(&c->answers[answer], 0, "container_id");
}
