/* A small batch, exported: digits, times and censored values come out as they were signed; the same dossier gives the same
 * bytes; what is not a batch is refused. */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "exports/exports.h"
#include "support/batch_fixture.h"

static struct batch_fixture f;
static struct err e;

static json_t *bundle;           /* the last one read */

static void end(void)
{
    json_decref(bundle);
    bundle = NULL;
    f.a = arena_free(f.a);
}

static void *fresh(const char *type) { return batch_fixture_fresh(&f, type); }

/* one more statement; its place is returned */
static int64_t add(int which, const char *type, const void *record)
{
    return batch_fixture_add(&f, which, type, MEANING_PERFORMED, record)->entry.seq;
}

static void step(const char *first, const char *second)
{
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 1;
    in->started_at = f.now_ms - 60000;
    in->ended_at = f.now_ms;
    in->reason = "5 < 6, \"said\" Ben & Co";
    struct step_value *v = record_list_add(f.a, &record_step_value, &in->values);
    *v = (struct step_value){"marrow_ml", first};
    v = record_list_add(f.a, &record_step_value, &in->values);
    *v = (struct step_value){"anticoagulant_ml", second};
    v = record_list_add(f.a, &record_step_value, &in->values);
    *v = (struct step_value){"container_intact", "true"};
    struct step_result *r = record_list_add(f.a, &record_step_result, &in->computed);
    *r = (struct step_result){"anticoagulant_percent", "11.1", "%", NULL};
    add(B, "batch.step", in);
}

static int64_t judge_test(const char *code, const char *result, const char *verdict)
{
    struct test_report *in = fresh("quality.test_report");
    *in = (struct test_report){.batch_id = "B-1", .code = code, .result = result, .method = "m", .sample_point = "p",
                               .sampled_at = f.now_ms, .tested_at = f.now_ms, .verdict = verdict, .file_seq = INTEGER_ABSENT};
    return add(B, "quality.test_report", in);
}

static int64_t test(const char *code, const char *result) { return judge_test(code, result, "pass"); }

static void begin(void)
{
    batch_fixture_begin(&f, 40, "2026-03-02T08:00:00.000Z", 1500);
    struct batch_open *open = fresh("batch.open");
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1, .specification_id = "Q-BMAC",
                                .specification_version = 1, .collection_id = "C-1", .donor_id = "D-1"};
    add(B, "batch.open", open);
}

static const char *made(const char *name)
{
    struct zip_member *files;
    size_t n;
    if (exports_make(f.a, &f.d, NULL, &files, &n, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return arena_dup(f.a, files[i].data.data, files[i].data.len);
    fail_msg("no %s", name);
    return NULL;
}

static json_t *observation(const char *id)
{
    json_error_t error;
    json_decref(bundle);
    bundle = json_loads(made("fhir.json"), JSON_REJECT_DUPLICATES, &error);
    if (bundle == NULL)
        fail_msg("%s", error.text);
    json_t *entries = json_object_get(bundle, "entry");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        json_t *r = json_object_get(json_array_get(entries, i), "resource");
        if (strcmp(json_string_value(json_object_get(r, "id")), id) == 0 &&
            strcmp(json_string_value(json_object_get(r, "resourceType")), "Observation") == 0)
            return r;
    }
    fail_msg("no Observation %s", id);
    return NULL;
}

static const char *text_at(const json_t *node, const char *name)
{
    const char *text = json_string_value(json_object_get(node, name));
    return text != NULL ? text : "(absent)";
}

CASE(R39_decimals_keep_their_digits_in_every_format)
{
    begin();
    step("60.0", "7.50");
    assert_non_null(strstr(made("fhir.json"), "\"value\": 60.0,"));
    assert_non_null(strstr(made("fhir.json"), "\"value\": 7.50,"));
    assert_non_null(strstr(made("b2mml.xml"), "<ValueString>7.50</ValueString>"));
    assert_non_null(strstr(made("steps.csv"), ",anticoagulant_ml,7.50,,mL,"));
    assert_non_null(strstr(made("steps.csv"), ",computed,anticoagulant_percent,11.1,,%,"));
    end();
}

CASE(R39_units_are_ucum_beside_our_own)
{
    begin();
    step("60.0", "7.5");
    json_t *component = json_array_get(json_object_get(observation("entry-1"), "component"), 0);
    json_t *quantity = json_object_get(component, "valueQuantity");
    assert_string_equal(text_at(quantity, "unit"), "mL");
    assert_string_equal(text_at(quantity, "system"), "http://unitsofmeasure.org");
    assert_string_equal(text_at(quantity, "code"), "mL");
    end();
}

CASE(R39_a_yes_or_no_is_a_boolean)
{
    begin();
    step("60.0", "7.5");
    assert_true(json_is_true(json_object_get(json_array_get(json_object_get(observation("entry-1"), "component"), 2), "valueBoolean")));
    end();
}

CASE(T05_censored_result_keeps_its_comparator)
{
    begin();
    int64_t at = test("endotoxin", "<0.05");
    json_t *quantity = json_object_get(observation(arena_printf(f.a, "entry-%d", (int)at)), "valueQuantity");
    assert_string_equal(text_at(quantity, "comparator"), "<");
    assert_non_null(strstr(made("fhir.json"), "\"value\": 0.05,"));
    assert_non_null(strstr(made("tests.csv"), ",<0.05,"));
    assert_non_null(strstr(made("b2mml.xml"), "<ValueString>&lt;0.05</ValueString>"));
    end();
}

CASE(R28_absent_value_says_why_and_is_no_number)
{
    begin();
    step("n/a", "not done");
    test("sterility", "pending");
    json_t *components = json_object_get(observation("entry-1"), "component");
    json_t *reason = json_object_get(json_array_get(components, 0), "dataAbsentReason");
    assert_string_equal(text_at(reason, "text"), "n/a");
    assert_null(json_object_get(json_array_get(components, 0), "valueQuantity"));
    assert_string_equal(text_at(json_object_get(json_array_get(components, 1), "dataAbsentReason"), "text"), "not done");
    assert_string_equal(text_at(json_object_get(observation("entry-2"), "dataAbsentReason"), "text"), "pending");
    end();
}

CASE(R25_replicates_are_components)
{
    begin();
    test("viability", "97; 98");
    json_t *o = observation("entry-1");
    assert_int_equal(json_array_size(json_object_get(o, "component")), 2);
    assert_null(json_object_get(o, "valueQuantity"));
    end();
}

CASE(R10_step_is_final_once_verified)
{
    begin();
    step("60.0", "7.5");
    assert_string_equal(text_at(observation("entry-1"), "status"), "preliminary");
    struct step_verify *in = fresh("batch.step_verify");
    *in = (struct step_verify){"B-1", 1};
    add(B, "batch.step_verify", in);
    assert_string_equal(text_at(observation("entry-1"), "status"), "final");
    end();
}

CASE(R25_invalidated_test_is_in_error_and_reviewed_is_final)
{
    begin();
    int64_t at = test("viability", "40");
    assert_string_equal(text_at(observation("entry-1"), "status"), "preliminary");
    struct test_review *review = fresh("quality.test_review");
    *review = (struct test_review){"B-1", at};
    add(B, "quality.test_review", review);
    assert_string_equal(text_at(observation("entry-1"), "status"), "final");
    struct oos_close *close = fresh("quality.oos_close");
    *close = (struct oos_close){"B-1", at, "invalidated", "wrong stain", BOOLEAN_ABSENT};
    add(B, "quality.oos_close", close);
    assert_string_equal(text_at(observation("entry-1"), "status"), "entered-in-error");
    assert_non_null(strstr(made("tests.csv"), ",invalidated,\r\n"));
    end();
}

CASE(R39_text_is_escaped_as_each_format_asks)
{
    begin();
    step("60.0", "7.5");
    assert_non_null(strstr(made("fhir.json"), "5 < 6, \\\"said\\\" Ben & Co"));
    assert_non_null(strstr(made("b2mml.xml"), "5 &lt; 6, &quot;said&quot; Ben &amp; Co"));
    assert_non_null(strstr(made("steps.csv"), "\"5 < 6, \"\"said\"\" Ben & Co\",,\r\n"));
    end();
}

CASE(R39_times_are_utc_and_the_ledgers_is_the_recorded_one)
{
    begin();
    step("60.0", "7.5");
    json_t *o = observation("entry-1");
    assert_string_equal(text_at(json_object_get(o, "effectivePeriod"), "end"), "2026-03-02T08:00:04.500Z");
    assert_string_equal(text_at(o, "issued"), "2026-03-02T08:00:06.000Z");
    end();
}

static void give(const char *transfer, const char *container)
{
    struct hand_over *given = fresh("custody.hand_over");
    *given = (struct hand_over){.batch_id = "B-1", .transfer_id = transfer, .receiver_id = "U-2", .destination = "Ward 4",
                                .condition = "good", .seal_number = "S1", .temperature_c = "-151.0",
                                .transfer_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"};
    texts_add(f.a, &given->containers, container);
    add(B, "custody.hand_over", given);
}

CASE(R34_hand_over_and_receipt_are_events_of_both_parties)
{
    begin();
    give("TR-1", "A999926000001-D0001VA0");
    const char *text = made("epcis.jsonld");
    assert_non_null(strstr(text, "\"bizStep\": \"shipping\""));
    assert_non_null(strstr(text, "\"value\": -151.0,"));
    assert_non_null(strstr(text, "\"source\": \"https://lab.example/2026/U-1\""));
    assert_non_null(strstr(text, "\"destination\": \"https://lab.example/2026/U-2\""));
    assert_non_null(strstr(text, "\"https://lab.example/2026/A999926000001-D0001VA0\""));
    end();
}

CASE(R39_a_batch_without_custody_has_an_empty_list_of_events)
{
    begin();
    assert_non_null(strstr(made("epcis.jsonld"), "\"eventList\": []"));
    end();
}

CASE(F_same_dossier_gives_the_same_bytes)
{
    static const char *const names[] = {"b2mml.xml", "corrections.csv", "custody.csv", "epcis.jsonld", "fhir.json", "steps.csv", "tests.csv"};
    begin();
    step("60.0", "7.5");
    test("viability", "97");
    const char *first[7];
    for (size_t i = 0; i < 7; i++)
        first[i] = made(names[i]);
    clock_set(f.now_ms + 1000000000);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(made(names[i]), first[i]);
    clock_set(TIME_ABSENT);
    end();
}

CASE(R39_one_format_or_all_in_order_of_names)
{
    struct zip_member *files;
    size_t n;
    begin();
    assert_int_equal(exports_make(f.a, &f.d, "csv", &files, &n, &e), 0);
    assert_int_equal(n, 4);
    assert_int_equal(exports_make(f.a, &f.d, NULL, &files, &n, &e), 0);
    assert_int_equal(n, 7);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(files[i - 1].name, files[i].name) < 0);
    assert_int_equal(exports_make(f.a, &f.d, "pdf", &files, &n, &e), ERR_NOT_FOUND);
    end();
}

CASE(R39_what_was_never_opened_or_lacks_its_documents_is_refused)
{
    struct zip_member *files;
    size_t n;
    begin();
    f.stream[Q].count = 0;
    assert_int_equal(exports_make(f.a, &f.d, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "document");
    f.d.subject = "P-BMAC";
    assert_int_equal(exports_make(f.a, &f.d, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    f.d.subject = "B-9";
    assert_int_equal(exports_make(f.a, &f.d, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    end();
}

/* ---- corrections (ledger.md 2.5, PI 041) */

static void verify_by(const char *person)
{
    struct step_verify *in = fresh("batch.step_verify");
    *in = (struct step_verify){"B-1", 1};
    struct dossier_entry *entry = batch_fixture_add(&f, B, "batch.step_verify", MEANING_PERFORMED, in);
    entry->statement.actor = entry->statement.signer = person;
    assert_int_equal(statement_build(f.a, &entry->statement, &entry->stmt, &e), 0);
}

static void verify_step(void)
{
    verify_by("U-2");
}

/* step 1's marrow was 60.0, is 66.0; the step at entry 1 and its verification at entry 2 lapse */
static void correct_step(void)
{
    struct batch_correct *in = fresh("batch.correct");
    in->batch_id = "B-1";
    in->step = in->corrects = 1;
    in->field = "marrow_ml";
    in->old_value = "60.0";
    in->new_value = "66.0";
    in->reason = "read from the wrong line";
    *(struct lapsed_act *)record_list_add(f.a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){1, "batch.step", 1};
    *(struct lapsed_act *)record_list_add(f.a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){2, "batch.step_verify", 1};
    add(B, "batch.correct", in);
}

CASE(R12_corrected_value_stands_and_the_old_one_is_beside_it)
{
    begin();
    step("60.0", "7.5");
    verify_step();
    correct_step();
    assert_non_null(strstr(made("fhir.json"), "\"value\": 66.0,"));
    assert_null(strstr(made("fhir.json"), "\"value\": 60.0,"));
    assert_non_null(strstr(made("fhir.json"), "\"valueString\": \"60.0\""));
    assert_non_null(strstr(made("steps.csv"), ",value,marrow_ml,66.0,60.0,mL,"));
    assert_non_null(strstr(made("corrections.csv"), ",1,1,marrow_ml,60.0,66.0,read from the wrong line,"));
    assert_non_null(strstr(made("b2mml.xml"), "<PrechangeData>\n        <ValueString>60.0</ValueString>"));
    assert_non_null(strstr(made("b2mml.xml"), "<ValueString>66.0</ValueString>"));
    end();
}

static void correct_use(const char *field, const char *old_value, const char *new_value)
{
    struct batch_correct *in = fresh("batch.correct");
    *in = (struct batch_correct){.batch_id = "B-1", .step = 1, .corrects = 1, .field = field, .old_value = old_value,
                                 .new_value = new_value, .reason = "taken from the wrong sheet"};
    add(B, "batch.correct", in);
}

CASE(R12_corrected_lots_equipment_and_times_stand_in_every_format)
{
    char from[CLOCK_TEXT];
    begin();
    clock_to_text(f.now_ms - 60000, from);
    step("60.0", "7.5");
    correct_use("materials.M-7.quantity", NULL, "2");
    correct_use("materials.M-7.quantity", "2", "3");
    correct_use("materials.M-7.lot_id", "M-7", "M-8");
    correct_use("equipment.E-7.equipment_id", NULL, "E-7");
    correct_use("step.started_at", from, "2026-03-01T08:00:00.000Z");
    assert_non_null(strstr(made("steps.csv"), ",material,M-8,3,"));
    assert_null(strstr(made("steps.csv"), ",M-7,"));
    assert_non_null(strstr(made("steps.csv"), ",equipment,E-7,"));
    assert_non_null(strstr(made("steps.csv"), ",2026-03-01T08:00:00.000Z,"));
    assert_non_null(strstr(made("corrections.csv"), ",materials.M-7.lot_id,M-7,M-8,taken from the wrong sheet,"));
    assert_non_null(strstr(made("b2mml.xml"), "<EquipmentID>E-7</EquipmentID>"));
    assert_non_null(strstr(made("b2mml.xml"), "materials.M-7.lot_id: now M-8"));
    assert_non_null(strstr(made("fhir.json"), "M-8"));
    end();
}

CASE(R12_calculated_values_follow_the_correction)
{
    begin();
    step("60.0", "7.5");
    correct_step();
    assert_non_null(strstr(made("steps.csv"), ",computed,anticoagulant_percent,10.2,11.1,%,"));
    end();
}

CASE(R14_what_lapsed_is_preliminary_until_it_is_verified_again)
{
    begin();
    step("60.0", "7.5");
    verify_step();
    correct_step();
    assert_string_equal(text_at(observation("entry-1"), "status"), "preliminary");
    assert_non_null(strstr(made("fhir.json"), "unsigned until reviewed, since entry 3"));
    assert_non_null(strstr(made("b2mml.xml"), "performed, corrected, unsigned until reviewed"));
    verify_by("U-1");                                    /* who corrected it */
    assert_string_equal(text_at(observation("entry-1"), "status"), "preliminary");
    verify_step();
    assert_string_equal(text_at(observation("entry-1"), "status"), "corrected");
    assert_null(strstr(made("fhir.json"), "unsigned until reviewed"));
    assert_null(strstr(made("b2mml.xml"), "unsigned until reviewed"));
    end();
}

/* a void reading (R12) */
CASE(R12_a_reading_recorded_in_error_says_so)
{
    begin();
    struct batch_reading *reading = fresh("batch.reading");
    struct batch_void *gone = fresh("batch.void");
    *reading = (struct batch_reading){"B-1", "E-INCUBATOR", "temperature_c", "73.1", f.now_ms};
    add(B, "batch.reading", reading);
    assert_null(strstr(made("b2mml.xml"), "void"));
    *gone = (struct batch_void){"B-1", 1, "slip of the finger", "batch.reading", "value", "73.1", "void"};
    add(B, "batch.void", gone);
    assert_non_null(strstr(made("b2mml.xml"), "<Description>batch.reading, performed, void: recorded in error</Description>"));
    assert_string_equal(text_at(observation("entry-1"), "status"), "entered-in-error");
    end();
}

/* ---- where the batch stands: as the lab's machine has it, in every format */

static void stands(const char *state, const char *product)
{
    const char *fhir = made("fhir.json");
    assert_non_null(strstr(fhir, arena_printf(f.a, "\"conclusion\": \"%s\"", state)));
    assert_non_null(strstr(made("b2mml.xml"), arena_printf(f.a, "<RecordStatus>%s</RecordStatus>", state)));
    assert_non_null(strstr(fhir, arena_printf(f.a, "\"status\": \"%s\"", product)));
}

static void in_test(void)
{
    begin();
    struct batch_complete *complete = fresh("batch.complete");
    stands("open", "unavailable");
    step("60.0", "7.5");
    stands("in_process", "unavailable");
    complete->batch_id = "B-1";
    add(B, "batch.complete", complete);
    stands("in_test", "unavailable");
}

static int64_t release(void)
{
    struct batch_release *in = fresh("release.release");
    in->batch_id = "B-1";
    return add(B, "release.release", in);
}

CASE(R29_a_conditional_release_is_preliminary_until_it_is_certified)
{
    in_test();
    struct batch_release *in = fresh("release.release");
    struct batch_certify *certify = fresh("release.certify");
    in->batch_id = certify->batch_id = "B-1";
    in->conditional = 1;
    add(B, "release.release", in);
    stands("cond_released", "available");
    assert_null(strstr(made("epcis.jsonld"), "\"disposition\": \"conformant\""));
    int64_t seq = judge_test("viability", "40", "fail");
    stands("failed_post_release", "unavailable");
    struct oos_close *close = fresh("quality.oos_close");
    *close = (struct oos_close){"B-1", seq, "invalidated", "wrong stain", BOOLEAN_ABSENT};
    add(B, "quality.oos_close", close);
    stands("cond_released", "available");
    add(B, "release.certify", certify);
    stands("released", "available");
    assert_non_null(strstr(made("epcis.jsonld"), "\"disposition\": \"conformant\""));
    end();
}

CASE(R31_T29_an_exceptional_release_is_conformant_nowhere)
{
    in_test();
    struct oos_close *close = fresh("quality.oos_close");
    *close = (struct oos_close){"B-1", judge_test("viability", "40", "fail"), "confirmed", "the cells are so", BOOLEAN_ABSENT};
    add(B, "quality.oos_close", close);
    struct batch_release *in = fresh("release.release");
    in->batch_id = "B-1";
    in->exceptional = 1;
    add(B, "release.release", in);
    stands("except_released", "available");
    assert_non_null(strstr(made("epcis.jsonld"), "\"disposition\": \"non_conformant\""));
    assert_null(strstr(made("epcis.jsonld"), "\"disposition\": \"conformant\""));
    end();
}

CASE(R26_an_open_case_holds_the_batch_and_one_for_information_does_not)
{
    in_test();
    judge_test("cfu_f", "0", "fail");
    stands("in_test", "unavailable");
    int64_t seq = judge_test("viability", "40", "fail");
    stands("on_hold", "unavailable");
    struct oos_close *close = fresh("quality.oos_close");
    *close = (struct oos_close){"B-1", seq, "invalidated", "wrong stain", BOOLEAN_ABSENT};
    add(B, "quality.oos_close", close);
    stands("in_test", "unavailable");
    end();
}

CASE(R14_rejected_from_the_hold_that_a_correction_made_is_rejected)
{
    in_test();
    verify_step();
    release();
    stands("released", "available");
    correct_step();
    stands("on_hold", "unavailable");
    struct batch_reject *reject = fresh("release.reject");
    *reject = (struct batch_reject){"B-1", "too little marrow"};
    add(B, "release.reject", reject);
    stands("rejected", "unavailable");
    end();
}

CASE(R34_a_batch_is_handed_over_with_its_last_container)
{
    begin();
    step("60.0", "7.5");
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "4.0", .samples_ml = "0", .waste_ml = "0", .expires_at = f.now_ms + 1000000};
    static const char *const ids[] = {"A999926000001-D0001VA0", "A999926000001-D0001VB0"};
    for (int i = 0; i < 2; i++)
        *(struct fill_container *)record_list_add(f.a, &record_fill_container, &fill->containers) =
            (struct fill_container){.container_id = ids[i], .volume_ml = "2.0", .cells = "1000000"};
    add(B, "batch.fill", fill);
    struct batch_complete *complete = fresh("batch.complete");
    complete->batch_id = "B-1";
    add(B, "batch.complete", complete);
    release();
    give("TR-1", ids[0]);
    stands("released", "available");
    give("TR-2", ids[1]);
    stands("handed_over", "available");
    end();
}

/* domain.md 7.3: a withdrawal holds all that descends from the donor, until what the cells are for is consented to again */
CASE(gate_04_a_product_whose_donor_withdrew_consent_is_unavailable)
{
    in_test();
    struct consent_withdraw *gone = fresh("source.consent_withdraw");
    struct consent_record *given = fresh("source.consent_record");
    release();
    gone->donor_id = given->donor_id = "D-1";
    given->form_version = "2";
    gone->withdrawn_at = given->given_at = f.now_ms;
    texts_add(f.a, &gone->scopes, "research");
    add(D, "source.consent_withdraw", gone);
    stands("released", "available");
    texts_add(f.a, &gone->scopes, "treatment");
    add(D, "source.consent_withdraw", gone);
    stands("released", "unavailable");
    assert_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    texts_add(f.a, &given->scopes, "treatment");
    add(D, "source.consent_record", given);
    stands("released", "available");
    end();
}

CASE(R14_a_correction_of_the_donor_behind_the_release_makes_the_product_unavailable_and_has_its_line)
{
    in_test();
    struct donor_correct *in = fresh("source.donor_correct");
    struct batch_release *r = fresh("release.release");
    *in = (struct donor_correct){.donor_id = "D-1", .corrects = 0, .field = "results.hbsag", .old_value = "non_reactive",
                                 .new_value = "reactive", .reason = "copied from the wrong line", .act = "source.donor_test_report"};
    int64_t known = batch_fixture_add(&f, D, "source.donor_correct", MEANING_CORRECTED, in)->entry.seq;
    r->batch_id = "B-1";
    r->evidence_seq = known;
    add(B, "release.release", r);
    assert_non_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    int64_t later = batch_fixture_add(&f, D, "source.donor_correct", MEANING_CORRECTED, in)->entry.seq;
    assert_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    assert_non_null(strstr(made("fhir.json"), arena_printf(f.a, "unsigned until reviewed, since entry %lld of D-1", (long long)later)));
    const char *csv = made("corrections.csv");
    assert_non_null(strstr(csv, ",results.hbsag,,,,"));
    assert_non_null(strstr(csv, ",D-1,\r\n"));
    assert_null(strstr(csv, "reactive"));                /* how the donor is stays in the donor's stream */
    end();
}

CASE(R14_lapsed_release_makes_the_product_unavailable)
{
    in_test();
    int64_t released = release();
    assert_non_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = 0, .old_value = "97", .new_value = "79", .reason = "digits swapped",
                                .verdict = "fail", .file_seq = INTEGER_ABSENT};
    *(struct lapsed_act *)record_list_add(f.a, &record_lapsed_act, &in->lapsed) =
        (struct lapsed_act){released, "release.release", INTEGER_ABSENT};
    add(B, "quality.test_correct", in);
    assert_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    assert_non_null(strstr(made("b2mml.xml"), "<RecordStatus>on_hold</RecordStatus>"));
    end();
}

/* ---- one correction of a fill after the release, and of what was handed over: the mark in every file that shows it */

#define BAG "A999926000001-D0001VA0"

static int64_t fill(void)
{
    struct batch_fill *in = fresh("batch.fill");
    *in = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "2.0", .samples_ml = "0", .waste_ml = "0", .expires_at = f.now_ms + 1000000};
    *(struct fill_container *)record_list_add(f.a, &record_fill_container, &in->containers) =
        (struct fill_container){.container_id = BAG, .volume_ml = "2.0", .cells = "1000000"};
    return add(B, "batch.fill", in);
}

static int64_t review(void)
{
    struct batch_review *in = fresh("release.review");
    in->batch_id = "B-1";
    in->entries = 2;
    in->conclusion = "in order";
    return add(B, "release.review", in);
}

static void lapses(struct list *lapsed, int64_t entry, const char *act)
{
    *(struct lapsed_act *)record_list_add(f.a, &record_lapsed_act, lapsed) = (struct lapsed_act){entry, act, INTEGER_ABSENT};
}

/* opened 0, filled 1, reviewed 2, released 3, handed over 4; the cells counted anew 5 */
static void correct_fill_after_release(void)
{
    begin();
    int64_t filled = fill(), reviewed = review(), released = release();
    give("TR-1", BAG);
    struct fill_correct *in = fresh("batch.fill_correct");
    *in = (struct fill_correct){.batch_id = "B-1", .field = "containers." BAG ".cells", .old_value = "1000000", .new_value = "900000",
                                .reason = "digits dropped", .corrects = filled};
    lapses(&in->lapsed, filled, "batch.fill");
    lapses(&in->lapsed, reviewed, "release.review");
    lapses(&in->lapsed, released, "release.release");
    add(B, "batch.fill_correct", in);
}

struct mark {
    const char *file, *text;
    int times;
};

static void assert_marks(const struct mark *marks, size_t n, bool there)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = made(marks[i].file);
        int times = 0;
        for (const char *at = text; (at = strstr(at, marks[i].text)) != NULL; at++)
            times++;
        if (times != (there ? marks[i].times : 0))
            fail_msg("%s says %s %d times:\n%s", marks[i].file, marks[i].text, times, text);
    }
}

CASE(custody_RELABEL_every_copy_has_its_line)
{
    begin();
    step("60.0", "7.5");
    struct label_apply *on = fresh("custody.label_apply");
    *on = (struct label_apply){"B-1", "A999926000001-D0001VA0", 2, "x", "typed", "no reader at hand", 1};
    add(B, "custody.label_apply", on);
    struct label_end *ended = fresh("custody.label_end");
    *ended = (struct label_end){"B-1", "A999926000001-D0001VA0", 1, "destroyed", "taken off", "U-2"};
    add(B, "custody.label_end", ended);
    const char *lines = made("custody.csv");
    const char *applied = strstr(lines, "custody.label_apply"), *end_line = strstr(lines, "custody.label_end");
    assert_true(applied != NULL && end_line != NULL);
    assert_non_null(strstr(applied, ",2,1,no reader at hand,"));
    assert_non_null(strstr(end_line, ",1,,taken off,"));
    assert_non_null(strstr(end_line, ",destroyed,"));
    assert_non_null(strstr(made("epcis.jsonld"), "\"stemma:replaces\": 1"));
    end();
}

CASE(R14_what_lapsed_is_marked_in_every_export_file)
{
    static const struct mark marks[] = {
        {"fhir.json", "\"unsigned until reviewed, since entry 5\"", 4},       /* three acts, and the container that one of them filled */
        {"b2mml.xml", "batch.fill, performed, corrected, unsigned until reviewed<", 2},
        {"b2mml.xml", "release.review, performed, unsigned until reviewed<", 1},
        {"b2mml.xml", "release.release, performed, unsigned until reviewed<", 1},
        {"epcis.jsonld", "\"stemma:signature\": \"unsigned until reviewed\"", 2},
        {"epcis.jsonld", "\"stemma:unsigned_by_entry\": 5", 2},
        {"epcis.jsonld", "\"stemma:cells\": \"1000000\"", 1},
        {"custody.csv", ",cells: 1000000,5\r\n", 1},
        {"corrections.csv", ",1 2 3,B-1,\r\n", 1},
    };
    correct_fill_after_release();
    assert_marks(marks, sizeof marks / sizeof marks[0], true);
    assert_null(strstr(made("epcis.jsonld"), "conformant"));
    assert_null(strstr(made("fhir.json"), "\"status\": \"final\""));
    review();                                                         /* by who corrected it: the fill stays as it is */
    assert_marks(&marks[1], 1, true);
    assert_marks(&marks[7], 1, true);
    end();
}

CASE(R14_what_was_never_corrected_has_no_mark_in_any_export_file)
{
    static const struct mark marks[] = {
        {"fhir.json", "unsigned until", 0}, {"b2mml.xml", "unsigned until", 0}, {"epcis.jsonld", "unsigned", 0},
        {"epcis.jsonld", "stemma:was", 0}, {"custody.csv", ": ", 0},
    };
    begin();
    fill();
    review();
    release();
    give("TR-1", BAG);
    assert_marks(marks, sizeof marks / sizeof marks[0], false);
    assert_non_null(strstr(made("epcis.jsonld"), "\"disposition\": \"conformant\""));
    end();
}

static void correct_given(int64_t entry, const char *field, const char *was, const char *is)
{
    struct custody_correct *in = fresh("custody.correct");
    *in = (struct custody_correct){.late_min = INTEGER_ABSENT, .batch_id = "B-1", .corrects = entry, .field = field, .old_value = was,
                                   .new_value = is,
                                   .reason = "the carrier's sheet says so", .act = "custody.hand_over"};
    add(B, "custody.correct", in);
}

CASE(R12_a_corrected_hand_over_says_in_every_export_what_it_said)
{
    begin();
    give("TR-1", BAG);
    correct_given(1, "destination", "Ward 4", "Ward 5");
    correct_given(1, "destination", "Ward 5", "Ward 6");
    correct_given(1, "temperature_c", "-151.0", "-115.0");
    static const struct mark marks[] = {
        {"epcis.jsonld", "\"stemma:destination\": \"Ward 6\"", 1}, {"epcis.jsonld", "\"stemma:destination\": \"Ward 4\"", 1},
        {"epcis.jsonld", "\"stemma:temperature_c\": \"-151.0\"", 1}, {"epcis.jsonld", "\"value\": -115.0", 1},
        {"custody.csv", ",Ward 6,", 1}, {"custody.csv", "destination: Ward 4; temperature_c: -151.0", 1},
        {"b2mml.xml", "custody.hand_over, performed, corrected<", 1}, {"b2mml.xml", "<ValueString>Ward 4<", 1},
        {"corrections.csv", ",destination,Ward 4,Ward 5,", 1}, {"fhir.json", "\"Ward 4\"", 1},
    };
    assert_marks(marks, sizeof marks / sizeof marks[0], true);
    end();
}

CASE(R12_corrected_test_has_its_new_verdict)
{
    begin();
    int64_t at = test("viability", "97");
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = at, .old_value = "97", .new_value = "79", .reason = "digits swapped",
                                .reported = "79", .verdict = "fail", .explanation = "79 is below", .file_seq = INTEGER_ABSENT};
    add(B, "quality.test_correct", in);
    assert_non_null(strstr(made("tests.csv"), ",79,97,%,79,fail,79 is below,"));
    assert_string_equal(text_at(json_array_get(json_object_get(observation("entry-1"), "interpretation"), 0), "text"), "fail");
    end();
}

CASE(R12_a_corrected_dose_says_in_every_export_what_it_said_and_what_it_shows)
{
    begin();
    struct administer *given = fresh("custody.administer");
    given->batch_id = "B-1";
    given->recipient_code = "R-1";
    given->donation_number = "A999926000001";
    given->weight_kg = "70.0";
    given->route = "intravenous";
    given->site = "left arm";
    given->imaging = "none";
    given->started_at = given->ended_at = 1000;
    given->adverse_event = 0;
    given->dose_cells = "630000000";
    given->dose_cells_per_kg = "9000000";
    *(struct dose_container *)record_list_add(f.a, &record_dose_container, &given->containers) = (struct dose_container){BAG, "6.3", "0.7"};
    int64_t at = batch_fixture_add(&f, B, "custody.administer", MEANING_PERFORMED, given)->entry.seq;
    struct custody_correct *in = fresh("custody.correct");
    in->batch_id = "B-1";
    in->corrects = at;
    in->field = arena_printf(f.a, "containers.%s.volume_given_ml", BAG);
    in->old_value = "6.3";
    in->new_value = "5.0";
    in->reason = "copied from another chart";
    in->act = "custody.administer";
    in->dose_cells = "500000000";
    in->dose_cells_per_kg = "7142857";
    texts_add(f.a, &in->findings, "not_balanced");
    add(B, "custody.correct", in);
    static const struct mark marks[] = {
        {"epcis.jsonld", "\"stemma:dose_cells\": 500000000", 1}, {"epcis.jsonld", "\"stemma:dose_cells\": \"630000000\"", 1},
        {"epcis.jsonld", "not_balanced", 1}, {"custody.csv", "volume_given_ml: 6.3; dose_cells: 630000000", 1},
        {"corrections.csv", ",6.3,5.0,", 1}, {"corrections.csv", ",not_balanced\r\n", 1},
    };
    assert_marks(marks, sizeof marks / sizeof marks[0], true);
    end();
}
