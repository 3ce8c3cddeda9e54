/* The bench over real sockets: a marrow concentrate from opening to test, labelled and stored, and what is refused on the way. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "record/record.h"
#include "support/house.h"

static struct err e;
static struct receipt made;

static int act(const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    memset(&e, 0, sizeof e);
    memset(&made, 0, sizeof made);
    return desk_act(p->desk, house_arena(), verb, in, house_secret(p), &made, &e);
}

#define assert_done(call)                                                                                               \
    do {                                                                                                                \
        if ((call) != 0)                                                                                                \
            fail_msg("%s %s %s: %s", err_row(e.code)->code, e.field, e.rule, e.text);                                   \
    } while (0)

#define assert_refused(call, expected, expected_rule)                                                                   \
    do {                                                                                                                \
        int refused_code = (call);                                                                                      \
        if (refused_code != (expected) || strcmp(e.rule, (expected_rule)) != 0)                                         \
            fail_msg("wanted %s by %s, got %s by %s: %s", err_row(expected)->code, (expected_rule),                     \
                     err_row(refused_code)->code, e.rule, e.text);                                                      \
    } while (0)

static int ask(const char *verb, const void *in, void *out)
{
    memset(&e, 0, sizeof e);
    return desk_call(house_login("U-RUTH")->desk, house_arena(), verb, in, out, &e);
}

static const char *fresh(const char *class)
{
    uint8_t random[6];
    random_fill(random, sizeof random);
    char *hex = hex_text(house_arena(), random, sizeof random);
    for (char *c = hex; *c != '\0'; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return arena_printf(house_arena(), "%s-%s", class, hex);
}

/* the demo's marrow concentrate lends its donor and collection */
static const struct batch_show *model(void)
{
    static struct batch_show shown;
    struct batch_list all;
    struct batch_rows rows;
    record_init(&record_batch_list, &all);
    all.limit = 200;
    if (shown.batch_id != NULL)
        return &shown;
    assert_done(ask("batch.list", &all, &rows));
    for (size_t i = 0; i < rows.batches.count; i++) {
        const struct batch_row *row = LIST_AT(rows.batches, struct batch_row, i);
        struct batch_key key = {row->batch_id};
        if (strcmp(row->use, "autologous") == 0 && (shown.batch_id == NULL || strcmp(row->state, "cond_received") == 0))
            assert_done(ask("batch.show", &key, &shown));
    }
    if (shown.batch_id == NULL)
        fail_msg("the demo's marrow batch is not there");
    return &shown;
}

static struct batch_open opening(void)
{
    const struct batch_show *m = model();
    struct batch_open in;
    record_init(&record_batch_open, &in);
    in.procedure_id = "P-BMAC";
    in.specification_id = "Q-BMAC";
    in.procedure_version = in.specification_version = 1;
    in.collection_id = m->collection_id;
    in.donor_id = m->donor_id;
    in.recipient_code = m->recipient_code;
    return in;
}

static const char *new_batch(void)
{
    struct batch_open in = opening();
    assert_done(act("U-MARA", "batch.open", &in));
    return arena_text(house_arena(), made.stream);
}

/* what each step of the shipped procedure takes: values, lots, equipment; ended by NULL */
static const char *const values[5][28] = {
    {"marrow_ml", "60.0", "anticoagulant_ml", "8.0", "transport_min_degc", "18.2", "transport_max_degc", "21.4", "appearance",
     "no clots", "container_intact", "true", "recipient_matches", "true", NULL},
    {"filtered_ml", "66.0", "filter_loss_ml", "1.0", "samples_ml", "1.0", "n_live", "190", "n_dead", "8", "squares", "9",
     "sample_ul", "10.0", "diluent_ul", "990.0", NULL},
    {"volume_in_ml", "66.0", "volume_out_ml", "8.0", "plasma_ml", "33.0", "red_cells_ml", "24.0", "samples_ml", "1.0",
     "radius_cm", "17.0", "speed_rpm", "2000", "device_lot", "SET-1", "n_live", "192", "n_dead", "7", "squares", "9",
     "sample_ul", "10.0", "diluent_ul", "4990.0", NULL},
    {"fill_ml", "7.0", "samples_ml", "0.5", "waste_ml", "0.5", "filled_at", "2026-01-01T00:00:00.000Z", "line_cleared",
     "true", NULL},
    {"labels_printed", "3", "labels_applied", "1", "labels_destroyed", "1", "labels_specimen", "1", NULL},
};
static const char *const lots[5][3] = {{NULL}, {"filter", "counting_reagent", NULL},
                                       {"concentration_set", "counting_reagent", NULL}, {"syringe", NULL}, {NULL}};
static const char *const pieces[5][3] = {{"E-THERMOMETER1", NULL}, {"E-CABINET1", "E-COUNTER1", NULL},
                                         {"E-CENTRIFUGE1", "E-COUNTER1", NULL}, {"E-CABINET1", NULL}, {NULL}};

static const char *lot_of(const char *class)
{
    struct nothing none;
    static struct material_rows all;
    record_init(&record_nothing, &none);
    if (all.materials.count == 0)
        assert_done(ask("batch.materials", &none, &all));
    for (size_t i = 0; i < all.materials.count; i++) {
        const struct material_row *row = LIST_AT(all.materials, struct material_row, i);
        bool plenty = strlen(row->quantity) > 1;                       /* not the single pieces of other cases */
        if (plenty && strcmp(row->material_class, class) == 0 && strcmp(row->state, "released") == 0)
            return row->lot_id;
    }
    fail_msg("no released lot of %s", class);
    return NULL;
}

static struct batch_step step(const char *batch, int no)
{
    struct batch_step in;
    struct arena *a = house_arena();
    char now[CLOCK_TEXT];
    record_init(&record_batch_step, &in);
    in.batch_id = batch;
    in.step = no;
    in.ended_at = clock_ms() - 5;
    in.started_at = in.ended_at - 495;
    in.reason = "values invented for this test of the house";
    clock_to_text(in.ended_at - 95, now);
    for (size_t i = 0; values[no - 1][i] != NULL; i += 2) {
        struct step_value *v = record_list_add(a, &record_step_value, &in.values);
        v->name = values[no - 1][i];
        v->value = strcmp(v->name, "filled_at") == 0 ? arena_text(a, now) : values[no - 1][i + 1];
    }
    for (size_t i = 0; lots[no - 1][i] != NULL; i++) {
        struct step_material *m = record_list_add(a, &record_step_material, &in.materials);
        m->lot_id = lot_of(lots[no - 1][i]);
        m->quantity = "1";
    }
    for (size_t i = 0; pieces[no - 1][i] != NULL; i++)
        ((struct step_equipment *)record_list_add(a, &record_step_equipment, &in.equipment))->equipment_id = pieces[no - 1][i];
    return in;
}

/* the cabinet is cleared for the batch, and looked at by a second person (R05); since when */
static int64_t cleared(const char *batch)
{
    struct line_clear in;
    struct line_verify second;
    record_init(&record_line_clear, &in);
    record_init(&record_line_verify, &second);
    in.batch_id = second.batch_id = batch;
    in.equipment_id = second.equipment_id = "E-CABINET1";
    in.cleared_at = clock_ms();
    in.materials_removed = in.labels_removed = in.surface_cleaned = 1;
    in.cleaned_with = "70 % isopropanol";
    assert_done(act("U-MARA", "batch.line_clear", &in));
    assert_done(act("U-JON", "batch.line_verify", &second));
    return in.cleared_at;
}

static int perform(const char *batch, int no)
{
    bool in_cabinet = strcmp(pieces[no - 1][0] != NULL ? pieces[no - 1][0] : "", "E-CABINET1") == 0;
    int64_t since_ms = in_cabinet ? cleared(batch) : TIME_ABSENT;
    struct batch_step in = step(batch, no);
    if (in_cabinet)
        in.started_at = since_ms;
    return act("U-MARA", "batch.step", &in);
}

static int verify(const char *person, const char *batch, int no)
{
    struct step_verify in = {batch, no};
    return act(person, "batch.step_verify", &in);
}

static struct batch_fill filling(const char *batch)
{
    struct batch_fill in;
    record_init(&record_batch_fill, &in);
    in.batch_id = batch;
    in.volume_in_ml = "8.0";
    in.samples_ml = in.waste_ml = "0.5";
    in.expires_at = clock_ms() + 3600000;
    struct fill_container *k = record_list_add(house_arena(), &record_fill_container, &in.containers);
    uint8_t pick[2];
    random_fill(pick, sizeof pick);
    k->container_id = arena_printf(house_arena(), "%s-D00021%c%c", model()->donation_number, 'C' + pick[0] % 24,
                                   'a' + pick[1] % 26);
    k->volume_ml = "7.0";
    k->cells = "700000000";
    return in;
}

CASE(R09_R10_steps_go_in_order_and_by_two_people)
{
    const char *batch = new_batch();
    assert_refused(perform(batch, 2), ERR_ORDER_FORBIDS, "R09");
    assert_done(perform(batch, 1));
    assert_refused(perform(batch, 1), ERR_EXISTS, "R12");             /* T41: corrected, never replaced */
    assert_refused(perform(batch, 2), ERR_ORDER_FORBIDS, "R09");      /* not verified */
    assert_refused(verify("U-MARA", batch, 1), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(verify("U-JON", batch, 1));
    assert_refused(verify("U-JON", batch, 1), ERR_EXISTS, "R10");
    assert_done(perform(batch, 2));
}

CASE(R22_R24_values_are_judged_and_computed_by_the_service)
{
    const char *batch = new_batch();
    struct batch_step in = step(batch, 1);
    LIST_AT(in.values, struct step_value, 0)->value = "60000.0";
    assert_int_equal(act("U-MARA", "batch.step", &in), ERR_LIMIT_HARD);
    LIST_AT(in.values, struct step_value, 0)->value = "6,0";
    assert_true(act("U-MARA", "batch.step", &in) > 0);                /* T11: a decimal comma */
    in = step(batch, 1);
    in.ended_at = in.started_at = clock_ms() + 60000;
    assert_refused(act("U-MARA", "batch.step", &in), ERR_TIME_REFUSED, "R15");
    in = step(batch, 1);
    in.computed = (struct list){NULL, 0};
    struct prepared prepared;
    assert_done(desk_prepare(house_login("U-MARA")->desk, house_arena(), "batch.step", NULL, &in, &prepared, &e));
    assert_non_null(strstr(prepared.statement, "\"computed\":[{\"name\":\"anticoagulant_percent\""));
}

CASE(R18_lot_in_quarantine_is_not_used)
{
    const char *batch = new_batch(), *lot = fresh("M");
    struct material_receive receive = {.in_use_h = INTEGER_ABSENT, .lot_id = lot, .material = "Filter", .material_class = "filter", .manufacturer = "X",
                                       .lot_number = "1", .expires_at = clock_ms() + 86400000, .quantity = "1", .unit = "pieces"};
    struct material_release release = {lot};
    assert_done(act("U-MARA", "batch.material_receive", &receive));
    assert_done(perform(batch, 1));
    assert_done(verify("U-JON", batch, 1));
    int64_t since_ms = cleared(batch);
    struct batch_step in = step(batch, 2);
    LIST_AT(in.materials, struct step_material, 0)->lot_id = lot;
    assert_refused(act("U-MARA", "batch.step", &in), ERR_MATERIAL_REFUSED, "R18");
    assert_done(act("U-ELENA", "batch.material_release", &release));
    in.started_at = since_ms;
    in.ended_at = clock_ms();
    LIST_AT(in.materials, struct step_material, 0)->quantity = "2";
    assert_refused(act("U-MARA", "batch.step", &in), ERR_MATERIAL_REFUSED, "R18");   /* more than is left */
    LIST_AT(in.materials, struct step_material, 0)->quantity = "1";
    assert_done(act("U-MARA", "batch.step", &in));
}

CASE(R19_equipment_without_calibration_is_not_used)
{
    const char *batch = new_batch(), *id = fresh("E");
    struct equipment_register thermometer = {id, "Thermometer", "thermometer", "1"};
    struct equipment_calibrate calibrate = {id, clock_ms() - 60000, clock_ms() + 86400000, "c", "pass", TIME_ABSENT};
    struct batch_step in = step(batch, 1);
    LIST_AT(in.equipment, struct step_equipment, 0)->equipment_id = id;
    assert_done(act("U-CLARA", "batch.equipment_register", &thermometer));
    assert_refused(act("U-MARA", "batch.step", &in), ERR_EQUIPMENT_REFUSED, "R19");
    struct batch_reading reading = {batch, id, "temperature_c", "21.0", clock_ms()};
    assert_int_equal(desk_observe(house_login("U-MARA")->desk, house_arena(), "batch.reading", NULL, &reading, &made, &e),
                     ERR_EQUIPMENT_REFUSED);
    assert_done(act("U-CLARA", "batch.equipment_calibrate", &calibrate));
    assert_done(act("U-MARA", "batch.step", &in));
    reading.read_at = clock_ms();
    assert_done(desk_observe(house_login("U-MARA")->desk, house_arena(), "batch.reading", NULL, &reading, &made, &e));
}

static struct list looked_back(const char *id)
{
    struct calibration_request in = {id};
    struct lookback_rows all;
    assert_done(ask("quality.failed_calibrations", &in, &all));
    return all.uses;
}

CASE(R20_a_step_is_looked_back_at_as_it_stands)
{
    const char *batch = new_batch(), *id = fresh("E");
    struct equipment_register thermometer = {id, "Thermometer", "thermometer", "1"};
    struct equipment_calibrate calibration = {id, clock_ms() - 60000, clock_ms() + 86400000, "c", "pass", TIME_ABSENT};
    struct batch_step in = step(batch, 1);
    const char *other = LIST_AT(in.equipment, struct step_equipment, 0)->equipment_id;
    LIST_AT(in.equipment, struct step_equipment, 0)->equipment_id = id;
    assert_done(act("U-CLARA", "batch.equipment_register", &thermometer));
    assert_done(act("U-CLARA", "batch.equipment_calibrate", &calibration));
    in.started_at = in.ended_at = clock_ms();
    assert_done(act("U-MARA", "batch.step", &in));
    int64_t seq = made.seq;
    calibration.calibrated_at = clock_ms();
    calibration.result = "fail";
    assert_done(act("U-CLARA", "batch.equipment_calibrate", &calibration));
    const struct list uses = looked_back(id);
    assert_int_equal(uses.count, 1);
    const struct lookback_row *use = LIST_AT(uses, struct lookback_row, 0);
    assert_string_equal(use->batch_id, batch);
    assert_string_equal(use->use, "step 1");
    assert_string_equal(use->person_id, "U-MARA");
    struct batch_correct correct;
    record_init(&record_batch_correct, &correct);
    correct.batch_id = batch;
    correct.corrects = seq;
    correct.step = 1;
    correct.field = arena_printf(house_arena(), "equipment.%s.equipment_id", id);
    correct.old_value = id;
    correct.new_value = other;
    correct.reason = "read off the wrong display";
    assert_done(act("U-MARA", "batch.correct", &correct));
    assert_int_equal(looked_back(id).count, 0);
}

CASE(R04_batch_opens_for_the_donors_own_recipient_only)
{
    struct batch_open in = opening();
    in.recipient_code = "R-SOMEBODY";
    assert_refused(act("U-MARA", "batch.open", &in), ERR_DONOR_REFUSED, "R04");
    in.recipient_code = NULL;
    assert_refused(act("U-MARA", "batch.open", &in), ERR_FIELD_MISSING, "R04");
    in = opening();
    in.procedure_id = "P-UCMSC";
    in.specification_id = "Q-UCMSC";
    assert_refused(act("U-MARA", "batch.open", &in), ERR_DOCUMENT_REFUSED, "R08");
    in = opening();
    in.specification_version = 7;
    assert_int_equal(act("U-MARA", "batch.open", &in), ERR_NOT_FOUND);
}

CASE(S45_R21_author_does_not_approve_and_nobody_works_untrained)
{
    struct procedure_key key = {"P-BMAC", 1};
    struct procedure_show shown;
    const char *id = fresh("P");
    assert_done(ask("batch.procedure_show", &key, &shown));
    char *at = strstr(shown.document, "\"id\":\"P-BMAC\"");
    assert_non_null(at);
    const char *document = arena_printf(house_arena(), "%.*s\"id\":\"%s\"%s", (int)(at - shown.document), shown.document, id,
                                        at + strlen("\"id\":\"P-BMAC\""));
    struct procedure_author author = {.procedure_id = id, .version = 1, .document = document};
    struct procedure_approve approve = {id, 1};
    assert_done(act("U-ELENA", "batch.procedure_author", &author));
    assert_refused(act("U-ELENA", "batch.procedure_approve", &approve), ERR_DUTIES_SEGREGATED, "4.5");
    assert_refused(act("U-ELENA", "batch.procedure_author", &author), ERR_EXISTS, "T51");
    struct batch_open in = opening();
    in.procedure_id = id;
    assert_refused(act("U-MARA", "batch.open", &in), ERR_STATE_FORBIDS, "T51");
    assert_done(act("U-PETER", "batch.procedure_approve", &approve));
    assert_done(act("U-MARA", "batch.open", &in));
    struct batch_step first = step(arena_text(house_arena(), made.stream), 1);
    assert_refused(act("U-MARA", "batch.step", &first), ERR_TRAINING_MISSING, "R21");   /* nobody is trained on it yet */
}

CASE(R33_R06_R35_a_batch_is_filled_labelled_and_stored)
{
    const char *batch = new_batch();
    struct batch_fill fill = filling(batch);
    struct batch_complete complete = {batch};
    assert_int_equal(act("U-MARA", "batch.fill", &fill), ERR_STATE_FORBIDS);          /* no step yet */
    for (int no = 1; no <= 3; no++) {
        assert_done(perform(batch, no));
        assert_done(verify("U-JON", batch, no));
    }
    fill.waste_ml = "2.0";
    assert_refused(act("U-MARA", "batch.fill", &fill), ERR_BALANCE_OPEN, "R33");
    fill.waste_ml = "0.5";
    fill.expires_at = clock_ms() + 7 * INT64_C(3600000);
    assert_refused(act("U-MARA", "batch.fill", &fill), ERR_LIMIT_HARD, "T19");        /* six hours of shelf life */
    fill.expires_at = clock_ms() + 3600000;
    assert_done(act("U-MARA", "batch.fill", &fill));
    assert_int_equal(act("U-MARA", "batch.complete", &complete), ERR_ORDER_FORBIDS);
    for (int no = 4; no <= 5; no++) {
        assert_done(perform(batch, no));
        assert_done(verify("U-JON", batch, no));
    }
    assert_done(act("U-MARA", "batch.complete", &complete));

    const char *container = LIST_AT(fill.containers, struct fill_container, 0)->container_id;
    struct label_print label;
    record_init(&record_label_print, &label);
    label.batch_id = batch;
    label.container_id = container;
    label.copy = 2;
    assert_refused(act("U-JON", "custody.label_print", &label), ERR_FIELD_RANGE, "R06");
    label.copy = 1;
    struct prepared prepared;
    assert_done(desk_prepare(house_login("U-JON")->desk, house_arena(), "custody.label_print", NULL, &label, &prepared, &e));
    assert_non_null(strstr(prepared.statement, "FOR AUTOLOGOUS USE ONLY"));
    assert_done(act("U-JON", "custody.label_print", &label));
    label.copy = 2;
    assert_refused(act("U-JON", "custody.label_print", &label), ERR_REASON_MISSING, "R06");

    const char *position = fresh("A");
    struct container_store store = {batch, container, "E-TANK1", position};
    assert_done(act("U-JON", "custody.container_store", &store));
    assert_refused(act("U-JON", "custody.container_store", &store), ERR_EXISTS, "R35");
    struct hand_over give;
    record_init(&record_hand_over, &give);
    give.batch_id = batch;
    give.transfer_id = fresh("TR");
    give.receiver_id = "U-TOM";
    give.destination = give.seal_number = "S-1";
    give.condition = "good";
    give.temperature_c = "4.0";
    texts_add(house_arena(), &give.containers, container);
    assert_int_equal(act("U-JON", "custody.hand_over", &give), ERR_STATE_FORBIDS);    /* R30: not released */

    struct batch_key key = {batch};
    struct batch_show shown;
    struct custody_rows chain;
    assert_done(ask("batch.show", &key, &shown));
    assert_string_equal(shown.state, "in_test");
    assert_int_equal(shown.steps.count, 5);
    assert_int_equal(shown.containers.count, 1);
    assert_done(ask("custody.chain", &key, &chain));
    assert_int_equal(chain.events.count, 2);
}

CASE(R34_what_was_received_is_not_handed_over_again)
{
    const struct batch_show *m = model();
    struct batch_note note = {m->batch_id, "a late remark"};
    struct receive take;
    record_init(&record_receive, &take);
    take.batch_id = m->batch_id;
    take.transfer_id = arena_printf(house_arena(), "TR-%s", m->batch_id + 2);
    take.condition = "good";
    take.seal_number = "ANOTHER";
    texts_add(house_arena(), &take.containers, "NONE");
    if (strcmp(m->state, "cond_received") != 0)
        test_skip_without("the demo's received batch");
    assert_refused(act("U-TOM", "custody.receive", &take), ERR_EXISTS, "R34");
    assert_int_equal(act("U-MARA", "batch.note", &note), ERR_STATE_FORBIDS);
}

static int64_t report(const char *batch, const char *code, const char *result, const char *method)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = batch;
    in.code = code;
    in.result = result;
    in.method = method;
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 20000;
    in.tested_at = clock_ms() - 1000;
    assert_done(act("U-YUKI", "quality.test_report", &in));
    struct test_review review = {batch, made.seq};
    assert_done(act("U-OMAR", "quality.test_review", &review));
    return review.test_seq;
}

static int review_and_release(const char *batch)
{
    struct batch_key key = {batch};
    struct batch_show shown;
    struct batch_release release;
    assert_done(ask("batch.show", &key, &shown));
    struct batch_review review = {batch, shown.head_seq + 1, "Record complete, no exception open.", INTEGER_ABSENT};
    record_init(&record_batch_release, &release);
    release.batch_id = batch;
    release.physician_id = "U-INES";                         /* sterility is pending */
    release.informed_at = clock_ms() - 60000;
    release.follow_up_by = "U-OMAR";
    assert_done(act("U-ELENA", "release.review", &review));
    return act("U-PETER", "release.release", &release);
}

/* a batch of the marrow procedure, released; the entry of its endotoxin test in ${ret_test} */
static const char *released(int64_t *ret_test)
{
    const char *batch = new_batch();
    struct batch_fill fill = filling(batch);
    struct batch_complete complete = {batch};
    for (int no = 1; no <= 5; no++) {
        assert_done(perform(batch, no));
        assert_done(verify("U-JON", batch, no));
    }
    assert_done(act("U-MARA", "batch.fill", &fill));
    struct label_print label;
    record_init(&record_label_print, &label);
    label.batch_id = batch;
    label.container_id = LIST_AT(fill.containers, const struct fill_container, 0)->container_id;
    label.copy = 1;
    assert_done(act("U-JON", "custody.label_print", &label));
    assert_done(act("U-MARA", "batch.complete", &complete));
    report(batch, "viability", "97", "acridine orange/propidium iodide");
    report(batch, "tnc", "250000000", "automated counter");
    report(batch, "appearance", "conforms", "visual inspection");
    *ret_test = report(batch, "endotoxin", "<0.5", "LAL cartridge");
    report(batch, "gram", "negative", "Gram stain");
    report(batch, "sterility", "pending", "growth-based, 14 days");
    assert_done(review_and_release(batch));
    return batch;
}

static struct batch_show show(const char *batch)
{
    struct batch_key key = {batch};
    struct batch_show shown;
    assert_done(ask("batch.show", &key, &shown));
    return shown;
}

CASE(R15_late_result_is_flagged_with_its_reason_before_and_after_it_is_signed)
{
    const char *batch = new_batch();
    struct test_report late;
    struct batch_key key = {batch};
    struct quality_results results;
    struct prepared prepared;
    assert_done(perform(batch, 1));
    record_init(&record_test_report, &late);
    late.batch_id = batch;
    late.code = "viability";
    late.result = "97";
    late.method = "acridine orange/propidium iodide";
    late.sample_point = "final product";
    late.sampled_at = late.tested_at = clock_ms() - 20 * 60000 - 1000;
    assert_refused(act("U-YUKI", "quality.test_report", &late), ERR_REASON_MISSING, "R15");
    late.remark = "the terminal of the laboratory was down";
    assert_done(desk_prepare(house_login("U-YUKI")->desk, house_arena(), "quality.test_report", NULL, &late, &prepared, &e));
    assert_non_null(strstr(prepared.rendered, "Late entry: recorded so long after the test"));
    assert_done(act("U-YUKI", "quality.test_report", &late));
    assert_done(ask("quality.results", &key, &results));
    const struct test_row *row = LIST_AT(results.tests, struct test_row, 0);
    assert_int_equal(row->late_min, 20);
    assert_string_equal(row->remark, late.remark);
}

CASE(R12_a_remark_on_the_wrong_batch_is_void_by_another_person)
{
    const char *batch = new_batch();
    struct batch_note note = {batch, "the bag arrived torn"};
    assert_done(act("U-MARA", "batch.note", &note));
    struct batch_void in = {.batch_id = batch, .corrects = made.seq, .reason = "the remark belongs to another batch"};
    assert_refused(act("U-MARA", "batch.void", &in), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(act("U-JON", "batch.void", &in));
    assert_refused(act("U-JON", "batch.void", &in), ERR_EXISTS, "R12");
    struct batch_show shown = show(batch);
    const struct correction_row *row = LIST_AT(shown.corrections, struct correction_row, 0);
    assert_int_equal(row->corrects, in.corrects);
    assert_string_equal(row->new_value, "void");
    in.corrects = 0;
    assert_refused(act("U-JON", "batch.void", &in), ERR_NOT_FOUND, "R12");
}

/* how many entries the list says are unsigned since entry ${by}, -1: since any */
static int64_t unsigned_entries(const char *batch, int64_t by)
{
    struct entry_list in = {batch, 0};
    struct entry_rows rows;
    int64_t n = 0;
    assert_done(ask("audit.entries", &in, &rows));
    for (size_t i = 0; i < rows.entries.count; i++) {
        const struct entry_row *row = LIST_AT(rows.entries, struct entry_row, i);
        n += row->unsigned_by != INTEGER_ABSENT && (by < 0 || row->unsigned_by == by);
        assert_true(row->unsigned_by == INTEGER_ABSENT || row->is_signed);
    }
    return n;
}

CASE(R14_a_correction_after_the_release_holds_the_batch_until_all_is_signed_again)
{
    int64_t test;
    const char *batch = released(&test), *why = "digits swapped when typed";
    struct batch_correct step = {.batch_id = batch, .step = 3, .field = "n_live", .old_value = "193", .new_value = "129",
                                 .reason = why, .corrects = INTEGER_ABSENT};
    struct test_correct result = {.batch_id = batch, .test_seq = test, .old_value = "<0.5", .new_value = "<0.05", .reason = why,
                                  .file_seq = INTEGER_ABSENT};
    struct hold_end go_on = {batch, "corrected, and verified by a second person"};
    struct test_review review = {batch, test};
    assert_refused(act("U-MARA", "batch.correct", &step), ERR_HEAD_STALE, "R12");
    step.old_value = "192";
    assert_done(act("U-MARA", "batch.correct", &step));
    struct batch_show shown = show(batch);
    assert_string_equal(shown.state, "on_hold");
    assert_string_equal(LIST_AT(shown.steps, struct step_row, 2)->state, "unsigned");
    assert_null(LIST_AT(shown.steps, struct step_row, 2)->verified_by);
    assert_int_equal(shown.corrections.count, 1);
    assert_string_equal(LIST_AT(shown.corrections, struct correction_row, 0)->old_value, "192");
    assert_int_equal(shown.unsigned_acts.count, 6);          /* steps 3 and 4, their verifications, review, release */
    assert_int_equal(unsigned_entries(batch, LIST_AT(shown.corrections, struct correction_row, 0)->entry), 6);
    assert_done(act("U-YUKI", "quality.test_correct", &result));
    assert_int_equal(show(batch).unsigned_acts.count, 8);
    assert_refused(act("U-ELENA", "quality.hold_end", &go_on), ERR_ORDER_FORBIDS, "R14");
    assert_refused(verify("U-MARA", batch, 3), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(verify("U-JON", batch, 3));
    assert_done(verify("U-JON", batch, 4));
    assert_done(act("U-OMAR", "quality.test_review", &review));
    assert_done(act("U-ELENA", "quality.hold_end", &go_on));
    shown = show(batch);
    assert_string_equal(shown.state, "in_test");
    assert_int_equal(shown.unsigned_acts.count, 2);          /* review and release: QA signs them anew */
    assert_done(review_and_release(batch));
    shown = show(batch);
    assert_string_equal(shown.state, "cond_released");
    assert_int_equal(shown.unsigned_acts.count, 0);
    assert_int_equal(unsigned_entries(batch, -1), 0);
    assert_int_equal(shown.corrections.count, 2);
}

static const char *left_of(const char *lot)
{
    struct nothing none;
    static struct material_rows all;
    record_init(&record_nothing, &none);
    assert_done(ask("batch.materials", &none, &all));
    for (size_t i = 0; i < all.materials.count; i++)
        if (strcmp(LIST_AT(all.materials, struct material_row, i)->lot_id, lot) == 0)
            return LIST_AT(all.materials, struct material_row, i)->quantity;
    return "";
}

static int receive_filter(const char *lot, int64_t expires_at, const char *quantity, bool is_released)
{
    struct material_receive receive = {.in_use_h = INTEGER_ABSENT, .lot_id = lot, .material = "Filter", .material_class = "filter", .manufacturer = "X",
                                       .lot_number = "1", .expires_at = expires_at, .quantity = quantity, .unit = "pieces"};
    struct material_release release = {lot};
    int code = act("U-MARA", "batch.material_receive", &receive);
    return code != 0 || !is_released ? code : act("U-ELENA", "batch.material_release", &release);
}

/* a filter in the house: released or not, in date for so long */
static const char *new_filter(int64_t expires_at, const char *quantity, bool is_released)
{
    const char *lot = fresh("M");
    assert_done(receive_filter(lot, expires_at, quantity, is_released));
    return lot;
}

/* one that was released in date and is out of date now: as soon after as the machine is quick enough to release it before */
static const char *stale_filter(void)
{
    const struct timespec moment = {.tv_nsec = 20000000};
    int64_t expires_at = 0;
    const char *lot = NULL;
    int code = ERR_MATERIAL_REFUSED;
    for (int64_t ms = 300; code == ERR_MATERIAL_REFUSED && ms < 100000; ms *= 4) {
        lot = fresh("M");
        expires_at = clock_ms() + ms;
        code = receive_filter(lot, expires_at, "5", true);
    }
    assert_done(code);
    while (clock_ms() <= expires_at)
        nanosleep(&moment, NULL);
    return lot;
}

static int correct(const char *batch, const char *field, const char *old_value, const char *new_value)
{
    struct batch_correct in = {.batch_id = batch, .step = 2, .field = field, .old_value = old_value, .new_value = new_value,
                               .reason = "taken from the sheet of another batch", .corrects = INTEGER_ABSENT};
    return act("U-MARA", "batch.correct", &in);
}

static const char *at(int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_to_text(ms, text);
    return arena_text(house_arena(), text);
}

/* two steps, the second with a filter and equipment, both verified */
static const char *two_steps(struct batch_step *second, const char *filter)
{
    const char *batch = new_batch();
    assert_done(perform(batch, 1));
    assert_done(verify("U-JON", batch, 1));
    int64_t since_ms = cleared(batch);
    *second = step(batch, 2);
    second->started_at = since_ms + 5;               /* by one look at the clock: whatever the machine does between two */
    second->ended_at = since_ms + 25;
    LIST_AT(second->materials, struct step_material, 0)->lot_id = filter;
    assert_done(act("U-MARA", "batch.step", second));
    assert_done(verify("U-JON", batch, 2));
    return batch;
}

CASE(R18_a_correction_of_a_lot_moves_what_was_used)
{
    const char *old = new_filter(clock_ms() + 86400000, "5", true), *other = new_filter(clock_ms() + 86400000, "2", true);
    const char *stale = stale_filter(), *quarantined = new_filter(clock_ms() + 86400000, "5", false);
    struct batch_step second;
    const char *batch = two_steps(&second, old), *lot = arena_printf(house_arena(), "materials.%s.lot_id", old);
    assert_string_equal(left_of(old), "4");
    assert_refused(correct(batch, lot, old, stale), ERR_MATERIAL_REFUSED, "R18");
    assert_refused(correct(batch, lot, old, quarantined), ERR_MATERIAL_REFUSED, "R18");
    assert_refused(correct(batch, lot, old, "M-NOWHERE"), ERR_NOT_FOUND, "R18");
    assert_refused(correct(batch, lot, old, NULL), ERR_MATERIAL_REFUSED, "R18");          /* the step needs a filter */
    assert_refused(correct(batch, lot, other, old), ERR_HEAD_STALE, "R12");
    assert_done(correct(batch, lot, old, other));
    assert_string_equal(left_of(old), "5");
    assert_string_equal(left_of(other), "1");
    const char *quantity = arena_printf(house_arena(), "materials.%s.quantity", other);
    assert_refused(correct(batch, quantity, "1", "3"), ERR_MATERIAL_REFUSED, "R18");      /* it had two */
    assert_done(correct(batch, quantity, "1", "2"));
    assert_string_equal(left_of(other), "0");
    assert_done(correct(batch, arena_printf(house_arena(), "materials.%s.quantity", old), NULL, "3"));   /* forgotten */
    assert_string_equal(left_of(old), "2");
    assert_done(correct(batch, arena_printf(house_arena(), "materials.%s.lot_id", other), other, NULL));
    assert_string_equal(left_of(other), "2");
    struct batch_show shown = show(batch);
    assert_int_equal(shown.corrections.count, 4);
    assert_string_equal(LIST_AT(shown.steps, struct step_row, 1)->state, "unsigned");
    assert_null(LIST_AT(shown.corrections, struct correction_row, 0)->new_value);
    assert_refused(perform(batch, 3), ERR_ORDER_FORBIDS, "R09");
    assert_refused(verify("U-MARA", batch, 2), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(verify("U-JON", batch, 2));
    assert_int_equal(show(batch).unsigned_acts.count, 0);
    assert_done(perform(batch, 3));
}

CASE(R19_R15_a_correction_of_equipment_and_times_is_judged_as_at_the_bench)
{
    const char *id = fresh("E"), *filter = new_filter(clock_ms() + 86400000, "5", true);
    struct equipment_register counter = {id, "Cell counter", "cell_counter", "1"};
    struct equipment_calibrate calibrate = {id, clock_ms() - 60000, clock_ms() + 86400000, "c", "pass", TIME_ABSENT};
    struct batch_step second;
    assert_done(act("U-CLARA", "batch.equipment_register", &counter));
    const char *batch = two_steps(&second, filter), *path = "equipment.E-COUNTER1.equipment_id";
    assert_refused(correct(batch, path, "E-COUNTER1", id), ERR_EQUIPMENT_REFUSED, "R19");
    assert_refused(correct(batch, path, "E-COUNTER1", "E-TANK1"), ERR_EQUIPMENT_REFUSED, "R19");
    assert_refused(correct(batch, path, "E-COUNTER1", "E-NOWHERE"), ERR_NOT_FOUND, "R19");
    assert_done(act("U-CLARA", "batch.equipment_calibrate", &calibrate));
    assert_done(correct(batch, path, "E-COUNTER1", id));
    const char *from = at(second.started_at), *to = at(second.ended_at);
    assert_refused(correct(batch, "step.started_at", from, at(second.ended_at + 1)), ERR_TIME_REFUSED, "R15");
    assert_refused(correct(batch, "step.started_at", from, at(second.started_at - 86400000)), ERR_TIME_REFUSED, "R09");
    assert_refused(correct(batch, "step.ended_at", to, at(clock_ms() + 3600000)), ERR_TIME_REFUSED, "R15");
    assert_refused(correct(batch, "step.ended_at", to, "later"), ERR_FIELD_TYPE, "R12");
    assert_refused(correct(batch, "step.nothing", to, "later"), ERR_FIELD_UNKNOWN, "R12");
    assert_done(correct(batch, "step.started_at", from, at(second.started_at - 5)));
    assert_done(correct(batch, "step.ended_at", to, at(second.ended_at + 2)));
    assert_int_equal(LIST_AT(show(batch).steps, struct step_row, 1)->ended_at, second.ended_at + 2);
    assert_done(correct(batch, "step.reason", second.reason, "values invented for a test, and the counter swapped"));
    assert_done(verify("U-JON", batch, 2));
    assert_int_equal(show(batch).corrections.count, 4);
}

CASE(worklist_pages_by_key_newest_first)
{
    struct batch_list in;
    struct batch_rows first, second;
    new_batch();
    record_init(&record_batch_list, &in);
    in.limit = 2;
    assert_done(ask("batch.list", &in, &first));
    assert_int_equal(first.batches.count, 2);
    in.before = LIST_AT(first.batches, struct batch_row, 1)->batch_id;
    assert_done(ask("batch.list", &in, &second));
    assert_true(second.batches.count > 0);
    const struct batch_row *last = LIST_AT(first.batches, struct batch_row, 1);
    const struct batch_row *next = LIST_AT(second.batches, struct batch_row, 0);
    assert_string_not_equal(last->batch_id, next->batch_id);
    assert_true(last->opened_at >= next->opened_at);
    in.before = NULL;
    in.state = "open";
    assert_done(ask("batch.list", &in, &second));
    for (size_t i = 0; i < second.batches.count; i++)
        assert_string_equal(LIST_AT(second.batches, struct batch_row, i)->state, "open");
}
