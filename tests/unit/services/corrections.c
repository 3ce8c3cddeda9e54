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
        {1, 1, "batch.step", NULL}, {2, 1, "batch.step_verify", NULL}, {3, 2, "batch.step", NULL}, {4, 2, "batch.step_verify", NULL},
        {5, 5, "quality.test_report", NULL}, {6, 5, "quality.test_review", NULL}, {7, 0, "release.review", NULL}, {8, 0, "release.review", NULL},
        {9, 0, "release.release", NULL}};
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
        {5, 5, "quality.test_report", NULL}, {6, 6, "quality.test_report", NULL}, {7, 6, "quality.test_review", NULL},
        {8, 5, "quality.test_review", NULL}, {9, 0, "release.review", NULL}};
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
        {10, 2, "batch.step_verify", NULL}, {11, 1, "batch.step", NULL}, {12, 1, "quality.test_review", NULL}, {13, 1, "batch.step_verify", NULL}};
    const struct lapsed_act step = {2, "batch.step", 1}, release = {9, "release.release", INTEGER_ABSENT};
    assert_int_equal(correction_renewed_seq(&step, 9, "U-MARA", acts, 3), -1);
    assert_int_equal(correction_renewed_seq(&step, 9, "U-MARA", acts, 4), 13);
    assert_int_equal(correction_renewed_seq(&step, 13, "U-MARA", acts, 4), -1);      /* corrected again since */
    assert_int_equal(correction_renewed_seq(&release, 9, "U-MARA", acts, 4), -1);
    assert_null(correction_renewal("batch.note"));
}

CASE(R14_nobody_renews_what_they_corrected)
{
    static const struct correction_act acts[] = {
        {10, 1, "batch.step_verify", "U-MARA"}, {11, 1, "batch.step_verify", "U-JON"}, {12, 0, "release.review", "U-MARA"}};
    const struct lapsed_act step = {2, "batch.step", 1}, review = {8, "release.review", INTEGER_ABSENT};
    assert_int_equal(correction_renewed_seq(&step, 9, "U-MARA", acts, 1), -1);
    assert_int_equal(correction_renewed_seq(&step, 9, "U-MARA", acts, 3), 11);
    assert_int_equal(correction_renewed_seq(&review, 9, "U-MARA", acts, 3), 12);      /* duties are the service's there */
}

/* what step 2 used, and when */
static void used(void)
{
    recorded();
    struct step_material *m = record_list_add(arena, &record_step_material, &steps[1].materials);
    *m = (struct step_material){"M-1", "2", INTEGER_ABSENT};
    ((struct step_equipment *)record_list_add(arena, &record_step_equipment, &steps[1].equipment))->equipment_id = "E-1";
    steps[1].started_at = MINUTES(40);
    steps[1].ended_at = MINUTES(55);
}

static int correct_use(const char *field, const char *old_value, const char *new_value)
{
    struct batch_correct in = correction(field, old_value, new_value);
    in.step = 2;
    memset(&err, 0, sizeof err);
    return correction_step(arena, doc, steps, 2, &in, &err);
}

CASE(R12_a_correction_reaches_lots_and_quantities)
{
    used();
    const struct step_material *original = LIST_AT(steps[1].materials, struct step_material, 0);
    assert_passes(correct_use("materials.M-1.quantity", "2", "3"));
    assert_passes(correct_use("materials.M-1.lot_id", "M-1", "M-2"));
    assert_passes(correct_use("materials.M-3.quantity", NULL, "1.5"));
    const struct step_material *now = steps[1].materials.items;
    assert_int_equal(steps[1].materials.count, 2);
    assert_string_equal(now[0].lot_id, "M-2");
    assert_string_equal(now[0].quantity, "3");
    assert_string_equal(now[1].lot_id, "M-3");
    assert_string_equal(original->lot_id, "M-1");
    assert_string_equal(original->quantity, "2");
    assert_passes(correct_use("materials.M-3.lot_id", "M-3", NULL));
    assert_int_equal(steps[1].materials.count, 1);
}

CASE(R12_a_correction_reaches_equipment_and_the_reason)
{
    used();
    assert_passes(correct_use("equipment.E-1.equipment_id", "E-1", "E-2"));
    assert_passes(correct_use("equipment.E-3.equipment_id", NULL, "E-3"));
    assert_int_equal(steps[1].equipment.count, 2);
    assert_string_equal(LIST_AT(steps[1].equipment, struct step_equipment, 0)->equipment_id, "E-2");
    assert_passes(correct_use("equipment.E-2.equipment_id", "E-2", NULL));
    assert_int_equal(steps[1].equipment.count, 1);
    assert_passes(correct_use("step.reason", NULL, "the centrifuge was occupied"));
    assert_string_equal(steps[1].reason, "the centrifuge was occupied");
}

CASE(R12_a_correction_reaches_when_the_work_was_done)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    used();
    clock_to_text(MINUTES(40), from);
    clock_to_text(MINUTES(35), to);
    assert_passes(correct_use("step.started_at", from, to));
    assert_int_equal(steps[1].started_at, MINUTES(35));
    assert_refused(correct_use("step.started_at", from, to), ERR_HEAD_STALE, "old_value", "R12");
    assert_refused(correct_use("step.started_at", to, "a quarter past nine"), ERR_FIELD_TYPE, "new_value", "R12");
}

CASE(R12_a_correction_names_what_is_there)
{
    used();
    assert_refused(correct_use("materials.M-9.lot_id", "M-9", "M-2"), ERR_HEAD_STALE, "old_value", "R12");
    assert_refused(correct_use("materials.M-1.lot_id", "M-1", "M-1"), ERR_FIELD_RANGE, "new_value", "R12");
    assert_refused(correct_use("materials.M-1.lot_id", "M-1", "saline"), ERR_FIELD_TYPE, "new_value", "R12");
    assert_refused(correct_use("materials.M-1.quantity", "2", "many"), ERR_FIELD_TYPE, "new_value", "R18");
    assert_refused(correct_use("materials.M-1.quantity", "2", NULL), ERR_FIELD_MISSING, "new_value", "R12");
    assert_refused(correct_use("materials.M-9.lot_id", NULL, "M-9"), ERR_FIELD_RANGE, "field", "R12");
    assert_refused(correct_use("equipment.E-9.equipment_id", NULL, "E-8"), ERR_FIELD_RANGE, "new_value", "R12");
    assert_refused(correct_use("out_ml", "8.0", NULL), ERR_FIELD_MISSING, "new_value", "R12");
    static const char *const nowhere[] = {"step.step", "materials.quantity", "materials..quantity", "equipment.E-1.title", ".", "a.b.c"};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        assert_refused(correct_use(nowhere[i], "1", "2"), ERR_FIELD_UNKNOWN, "field", "R12");
}

CASE(R12_a_correction_says_which_lot_and_equipment_it_relies_on)
{
    struct batch_correct in = correction("materials.M-1.lot_id", "M-1", "M-2");
    recorded();
    assert_passes(correction_name(arena, &in, &err));
    assert_string_equal(in.lot_id, "M-2");
    in = correction("materials.M-3.quantity", NULL, "1");
    assert_passes(correction_name(arena, &in, &err));
    assert_string_equal(in.lot_id, "M-3");
    assert_null(in.equipment_id);
    in = correction("equipment.E-1.equipment_id", "E-1", "E-2");
    assert_passes(correction_name(arena, &in, &err));
    assert_string_equal(in.equipment_id, "E-2");
    in = correction("n_live", "300", "330");
    assert_passes(correction_name(arena, &in, &err));
    assert_true(in.lot_id == NULL && in.equipment_id == NULL);
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
