/* Exceptional release (EudraLex Vol 4 Part IV §11.5): what it may go over, who must have said what, and whom to tell. */
#include "support/test.h"

#include <string.h>

#include "domain/except.h"
#include "domain/gate.h"

#define HOUR INT64_C(3600000)

static struct arena *arena;
static struct err e;
static struct specification_test gram = {.code = "gram", .title = "Gram stain"}, str = {.code = "str", .title = "STR", .loci = 8};
static struct specification_line lines[2];
static struct specification_outcome outcome;
static struct except_chain chain;

static void begin(void)
{
    arena = arena_new(0);
    lines[0] = (struct specification_line){&gram, TEST_FAIL, "positive", "Gram stain: positive is not negative", true};
    lines[1] = (struct specification_line){&str, TEST_PASS, "match", "STR: match", false};
    outcome = (struct specification_outcome){.verdict = VERDICT_FAIL, .lines = lines, .line_count = 2, .sentence = "1 failed"};
    except_begin(&chain);
}

static void end(void)
{
    arena = arena_free(arena);
}

static void whole(void)
{
    except_take(&chain, 20, "release.except_request", "U-INES");
    except_take(&chain, 21, "release.except_evaluate", "U-ELENA");
    except_take(&chain, 22, "release.except_accept", "U-INES");
}

static const char *open_words(void)
{
    return except_open(arena, &chain, &outcome);
}

CASE(R31_gate_every_point_has_its_row_and_reason)
{
    for (int point = 1; point <= GATE_POINTS; point++)
        for (int matter = EXCEPT_OTHER; matter <= EXCEPT_HOLD; matter++) {
            bool may = (point == 3 && matter == EXCEPT_RESULT) || (point == 4 && matter == EXCEPT_HOLD);
            assert_int_equal(except_may(point, (enum except_matter)matter), may);
            assert_true(strlen(except_why(point, (enum except_matter)matter)) > 20);
        }
    assert_non_null(strstr(except_why(4, EXCEPT_HOLD), "whatever made the hold"));
}

CASE(R31_T31_a_failed_comparison_of_profiles_is_never_excepted)
{
    begin();
    lines[1].state = TEST_FAIL;
    assert_int_equal(except_matter(&lines[0]), EXCEPT_RESULT);
    assert_int_equal(except_matter(&lines[1]), EXCEPT_IDENTITY);
    lines[0].state = TEST_CANNOT_EVALUATE;
    assert_int_equal(except_matter(&lines[0]), EXCEPT_OTHER);
    end();
}

CASE(R31_request_evaluation_and_acceptance_come_in_this_order)
{
    begin();
    assert_non_null(strstr(open_words(), "no treating physician asks"));
    assert_int_equal(except_evaluate_check(&chain, &e), ERR_ORDER_FORBIDS);
    except_take(&chain, 19, "release.except_evaluate", "U-ELENA");
    assert_non_null(strstr(open_words(), "no treating physician asks"));
    except_take(&chain, 20, "release.except_request", "U-INES");
    except_take(&chain, 21, "release.except_accept", "U-INES");
    assert_non_null(strstr(open_words(), "is not evaluated"));
    assert_int_equal(except_accept_check(&chain, 19, "U-INES", &e), ERR_ORDER_FORBIDS);
    except_take(&chain, 22, "release.except_evaluate", "U-ELENA");
    assert_non_null(strstr(open_words(), "U-INES has not accepted"));
    assert_int_equal(except_accept_check(&chain, 22, "U-KARL", &e), ERR_DUTIES_SEGREGATED);
    except_take(&chain, 23, "release.except_accept", "U-KARL");
    assert_non_null(strstr(open_words(), "U-INES has not accepted"));
    assert_int_equal(except_accept_check(&chain, 21, "U-INES", &e), ERR_HEAD_STALE);
    assert_int_equal(except_accept_check(&chain, 22, "U-INES", &e), 0);
    except_take(&chain, 24, "release.except_accept", "U-INES");
    assert_null(open_words());
    assert_int_equal(chain.accepted_seq, 24);
    assert_int_equal(except_accept_check(&chain, 22, "U-INES", &e), ERR_EXISTS);
    end();
}

CASE(R31_what_comes_after_the_evaluation_is_evaluated_and_accepted_anew)
{
    static const char *const news[] = {"quality.test_report", "quality.test_review", "quality.test_correct", "quality.oos_close",
                                       "quality.deviation_open", "batch.correct", "batch.fill_correct", "batch.void"};
    begin();
    for (size_t i = 0; i < sizeof news / sizeof news[0]; i++) {
        except_begin(&chain);
        whole();
        except_take(&chain, 23, "batch.note", "U-1");
        except_take(&chain, 24, "release.review", "U-ELENA");
        assert_null(open_words());
        except_take(&chain, 25, news[i], "U-1");
        assert_non_null(strstr(open_words(), arena_printf(arena, "entry 25 (%s)", news[i])));
        assert_int_equal(except_accept_check(&chain, 21, "U-INES", &e), ERR_HEAD_STALE);
        except_take(&chain, 26, "release.except_evaluate", "U-ELENA");
        assert_non_null(strstr(open_words(), "has not accepted"));
        except_take(&chain, 27, "release.except_accept", "U-INES");
        assert_null(open_words());
    }
    end();
}

CASE(R31_R14_a_release_uses_the_acceptance_up)
{
    begin();
    whole();
    except_take(&chain, 30, "release.release", "U-PETER");
    assert_non_null(strstr(open_words(), "no treating physician asks"));
    whole();
    except_take(&chain, 40, "release.except_request", "U-INES");
    assert_non_null(strstr(open_words(), "is not evaluated"));
    end();
}

CASE(R31_T29_what_passes_is_not_excepted)
{
    begin();
    whole();
    lines[0] = (struct specification_line){&gram, TEST_PASS, "negative", "Gram stain: negative", false};
    assert_non_null(strstr(open_words(), "nothing to except"));
    lines[0] = (struct specification_line){&gram, TEST_MISSING, "", "Gram stain: no result", true};
    assert_non_null(strstr(open_words(), "nothing to except"));
    end();
}

CASE(R31_gate_the_failed_result_and_its_hold_are_excepted_beside_it_nothing)
{
    struct gate_case deviation = {"7", "deviation", "major", true};
    struct gate_facts facts = {.tests = &outcome, .is_on_hold = true, .expiry_ms = TIME_ABSENT, .use = USE_ALLOGENEIC};
    struct gate_verdict verdict;
    begin();
    whole();
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[2].state, GATE_OPEN);
    assert_int_equal(verdict.points[3].state, GATE_OPEN);
    facts.except = &chain;
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[2].state, GATE_EXCEPTED);
    assert_int_equal(verdict.points[3].state, GATE_EXCEPTED);
    assert_int_equal(verdict.points[4].state, GATE_OPEN);                    /* nobody reviewed it */
    facts.cases = &deviation;
    facts.case_count = 1;
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[3].state, GATE_OPEN);
    facts.case_count = 0;
    facts.is_held_by_donor = true;
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[3].state, GATE_OPEN);
    lines[1] = (struct specification_line){&str, TEST_FAIL, "no match", "STR: of another person", true};
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[2].state, GATE_OPEN);
    lines[1].blocks = false;
    except_begin(&chain);
    gate_judge(arena, &facts, &verdict);
    assert_int_equal(verdict.points[2].state, GATE_OPEN);
    end();
}

static struct batch_release release(void)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.exceptional = 1;
    in.follow_up_by = "U-OMAR";
    in.authority_due_at = 50 * HOUR;
    return in;
}

CASE(R31_a_release_says_who_tells_and_until_when_and_no_other_physician)
{
    struct batch_release in = release();
    begin();
    whole();
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), 0);
    in.physician_id = "U-INES";
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), 0);
    in.physician_id = "U-KARL";
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), ERR_FIELD_RANGE);
    in = release();
    in.follow_up_by = NULL;
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), ERR_FIELD_MISSING);
    in = release();
    assert_int_equal(except_release_check(&in, &chain, 50 * HOUR, &e), ERR_TIME_REFUSED);
    in.authority_due_at = TIME_ABSENT;
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), ERR_FIELD_MISSING);
    in = release();
    in.exceptional = BOOLEAN_ABSENT;
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), ERR_FIELD_RANGE);
    in.authority_due_at = TIME_ABSENT;
    assert_int_equal(except_release_check(&in, &chain, HOUR, &e), 0);
    end();
}

/* where nothing is pending, nobody is informed of it: the refusal names what says so, not who sees to the notices */
CASE(R29_R31_a_release_without_pending_tests_is_refused_at_its_field)
{
    struct batch_release in = release();
    assert_int_equal(pending_plan_check(&in, HOUR, &e), 0);
    in.physician_id = "U-INES";
    assert_int_equal(pending_plan_check(&in, HOUR, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "physician_id");
    in = release();
    in.informed_at = HOUR;
    assert_int_equal(pending_plan_check(&in, HOUR, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "informed_at");
    in.informed_at = TIME_ABSENT;
    in.exceptional = BOOLEAN_ABSENT;
    assert_int_equal(pending_plan_check(&in, HOUR, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "follow_up_by");
}

CASE(R31_a_trial_tells_its_sponsor_a_marketed_product_its_holder_both_the_authority)
{
    struct list trial = {NULL, 0}, marketed = {NULL, 0};
    begin();
    except_notices(arena, "trial", "U-OMAR", HOUR, 50 * HOUR, &trial);
    except_notices(arena, "marketed", "U-OMAR", HOUR, 50 * HOUR, &marketed);
    assert_int_equal(trial.count, 2);
    assert_int_equal(marketed.count, 2);
    assert_string_equal(LIST_AT(trial, struct except_due, 0)->task, "sponsor");
    assert_int_equal(LIST_AT(trial, struct except_due, 0)->due_at, HOUR + EXCEPT_AT_ONCE_MS);
    assert_string_equal(LIST_AT(trial, struct except_due, 1)->task, "authority");
    assert_int_equal(LIST_AT(trial, struct except_due, 1)->due_at, 50 * HOUR);
    assert_string_equal(LIST_AT(marketed, struct except_due, 0)->task, "holder");
    assert_string_equal(LIST_AT(marketed, struct except_due, 1)->duty, "The holder of the marketing authorisation informs the competent authority");
    end();
}
