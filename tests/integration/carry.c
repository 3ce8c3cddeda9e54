#include "carry.h"

#include <stdlib.h>

#include "base/clock.h"
#include "domain/identifier.h"
#include "ledger/statement.h"
#include "record/record.h"

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_t *scenario_of(const char *name)
{
    const char *const folders[] = {arena_printf(house_arena(), "%s/share/scenario", house_dir()), SCENARIOS};
    for (size_t i = 0; i < 2; i++) {
        json_t *found = json_load_file(arena_printf(house_arena(), "%s/%s.json", folders[i], name), JSON_REJECT_DUPLICATES, NULL);
        if (found != NULL)
            return found;
    }
    fail_msg("there is no scenario %s", name);
    return NULL;
}

/* the document that the batch goes by, as the house has it in effect */
static const struct procedure *procedure_of(const char *id)
{
    struct err e = {0};
    struct procedure *doc;
    struct procedure_key key = {id, INTEGER_ABSENT};
    struct procedure_show shown;
    assert_done(short_ask("batch.procedure_show", &key, &shown));
    assert_string_equal(shown.state, "approved");
    if (procedure_parse(house_arena(), shown.document, strlen(shown.document), &doc, &e) != 0)
        fail_msg("%s: %s %s", id, e.field, e.text);
    return doc;
}

static void open_batch(struct carry *c)
{
    struct batch_open in;
    record_init(&record_batch_open, &in);
    in.batch_id = c->b.batch = short_fresh("B");
    in.procedure_id = c->doc->id;
    in.specification_id = c->doc->specification;
    in.procedure_version = in.specification_version = 1;
    in.collection_id = c->b.collection;
    in.donor_id = c->b.donor;
    in.recipient_code = c->b.recipient;
    assert_done(short_act("U-MARA", "batch.open", &in));
}

void carry_begin(struct carry *c, const char *name)
{
    *c = (struct carry){.scenario = scenario_of(name)};
    c->doc = procedure_of(text_of(c->scenario, "procedure"));
    short_donor_of(&c->b, text_of(c->scenario, "use"), text_of(c->scenario, "tissue"));
    c->b.use = text_of(c->scenario, "use");
    assert_done(short_consent(&c->b, "treatment,storage"));
    assert_done(short_screen(&c->b));
    assert_done(short_tests(&c->b, NULL, NULL));
    assert_done(short_determine(&c->b));
    short_collect(&c->b);
    open_batch(c);
}

void carry_end(struct carry *c)
{
    json_decref(c->scenario);
    c->scenario = NULL;
}

/* one lot and one machine of each class a process, made when it is asked for first */
struct own {
    const char *class, *id;
};

static struct own *own(struct own *kept, size_t n, const char *class)
{
    for (size_t i = 0; i < n; i++)
        if (kept[i].class == NULL || strcmp(kept[i].class, class) == 0)
            return &kept[i];
    fail_msg("there are more classes than %zu", n);
    return NULL;
}

static const char *lot_of(const char *class)
{
    static struct own lots[32];
    struct own *lot = own(lots, 32, class);
    if (lot->class != NULL)
        return lot->id;
    *lot = (struct own){class, short_fresh("M")};
    struct material_receive in = {.lot_id = lot->id, .material = class, .material_class = class, .manufacturer = "Test", .lot_number = "T1",
                                  .expires_at = clock_ms() + 300 * DAY, .quantity = "100000", .unit = "pieces", .in_use_h = INTEGER_ABSENT};
    struct material_release release = {lot->id};
    assert_done(short_act("U-MARA", "batch.material_receive", &in));
    assert_done(short_act("U-ELENA", "batch.material_release", &release));
    return lot->id;
}

static const char *machine_of(const char *class)
{
    static struct own machines[32];
    struct own *machine = own(machines, 32, class);
    if (machine->class != NULL)
        return machine->id;
    *machine = (struct own){class, short_fresh("E")};
    struct equipment_register in = {machine->id, class, class, "T1"};
    struct equipment_calibrate good = {.equipment_id = machine->id, .calibrated_at = clock_ms() - DAY, .due_at = clock_ms() + 300 * DAY,
                                       .certificate = "T1", .result = "pass", .good_at = TIME_ABSENT};
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    assert_done(short_act("U-CLARA", "batch.equipment_calibrate", &good));
    return machine->id;
}

/* R05: cleared for the batch by one person, looked at by another; whose place it is nobody else comes to */
static void clear(struct carry *c, const char *place)
{
    struct line_clear in;
    struct line_verify second;
    record_init(&record_line_clear, &in);
    record_init(&record_line_verify, &second);
    in.batch_id = second.batch_id = c->b.batch;
    in.equipment_id = second.equipment_id = place;
    in.cleared_at = clock_ms();
    in.materials_removed = in.labels_removed = in.surface_cleaned = 1;
    in.cleaned_with = "70 % isopropanol";
    assert_done(short_act("U-MARA", "batch.line_clear", &in));
    assert_done(short_act("U-JON", "batch.line_verify", &second));
}

static bool is_cleared(const struct carry *c, const char *place)
{
    struct batch_show shown = short_shown(&c->b);
    for (size_t i = 0; i < shown.lines.count; i++)
        if (strcmp(LIST_AT(shown.lines, struct line_row, i)->equipment_id, place) == 0)
            return true;
    return false;
}

/* "@-45": 45 minutes ago; "@now": now */
static const char *value_of(const char *text, int64_t now_ms)
{
    char time[CLOCK_TEXT];
    if (text[0] != '@')
        return text;
    clock_to_text(now_ms + (strcmp(text, "@now") == 0 ? 0 : strtoll(text + 1, NULL, 10) * MINUTE), time);
    return arena_text(house_arena(), time);
}

static void use_classes(struct carry *c, const struct procedure_step *step, struct batch_step *in)
{
    const struct procedure_class *materials = step->materials.items, *equipment = step->equipment.items;
    for (size_t i = 0; i < step->materials.count; i++)
        *(struct step_material *)record_list_add(house_arena(), &record_step_material, &in->materials) =
            (struct step_material){lot_of(materials[i].name), "1", INTEGER_ABSENT};
    for (size_t i = 0; i < step->equipment.count; i++) {
        const char *id = machine_of(equipment[i].name);
        *(struct step_equipment *)record_list_add(house_arena(), &record_step_equipment, &in->equipment) = (struct step_equipment){id};
        if (equipment[i].line_clearance != CLEARANCE_NONE && !is_cleared(c, id))
            clear(c, id);
    }
}

static int verify(struct carry *c, int64_t no)
{
    struct step_verify in = {c->b.batch, no};
    return short_act("U-JON", "batch.step_verify", &in);
}

static void perform(struct carry *c, json_t *row, const struct slip *slip)
{
    struct batch_step in;
    const char *name;
    json_t *value;
    record_init(&record_batch_step, &in);
    in.batch_id = c->b.batch;
    in.step = json_integer_value(json_object_get(row, "step"));
    use_classes(c, procedure_step(c->doc, (int)in.step), &in);
    in.started_at = in.ended_at = clock_ms();
    in.reason = "values invented for this test of the house";
    in.confirmed = arena_printf(house_arena(), "=%s00", c->b.donation_number);
    in.confirmed_how = "scanned";
    json_object_foreach(json_object_get(row, "values"), name, value) {
        bool is_wrong = slip->step == (int)in.step && strcmp(slip->field, name) == 0;
        *(struct step_value *)record_list_add(house_arena(), &record_step_value, &in.values) =
            (struct step_value){name, is_wrong ? slip->wrong : value_of(json_string_value(value), in.ended_at)};
    }
    assert_done(short_act("U-MARA", "batch.step", &in));
    assert_done(verify(c, in.step));
}

static const struct corrected_result *changed(const struct batch_correct *made, const char *name)
{
    for (size_t i = 0; i < made->computed.count; i++)
        if (strcmp(LIST_AT(made->computed, struct corrected_result, i)->name, name) == 0)
            return LIST_AT(made->computed, struct corrected_result, i);
    fail_msg("%s did not change", name);
    return NULL;
}

/* the correction's record, as its statement has it */
static const struct batch_correct *correction(struct carry *c)
{
    static struct batch_correct made;
    struct err e = {0};
    struct entry_key key = {c->b.batch, short_seq()};
    struct statement_show shown;
    struct statement said;
    assert_done(short_ask("audit.statement", &key, &shown));
    if (statement_parse(house_arena(), shown.statement, strlen(shown.statement), &said, &e) != 0 ||
        record_from_json(house_arena(), &record_batch_correct, (const char *)said.body.data, said.body.len, RECORD_STATEMENT, &made, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    return &made;
}

/* R12, R14: the truth stands beside what was typed, what is computed from it follows, and the second person looks again */
static void correct(struct carry *c, json_t *row, const struct slip *slip)
{
    struct batch_correct in;
    record_init(&record_batch_correct, &in);
    in.batch_id = c->b.batch;
    in.step = slip->step;
    in.field = slip->field;
    in.old_value = slip->wrong;
    in.new_value = text_of(json_object_get(row, "values"), slip->field);
    in.reason = "digits swapped when typed, the sheet says otherwise";
    assert_done(short_act("U-MARA", "batch.correct", &in));
    const struct corrected_result *r = changed(correction(c), slip->computed);
    assert_string_equal(r->old_value, slip->was);
    assert_string_equal(r->new_value, slip->is);
    assert_int_equal(short_shown(&c->b).unsigned_acts.count, 2);              /* who performed it, and who verified it */
    assert_done(verify(c, slip->step));
    assert_int_equal(short_shown(&c->b).unsigned_acts.count, 0);
}

void carry_steps(struct carry *c, const struct slip *slip)
{
    json_t *row;
    size_t i;
    json_array_foreach(json_object_get(c->scenario, "steps"), i, row) {
        perform(c, row, slip);
        if (slip->step == (int)i + 1)
            correct(c, row, slip);
    }
    assert_int_equal(i, c->doc->steps.count);
}

void carry_fill(struct carry *c)
{
    json_t *f = json_object_get(c->scenario, "fill");
    struct batch_fill in;
    struct err e = {0};
    record_init(&record_batch_fill, &in);
    in.batch_id = c->b.batch;
    in.volume_in_ml = text_of(f, "volume_in_ml");
    in.samples_ml = text_of(f, "samples_ml");
    in.expires_at = clock_ms() + json_integer_value(json_object_get(f, "shelf_h")) * 60 * MINUTE;
    for (int i = 0; i < json_integer_value(json_object_get(f, "containers")); i++) {
        char product[9], id[CONTAINER_MAX];
        struct fill_container *k = record_list_add(house_arena(), &record_fill_container, &in.containers);
        assert_true(container_division(text_of(f, "product_code"), i + 1, product));
        assert_int_equal(container_build(c->b.donation_number, product, id, &e), 0);
        *k = (struct fill_container){arena_text(house_arena(), id), text_of(f, "container_ml"), text_of(f, "container_cells")};
    }
    in.waste_ml = "99.0";
    assert_refused(short_act("U-MARA", "batch.fill", &in), ERR_BALANCE_OPEN, "R33");
    in.waste_ml = text_of(f, "waste_ml");
    assert_done(short_act("U-MARA", "batch.fill", &in));
    c->b.container = LIST_AT(in.containers, struct fill_container, 0)->container_id;
}

struct list carry_containers(struct carry *c)
{
    struct batch_show shown = short_shown(&c->b);
    struct list ids = {NULL, 0};
    for (size_t i = 0; i < shown.containers.count; i++)
        texts_add(house_arena(), &ids, LIST_AT(shown.containers, struct container_row, i)->container_id);
    return ids;
}

/* the label is scanned back from its container, where the procedure asks for it (R07) */
static void scan_back(struct carry *c)
{
    struct batch_key key = {c->b.batch};
    struct label_rows labels;
    const char *id = c->b.container;
    assert_done(short_ask("custody.labels", &key, &labels));
    struct label_apply in = {c->b.batch, id, 1, arena_printf(house_arena(), "=+02000=%.13s00=<%s", id, id + 14), "scanned", NULL, INTEGER_ABSENT};
    if (labels.asked == 1)
        assert_done(short_act("U-JON", "custody.label_apply", &in));
}

void carry_labels(struct carry *c, bool stored)
{
    struct list ids = carry_containers(c);
    for (size_t i = 0; i < ids.count; i++) {
        c->b.container = TEXTS_AT(ids, i);
        assert_done(short_label(&c->b, 1));
        scan_back(c);
        struct container_store in = {c->b.batch, c->b.container, stored ? machine_of("nitrogen_tank") : NULL,
                                     arena_printf(house_arena(), "%s/%zu", c->b.batch, i + 1)};
        if (stored)
            assert_done(short_act("U-JON", "custody.container_store", &in));
    }
}

void carry_sample(struct carry *c, const char *code, const char *volume)
{
    struct sample_take take;
    record_init(&record_sample_take, &take);
    take.batch_id = c->b.batch;
    take.container_id = c->b.container;
    take.volume_ml = volume;
    take.sample_point = "final product";
    take.place = "tube 1, rack 2";
    take.taken_at = c->sampled_ms = clock_ms() - 5;
    texts_add(house_arena(), &take.codes, code);
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    c->sample_code = code;
    c->sample = arena_printf(house_arena(), "%s-S1", c->b.batch);
    struct sample_send sent = {.batch_id = c->b.batch, .laboratory = "QC laboratory"};
    struct sample_receive received = {.batch_id = c->b.batch, .condition = "good", .place = "QC refrigerator 1"};
    texts_add(house_arena(), &sent.samples, c->sample);
    texts_add(house_arena(), &received.samples, c->sample);
    assert_done(short_act("U-MARA", "custody.sample_send", &sent));
    assert_done(short_act("U-YUKI", "custody.sample_receive", &received));
}

static json_t *test_of(struct carry *c, const char *code)
{
    json_t *test;
    size_t i;
    json_array_foreach(json_object_get(c->scenario, "tests"), i, test)
        if (strcmp(text_of(test, "code"), code) == 0)
            return test;
    fail_msg("the scenario has no test %s", code);
    return NULL;
}

int carry_report(struct carry *c, const char *code, const char *result, const char *profile, int days)
{
    json_t *test = test_of(c, code);
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = c->b.batch;
    in.code = code;
    in.result = result;
    in.profile = profile;
    in.method = text_of(test, "method");
    in.sample_point = text_of(test, "sample_point");
    in.sampled_at = clock_ms() - days * DAY - MINUTE;
    in.tested_at = clock_ms() - 5;
    if (c->sample != NULL && strcmp(c->sample_code, code) == 0) {
        in.sample_id = c->sample;
        in.sampled_at = c->sampled_ms;
    }
    return short_act("U-YUKI", "quality.test_report", &in);
}

int carry_review(struct carry *c, int64_t seq)
{
    struct test_review in = {.batch_id = c->b.batch, .test_seq = seq};
    return short_act("U-OMAR", "quality.test_review", &in);
}

void carry_tests(struct carry *c, const char *but)
{
    json_t *test;
    size_t i;
    json_array_foreach(json_object_get(c->scenario, "tests"), i, test) {
        const char *code = text_of(test, "code");
        if (strcmp(code, but) == 0 || strcmp(code, "identity") == 0)
            continue;
        assert_done(carry_report(c, code, text_of(test, "result"), NULL, (int)json_integer_value(json_object_get(test, "days"))));
        assert_done(carry_review(c, short_seq()));
    }
}

static const char *transfer;

void carry_hand_over(struct carry *c)
{
    struct hand_over in;
    record_init(&record_hand_over, &in);
    in.batch_id = c->b.batch;
    in.transfer_id = transfer = short_fresh("TR");
    in.receiver_id = "U-TOM";
    in.destination = "Test clinic, ward 4";
    in.seal_number = "S-2";
    in.condition = "good";
    in.temperature_c = "4.0";
    in.containers = carry_containers(c);
    assert_done(short_act("U-JON", "custody.hand_over", &in));
}

void carry_received(struct carry *c)
{
    struct receive in;
    record_init(&record_receive, &in);
    in.batch_id = c->b.batch;
    in.transfer_id = transfer;
    in.seal_number = "S-2";
    in.condition = "good";
    in.containers = carry_containers(c);
    assert_done(short_act("U-TOM", "custody.receive", &in));
}
