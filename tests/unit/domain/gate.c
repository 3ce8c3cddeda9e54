#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/gate.h"

#define HOUR INT64_C(3600000)

static struct arena *arena;
static struct gate_step steps[2];
static struct gate_use uses[2];
static struct gate_case cases[1];
static struct segregation_act acts[3];
static struct specification_test viability = {.code = "viability", .title = "Viability"};
static struct specification_line lines[1];
static struct specification_outcome tests;
static struct gate_facts facts;
static struct gate_verdict verdict;

/* a batch that may go */
static void good_batch(void)
{
    steps[0] = (struct gate_step){1, "Receive", "U-1", "U-2", true, 2, 3, 0, 0};
    steps[1] = (struct gate_step){2, "Fill", "U-1", "U-2", true, 4, 5, 0, 0};
    uses[0] = (struct gate_use){"M-1", "material", 100 * HOUR, 100 * HOUR, true};
    uses[1] = (struct gate_use){"E-1", "equipment", 100 * HOUR, 200 * HOUR, true};
    cases[0] = (struct gate_case){"7", "deviation", "minor", true};
    acts[0] = (struct segregation_act){"U-1", "1", DEED_STEP_PERFORM};
    acts[1] = (struct segregation_act){"U-2", "1", DEED_STEP_VERIFY};
    acts[2] = (struct segregation_act){"U-3", NULL, DEED_BATCH_REVIEW};
    lines[0] = (struct specification_line){&viability, TEST_PASS, "97", "Viability: 97 % is >= 90 %", false};
    tests = (struct specification_outcome){.verdict = VERDICT_PASS, .lines = lines, .line_count = 1, .sentence = "all pass"};
    facts = (struct gate_facts){.steps = steps, .step_count = 2, .tests = &tests, .cases = cases, .case_count = 1, .reviewer = "U-3",
        .reviewed_seq = 9, .last_change_seq = 9, .use = USE_ALLOGENEIC, .has_eligibility = true, .determination = DETERMINATION_ELIGIBLE,
        .uses = uses, .use_count = 2, .has_containers = true, .containers_filled = 3, .containers_accounted = 3, .balances_closed = true,
        .now_ms = 300 * HOUR, .expiry_ms = 400 * HOUR, .route_ms = 10 * HOUR, .releaser = "U-9", .releaser_trained = true, .acts = acts,
        .act_count = 3};
}

static void judge(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    gate_judge(arena, &facts, &verdict);
}

/* only this point is open */
static void assert_open(int point)
{
    judge();
    for (int i = 0; i < GATE_POINTS; i++)
        if ((verdict.points[i].state == GATE_OPEN) != (i + 1 == point)) {
            print_message("point %d: %s\n", i + 1, verdict.points[i].sentence_count > 0 ? verdict.points[i].sentences[0] : "holds");
            fail();
        }
    assert_false(verdict.may_release);
    assert_true(verdict.points[point - 1].sentence_count > 0);
}

static void assert_holds(void)
{
    judge();
    for (int i = 0; i < GATE_POINTS; i++)
        if (verdict.points[i].state == GATE_OPEN)
            print_message("point %d: %s\n", i + 1, verdict.points[i].sentences[0]);
    assert_true(verdict.may_release);
}

CASE(gate_all_points_hold_for_a_good_batch)
{
    struct err e = {0};
    good_batch();
    assert_holds();
    assert_int_equal(gate_check(&verdict, &e), 0);
    for (int i = 0; i < GATE_POINTS; i++)
        assert_int_equal(verdict.points[i].no, i + 1);
}

CASE(gate_nothing_known_opens_what_must_be_known)
{
    facts = (struct gate_facts){.expiry_ms = TIME_ABSENT, .use = USE_ALLOGENEIC};
    judge();
    assert_false(verdict.may_release);
    static const int open[] = {1, 2, 3, 5, 6, 9, 11};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        assert_int_equal(verdict.points[open[i] - 1].state, GATE_OPEN);
}

CASE(gate_refusal_names_the_first_point_and_all_of_them)
{
    struct err e = {0};
    good_batch();
    facts.reviewer = NULL;
    facts.releaser_trained = false;
    judge();
    assert_int_equal(gate_check(&verdict, &e), ERR_GATE_CLOSED);
    assert_string_equal(e.rule, "gate 5");
    assert_non_null(strstr(e.text, "12: U-9"));
}

CASE(gate_01_a_step_not_performed)
{
    good_batch();
    steps[1].performed_seq = steps[1].verified_seq = -1;
    steps[1].performer = steps[1].verifier = NULL;
    assert_open(1);
}

CASE(gate_01_a_step_not_verified_or_verified_before_a_change)
{
    good_batch();
    steps[1].verified_seq = -1;
    assert_open(1);
    steps[1].verified_seq = 3;
    assert_open(1);
    steps[1].needs_verifier = false;
    assert_holds();
}

CASE(R15_gate_01_a_late_entry_without_second_signature)
{
    good_batch();
    steps[1].verified_seq = -1;
    steps[1].late_min = 95;
    assert_open(1);
    assert_string_equal(verdict.points[0].sentences[0], "step 2 (Fill), a late entry (95 min), is not verified");
}

CASE(gate_01_steps_out_of_order)
{
    good_batch();
    steps[0].performed_seq = 6;
    steps[0].verified_seq = 7;
    assert_open(1);
}

CASE(gate_02_performer_and_verifier_are_one_person)
{
    good_batch();
    steps[0].verifier = "U-1";
    assert_open(2);
}

CASE(gate_03_a_failing_test)
{
    good_batch();
    tests.verdict = VERDICT_FAIL;
    lines[0] = (struct specification_line){&viability, TEST_FAIL, "89", "Viability: 89 % is not >= 90 %", true};
    assert_open(3);
    assert_string_equal(verdict.points[2].sentences[0], "Viability: 89 % is not >= 90 %");
}

CASE(gate_03_tests_that_were_not_evaluated)
{
    good_batch();
    facts.tests = NULL;
    assert_open(3);
}

CASE(gate_04_an_open_major_case)
{
    good_batch();
    cases[0].class = "major";
    assert_open(4);
    cases[0].class = "critical";
    assert_open(4);
    cases[0].is_open = false;
    assert_holds();
}

CASE(gate_03_T31_an_identity_that_a_later_reference_contradicts)
{
    static const char *const doubts[] = {"str is discordant by the reference of entry 9"};
    good_batch();
    facts.doubts = doubts;
    facts.doubt_count = 1;
    assert_open(3);
    facts.doubt_count = 0;
    assert_holds();
}

CASE(gate_04_a_task_of_a_failure_that_is_open)
{
    good_batch();
    facts.open_tasks = 1;
    assert_open(4);
    facts.open_tasks = 0;
    assert_holds();
}

CASE(gate_04_a_batch_on_hold)
{
    good_batch();
    facts.is_on_hold = true;
    assert_open(4);
}

CASE(gate_04_a_hold_that_comes_down_from_the_donor)
{
    good_batch();
    facts.is_held_by_donor = true;
    assert_open(4);
}

CASE(gate_05_no_review)
{
    good_batch();
    facts.reviewer = NULL;
    assert_open(5);
}

CASE(gate_05_a_change_after_the_review)
{
    good_batch();
    facts.last_change_seq = 10;
    assert_open(5);
}

/* an exception with all that belongs to it: entry 5 is the last that says anything of the donor */
static void excepted(enum determination determination)
{
    good_batch();
    facts.determination = determination;
    facts.exception = (struct urgent_facts){.need_seq = 6, .noticed_seq = 7, .evidence_seq = 5, .physician_id = "U-DOC"};
}

CASE(R31_gate_06_an_incomplete_donor_needs_an_urgent_need_of_the_recipient)
{
    excepted(DETERMINATION_INCOMPLETE);
    assert_holds();
    facts.exception.need_seq = -1;
    assert_open(6);
    facts.use = USE_RELATIVE;                     /* 1271.65(b) knows ineligible donors only */
    assert_open(6);
}

CASE(R31_gate_06_the_physician_has_acknowledged_all_that_is_known)
{
    excepted(DETERMINATION_INELIGIBLE);
    assert_holds();
    facts.exception.noticed_seq = -1;
    assert_open(6);
    facts.exception.noticed_seq = 7;
    facts.exception.evidence_seq = 8;
    assert_open(6);
}

CASE(R31_gate_06_labels_carry_the_statements_of_the_exception)
{
    excepted(DETERMINATION_INCOMPLETE);
    facts.labels_wrong = 1;
    assert_open(6);
}

CASE(R08_T25_gate_06_a_label_says_what_is_known_by_now)
{
    good_batch();
    facts.labels_wrong = 1;
    assert_open(6);
    facts.use = USE_AUTOLOGOUS;
    facts.donor_identity = facts.recipient_identity = "R-7";
    facts.determination = DETERMINATION_INELIGIBLE;   /* reactive: no bar to one's own, but the label says so */
    assert_open(6);
    facts.has_eligibility = false;                    /* never tested: the label says NOT EVALUATED */
    assert_open(6);
    facts.labels_wrong = 0;
    assert_holds();
}

CASE(R31_gate_06_an_overdue_follow_up_closes_the_next_exception)
{
    excepted(DETERMINATION_INCOMPLETE);
    facts.exception.overdue = "U-QA: follow-up of the urgent need (entry 3) is overdue";
    assert_open(6);
    facts.determination = DETERMINATION_ELIGIBLE;
    assert_holds();
}

CASE(R31_gate_06_an_ineligible_donor_is_for_a_relative_whose_physician_knows)
{
    excepted(DETERMINATION_INELIGIBLE);
    facts.exception.need_seq = -1;
    assert_open(6);
    facts.use = USE_RELATIVE;
    assert_holds();
    facts.exception.noticed_seq = -1;
    assert_open(6);
}

CASE(gate_06_what_is_for_research_goes_with_an_ineligible_donor)
{
    excepted(DETERMINATION_INELIGIBLE);
    facts.exception.need_seq = facts.exception.noticed_seq = -1;
    facts.use = USE_RESEARCH;
    assert_holds();
}

CASE(gate_06_autologous_needs_no_determination)
{
    good_batch();
    facts.has_eligibility = false;
    assert_open(6);
    facts.use = USE_AUTOLOGOUS;
    facts.donor_identity = facts.recipient_identity = "R-7";
    assert_holds();
}

CASE(T25_gate_06_ones_own_cells_wait_for_tests_that_a_rule_set_asks_for)
{
    good_batch();
    facts.use = USE_AUTOLOGOUS;
    facts.donor_identity = facts.recipient_identity = "R-7";
    facts.determination = DETERMINATION_INCOMPLETE;
    assert_open(6);
    facts.determination = DETERMINATION_INELIGIBLE;   /* no bar to one's own */
    assert_holds();
}

CASE(R14_gate_04_a_release_that_stands_as_unsigned_is_said)
{
    good_batch();
    facts.release_lapsed = "the release of entry 9 stands as unsigned since entry 4 of D-1";
    assert_open(4);
    assert_string_equal(verdict.points[3].sentences[0], facts.release_lapsed);
}

CASE(R08_T25_gate_06_a_determination_that_newer_evidence_has_overtaken)
{
    good_batch();
    facts.has_newer_evidence = true;
    assert_open(6);
    assert_string_equal(verdict.points[5].sentences[0], "more is known of the donor since eligibility was determined");
    facts.use = USE_AUTOLOGOUS;
    facts.donor_identity = facts.recipient_identity = "R-7";
    assert_open(6);
    facts.has_eligibility = false;                    /* tested, and nobody has said what follows */
    assert_open(6);
    excepted(DETERMINATION_INCOMPLETE);
    assert_holds();
    facts.has_newer_evidence = true;
    assert_open(6);
}

CASE(T26_gate_06_the_determination_is_of_this_collection)
{
    good_batch();
    facts.collected_from_ms = 50 * HOUR;
    facts.collected_until_ms = 51 * HOUR;
    facts.recovery_ms = 51 * HOUR;
    assert_holds();
    facts.recovery_ms = 51 * HOUR + 1;
    assert_open(6);
    facts.recovery_ms = 50 * HOUR - 1;
    assert_open(6);
    assert_non_null(strstr(verdict.points[5].sentences[0], "which is not this collection"));
    facts.collected_from_ms = INT64_MAX;              /* a collection that nobody knows */
    facts.collected_until_ms = INT64_MIN;
    assert_open(6);
}

CASE(gate_07_T19_expiry_counts_at_the_time_of_use)
{
    good_batch();
    uses[0].valid_until_ms = 100 * HOUR - 1;
    assert_open(7);
    good_batch();
    uses[1].valid_until_ms = 150 * HOUR;
    assert_holds();
}

CASE(gate_07_what_was_not_released_or_calibrated)
{
    good_batch();
    uses[0].was_released = false;
    assert_open(7);
    good_batch();
    uses[1].valid_until_ms = TIME_ABSENT;
    assert_open(7);
}

CASE(gate_08_labels_are_reconciled_where_recorded)
{
    good_batch();
    judge();
    assert_int_equal(verdict.points[7].state, GATE_NOT_APPLICABLE);
    struct label_account sum = {.printed = 5, .applied = 3, .spoiled = 1};
    facts.labels = &sum;
    assert_open(8);
    assert_string_equal(verdict.points[7].sentences[0], "5 labels printed, 4 accounted for");
    sum.specimen = 1;
    assert_holds();
    struct arena *own = arena_new(0);
    texts_add(own, &sum.open, "no label is on K-2");
    texts_add(own, &sum.open, "copy 2 of K-1 is in hand");
    assert_open(8);
    assert_string_equal(verdict.points[7].sentences[0], "5 labels printed, 5 accounted for: no label is on K-2");
    assert_string_equal(verdict.points[7].sentences[1], "copy 2 of K-1 is in hand");
    arena_free(own);
}

CASE(gate_09_a_pool_that_no_second_person_verified)
{
    good_batch();
    facts.pool_waits = "A999926000001-D00021C0";
    judge();
    assert_open(9);
    assert_non_null(strstr(verdict.points[8].sentences[0], "the pool A999926000001-D00021C0 is not verified"));
    facts.pool_waits = NULL;
    judge();
    assert_holds();
}

CASE(gate_09_containers_and_balances)
{
    good_batch();
    facts.containers_accounted = 2;
    assert_open(9);
    good_batch();
    facts.balances_closed = false;
    assert_open(9);
    good_batch();
    facts.has_containers = false;
    assert_open(9);
}

CASE(gate_10_monitoring_is_reviewed_where_recorded)
{
    good_batch();
    judge();
    assert_int_equal(verdict.points[9].state, GATE_NOT_APPLICABLE);
    facts.has_monitoring = true;
    assert_open(10);
    facts.monitoring_reviewed = true;
    assert_holds();
}

CASE(gate_11_expiry_leaves_time_for_the_way)
{
    good_batch();
    facts.expiry_ms = 310 * HOUR;
    assert_holds();
    facts.expiry_ms = 310 * HOUR - 1;
    assert_open(11);
    facts.expiry_ms = facts.now_ms;
    assert_open(11);
    facts.expiry_ms = TIME_ABSENT;
    assert_open(11);
}

CASE(gate_12_R11_releaser_acted_on_the_batch)
{
    good_batch();
    facts.releaser = "U-3";
    assert_open(12);
    facts.releaser = "U-1";
    assert_open(12);
}

CASE(gate_12_R21_releaser_without_training)
{
    good_batch();
    facts.releaser_trained = false;
    assert_open(12);
}

CASE(gate_13_autologous_identity)
{
    good_batch();
    facts.use = USE_AUTOLOGOUS;
    assert_open(13);
    facts.donor_identity = "R-7";
    facts.recipient_identity = "R-8";
    assert_open(13);
    facts.recipient_identity = "R-7";
    assert_holds();
}

CASE(R09_where_the_collection_was_corrected_the_first_step_began_behind_it)
{
    good_batch();
    facts.first_step_ms = 10 * HOUR;
    facts.collected_until_ms = 11 * HOUR;
    facts.collected_from_ms = facts.recovery_ms = 0;
    judge();
    assert_true(verdict.may_release);                    /* nothing was corrected: the bench has judged it */
    facts.is_source_corrected = true;
    assert_open(1);
    facts.first_step_ms = 11 * HOUR;
    judge();
    assert_true(verdict.may_release);
    arena = arena_free(arena);
}
