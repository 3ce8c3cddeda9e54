/* Samples by the rules alone: what one leaves in its container, for which tests, whose hands it goes through, and which result may name it. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "fsm/machines.h"
#include "record/record.h"
#include "sample_rules.h"

#define NOW INT64_C(1780000000000)
#define DAY INT64_C(86400000)

static struct arena *arena;
static struct err err;
static struct container_facts stock[2];
static struct samples samples;
static struct specification *spec;
static const char *const document =
    "{\"id\":\"Q-1\",\"version\":1,\"title\":\"T\",\"product\":\"P\",\"tests\":["
    "{\"code\":\"viability\",\"title\":\"Viability\",\"unit\":\"%\",\"op\":\">=\",\"limit\":\"90\",\"rounding\":\"usp\",\"gating\":\"release\","
    "\"method\":\"trypan blue\",\"sample_point\":\"final product\",\"replicates\":1,\"pending_allowed\":false},"
    "{\"code\":\"sterility\",\"title\":\"Sterility\",\"op\":\"negative\",\"gating\":\"release\",\"method\":\"growth\","
    "\"sample_point\":\"final product\",\"replicates\":1,\"pending_allowed\":true,\"final_day\":14},"
    "{\"code\":\"mycoplasma\",\"title\":\"Mycoplasma\",\"op\":\"negative\",\"gating\":\"release\",\"method\":\"NAT\","
    "\"sample_point\":\"before washing\",\"replicates\":1,\"pending_allowed\":false}]}";

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
    } while (0)

static struct custody_facts with(const char *batch, const char *container)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    if (specification_parse(arena, document, strlen(document), &spec, &err) != 0)
        fail_msg("%s %s", err.field, err.text);
    samples_begin(arena, 9, &samples);
    stock[0] = (struct container_facts){"K-1", NOW + DAY, container, true, "7.0", "700000000", 0, false, NULL};
    stock[1] = (struct container_facts){"K-2", NOW + DAY, container, true, "3", "100", 0, false, NULL};
    return (struct custody_facts){.state = batch, .containers = stock, .container_count = 2};
}

static struct list list_of(const char *first, const char *second)
{
    struct list ret = {NULL, 0};
    texts_add(arena, &ret, first);
    if (second != NULL)
        texts_add(arena, &ret, second);
    return ret;
}

static struct sample_take taking(const char *container, const char *volume)
{
    struct sample_take in;
    record_init(&record_sample_take, &in);
    in.batch_id = "B-1";
    in.container_id = container;
    in.volume_ml = volume;
    in.codes = list_of("viability", "sterility");
    in.sample_point = "final product";
    in.place = "tube 1, rack 2";
    in.taken_at = NOW;
    return in;
}

static int take(struct sample_take *in, const struct custody_facts *facts)
{
    return rule_sample_take(arena, in, &(struct sample_facts){facts, spec, &samples}, NOW, NOW, &err);
}

/* B-1-S1 as it was taken by U-1 */
static void taken(void)
{
    struct custody_facts facts = with("in_test", "kept");
    struct sample_take in = taking("K-1", "1");
    assert_int_equal(take(&in, &facts), 0);
    samples_take(&samples, "custody.sample_take", &in, "U-1");
}

static void went(const char *type, const char *outcome, const char *actor)
{
    struct sample_send sent = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .laboratory = "QC"};
    struct sample_receive received = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .condition = "good", .place = "fridge"};
    struct sample_end ended = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .outcome = outcome};
    const void *record = outcome != NULL ? (const void *)&ended : strcmp(type, "custody.sample_send") == 0 ? (const void *)&sent : &received;
    samples_take(&samples, type, record, actor);
}

CASE(custody_SAMPLE_says_what_is_left_of_its_container)
{
    struct custody_facts facts = with("in_test", "kept");
    struct sample_take in = taking("K-1", "0.50");
    assert_int_equal(take(&in, &facts), 0);
    assert_string_equal(in.sample_id, "B-1-S1");
    assert_string_equal(in.cells, "50000000");
    assert_string_equal(in.left_ml, "6.5");
    assert_string_equal(in.left_cells, "650000000");
    assert_string_equal(sample_event(&in), "custody.sample_take");
    assert_int_equal(in.late_min, INTEGER_ABSENT);
    in = taking("K-2", "1");                               /* a third of a hundred cells */
    assert_int_equal(take(&in, &facts), 0);
    assert_string_equal(in.cells, "33");
    assert_string_equal(in.left_cells, "67");
    in = taking("K-2", "3.00");                            /* and the last of it is all of it */
    assert_int_equal(take(&in, &facts), 0);
    assert_string_equal(in.left_ml, "0");
    assert_string_equal(in.cells, "100");
    assert_string_equal(in.left_cells, "0");
    assert_string_equal(sample_event(&in), "custody.sample_last");
}

CASE(R33_a_sample_is_no_more_than_is_left)
{
    struct custody_facts facts = with("in_test", "kept");
    struct sample_take in = taking("K-1", "7.01");
    assert_refused(take(&in, &facts), ERR_BALANCE_OPEN, "volume_ml", "R33");
    in = taking("K-1", "0.0");
    assert_refused(take(&in, &facts), ERR_FIELD_RANGE, "volume_ml", "R22");
    in = taking("K-1", "-1");
    assert_refused(take(&in, &facts), ERR_FIELD_RANGE, "volume_ml", "R22");
    in = taking(NULL, "1");
    assert_refused(take(&in, &facts), ERR_SAMPLE_REFUSED, "container_id", "R33");
    in = taking("K-3", "1");
    assert_refused(take(&in, &facts), ERR_NOT_FOUND, "container_id", "R04");
    facts.container_count = 0;                             /* not filled yet: of the batch itself */
    in = taking(NULL, "1");
    assert_int_equal(take(&in, &facts), 0);
    assert_null(in.cells);
    assert_null(in.left_ml);
}

CASE(R33_a_fill_is_not_corrected_below_what_samples_took)
{
    with("in_test", "kept");
    struct batch_fill fill;
    struct dose_filled was[] = {{"K-1", "0.5", "50"}, {"K-1", "0.5", "50"}, {"K-2", "9", "9"}};
    record_init(&record_batch_fill, &fill);
    struct fill_container *k = record_list_add(arena, &record_fill_container, &fill.containers);
    *k = (struct fill_container){"K-1", "1.0", "100"};
    assert_int_equal(sample_fits(&fill, was, 2, &err), 0);
    k->cells = "99";
    assert_refused(sample_fits(&fill, was, 2, &err), ERR_BALANCE_OPEN, "new_value", "R33");
    *k = (struct fill_container){"K-1", "0.99", "100"};
    assert_refused(sample_fits(&fill, was, 3, &err), ERR_BALANCE_OPEN, "new_value", "R33");
}

CASE(T07_a_sample_is_for_tests_of_its_sample_point)
{
    struct custody_facts facts = with("in_test", "kept");
    struct sample_take in = taking("K-1", "1");
    assert_int_equal(take(&in, &facts), 0);
    assert_int_equal(in.due.count, 2);
    assert_int_equal(LIST_AT(in.due, struct sample_due, 0)->due_at, NOW + 30 * DAY);
    assert_int_equal(LIST_AT(in.due, struct sample_due, 1)->due_at, NOW + 14 * DAY);
    in = taking("K-1", "1");
    in.codes = list_of("viability", "mycoplasma");
    assert_refused(take(&in, &facts), ERR_SAMPLE_REFUSED, "sample_point", "T07");
    in.codes = list_of("viability", "potency");
    assert_refused(take(&in, &facts), ERR_NOT_FOUND, "codes", "2.4");
    in.codes = list_of("viability", "viability");
    assert_refused(take(&in, &facts), ERR_SAMPLE_REFUSED, "codes", "2.4");
    in.codes = (struct list){NULL, 0};
    assert_refused(take(&in, &facts), ERR_FIELD_MISSING, "codes", "2.4");
}

CASE(custody_SAMPLE_of_a_released_batch_takes_the_container_whole)
{
    static const char *const inside[] = {"open", "in_process", "in_test", "on_hold", "rejected"};
    static const char *const released[] = {"released", "cond_released", "handed_over", "received", "failed_post_release"};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        struct custody_facts facts = with(inside[i], "kept");
        struct sample_take in = taking("K-1", "1");
        assert_int_equal(take(&in, &facts), 0);
    }
    for (size_t i = 0; i < sizeof released / sizeof released[0]; i++) {
        struct custody_facts facts = with(released[i], "kept");
        struct sample_take in = taking("K-1", "6.9");
        assert_refused(take(&in, &facts), ERR_SAMPLE_REFUSED, "volume_ml", "2.4");
        in = taking("K-1", "7");
        assert_int_equal(take(&in, &facts), 0);
    }
}

CASE(custody_SAMPLE_is_of_what_the_lab_has)
{
    struct custody_facts facts = with("released", "returned");
    struct sample_take in = taking("K-1", "7.0");
    assert_int_equal(take(&in, &facts), 0);
    facts = with("released", "given");
    in = taking("K-1", "7.0");
    assert_refused(take(&in, &facts), ERR_CUSTODY_REFUSED, "container_id", "R34");
    facts = with("released", "sampled");
    in = taking("K-1", "7.0");
    assert_int_equal(take(&in, &facts), ERR_STATE_FORBIDS);
    facts = with("in_test", "kept");
    stock[0].held = true;                                  /* what QA looks into is sampled */
    in = taking("K-1", "1");
    assert_int_equal(take(&in, &facts), 0);
}

CASE(R15_a_sample_recorded_late_says_why)
{
    struct custody_facts facts = with("in_test", "kept");
    struct sample_take in = taking("K-1", "1");
    in.taken_at = NOW + 60000;
    assert_refused(take(&in, &facts), ERR_TIME_REFUSED, "taken_at", "R15");
    in = taking("K-1", "1");
    in.taken_at = NOW - 3600000;
    assert_refused(take(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
    in = taking("K-1", "1");
    in.taken_at = NOW - 3600000;
    in.reason = "the bench's screen was dark";
    assert_int_equal(take(&in, &facts), 0);
    assert_int_equal(in.late_min, 60);
}

CASE(custody_SAMPLE_numbers_have_no_gap)
{
    taken();
    struct custody_facts facts = {.state = "in_test", .containers = stock, .container_count = 2};
    struct sample_take in = taking("K-1", "1");
    in.sample_id = "B-1-S1";
    assert_refused(take(&in, &facts), ERR_EXISTS, "sample_id", "2.4");
    in = taking("K-1", "1");
    in.sample_id = "B-1-S3";
    assert_refused(take(&in, &facts), ERR_EXISTS, "sample_id", "2.4");
    in = taking("K-1", "1");
    assert_int_equal(take(&in, &facts), 0);
    assert_string_equal(in.sample_id, "B-1-S2");
}

CASE(custody_SAMPLE_another_person_receives_what_was_sent)
{
    taken();
    struct sample_send send = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .laboratory = "QC"};
    struct sample_receive receive = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .condition = "good", .place = "fridge"};
    assert_int_equal(rule_sample_receive(&receive, &samples, "U-2", &err), ERR_STATE_FORBIDS);
    assert_int_equal(rule_sample_send(&send, &samples, "U-1", &err), 0);
    went("custody.sample_send", NULL, "U-1");
    assert_refused(rule_sample_receive(&receive, &samples, "U-1", &err), ERR_DUTIES_SEGREGATED, "other_sent", "sample-20");
    assert_int_equal(rule_sample_receive(&receive, &samples, "U-2", &err), 0);
    receive.condition = "damaged";
    assert_refused(rule_sample_receive(&receive, &samples, "U-2", &err), ERR_REASON_MISSING, "reason", "2.4");
    receive.reason = "the tube was cracked";
    assert_int_equal(rule_sample_receive(&receive, &samples, "U-2", &err), 0);
    receive.samples = list_of("B-1-S1", "B-1-S1");
    assert_refused(rule_sample_receive(&receive, &samples, "U-2", &err), ERR_SAMPLE_REFUSED, "samples", "2.4");
    receive.samples = list_of("B-2-S1", NULL);
    assert_refused(rule_sample_receive(&receive, &samples, "U-2", &err), ERR_NOT_FOUND, "samples", "2.4");
    receive.samples = (struct list){NULL, 0};
    assert_refused(rule_sample_receive(&receive, &samples, "U-2", &err), ERR_FIELD_MISSING, "samples", "2.4");
}

CASE(custody_SAMPLE_its_end_says_where_or_why)
{
    taken();
    struct sample_end in = {.batch_id = "B-1", .samples = list_of("B-1-S1", NULL), .outcome = "used_up"};
    assert_int_equal(rule_sample_end(arena, &in, &samples, "U-2", &err), 0);
    in.outcome = "retained";
    assert_refused(rule_sample_end(arena, &in, &samples, "U-2", &err), ERR_FIELD_MISSING, "place", "2.4");
    in.place = "freezer 3";
    assert_int_equal(rule_sample_end(arena, &in, &samples, "U-2", &err), 0);
    in.outcome = "destroyed";
    assert_refused(rule_sample_end(arena, &in, &samples, "U-2", &err), ERR_REASON_MISSING, "reason", "2.4");
    in.outcome = "lost";
    assert_refused(rule_sample_end(arena, &in, &samples, "U-2", &err), ERR_REASON_MISSING, "reason", "2.4");
    in.reason = "not in its rack, nor beside it";
    assert_int_equal(rule_sample_end(arena, &in, &samples, "U-2", &err), 0);
    went("custody.sample_end", "lost", "U-2");
    assert_int_equal(rule_sample_end(arena, &in, &samples, "U-2", &err), ERR_STATE_FORBIDS);
}

static struct test_report reporting(const char *sample)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = "B-1";
    in.code = "viability";
    in.sample_id = sample;
    in.sample_point = "final product";
    in.sampled_at = NOW;
    in.tested_at = NOW + 1000;
    return in;
}

CASE(custody_SAMPLE_a_result_names_the_one_that_was_taken_for_it)
{
    taken();
    struct test_report in = reporting("B-1-S1");
    assert_int_equal(sample_result(&samples, &in, &err), 0);
    in = reporting(NULL);
    assert_refused(sample_result(&samples, &in, &err), ERR_FIELD_MISSING, "sample_id", "2.4");
    in.code = "mycoplasma";                                /* none was taken for that */
    assert_int_equal(sample_result(&samples, &in, &err), 0);
    in.sample_id = "B-1-S1";
    assert_refused(sample_result(&samples, &in, &err), ERR_SAMPLE_REFUSED, "sample_id", "2.4");
    in = reporting("B-1-S1");
    in.sample_point = "before washing";
    assert_refused(sample_result(&samples, &in, &err), ERR_SAMPLE_REFUSED, "sample_point", "T07");
    in = reporting("B-1-S1");
    in.sampled_at = NOW - 1;
    assert_refused(sample_result(&samples, &in, &err), ERR_SAMPLE_REFUSED, "sampled_at", "T18");
}

CASE(R04_a_result_on_a_sample_of_another_batch_is_refused)
{
    taken();
    struct test_report in = reporting("B-2-S1");
    assert_refused(sample_result(&samples, &in, &err), ERR_SAMPLE_REFUSED, "sample_id", "R04");
}

CASE(custody_SAMPLE_is_tested_where_somebody_has_it)
{
    static const struct {
        const char *type, *outcome;
        int code;
    } ways[] = {
        {"custody.sample_send", NULL, ERR_STATE_FORBIDS},     {"custody.sample_end", "used_up", 0},
        {"custody.sample_end", "retained", 0},                {"custody.sample_end", "destroyed", ERR_STATE_FORBIDS},
        {"custody.sample_end", "lost", ERR_STATE_FORBIDS},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        taken();
        went(ways[i].type, ways[i].outcome, "U-1");
        struct test_report in = reporting("B-1-S1");
        assert_int_equal(sample_result(&samples, &in, &err), ways[i].code);
    }
    taken();
    went("custody.sample_send", NULL, "U-1");
    went("custody.sample_receive", NULL, "U-2");
    struct test_report in = reporting("B-1-S1");
    assert_int_equal(sample_result(&samples, &in, &err), 0);
    taken();
    went("custody.sample_end", "destroyed", "U-1");
    in = reporting(NULL);                                  /* what is gone untested is no sample for the test any more */
    assert_int_equal(sample_result(&samples, &in, &err), 0);
}

CASE(fsm_sample_rows_in_sql_are_the_machines)
{
    with("in_test", "kept");
    struct buf rows = buf_new(arena);
    size_t len;
    char *sql = test_read(STEMMA_SQL "/api/sample_fsm.sql", &len);
    assert_non_null(sql);
    fsm_to_sql(&rows, &fsm_sample);
    const char *values = strstr(sql, "values\n");
    assert_non_null(values);
    assert_int_equal(strncmp(values + 7, rows.text, rows.len), 0);
    assert_string_equal(values + 7 + rows.len, ";\n");
    free(sql);
    assert_int_equal(words_sample_state.count, fsm_sample.state_count);
    for (size_t i = 0; i < fsm_sample.state_count; i++)
        assert_string_equal(words_sample_state.words[i], fsm_sample.states[i].name);
    for (size_t i = 0; i < words_sample_outcome.count; i++)
        assert_true(fsm_state(&fsm_sample, words_sample_outcome.words[i]) > 0);
}
