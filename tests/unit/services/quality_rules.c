#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/test_record.h"
#include "quality_rules.h"

#define DAY INT64_C(86400000)

static struct err err;
static struct test_fact test;
static struct deviation_fact deviation;
static struct quality_facts facts;
static struct version_facts version;
static const struct specification quarter = {.late_entry_min = 15};

static void in_state(const char *state)
{
    memset(&err, 0, sizeof err);
    test = (struct test_fact){7, "viability", "fail", "U-1", NULL, "open", NULL, true, false, .is_confirmed = false};
    deviation = (struct deviation_fact){9, "U-1", false};
    facts = (struct quality_facts){.state = state, .spec = &quarter, .tests = &test, .test_count = 1, .deviations = &deviation, .deviation_count = 1};
}

static const char SPECIFICATION[] =
    "{\"id\":\"Q-T\",\"version\":2,\"title\":\"T\",\"product\":\"T\",\"tests\":["
    "{\"code\":\"viability\",\"title\":\"Viability\",\"unit\":\"%\",\"op\":\">=\",\"limit\":\"90\",\"gating\":\"release\",\"method\":\"m\","
    "\"sample_point\":\"p\",\"replicates\":1,\"pending_allowed\":false},"
    "{\"code\":\"count\",\"title\":\"Count\",\"unit\":\"%\",\"op\":\">=\",\"limit\":\"90\",\"gating\":\"release\",\"method\":\"m\","
    "\"sample_point\":\"p\",\"replicates\":3,\"pending_allowed\":false},"
    "{\"code\":\"sterility\",\"title\":\"Sterility\",\"op\":\"negative\",\"gating\":\"release\",\"method\":\"m\",\"sample_point\":\"p\","
    "\"replicates\":1,\"pending_allowed\":true,\"final_day\":14}]}";

static struct arena *arena;
static struct test_report made;

static int judge(const char *code, const char *result, int days)
{
    struct specification *spec;
    arena = arena_free(arena);
    arena = arena_new(0);
    assert_int_equal(specification_parse(arena, SPECIFICATION, strlen(SPECIFICATION), &spec, &err), 0);
    made = (struct test_report){.batch_id = "B-1", .code = code, .result = result, .method = "m", .sample_point = "p", .sampled_at = 0,
        .tested_at = days * DAY, .file_seq = INTEGER_ABSENT};
    return test_record_judge(arena, spec, &made, &err);
}

CASE(R24_the_verdict_of_a_report_is_computed)
{
    assert_int_equal(judge("viability", "97", 0), 0);
    assert_string_equal(made.verdict, "pass");
    assert_string_equal(made.reported, "97");
    assert_string_equal(made.explanation, "Viability: 97 % is >= 90 %");
    assert_int_equal(judge("viability", "89", 0), 0);
    assert_string_equal(made.verdict, "fail");
    assert_int_equal(judge("viability", "pending", 0), 0);
    assert_string_equal(made.verdict, "cannot_evaluate");
}

CASE(R25_replicates_stand_between_semicolons)
{
    assert_int_equal(judge("count", "92; 91; 93", 0), 0);
    assert_string_equal(made.reported, "92");
    assert_int_equal(judge("count", "92; 91", 0), ERR_RESULT_REFUSED);
    assert_int_equal(judge("count", "92; 91; 93; 94", 0), ERR_RESULT_REFUSED);
    assert_int_equal(judge("count", "1; 2; 3; 4; 5; 6; 7; 8; 9; 10", 0), ERR_RESULT_REFUSED);
}

CASE(R26_a_failing_replicate_is_not_averaged_away)
{
    assert_int_equal(judge("count", "99; 88; 99", 0), 0);
    assert_string_equal(made.verdict, "fail");
    assert_string_equal(made.failing, "88");
    assert_string_equal(made.reported, "95");
    assert_int_equal(judge("count", "99; 91; 99", 0), 0);
    assert_string_equal(made.verdict, "pass");
    assert_null(made.failing);
    assert_int_equal(judge("count", "80; 88; 99", 0), 0);        /* the mean itself fails */
    assert_string_equal(made.verdict, "fail");
    assert_null(made.failing);
}

CASE(T21_an_early_negative_reading_is_refused)
{
    assert_int_equal(judge("sterility", "no growth", 13), ERR_RESULT_REFUSED);
    assert_string_equal(err.rule, "T21");
    assert_int_equal(judge("sterility", "no growth", 14), 0);
    assert_string_equal(made.verdict, "pass");
    assert_int_equal(judge("sterility", "growth", 2), 0);
    assert_string_equal(made.verdict, "fail");
    assert_int_equal(judge("sterility", "pending", 2), 0);
}

CASE(T07_another_method_or_sample_point_is_refused)
{
    judge("viability", "97", 0);
    struct specification *spec;
    assert_int_equal(specification_parse(arena, SPECIFICATION, strlen(SPECIFICATION), &spec, &err), 0);
    made.method = "another";
    assert_int_equal(test_record_judge(arena, spec, &made, &err), ERR_RESULT_REFUSED);
    made.method = "m";
    made.sample_point = "harvest";
    assert_int_equal(test_record_judge(arena, spec, &made, &err), ERR_RESULT_REFUSED);
    made.sample_point = "p";
    made.tested_at = -1;
    assert_int_equal(test_record_judge(arena, spec, &made, &err), ERR_RESULT_REFUSED);
    assert_int_equal(judge("cd73", "97", 0), ERR_NOT_FOUND);
}

static int author(const char *id, int64_t number, int64_t newest)
{
    struct specification_author in = {.specification_id = id, .version = number, .document = SPECIFICATION};
    struct arena *a = arena_new(0);
    version = (struct version_facts){NULL, NULL, newest};
    int code = rule_specification_author(&in, &version, a, &err);
    arena_free(a);
    return code;
}

CASE(T51_a_specification_is_the_next_version_of_its_own_id)
{
    assert_int_equal(author("Q-T", 2, 1), 0);
    assert_int_equal(author("Q-T", 2, 2), ERR_EXISTS);
    assert_int_equal(author("Q-T", 2, 0), ERR_FIELD_RANGE);
    assert_int_equal(author("Q-U", 2, 1), ERR_DOCUMENT_REFUSED);
    assert_int_equal(author("Q-T", 3, 2), ERR_DOCUMENT_REFUSED);
}

CASE(duties_a_specification_is_approved_by_another)
{
    version = (struct version_facts){"draft", "U-1", 1};
    assert_int_equal(rule_specification_approve(1, "U-2", &version, &err), 0);
    assert_int_equal(rule_specification_approve(1, "U-1", &version, &err), ERR_DUTIES_SEGREGATED);
    version.state = "approved";
    assert_int_equal(rule_specification_approve(1, "U-2", &version, &err), ERR_STATE_FORBIDS);
    version.state = NULL;
    assert_int_equal(rule_specification_approve(1, "U-2", &version, &err), ERR_NOT_FOUND);
}

CASE(quality_verbs_follow_the_batchs_state)
{
    in_state("in_test");
    assert_int_equal(rule_event(&facts, "quality.test_report", &err), 0);
    assert_int_equal(rule_event(&facts, "quality.oos_investigate", &err), ERR_STATE_FORBIDS);
    in_state("rejected");
    assert_int_equal(rule_event(&facts, "quality.test_correct", &err), ERR_STATE_FORBIDS);
    in_state(NULL);
    assert_int_equal(rule_event(&facts, "quality.test_report", &err), ERR_NOT_FOUND);
}

CASE(R25_a_result_is_not_tested_away)
{
    struct test_report in = {.code = "viability", .result = "97", .tested_at = 1000};
    in_state("on_hold");
    assert_int_equal(rule_test_report(&in, &facts, 1000, &err), ERR_EXISTS);
    test.verdict = "pass";
    assert_int_equal(rule_test_report(&in, &facts, 1000, &err), ERR_EXISTS);
    test.verdict = "cannot_evaluate";
    assert_int_equal(rule_test_report(&in, &facts, 1000, &err), 0);
    test.verdict = "fail";
    test.is_valid = false;
    assert_int_equal(rule_test_report(&in, &facts, 1000, &err), 0);
}

CASE(R15_a_test_in_the_future_is_refused)
{
    struct test_report in = {.code = "cd73", .result = "97", .tested_at = 1000 + CLOCK_SKEW_MS + 1};
    in_state("in_test");
    assert_int_equal(rule_test_report(&in, &facts, 1000, &err), ERR_TIME_REFUSED);
}

CASE(R15_a_result_recorded_late_says_why)
{
    const int64_t minute = 60000;
    struct test_report in = {.code = "cd73", .result = "97", .tested_at = 1000};
    in_state("in_test");
    assert_int_equal(rule_test_report(&in, &facts, 1000 + 15 * minute, &err), 0);
    assert_int_equal(rule_test_report(&in, &facts, 1001 + 15 * minute, &err), ERR_REASON_MISSING);
    assert_string_equal(err.field, "remark");
    assert_string_equal(err.rule, "R15");
    in.remark = "the terminal of the laboratory was down";
    assert_int_equal(rule_test_report(&in, &facts, 1001 + 15 * minute, &err), 0);
}

CASE(R10_a_test_is_reviewed_once_by_another)
{
    in_state("in_test");
    assert_int_equal(rule_test_review(7, "U-2", &facts, &err), 0);
    assert_int_equal(rule_test_review(7, "U-1", &facts, &err), ERR_DUTIES_SEGREGATED);
    assert_int_equal(rule_test_review(8, "U-2", &facts, &err), ERR_NOT_FOUND);
    test.reviewed_by = "U-3";
    assert_int_equal(rule_test_review(7, "U-2", &facts, &err), ERR_EXISTS);
    test.is_valid = false;
    assert_int_equal(rule_test_review(7, "U-2", &facts, &err), ERR_STATE_FORBIDS);
}

CASE(R26_a_case_is_investigated_by_another)
{
    struct oos_investigate in = {.test_seq = 7, .findings = "dilution checked, no cause found"};
    in_state("on_hold");
    assert_int_equal(rule_oos_investigate(&in, "U-2", &facts, &err), 0);
    assert_int_equal(rule_oos_investigate(&in, "U-1", &facts, &err), ERR_DUTIES_SEGREGATED);
    in.findings = "none";
    assert_int_equal(rule_oos_investigate(&in, "U-2", &facts, &err), ERR_REASON_MISSING);
    in.findings = "dilution checked, no cause found";
    test.oos_state = "closed";
    assert_int_equal(rule_oos_investigate(&in, "U-2", &facts, &err), ERR_STATE_FORBIDS);
    test.oos_state = NULL;
    assert_int_equal(rule_oos_investigate(&in, "U-2", &facts, &err), ERR_NOT_FOUND);
}

static int close_by(const char *person, const char *conclusion)
{
    struct oos_close in = {.test_seq = 7, .conclusion = conclusion, .reason = "the result stands as it is"};
    return rule_oos_close(&in, person, &facts, &err);
}

CASE(R27_a_case_is_closed_after_its_investigation_by_a_third)
{
    in_state("on_hold");
    assert_int_equal(close_by("U-3", "confirmed"), ERR_STATE_FORBIDS);
    test.oos_state = "investigated";
    test.investigated_by = "U-2";
    assert_int_equal(close_by("U-3", "confirmed"), 0);
    assert_int_equal(close_by("U-2", "confirmed"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(close_by("U-1", "confirmed"), ERR_DUTIES_SEGREGATED);
}

CASE(R27_only_an_assignable_cause_invalidates)
{
    in_state("on_hold");
    test.oos_state = "investigated";
    test.investigated_by = "U-2";
    assert_int_equal(close_by("U-3", "invalidated"), ERR_RESULT_REFUSED);
    test.assignable_cause = true;
    assert_int_equal(close_by("U-3", "invalidated"), 0);
}

CASE(deviation_says_what_happened_and_is_closed_by_another)
{
    struct deviation_open open = {.deviation_class = "minor", .text = "incubator door open ten minutes", .aware_at = 1000};
    struct deviation_close close = {.deviation_seq = 9, .reason = "temperature stayed in range"};
    in_state("in_process");
    assert_int_equal(rule_deviation_open(&open, 1000, &err), 0);
    open.text = "oops";
    assert_int_equal(rule_deviation_open(&open, 1000, &err), ERR_REASON_MISSING);
    assert_int_equal(rule_deviation_close(&close, "U-2", &facts, &err), 0);
    assert_int_equal(rule_deviation_close(&close, "U-1", &facts, &err), ERR_DUTIES_SEGREGATED);
    deviation.is_closed = true;
    assert_int_equal(rule_deviation_close(&close, "U-2", &facts, &err), ERR_STATE_FORBIDS);
    close.deviation_seq = 10;
    assert_int_equal(rule_deviation_close(&close, "U-2", &facts, &err), ERR_NOT_FOUND);
}

static struct test_report report;

static int correct(const char *old_value, const char *new_value)
{
    struct test_correct in = {.batch_id = "B-1", .test_seq = 7, .old_value = old_value, .new_value = new_value,
                              .reason = "digits swapped when typed", .file_seq = INTEGER_ABSENT};
    return rule_test_correct(&in, &facts, &report, &err);
}

/* a result that passed, reviewed, without a case */
static void passed(void)
{
    in_state("in_test");
    test = (struct test_fact){.seq = 7, .code = "viability", .verdict = "pass", .performed_by = "U-1", .reviewed_by = "U-2",
                              .is_valid = true, .result = "97", .method = "m", .sample_point = "p", .last_reviewed_seq = 8, .sample_id = "B-1-S1"};
}

/* who may not type it at first may not do so later */
CASE(R23_T52_a_result_that_a_file_had_is_corrected_from_a_file)
{
    struct test_correct in = {.batch_id = "B-1", .test_seq = 7, .old_value = "97", .new_value = "79",
                              .reason = "the file of another run was taken", .file_seq = INTEGER_ABSENT};
    passed();
    test.is_of_file = true;
    assert_int_equal(rule_test_correct(&in, &facts, &report, &err), ERR_RESULT_REFUSED);
    assert_string_equal(err.field, "file_seq");
    assert_string_equal(err.rule, "R23");
    in.file_seq = 5;
    assert_int_equal(rule_test_correct(&in, &facts, &report, &err), ERR_RESULT_REFUSED);
    assert_string_equal(err.field, "quantity");
    in.quantity = "viability";
    assert_int_equal(rule_test_correct(&in, &facts, &report, &err), 0);
}

CASE(R12_a_result_is_corrected_from_what_stands)
{
    passed();
    assert_int_equal(correct("97", "79"), 0);
    assert_string_equal(report.result, "79");
    assert_string_equal(report.code, "viability");
    assert_string_equal(report.sample_id, "B-1-S1");       /* a file that corrects it is of that sample */
    assert_int_equal(correct("96", "79"), ERR_HEAD_STALE);
    assert_string_equal(err.field, "old_value");
    assert_int_equal(correct("97", "97"), ERR_FIELD_RANGE);
    test.is_valid = false;
    assert_int_equal(correct("97", "79"), ERR_STATE_FORBIDS);
}

CASE(R27_a_failing_result_is_not_corrected_away)
{
    passed();
    test.oos_state = "closed";
    assert_int_equal(correct("97", "98"), ERR_STATE_FORBIDS);
    assert_string_equal(err.rule, "R27");
}

CASE(R14_a_corrected_result_is_reviewed_by_another_who_saw_it)
{
    static const struct test_corrector who = {7, "U-3"};
    passed();
    test.reviewed_by = NULL;
    test.corrected_seq = 9;
    facts.correctors = &who;
    facts.corrector_count = 1;
    assert_int_equal(rule_test_review(7, "U-3", &facts, &err), ERR_DUTIES_SEGREGATED);
    assert_int_equal(rule_test_review(7, "U-1", &facts, &err), ERR_DUTIES_SEGREGATED);
    assert_int_equal(rule_test_review(7, "U-2", &facts, &err), 0);
    assert_int_equal(rule_test_seen(7, 8, &facts, &err), ERR_HEAD_STALE);
    assert_int_equal(rule_test_seen(7, 9, &facts, &err), 0);
}

CASE(R14_a_hold_ends_when_everything_is_signed_again)
{
    struct hold_end in = {"B-1", "corrected and reviewed again"};
    passed();
    facts.unsigned_releases = 2;
    assert_int_equal(rule_hold_end(&in, &facts, &err), 0);
    facts.unsigned_works = 1;
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_ORDER_FORBIDS);
    facts.unsigned_works = facts.unsigned_releases = 0;
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
    facts.unsigned_releases = 1;
    test.oos_state = "open";
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
    test.oos_state = "closed";
    assert_int_equal(rule_hold_end(&in, &facts, &err), 0);
    test.is_confirmed = true;
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
}

CASE(R14_R31_what_went_out_of_specification_is_asked_for_anew_its_confirmed_case_notwithstanding)
{
    struct hold_end in = {"B-1", "corrected and determined again"};
    passed();
    facts.unsigned_releases = 1;
    test.oos_state = "closed";
    test.is_confirmed = true;
    facts.state = "except_released";
    assert_string_equal(rule_hold_end_event(&facts), "quality.reopen");
    assert_int_equal(rule_hold_end(&in, &facts, &err), 0);
    test.oos_state = "open";
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
    facts.state = "on_hold";
    test.oos_state = "closed";
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
}

CASE(R14_a_release_whose_donor_was_corrected_opens_again_when_the_donor_is_determined_anew)
{
    struct hold_end in = {"B-1", "corrected and determined again"};
    passed();
    facts.state = "on_hold";
    assert_string_equal(rule_hold_end_event(&facts), "quality.unhold_test");
    facts.state = "cond_released";
    assert_string_equal(rule_hold_end_event(&facts), "quality.reopen");
    facts.state = "released";
    assert_string_equal(rule_hold_end_event(&facts), "quality.reopen");
    facts.unsigned_releases = 1;
    facts.is_donor_overtaken = true;
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_ORDER_FORBIDS);
    facts.is_donor_overtaken = false;
    assert_int_equal(rule_hold_end(&in, &facts, &err), 0);
    facts.unsigned_releases = 0;
    assert_int_equal(rule_hold_end(&in, &facts, &err), ERR_STATE_FORBIDS);
}
