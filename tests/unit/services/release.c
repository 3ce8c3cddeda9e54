#include "support/test.h"

#include <string.h>

#include "release_identity.h"
#include "release_rows.h"
#include "release_rules.h"

static const char document[] =
    "{\"id\":\"Q-T\",\"title\":\"t\",\"product\":\"p\",\"version\":1,\"tests\":["
    "{\"code\":\"viability\",\"title\":\"Viability\",\"unit\":\"%%\",\"op\":\">=\",\"limit\":\"90\",\"rounding\":\"usp\",\"gating\":"
    "\"release\",\"method\":\"trypan blue\",\"sample_point\":\"final product\",\"replicates\":%d,\"pending_allowed\":false}]}";

static const struct specification_outcome *outcome_of(struct arena *a, int replicates, const char *result,
                                                      const char *reviewed_by)
{
    struct err e;
    struct specification *spec;
    const char *text = arena_printf(a, document, replicates);
    if (specification_parse(a, text, strlen(text), &spec, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    struct release_test t = {"viability", result, "trypan blue", "final product", reviewed_by};
    return release_outcome(a, spec, &t, 1);
}

static const struct specification_outcome *outcome(struct arena *a, const char *result, const char *reviewed_by)
{
    return outcome_of(a, 1, result, reviewed_by);
}

CASE(gate_03_a_reviewed_passing_result_passes)
{
    struct arena *a = arena_new(0);
    assert_int_equal(outcome(a, "97", "U-OMAR")->verdict, VERDICT_PASS);
    arena_free(a);
}

CASE(gate_03_a_result_nobody_reviewed_is_not_final)
{
    struct arena *a = arena_new(0);
    const struct specification_outcome *o = outcome(a, "97", NULL);
    assert_int_equal(o->verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(o->pending, 1);
    arena_free(a);
}

CASE(gate_03_viability_of_89_fails)
{
    struct arena *a = arena_new(0);
    assert_int_equal(outcome(a, "89", "U-OMAR")->verdict, VERDICT_FAIL);
    arena_free(a);
}

CASE(gate_03_replicates_are_one_result)
{
    struct arena *a = arena_new(0);
    const struct specification_outcome *o = outcome_of(a, 3, "97; 95; 96", "U-OMAR");
    assert_int_equal(o->verdict, VERDICT_PASS);
    assert_string_equal(o->lines[0].reported, "96");
    assert_int_equal(outcome_of(a, 3, "91; 88; 80", "U-OMAR")->verdict, VERDICT_FAIL);
    assert_int_equal(outcome_of(a, 3, "97; 95; 96", NULL)->pending, 1);
    arena_free(a);
}

CASE(R25_gate_03_a_failing_replicate_blocks_behind_a_passing_mean)
{
    struct arena *a = arena_new(0);
    const struct specification_outcome *o = outcome_of(a, 3, "97; 88; 96", "U-OMAR");
    assert_int_equal(o->verdict, VERDICT_FAIL);
    assert_true(o->lines[0].blocks);
    assert_non_null(strstr(o->lines[0].sentence, "the replicate 88 is not"));
    arena_free(a);
}

CASE(R25_gate_03_as_many_replicates_as_the_specification_says)
{
    struct arena *a = arena_new(0);
    assert_int_equal(outcome_of(a, 3, "97; 95", "U-OMAR")->verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of(a, 3, "97", "U-OMAR")->verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of(a, 1, "97; 95", "U-OMAR")->verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of(a, 9, "97; 95; 96; 97; 95; 96; 97; 95; 96", "U-OMAR")->verdict, VERDICT_PASS);
    assert_int_equal(outcome_of(a, 9, "97; 95; 96; 97; 95; 96; 97; 95; 96; 90", "U-OMAR")->verdict, VERDICT_CANNOT_EVALUATE);
    arena_free(a);
}

CASE(R11_who_performed_a_step_may_not_reject)
{
    struct err e;
    struct segregation_act acts[] = {{"U-MARA", "B-1", DEED_STEP_PERFORM}};
    struct gate_facts facts = {.acts = acts, .act_count = 1};
    assert_int_equal(release_reject_check(&facts, "U-MARA", "in_test", &e), ERR_DUTIES_SEGREGATED);
    assert_int_equal(release_reject_check(&facts, "U-PETER", "in_test", &e), 0);
    assert_int_equal(release_reject_check(&facts, "U-PETER", "on_hold", &e), 0);
}

CASE(state_a_batch_is_disposed_of_once)
{
    struct err e;
    struct gate_facts facts = {.act_count = 0};
    static const char *const states[] = {"released", "rejected", "handed_over", "received"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(release_reject_check(&facts, "U-PETER", states[i], &e), ERR_STATE_FORBIDS);
}

CASE(R36_a_review_covers_every_entry)
{
    struct err e;
    assert_int_equal(release_review_check(31, 30, "in_test", false, &e), 0);
    assert_int_equal(release_review_check(30, 30, "in_test", false, &e), ERR_HEAD_STALE);
    assert_int_equal(release_review_check(31, 30, "in_process", false, &e), ERR_STATE_FORBIDS);
    assert_int_equal(release_review_check(31, 30, "on_hold", false, &e), ERR_STATE_FORBIDS);
}

CASE(R31_R36_what_a_physician_accepted_is_reviewed_on_hold)
{
    struct err e;
    assert_int_equal(release_review_check(31, 30, "on_hold", true, &e), 0);
    assert_int_equal(release_review_check(31, 30, "in_test", true, &e), 0);
    assert_int_equal(release_review_check(30, 30, "on_hold", true, &e), ERR_HEAD_STALE);
    assert_int_equal(release_review_check(31, 30, "except_released", true, &e), ERR_STATE_FORBIDS);
}

CASE(R31_a_hold_is_released_from_by_confirmed_failures_alone)
{
    struct err e;
    struct specification_line line = {.state = TEST_FAIL};
    struct specification_outcome outcome = {.lines = &line, .line_count = 1};
    struct gate_case open = {"7", "out-of-specification case", "major", true};
    struct gate_facts facts = {.tests = &outcome};
    assert_int_equal(release_held_check(&facts, "on_hold", "release.exceptional", &e), 0);
    assert_int_equal(release_held_check(&facts, "in_test", "release.exceptional", &e), ERR_STATE_FORBIDS);
    facts.cases = &open;
    facts.case_count = 1;
    assert_int_equal(release_held_check(&facts, "on_hold", "release.exceptional", &e), ERR_STATE_FORBIDS);
    assert_int_equal(release_held_check(&facts, "on_hold", "release.except_request", &e), 0);
    open.is_open = false;
    line.state = TEST_PASS;
    assert_int_equal(release_held_check(&facts, "on_hold", "release.exceptional", &e), ERR_STATE_FORBIDS);
}

CASE(R31_a_notice_is_recorded_once_after_the_release)
{
    struct err e;
    struct except_notify in = {"B-1", 30, "sponsor", 2000000, "By telephone to the safety desk"};
    struct release_notice notice = {NULL, false, 1000000};
    assert_int_equal(release_notify_check(&in, &notice, 3000000, &e), ERR_NOT_FOUND);
    notice.owner = "U-OMAR";
    assert_int_equal(release_notify_check(&in, &notice, 3000000, &e), 0);
    assert_int_equal(release_notify_check(&in, &notice, 1500000, &e), ERR_TIME_REFUSED);
    in.notified_at = 900000;
    assert_int_equal(release_notify_check(&in, &notice, 3000000, &e), ERR_TIME_REFUSED);
    in.notified_at = 2000000;
    in.text = "told";
    assert_int_equal(release_notify_check(&in, &notice, 3000000, &e), ERR_REASON_MISSING);
    notice.is_done = true;
    assert_int_equal(release_notify_check(&in, &notice, 3000000, &e), ERR_EXISTS);
}

CASE(R29_what_failed_after_its_release_may_be_rejected_what_waits_may_not)
{
    struct err e;
    struct gate_facts facts = {.act_count = 0};
    static const char *const failed[] = {"failed_post_release", "failed_handed_over", "failed_received"};
    static const char *const waits[] = {"cond_released", "cond_handed_over", "cond_received"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(release_reject_check(&facts, "U-PETER", failed[i], &e), 0);
        assert_int_equal(release_reject_check(&facts, "U-PETER", waits[i], &e), ERR_STATE_FORBIDS);
    }
}

CASE(R29_a_plan_names_a_physician_and_somebody_with_an_open_account)
{
    struct err e;
    struct release_person physician = {"open", ROLE_PHYSICIAN}, other = {"open", ROLE_QC}, left = {"revoked", ROLE_QC}, nobody = {NULL, 0};
    struct batch_release in = {.exceptional = BOOLEAN_ABSENT, .pending.count = 1};
    for (int i = 0; i < 2; i++, in.exceptional = 1) {
        assert_int_equal(release_people_check(&in, &physician, &other, &e), 0);
        assert_int_equal(release_people_check(&in, &other, &other, &e), ERR_FIELD_RANGE);
        assert_int_equal(release_people_check(&in, &physician, &left, &e), ERR_FIELD_RANGE);
        assert_int_equal(release_people_check(&in, &nobody, &other, &e), ERR_NOT_FOUND);
        assert_int_equal(release_people_check(&in, &physician, &nobody, &e), ERR_NOT_FOUND);
    }
}

CASE(R31_who_sees_to_the_notices_has_an_open_account_though_nothing_is_pending)
{
    struct err e;
    struct release_person other = {"open", ROLE_QC}, left = {"revoked", ROLE_QC}, nobody = {NULL, 0};
    struct batch_release in = {.exceptional = 1};
    assert_int_equal(release_people_check(&in, &nobody, &other, &e), 0);
    assert_int_equal(release_people_check(&in, &nobody, &left, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "follow_up_by");
    assert_int_equal(release_people_check(&in, &nobody, &nobody, &e), ERR_NOT_FOUND);
    assert_string_equal(e.field, "follow_up_by");
    in.exceptional = BOOLEAN_ABSENT;                                         /* names nobody */
    assert_int_equal(release_people_check(&in, &nobody, &nobody, &e), 0);
}

CASE(R31_nothing_is_asked_for_evaluated_or_accepted_where_nothing_failed)
{
    struct err e;
    struct list failed = {NULL, 0};
    struct except_request in = {.recipient_code = "R-1", .hazard = "the patient dies within days", .alternatives = "three donors were asked"};
    assert_int_equal(release_failed_check(&failed, &e), ERR_STATE_FORBIDS);
    assert_int_equal(release_ask_check(&in, NULL, &failed, &e), ERR_STATE_FORBIDS);
    failed.count = 1;
    assert_int_equal(release_failed_check(&failed, &e), 0);
    assert_int_equal(release_ask_check(&in, NULL, &failed, &e), 0);
}

CASE(R31_gate_is_shown_as_exceptional_where_it_is_asked_for_and_on_hold_alone)
{
    struct except_chain chain;
    except_begin(&chain);
    assert_null(release_asked("on_hold", &chain));
    except_take(&chain, 20, "release.except_request", "U-INES");
    assert_ptr_equal(release_asked("on_hold", &chain), &chain);
    assert_null(release_asked("in_test", &chain));                           /* the failure was invalidated, the retest passed */
}

CASE(R31_notices_that_are_open_are_shown_before_those_that_were_told)
{
    const char *order = strstr(release_query(QUERY_NOTICES)->text, " order by ");
    assert_non_null(order);
    assert_int_equal(strncmp(order, " order by done_seq is not null, ", 32), 0);
}

/* a verdict with these points open */
static struct gate_verdict open_points(int first, int second)
{
    struct gate_verdict v = {.may_release = first == 0};
    for (int i = 0; i < GATE_POINTS; i++)
        v.points[i] = (struct gate_line){.no = i + 1, .title = "t", .state = i + 1 == first || i + 1 == second ? GATE_OPEN : GATE_HOLDS};
    return v;
}

CASE(gate_lanes_follow_from_what_is_open)
{
    static const char *const lanes[GATE_POINTS] = {"waiting", "exception", "waiting", "exception", "clear", "exception", "exception", "waiting",
                                                   "exception", "waiting", "exception", "clear", "exception"};
    struct gate_facts facts = {.act_count = 0};
    for (int i = 0; i < GATE_POINTS; i++) {
        struct gate_verdict v = open_points(i + 1, 5);
        assert_string_equal(release_lane(&facts, &v), lanes[i]);
    }
    struct gate_verdict none = open_points(0, 0), both = open_points(3, 4);
    assert_string_equal(release_lane(&facts, &none), "clear");
    assert_string_equal(release_lane(&facts, &both), "exception");
    facts.is_on_hold = true;
    assert_string_equal(release_lane(&facts, &none), "exception");
}

CASE(R14_R15_what_was_touched_is_never_clear)
{
    struct gate_verdict none = open_points(0, 0);
    struct gate_step steps[] = {{.no = 1, .late_min = 95}, {.no = 2}};
    struct segregation_act acts[] = {{"U-MARA", "B-1", DEED_STEP_PERFORM}};
    struct gate_facts facts = {.steps = steps, .step_count = 2, .acts = acts, .act_count = 1};
    assert_string_equal(release_touched(&facts), "entered late");
    assert_string_equal(release_lane(&facts, &none), "exception");
    acts[0].deed = DEED_CORRECT;
    assert_string_equal(release_touched(&facts), "entered late, and corrected");
    steps[0].late_min = 0;
    assert_string_equal(release_touched(&facts), "corrected");
    acts[0].deed = DEED_STEP_VERIFY;
    assert_null(release_touched(&facts));
    assert_string_equal(release_lane(&facts, &none), "clear");
}

/* one row that cannot be compared again takes nobody else's list away */
CASE(T31_what_cannot_be_compared_again_is_a_doubt_of_its_batch)
{
    static const char *const names[] = {"code", "result", "profile", "reference_seq", "mother_seq", "subject", "own_profile", "own_seq",
                                        "mothers_profile", "mothers_seq"};
    static const char *const values[] = {"str", "concordant", "TH01:6,7", "4", NULL, "donor", "TH01:six", "9", NULL, NULL};
    static const char identity[] =
        "{\"id\":\"Q-T\",\"product\":\"p\",\"tests\":[{\"code\":\"str\",\"gating\":\"release\",\"limit\":\"concordant\",\"loci\":1,\"method\":\"m\","
        "\"op\":\"equals\",\"pending_allowed\":false,\"replicates\":1,\"sample_point\":\"p\",\"title\":\"Identity\"}],\"title\":\"t\",\"version\":1}";
    enum { COLUMNS = sizeof values / sizeof values[0] };
    static const bool is_bytea[COLUMNS] = {false};
    struct bytes cells[COLUMNS];
    struct arena *a = arena_new(0);
    struct specification *spec;
    const char *doubt = NULL;
    struct err e = {0};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct bytes){(const uint8_t *)values[i], values[i] == NULL ? 0 : strlen(values[i])};
    const struct db_rows rows = {.columns = COLUMNS, .rows = 1, .names = names, .is_bytea = is_bytea, .cells = cells};
    if (specification_parse(a, identity, sizeof identity - 1, &spec, &e) != 0 || release_identity_doubt(a, spec, &rows, 0, &doubt, &e) != 0)
        fail_msg("%s", e.text);
    assert_non_null(doubt);
    assert_non_null(strstr(doubt, "str cannot be compared again: "));
    arena_free(a);
}
