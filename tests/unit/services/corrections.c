/* What corrections make of a batch's record: values, calculations, lapsed signatures. Step 2 calculates from step 1. */
#include "support/test.h"

#include "domain/batch_record.h"
#include "domain/correction.h"
#include "batch_sample.h"

static struct batch_step steps[2];
static const struct procedure *doc;

static void put(struct batch_step *step, const char *name, const char *value)
{
    struct step_value *v = record_list_add(arena, &record_step_value, &step->values);
    v->name = name;
    v->value = value;
}

static void recorded(void)
{
    doc = sample();
    for (int i = 0; i < 2; i++) {
        record_init(&record_batch_step, &steps[i]);
        steps[i].step = i + 1;
    }
    put(&steps[0], "volume_ml", "60.0");
    put(&steps[0], "n_live", "300");
    put(&steps[1], "out_ml", "8.0");
    for (size_t i = 0; i < 2; i++)
        batch_record_compute(arena, doc, steps, i, &steps[i], &steps[i].computed);
}

static struct batch_correct correction(const char *field, const char *old_value, const char *new_value)
{
    return (struct batch_correct){.batch_id = "B-1", .step = 1, .field = field, .old_value = old_value, .new_value = new_value,
                                  .reason = "digits swapped when typed", .corrects = 1};
}

static int correct(struct batch_correct *in)
{
    memset(&err, 0, sizeof err);
    return correction_step(arena, doc, steps, 2, in, &err);
}

CASE(R24_a_correction_is_calculated_through_all_steps_behind_it)
{
    recorded();
    struct batch_correct in = correction("n_live", "300", "330");
    assert_passes(correct(&in));
    assert_int_equal(in.computed.count, 2);
    const struct corrected_result *third = LIST_AT(in.computed, struct corrected_result, 0), *back = third + 1;
    assert_int_equal(third->step, 1);
    assert_string_equal(third->name, "third");
    assert_string_equal(third->old_value, "100.0");
    assert_string_equal(third->new_value, "110.0");
    assert_int_equal(back->step, 2);
    assert_string_equal(back->old_value, "300.00");
    assert_string_equal(back->new_value, "330.00");
}

CASE(R12_the_original_is_not_written_to)
{
    recorded();
    const struct step_value *original = LIST_AT(steps[0].values, struct step_value, 1);
    struct batch_correct in = correction("n_live", "300", "330");
    assert_passes(correct(&in));
    assert_string_equal(original->value, "300");
    assert_string_equal(LIST_AT(steps[0].values, struct step_value, 1)->value, "330");
}

CASE(R12_the_old_value_must_be_the_one_that_stands)
{
    recorded();
    struct batch_correct in = correction("n_live", "301", "330");
    assert_refused(correct(&in), ERR_HEAD_STALE, "old_value", "R12");
    in = correction("n_live", NULL, "330");
    assert_refused(correct(&in), ERR_HEAD_STALE, "old_value", "R12");
    in = correction("n_live", "300", "300");
    assert_refused(correct(&in), ERR_FIELD_RANGE, "new_value", "R12");
    in = correction("n_live", "300", "330");
    assert_passes(correct(&in));
    in = correction("n_live", "300", "360");           /* it stands as 330 now */
    assert_refused(correct(&in), ERR_HEAD_STALE, "old_value", "R12");
}

CASE(R22_a_corrected_value_keeps_the_hard_limits)
{
    recorded();
    struct batch_correct in = correction("volume_ml", "60.0", "6000.0");
    assert_int_equal(correct(&in), ERR_LIMIT_HARD);
    in = correction("no_such_value", NULL, "1");
    assert_true(correct(&in) > 0);
}

CASE(R14_what_depends_on_the_corrected_value_lapses)
{
    static const struct correction_act acts[] = {
        {1, 1, "batch.step"}, {2, 1, "batch.step_verify"}, {3, 2, "batch.step"}, {4, 2, "batch.step_verify"},
        {5, 5, "quality.test_report"}, {6, 5, "quality.test_review"}, {7, 0, "release.review"}, {8, 0, "release.review"},
        {9, 0, "release.release"}};
    static const int64_t all[] = {1, 2, 3, 4, 8, 9}, own[] = {1, 2, 8, 9};
    recorded();
    struct batch_correct in = correction("n_live", "300", "330");
    assert_passes(correct(&in));
    correction_lapse_step(arena, acts, 9, &in);
    assert_int_equal(in.lapsed.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(LIST_AT(in.lapsed, struct lapsed_act, i)->entry, all[i]);
    recorded();
    in = correction("volume_ml", "60.0", "61.0");       /* nothing is calculated from it */
    assert_passes(correct(&in));
    correction_lapse_step(arena, acts, 9, &in);
    assert_int_equal(in.computed.count, 0);
    assert_int_equal(in.lapsed.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(LIST_AT(in.lapsed, struct lapsed_act, i)->entry, own[i]);
}

CASE(R14_a_test_takes_its_review_and_the_release_with_it)
{
    static const struct correction_act acts[] = {
        {5, 5, "quality.test_report"}, {6, 6, "quality.test_report"}, {7, 6, "quality.test_review"},
        {8, 5, "quality.test_review"}, {9, 0, "release.review"}};
    static const int64_t lapsed[] = {5, 8, 9};
    recorded();
    struct test_correct in = {.test_seq = 5};
    correction_lapse_test(arena, acts, 5, &in);
    assert_int_equal(in.lapsed.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(LIST_AT(in.lapsed, struct lapsed_act, i)->entry, lapsed[i]);
}

CASE(R14_a_lapsed_signature_is_renewed_by_the_right_act_only)
{
    static const struct correction_act acts[] = {
        {10, 2, "batch.step_verify"}, {11, 1, "batch.step"}, {12, 1, "quality.test_review"}, {13, 1, "batch.step_verify"}};
    const struct lapsed_act step = {2, "batch.step", 1}, release = {9, "release.release", INTEGER_ABSENT};
    assert_int_equal(correction_renewed_seq(&step, 9, acts, 3), -1);
    assert_int_equal(correction_renewed_seq(&step, 9, acts, 4), 13);
    assert_int_equal(correction_renewed_seq(&step, 13, acts, 4), -1);      /* corrected again since */
    assert_int_equal(correction_renewed_seq(&release, 9, acts, 4), -1);
    assert_null(correction_renewal("batch.note"));
}

static struct void_facts reading_of(const char *person)
{
    return (struct void_facts){.state = "in_test", .act = "batch.reading", .person = person, .value = "4.1"};
}

CASE(R12_only_readings_and_remarks_are_void)
{
    struct err e = {0};
    struct batch_void in = {.batch_id = "B-1", .corrects = 7, .reason = "read on the incubator of another batch"};
    struct void_facts facts = reading_of("U-ANNA");
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), 0);
    facts.act = "batch.note";
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), 0);
    facts.act = "batch.step";
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), ERR_NOT_FOUND);
    assert_string_equal(e.rule, "R12");
    facts.act = NULL;
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), ERR_NOT_FOUND);
}

CASE(R12_an_entry_is_void_once_and_for_a_reason)
{
    struct err e = {0};
    struct batch_void in = {.batch_id = "B-1", .corrects = 7, .reason = "x"};
    struct void_facts facts = reading_of("U-ANNA");
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), ERR_REASON_MISSING);
    in.reason = "read on the incubator of another batch";
    facts.is_void = true;
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), ERR_EXISTS);
    facts.is_void = false;
    facts.state = "released";
    assert_int_equal(rule_void(&in, &facts, "U-BERT", &e), ERR_STATE_FORBIDS);
}

CASE(R10_nobody_voids_what_they_recorded)
{
    struct err e = {0};
    struct batch_void in = {.batch_id = "B-1", .corrects = 7, .reason = "read on the incubator of another batch"};
    struct void_facts facts = reading_of("U-ANNA");
    assert_int_equal(rule_void(&in, &facts, "U-ANNA", &e), ERR_DUTIES_SEGREGATED);
    assert_string_equal(e.rule, "R10");
}
