/* A small batch, exported: digits, times and censored values come out as they were signed; the same dossier gives the same
 * bytes; what is not a batch is refused. */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "exports/exports.h"

#define ENTRIES 40

enum { B, C, D, P, Q, STREAMS };

static struct arena *a;
static struct err e;
static struct dossier dossier;
static struct dossier_stream stream[STREAMS];
static int64_t now_ms;

static json_t *bundle;           /* the last one read */

static void end(void)
{
    json_decref(bundle);
    bundle = NULL;
    a = arena_free(a);
}

static void *fresh(const char *type) { return record_new(a, verb_find(type)->in); }

/* one more signed statement, by U-1; its place is returned */
static int64_t add(int which, const char *type, const void *record)
{
    struct dossier_stream *s = &stream[which];
    struct dossier_entry *entry = &s->entry[s->count];
    char command[COMMAND_HEX];
    struct buf body = buf_new(a);
    record_to_json(&body, verb_find(type)->in, record, RECORD_STATEMENT);
    buf_char(&body, '\n');
    command_new(command);
    const struct statement statement = {
        .type = type, .stream = s->id, .actor = "U-1", .terminal = "T-1", .signer = "U-1", .meaning = MEANING_PERFORMED,
        .signer_cert = "0000000000000000000000000000000000000000000000000000000000000000", .rendered = true,
        .reviewed_seq = (int64_t)s->count - 1, .template_id = "verb", .template_version = 1, .at_ms = now_ms, .command = command,
        .body = {(const uint8_t *)body.text, body.len}};
    if (statement_build(a, &statement, &entry->stmt, &e) != 0)
        fail_msg("%s: %s", type, e.text);
    entry->entry = (struct entry){.origin = "lab.example/2026", .stream = s->id, .seq = (int64_t)s->count,
                                  .time_ms = now_ms += 1500};
    return (int64_t)s->count++;
}

static const char *seed(const char *name)
{
    json_t *root = json_load_file(arena_printf(a, "%s/%s", STEMMA_SEED, name), 0, NULL);
    assert_non_null(root);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(a, text);
    free(text);
    json_decref(root);
    return kept;
}

static void documents(void)
{
    struct procedure_author *p = fresh("batch.procedure_author");
    struct specification_author *q = fresh("quality.specification_author");
    *p = (struct procedure_author){"P-BMAC", 1, seed("procedure_bmac.json")};
    *q = (struct specification_author){"Q-BMAC", 1, seed("specification_bmac.json")};
    add(P, "batch.procedure_author", p);
    add(Q, "quality.specification_author", q);
}

static void step(const char *first, const char *second)
{
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 1;
    in->started_at = now_ms - 60000;
    in->ended_at = now_ms;
    in->reason = "5 < 6, \"said\" Ben & Co";
    struct step_value *v = record_list_add(a, &record_step_value, &in->values);
    *v = (struct step_value){"marrow_ml", first};
    v = record_list_add(a, &record_step_value, &in->values);
    *v = (struct step_value){"anticoagulant_ml", second};
    v = record_list_add(a, &record_step_value, &in->values);
    *v = (struct step_value){"container_intact", "true"};
    struct step_result *r = record_list_add(a, &record_step_result, &in->computed);
    *r = (struct step_result){"anticoagulant_percent", "11.1", "%", NULL};
    add(B, "batch.step", in);
}

static int64_t test(const char *code, const char *result)
{
    struct test_report *in = fresh("quality.test_report");
    *in = (struct test_report){.batch_id = "B-1", .code = code, .result = result, .method = "m", .sample_point = "p",
                               .sampled_at = now_ms, .tested_at = now_ms, .verdict = "pass"};
    return add(B, "quality.test_report", in);
}

static void begin(void)
{
    static const char *const ids[STREAMS] = {"B-1", "C-1", "D-1", "P-BMAC", "Q-BMAC"};
    a = arena_new(0);
    for (int i = 0; i < STREAMS; i++)
        stream[i] = (struct dossier_stream){ids[i], true, ARENA_ARRAY(a, struct dossier_entry, ENTRIES), 0};
    dossier = (struct dossier){.subject = "B-1", .stream = stream, .stream_count = STREAMS};
    clock_from_text("2026-03-02T08:00:00.000Z", 24, &now_ms);
    documents();
    struct batch_open *open = fresh("batch.open");
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1, .specification_id = "Q-BMAC",
                                .specification_version = 1, .collection_id = "C-1", .donor_id = "D-1"};
    add(B, "batch.open", open);
}

static const char *made(const char *name)
{
    struct zip_member *files;
    size_t n;
    if (exports_make(a, &dossier, NULL, &files, &n, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return arena_dup(a, files[i].data.data, files[i].data.len);
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
    json_t *quantity = json_object_get(observation(arena_printf(a, "entry-%d", (int)at)), "valueQuantity");
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
    *close = (struct oos_close){"B-1", at, "invalidated", "wrong stain"};
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
    assert_non_null(strstr(made("steps.csv"), "\"5 < 6, \"\"said\"\" Ben & Co\",\r\n"));
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

CASE(R34_hand_over_and_receipt_are_events_of_both_parties)
{
    begin();
    struct hand_over *given = fresh("custody.hand_over");
    *given = (struct hand_over){.batch_id = "B-1", .transfer_id = "TR-1", .receiver_id = "U-2", .destination = "Ward 4",
                                .condition = "good", .seal_number = "S1", .temperature_c = "-151.0"};
    texts_add(a, &given->containers, "A999926000001-D0001VA0");
    given->transfer_sha256 = "0000000000000000000000000000000000000000000000000000000000000000";
    add(B, "custody.hand_over", given);
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
    static const char *const names[] = {"b2mml.xml", "custody.csv", "epcis.jsonld", "fhir.json", "steps.csv", "tests.csv"};
    begin();
    step("60.0", "7.5");
    test("viability", "97");
    const char *first[6];
    for (size_t i = 0; i < 6; i++)
        first[i] = made(names[i]);
    clock_set(now_ms + 1000000000);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(made(names[i]), first[i]);
    clock_set(TIME_ABSENT);
    end();
}

CASE(R39_one_format_or_all_in_order_of_names)
{
    struct zip_member *files;
    size_t n;
    begin();
    assert_int_equal(exports_make(a, &dossier, "csv", &files, &n, &e), 0);
    assert_int_equal(n, 3);
    assert_int_equal(exports_make(a, &dossier, NULL, &files, &n, &e), 0);
    assert_int_equal(n, 6);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(files[i - 1].name, files[i].name) < 0);
    assert_int_equal(exports_make(a, &dossier, "pdf", &files, &n, &e), ERR_NOT_FOUND);
    end();
}

CASE(R39_what_was_never_opened_or_lacks_its_documents_is_refused)
{
    struct zip_member *files;
    size_t n;
    begin();
    stream[Q].count = 0;
    assert_int_equal(exports_make(a, &dossier, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "document");
    dossier.subject = "P-BMAC";
    assert_int_equal(exports_make(a, &dossier, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    dossier.subject = "B-9";
    assert_int_equal(exports_make(a, &dossier, NULL, &files, &n, &e), ERR_DOSSIER_REFUSED);
    end();
}

/* ---- corrections (ledger.md 2.5, PI 041) */

static void verify_step(void)
{
    struct step_verify *in = fresh("batch.step_verify");
    *in = (struct step_verify){"B-1", 1};
    add(B, "batch.step_verify", in);
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
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){1, "batch.step", 1};
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){2, "batch.step_verify", 1};
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
    assert_non_null(strstr(made("b2mml.xml"), "<PrechangeData>\n        <ValueString>60.0</ValueString>"));
    assert_non_null(strstr(made("b2mml.xml"), "<ValueString>66.0</ValueString>"));
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
    verify_step();
    assert_string_equal(text_at(observation("entry-1"), "status"), "corrected");
    assert_null(strstr(made("fhir.json"), "unsigned until reviewed"));
    assert_null(strstr(made("b2mml.xml"), "unsigned until reviewed"));
    end();
}

CASE(R14_lapsed_release_makes_the_product_unavailable)
{
    begin();
    struct batch_release *release = fresh("release.release");
    release->batch_id = "B-1";
    add(B, "release.release", release);
    assert_non_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = 0, .old_value = "97", .new_value = "79", .reason = "digits swapped",
                                .verdict = "fail"};
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &in->lapsed) =
        (struct lapsed_act){1, "release.release", INTEGER_ABSENT};
    add(B, "quality.test_correct", in);
    assert_null(strstr(made("fhir.json"), "\"status\": \"available\""));
    assert_non_null(strstr(made("b2mml.xml"), "<RecordStatus>on_hold</RecordStatus>"));
    end();
}

CASE(R12_corrected_test_has_its_new_verdict)
{
    begin();
    int64_t at = test("viability", "97");
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = at, .old_value = "97", .new_value = "79", .reason = "digits swapped",
                                .reported = "79", .verdict = "fail", .explanation = "79 is below"};
    add(B, "quality.test_correct", in);
    assert_non_null(strstr(made("tests.csv"), ",79,97,%,79,fail,79 is below,"));
    assert_string_equal(text_at(json_array_get(json_object_get(observation("entry-1"), "interpretation"), 0), "text"), "fail");
    end();
}
