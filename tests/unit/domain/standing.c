/* Where a batch stands, by its statements alone. */
#include "support/test.h"

#include <string.h>

#include "domain/standing.h"

static struct arena *a;
static struct standing s;
static int64_t seq;

/* viability gates the release, a count of colonies is for information */
static void begin(void)
{
    static struct specification_test tests[] = {{.code = "viability", .gating = GATING_RELEASE}, {.code = "cfu_f", .gating = GATING_INFO}};
    static const struct specification specification = {.tests = {tests, 2}};
    a = arena_free(a);
    a = arena_new(0);
    seq = 0;
    standing_begin(a, &specification, 40, &s);
}

static int64_t say(const char *type, const void *record)
{
    standing_take(&s, seq, type, record);
    return seq++;
}

static int64_t report(const char *code, const char *verdict)
{
    struct test_report in = {.code = code, .verdict = verdict};
    return say("quality.test_report", &in);
}

static void close_case_and(int64_t test_seq, const char *conclusion, int8_t stays_held)
{
    struct oos_close in = {"B-1", test_seq, conclusion, "looked into", stays_held};
    say("quality.oos_close", &in);
}

static void close_case(int64_t test_seq, const char *conclusion)
{
    close_case_and(test_seq, conclusion, BOOLEAN_ABSENT);
}

static void in_process(void)
{
    begin();
    say("batch.open", NULL);
    say("batch.step", NULL);
}

CASE(R26_a_hold_ends_where_it_began)
{
    in_process();
    int64_t failed = report("viability", "fail");
    assert_string_equal(s.state, "on_hold");
    close_case(failed, "invalidated");
    assert_string_equal(s.state, "in_process");
    struct batch_complete complete = {"B-1"};
    say("batch.complete", &complete);
    failed = report("viability", "fail");
    close_case(failed, "invalidated");
    assert_string_equal(s.state, "in_test");
    a = arena_free(a);
}

CASE(R14_a_case_ends_no_hold_that_a_correction_made)
{
    in_process();
    int64_t failed = report("viability", "fail");
    close_case_and(failed, "invalidated", 1);
    assert_string_equal(s.state, "on_hold");
    say("quality.hold_end", &(struct hold_end){"B-1", "all is signed again"});
    assert_string_equal(s.state, "in_process");
    a = arena_free(a);
}

CASE(R26_the_last_of_two_cases_ends_the_hold)
{
    in_process();
    int64_t first = report("viability", "fail"), second = report("viability", "fail");
    close_case(second, "invalidated");
    assert_string_equal(s.state, "on_hold");
    close_case(first, "invalidated");
    assert_string_equal(s.state, "in_process");
    a = arena_free(a);
}

CASE(R26_a_confirmed_failure_is_never_let_go)
{
    in_process();
    close_case(report("viability", "fail"), "confirmed");
    assert_string_equal(s.state, "on_hold");
    struct hold_end end = {"B-1", "because"};
    say("quality.hold_end", &end);
    assert_string_equal(s.state, "on_hold");
    say("release.reject", &(struct batch_reject){"B-1", "failed"});
    assert_string_equal(s.state, "rejected");
    assert_int_equal(s.decision, seq - 1);
    a = arena_free(a);
}

CASE(R26_information_and_a_pass_open_no_case)
{
    in_process();
    report("cfu_f", "fail");
    report("viability", "pass");
    assert_string_equal(s.state, "in_process");
    assert_true(s.test_count == 2 && !s.test[0].has_case && !s.test[1].has_case);
    a = arena_free(a);
}

CASE(R26_a_result_corrected_to_fail_opens_its_case)
{
    in_process();
    int64_t passed = report("viability", "pass");
    struct test_correct in = {.batch_id = "B-1", .test_seq = passed, .verdict = "fail"};
    say("quality.test_correct", &in);
    assert_string_equal(s.state, "on_hold");
    assert_true(s.test[0].has_case && !s.test[0].is_closed);
    a = arena_free(a);
}

CASE(fsm_what_is_not_possible_or_not_known_moves_nothing)
{
    begin();
    say("release.release", &(struct batch_release){.batch_id = "B-1"});
    assert_string_equal(s.state, "open");
    say("batch.of_a_later_version", NULL);
    assert_string_equal(s.state, "open");
    a = arena_free(a);
}

CASE(gate_04_research_is_held_by_its_own_scope)
{
    struct donor_register donor = {.use = "research"};
    struct consent_withdraw gone = {.donor_id = "D-1"};
    begin();
    texts_add(a, &gone.scopes, "treatment");
    standing_take_donor(&s, "source.donor_register", &donor);
    standing_take_donor(&s, "source.consent_withdraw", &gone);
    assert_false(s.is_held);
    texts_add(a, &gone.scopes, "research");
    standing_take_donor(&s, "source.consent_withdraw", &gone);
    assert_true(s.is_held);
    a = arena_free(a);
}

static const char *named[] = {"K-1"};
static struct fill_container one = {.container_id = "K-1", .volume_ml = "7.0", .cells = "700000000"};

/* released with tests pending, one container filled */
static void conditional(void)
{
    struct batch_release in = {.batch_id = "B-1", .conditional = 1};
    struct batch_fill fill = {.containers = {&one, 1}};
    in_process();
    say("batch.fill", &fill);
    say("batch.complete", &(struct batch_complete){"B-1"});
    say("release.release", &in);
    assert_string_equal(s.state, "cond_released");
}

CASE(R29_a_conditional_release_goes_its_way_until_it_is_certified)
{
    struct hand_over give = {.containers = {named, 1}};
    struct receive take = {.containers = {named, 1}};
    conditional();
    say("custody.hand_over", &give);
    assert_string_equal(s.state, "cond_handed_over");
    say("custody.receive", &take);
    assert_string_equal(s.state, "cond_received");
    report("viability", "pass");
    assert_string_equal(s.state, "cond_received");
    int64_t certified = say("release.certify", &(struct batch_certify){.batch_id = "B-1"});
    assert_string_equal(s.state, "received");
    assert_int_equal(s.decision, certified);
    a = arena_free(a);
}

CASE(R29_a_failure_after_the_release_fails_it_where_it_is)
{
    struct hand_over give = {.containers = {named, 1}};
    conditional();
    say("custody.hand_over", &give);
    int64_t failure = report("viability", "fail");
    assert_string_equal(s.state, "failed_handed_over");
    close_case_and(failure, "invalidated", BOOLEAN_ABSENT);
    assert_string_equal(s.state, "cond_handed_over");
    failure = report("viability", "fail");
    close_case_and(failure, "confirmed", BOOLEAN_ABSENT);
    assert_string_equal(s.state, "failed_handed_over");
    say("release.reject", &(struct batch_reject){.batch_id = "B-1"});
    assert_string_equal(s.state, "rejected");
    a = arena_free(a);
}

CASE(R31_T29_what_goes_out_of_specification_is_exceptional_wherever_it_is)
{
    struct hand_over give = {.containers = {named, 1}};
    struct receive take = {.containers = {named, 1}};
    struct batch_fill fill = {.containers = {&one, 1}};
    struct batch_release in = {.batch_id = "B-1", .exceptional = 1, .conditional = 1};
    in_process();
    say("batch.fill", &fill);
    say("batch.complete", &(struct batch_complete){"B-1"});
    close_case_and(report("viability", "fail"), "confirmed", BOOLEAN_ABSENT);
    assert_string_equal(s.state, "on_hold");
    say("release.review", &(struct batch_review){.batch_id = "B-1"});
    assert_string_equal(s.state, "on_hold");
    int64_t released = say("release.release", &in);
    assert_string_equal(s.state, "except_released");
    assert_int_equal(s.decision, released);
    say("quality.hold_end", &(struct hold_end){.batch_id = "B-1"});
    assert_string_equal(s.state, "on_hold");                                 /* never to the tests */
    say("release.release", &in);
    say("custody.hand_over", &give);
    assert_string_equal(s.state, "except_handed_over");
    say("custody.receive", &take);
    assert_string_equal(s.state, "except_received");
    say("release.certify", &(struct batch_certify){.batch_id = "B-1"});
    assert_string_equal(s.state, "except_received");                         /* it is never certified */
    a = arena_free(a);
}

CASE(R31_without_the_word_no_release_leads_from_a_hold)
{
    in_process();
    report("viability", "fail");
    say("release.release", &(struct batch_release){.batch_id = "B-1"});
    assert_string_equal(s.state, "on_hold");
    a = arena_free(a);
}

CASE(R12_R29_a_corrected_result_holds_only_a_release_that_rested_on_it)
{
    struct lapsed_act lapsed = {.entry = 3, .act = "release.release", .subject = INTEGER_ABSENT};
    struct test_correct after = {.batch_id = "B-1", .verdict = "pass"}, rested = after;
    conditional();
    after.test_seq = rested.test_seq = report("viability", "pass");
    rested.lapsed = (struct list){&lapsed, 1};
    say("quality.test_correct", &after);
    assert_string_equal(s.state, "cond_released");
    say("quality.test_correct", &rested);
    assert_string_equal(s.state, "on_hold");
    a = arena_free(a);
}
