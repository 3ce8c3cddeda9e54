#include "support/test.h"

#include "batch_sample.h"
#include "domain/batch_record.h"

static struct step_material material;
static struct step_equipment piece;
static struct lot_facts lots[2];
static struct equipment_facts equipment;
static struct step_state states[4];

/* step 2 between 12:40 and 12:55, recorded at 13:00; step 1 ended at 12:30 and is verified */
static struct batch_step step_two(void)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    material = (struct step_material){"M-1", "1", INTEGER_ABSENT};
    piece = (struct step_equipment){"E-1"};
    in.batch_id = "B-1";
    in.step = 2;
    in.started_at = MINUTES(40);
    in.ended_at = MINUTES(55);
    in.materials = (struct list){&material, 1};
    in.equipment = (struct list){&piece, 1};
    return in;
}

static struct step_facts ready(void)
{
    states[0] = (struct step_state){1, 1, MINUTES(30), "U-ANNA", "U-BERT", true, 0};
    lots[0] = (struct lot_facts){"M-1", "released", "kit", "5", "pieces", "U-CARL", MINUTES(600), MINUTES(-600), 0, {0}};
    lots[1] = (struct lot_facts){"M-2", "released", "saline", "100", "mL", "U-CARL", MINUTES(600), MINUTES(-600), 0, {0}};
    equipment = (struct equipment_facts){.equipment_id = "E-1", .equipment_class = "centrifuge", .result = "pass", .due_ms = MINUTES(600)};
    return (struct step_facts){.state = "in_process", .doc = sample(), .steps = states, .step_count = 1,
                               .collected_ms = MINUTES(-60), .is_trained = true, .lots = lots, .lot_count = 2,
                               .equipment = &equipment, .equipment_count = 1};
}

static int judged(const struct batch_step *in, const struct step_facts *facts)
{
    return rule_step(arena, in, facts, MINUTES(60), &LIMITS, &err);
}

CASE(R09_step_in_order_is_taken)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    assert_passes(judged(&in, &facts));
}

CASE(S7_3_step_of_a_held_batch_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    facts.held = true;
    assert_refused(judged(&in, &facts), ERR_CONSENT_MISSING, "batch_id", "7.3");
}

CASE(R09_step_after_one_not_performed_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    facts.step_count = 0;
    assert_refused(judged(&in, &facts), ERR_ORDER_FORBIDS, "step", "R09");
}

CASE(R09_step_after_one_not_verified_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    assert_refused(judged(&in, &facts), ERR_ORDER_FORBIDS, "step", "R09");
}

CASE(R09_verification_is_awaited_only_where_demanded)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    states[0].needs_verify = false;
    assert_passes(judged(&in, &facts));
}

CASE(R23_critical_field_demands_a_second_person)
{
    const struct procedure *doc = sample();
    assert_true(procedure_needs_verify(procedure_step(doc, 1)));    /* verify false, but a critical field */
    assert_true(procedure_needs_verify(procedure_step(doc, 2)));
    assert_false(procedure_needs_verify(procedure_step(doc, 3)));
}

CASE(R12_step_recorded_twice_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    states[1] = (struct step_state){2, 3, MINUTES(50), "U-ANNA", NULL, true, 0};
    facts.step_count = 2;
    assert_refused(judged(&in, &facts), ERR_EXISTS, "step", "R12");
}

CASE(R09_step_that_the_procedure_has_not_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.step = 5;
    assert_refused(judged(&in, &facts), ERR_NOT_FOUND, "step", "R09");
    in.step = 0;
    assert_refused(judged(&in, &facts), ERR_NOT_FOUND, "step", "R09");
}

CASE(fsm_step_on_a_batch_in_test_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    facts.state = "in_test";
    assert_int_equal(judged(&in, &facts), ERR_STATE_FORBIDS);
    facts.state = "rejected";
    assert_int_equal(judged(&in, &facts), ERR_STATE_FORBIDS);
    facts.state = NULL;
    assert_int_equal(judged(&in, &facts), ERR_NOT_FOUND);
}

CASE(R21_untrained_operator_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    facts.is_trained = false;
    assert_int_equal(judged(&in, &facts), ERR_TRAINING_MISSING);
    assert_string_equal(err.rule, "R21");
}

CASE(R15_step_in_the_future_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.ended_at = MINUTES(60) + 5001;
    assert_refused(judged(&in, &facts), ERR_TIME_REFUSED, "ended_at", "R15");
    in.ended_at = MINUTES(60) + 5000;
    assert_passes(judged(&in, &facts));
}

CASE(R15_step_that_ends_before_it_starts_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.ended_at = in.started_at - 1;
    assert_refused(judged(&in, &facts), ERR_TIME_REFUSED, "ended_at", "R15");
}

CASE(R15_late_entry_needs_a_reason)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.ended_at = MINUTES(45);
    assert_passes(judged(&in, &facts));                        /* fifteen minutes to the millisecond */
    in.ended_at = MINUTES(45) - 1;
    assert_refused(judged(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
    in.reason = "late";
    assert_refused(judged(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
    in.reason = "the terminal was out of reach in the clean room";
    assert_passes(judged(&in, &facts));
}

CASE(R15_the_procedure_says_what_is_late)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    struct procedure patient = *facts.doc;
    patient.late_entry_min = 20;
    facts.doc = &patient;
    in.ended_at = MINUTES(40);
    assert_passes(judged(&in, &facts));
    in.started_at = in.ended_at = MINUTES(40) - 1;
    assert_refused(judged(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
}

CASE(R09_step_that_starts_before_the_one_before_ended_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.started_at = MINUTES(30) - 5000;                        /* the clocks of two terminals */
    assert_passes(judged(&in, &facts));
    in.started_at = MINUTES(30) - 5001;
    assert_refused(judged(&in, &facts), ERR_TIME_REFUSED, "started_at", "R09");
}

CASE(hold_time_passed_needs_a_reason)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    states[0].ended_ms = MINUTES(40 - 120);
    assert_passes(judged(&in, &facts));                        /* two hours to the millisecond */
    states[0].ended_ms = MINUTES(40 - 120) - 1;
    assert_refused(judged(&in, &facts), ERR_LIMIT_WARN, "started_at", "R22");
    in.reason = "the centrifuge was occupied by another batch";
    assert_passes(judged(&in, &facts));
}

CASE(hold_time_is_asked_only_where_the_procedure_limits_it)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.step = 3;
    in.materials.count = in.equipment.count = 0;
    states[1] = (struct step_state){2, 3, MINUTES(-6000), "U-ANNA", "U-BERT", true, 0};
    facts.step_count = 2;
    assert_passes(judged(&in, &facts));
}

CASE(hold_time_of_the_first_step_runs_from_collection)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.step = 1;
    in.materials.count = in.equipment.count = 0;
    facts.step_count = 0;
    assert_passes(judged(&in, &facts));
    facts.collected_ms = MINUTES(40 - 361);
    assert_refused(judged(&in, &facts), ERR_LIMIT_WARN, "started_at", "R22");
}

CASE(R18_lot_in_quarantine_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    lots[0].state = "quarantine";
    lots[0].released_ms = TIME_ABSENT;
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_lot_released_after_its_use_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    lots[0].released_ms = MINUTES(55) + 1;
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(T19_lot_that_expires_during_the_step_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    lots[0].expires_ms = MINUTES(50);                          /* good when it began, not when it ended */
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_more_than_is_left_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    material.quantity = "5.0";
    assert_passes(judged(&in, &facts));
    material.quantity = "5.001";
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    material.quantity = "-1";
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "materials", "R18");
}

/* vial 1 of M-1, of which so much is to be used; it was discarded when the step had begun */
static void discarded_since(const char *quantity)
{
    material = (struct step_material){"M-1", quantity, 1};
    lots[0].quantity = "0";
    lots[0].in_use_h = 6;
    lots[0].vial = (struct vial_facts){.no = 1, .opened_ms = MINUTES(40), .use_by_ms = MINUTES(400), .discarded_ms = MINUTES(56), .left = "5"};
}

CASE(R18_what_was_in_a_vial_discarded_since_is_asked_of_the_vial_alone)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    discarded_since("5.0");
    assert_passes(judged(&in, &facts));
    material.quantity = "5.1";
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    material.quantity = "0";
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "materials", "R18");
    material.quantity = "5";
    lots[0].vial.discarded_ms = TIME_ABSENT;
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_lot_of_a_class_that_the_step_has_not_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    lots[0].material_class = "trypsin";
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_required_class_without_a_lot_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    material.lot_id = "M-2";                                   /* saline is allowed, the kit is missing */
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    in.materials.count = 0;
    assert_refused(judged(&in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_lot_named_twice_or_unknown_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    struct step_material twice[] = {{"M-1", "1", INTEGER_ABSENT}, {"M-1", "1", INTEGER_ABSENT}};
    in.materials = (struct list){twice, 2};
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "materials", "R18");
    twice[1].lot_id = "M-9";
    assert_refused(judged(&in, &facts), ERR_NOT_FOUND, "materials", "R18");
}

CASE(R19_equipment_never_calibrated_or_failed_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    equipment.result = NULL;
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    equipment.result = "fail";
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
}

CASE(R19_calibration_that_falls_due_during_the_step_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    equipment.due_ms = MINUTES(50);
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
}

CASE(R19_required_class_without_equipment_is_refused)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    in.equipment.count = 0;
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    in.equipment.count = 1;
    equipment.equipment_class = "incubator";
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
}

/* verification */

static int verified(struct step_facts *facts, const char *person, int64_t reviewed)
{
    struct step_verify in = {"B-1", 1};
    return rule_verify(&in, facts, person, reviewed, &err);
}

CASE(R10_performer_may_not_verify)
{
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    assert_refused(verified(&facts, "U-ANNA", 1), ERR_DUTIES_SEGREGATED, "person", "R10");
    assert_passes(verified(&facts, "U-BERT", 1));
}

CASE(R10_step_is_verified_once)
{
    struct step_facts facts = ready();
    assert_refused(verified(&facts, "U-CARL", 1), ERR_EXISTS, "step", "R10");
}

CASE(R10_step_not_performed_is_not_verified)
{
    struct step_facts facts = ready();
    facts.step_count = 0;
    assert_refused(verified(&facts, "U-BERT", 1), ERR_ORDER_FORBIDS, "step", "R09");
}

CASE(R10_verifier_must_have_seen_the_step)
{
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    assert_refused(verified(&facts, "U-BERT", 0), ERR_HEAD_STALE, "step", "R10");
}

CASE(R21_untrained_verifier_is_refused)
{
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    facts.is_trained = false;
    assert_int_equal(verified(&facts, "U-BERT", 1), ERR_TRAINING_MISSING);
}

CASE(R14_verifier_must_have_seen_the_correction)
{
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    states[0].corrected_seq = 5;
    assert_refused(verified(&facts, "U-BERT", 4), ERR_HEAD_STALE, "step", "R14");
    assert_passes(verified(&facts, "U-BERT", 5));
}

CASE(R10_who_corrected_a_step_may_not_verify_it)
{
    static const struct step_corrector who[] = {{2, "U-BERT"}, {1, "U-CARL"}};
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    facts.correctors = who;
    facts.corrector_count = 2;
    assert_refused(verified(&facts, "U-CARL", 1), ERR_DUTIES_SEGREGATED, "person", "R10");
    assert_passes(verified(&facts, "U-BERT", 1));       /* corrected another step */
}

CASE(R14_no_step_after_one_that_was_corrected_and_not_verified)
{
    struct batch_step in = step_two();
    struct step_facts facts = ready();
    states[0].verified_by = NULL;
    states[0].corrected_seq = 5;
    assert_refused(judged(&in, &facts), ERR_ORDER_FORBIDS, "step", "R09");
    assert_non_null(strstr(err.text, "since it was corrected"));
}

static int corrected(const char *state, int64_t step, const char *reason)
{
    struct batch_correct in = {.batch_id = "B-1", .step = step, .field = "n_live", .old_value = "1", .new_value = "2",
                               .reason = reason};
    struct step_facts facts = ready();
    facts.state = state;
    return rule_correct(&in, &facts, &err);
}

CASE(R13_a_correction_says_why)
{
    assert_refused(corrected("in_test", 1, "typo"), ERR_REASON_MISSING, "reason", "R13");
    assert_passes(corrected("in_test", 1, "digits swapped when typed"));
}

CASE(R12_only_what_is_recorded_is_corrected)
{
    assert_refused(corrected("in_process", 2, "digits swapped when typed"), ERR_NOT_FOUND, "step", "R12");
    assert_int_equal(corrected("handed_over", 1, "digits swapped when typed"), ERR_STATE_FORBIDS);
    assert_int_equal(corrected("rejected", 1, "digits swapped when typed"), ERR_STATE_FORBIDS);
    assert_passes(corrected("released", 1, "digits swapped when typed"));
}

/* readings */

static int read_at(struct reading_facts *facts, int64_t at_ms)
{
    struct batch_reading in = {"B-1", "E-1", "temperature_c", "4.2", at_ms};
    return rule_reading(&in, facts, NOON, &LIMITS, &err);
}

CASE(R19_reading_needs_calibrated_equipment)
{
    struct reading_facts facts = {"in_process", {.equipment_id = "E-1", .equipment_class = "refrigerator", .result = "pass", .due_ms = MINUTES(10)}};
    assert_passes(read_at(&facts, NOON));
    facts.equipment.due_ms = NOON;
    assert_refused(read_at(&facts, NOON), ERR_EQUIPMENT_REFUSED, "equipment_id", "R19");
    facts.equipment.equipment_id = NULL;
    assert_int_equal(read_at(&facts, NOON), ERR_NOT_FOUND);
}

CASE(R19_reading_of_equipment_out_of_service_is_refused)
{
    struct reading_facts facts = {"released", {.equipment_id = "E-1", .equipment_class = "tank", .result = "pass", .due_ms = MINUTES(10)}};
    assert_passes(read_at(&facts, NOON));
    facts.equipment.out = "the alarm is broken";
    assert_refused(read_at(&facts, NOON), ERR_EQUIPMENT_REFUSED, "equipment_id", "R19");
}

CASE(R15_reading_is_made_when_it_is_read)
{
    struct reading_facts facts = {"released", {.equipment_id = "E-1", .equipment_class = "tank", .result = "pass", .due_ms = MINUTES(10)}};
    assert_refused(read_at(&facts, NOON + 5001), ERR_TIME_REFUSED, "read_at", "R15");
    assert_refused(read_at(&facts, MINUTES(-15) - 1), ERR_TIME_REFUSED, "read_at", "R15");
    assert_passes(read_at(&facts, MINUTES(-15)));
}

CASE(fsm_no_reading_on_a_received_batch)
{
    struct reading_facts facts = {"received", {.equipment_id = "E-1", .equipment_class = "tank", .result = "pass", .due_ms = MINUTES(10)}};
    assert_int_equal(read_at(&facts, NOON), ERR_STATE_FORBIDS);
}

/* what is computed */

static const char *computed(const struct list *results, const char *name)
{
    for (size_t i = 0; i < results->count; i++)
        if (strcmp(LIST_AT(*results, struct step_result, i)->name, name) == 0)
            return LIST_AT(*results, struct step_result, i)->value;
    return NULL;
}

static struct step_value values_one[] = {{"volume_ml", "60.0"}, {"n_live", "200"}}, values_two[] = {{"out_ml", "8.0"}};

CASE(R24_computed_values_come_from_the_records_alone)
{
    const struct procedure *doc = sample();
    struct batch_step one = {.step = 1, .values = {values_one, 2}}, two = {.step = 2, .values = {values_two, 1}};
    struct list results;
    batch_record_compute(arena, doc, NULL, 0, &one, &results);
    assert_string_equal(computed(&results, "third"), "66.7");
    batch_record_compute(arena, doc, &one, 1, &two, &results);
    assert_int_equal(results.count, 1);
    assert_string_equal(computed(&results, "back"), "200.00");   /* T03: from the exact third, not from 66.7 */
}

CASE(R28_value_that_cannot_be_computed_says_why)
{
    const struct procedure *doc = sample();
    struct batch_step two = {.step = 2, .values = {values_two, 1}};
    struct list results;
    batch_record_compute(arena, doc, NULL, 0, &two, &results);
    const struct step_result *r = LIST_AT(results, struct step_result, 0);
    assert_null(r->value);
    assert_non_null(r->cannot_evaluate);
}

CASE(R22_hard_limit_through_the_record)
{
    const struct procedure *doc = sample();
    struct step_value values[] = {{"volume_ml", "6000.0"}, {"n_live", "200"}};
    struct batch_step one = {.step = 1, .values = {values, 2}, .reason = "it really is so large"};
    struct procedure_entry entry;
    struct procedure_outcome outcome;
    batch_record_entry(arena, doc, NULL, 0, &one, &entry);
    assert_int_equal(procedure_step_perform(arena, &entry, &outcome, &err), ERR_LIMIT_HARD);
}

CASE(R22_warn_limit_needs_the_steps_reason)
{
    const struct procedure *doc = sample();
    struct step_value values[] = {{"volume_ml", "300.0"}, {"n_live", "200"}};
    struct batch_step one = {.step = 1, .values = {values, 2}};
    struct procedure_entry entry;
    struct procedure_outcome outcome;
    batch_record_entry(arena, doc, NULL, 0, &one, &entry);
    assert_int_equal(procedure_step_perform(arena, &entry, &outcome, &err), ERR_LIMIT_WARN);
    one.reason = "collected from both crests in one session";
    batch_record_entry(arena, doc, NULL, 0, &one, &entry);
    assert_passes(procedure_step_perform(arena, &entry, &outcome, &err));
}

/* step 2 as it stands with a correction of ${field}, between steps 1 and 3 */
static int corrected_at(const char *field, struct batch_step *now, const struct step_facts *facts)
{
    struct batch_step steps[3];
    struct batch_correct in = {.batch_id = "B-1", .step = 2, .field = field, .reason = "copied from the sheet of another batch"};
    for (int i = 0; i < 3; i++) {
        record_init(&record_batch_step, &steps[i]);
        steps[i].step = i + 1;
    }
    steps[1] = *now;
    steps[2].started_at = steps[2].ended_at = MINUTES(58);
    memset(&err, 0, sizeof err);
    return rule_corrected(arena, &in, steps, facts, MINUTES(600), &LIMITS, &err);
}

static struct step_facts all_recorded(void)
{
    struct step_facts facts = ready();
    states[1] = (struct step_state){2, 3, MINUTES(55), "U-ANNA", "U-BERT", true, 0};
    states[2] = (struct step_state){3, 5, MINUTES(58), "U-ANNA", "U-BERT", true, 0};
    facts.step_count = 3;
    return facts;
}

CASE(R18_a_corrected_lot_was_released_and_in_date_when_it_was_used)
{
    struct batch_step in = step_two();
    struct step_facts facts = all_recorded();
    assert_passes(corrected_at("materials.M-9.lot_id", &in, &facts));
    lots[0].expires_ms = MINUTES(50);
    assert_refused(corrected_at("materials.M-9.lot_id", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    lots[0].expires_ms = MINUTES(600);
    lots[0].released_ms = MINUTES(56);
    assert_refused(corrected_at("materials.M-9.lot_id", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    lots[0].released_ms = MINUTES(-600);
    material.quantity = "6";
    assert_refused(corrected_at("materials.M-1.quantity", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    material.quantity = "0";
    assert_refused(corrected_at("materials.M-1.quantity", &in, &facts), ERR_FIELD_RANGE, "materials", "R18");
    in.materials.count = 0;
    assert_refused(corrected_at("materials.M-1.lot_id", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R18_a_correction_upwards_asks_a_vial_discarded_since_alone)
{
    struct batch_step in = step_two();
    struct step_facts facts = all_recorded();
    discarded_since("5");
    assert_passes(corrected_at("materials.M-1/1.quantity", &in, &facts));
    material.quantity = "6";
    assert_refused(corrected_at("materials.M-1/1.quantity", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
}

CASE(R19_corrected_equipment_was_in_calibration_when_it_was_used)
{
    struct batch_step in = step_two();
    struct step_facts facts = all_recorded();
    assert_passes(corrected_at("equipment.E-9.equipment_id", &in, &facts));
    equipment.due_ms = MINUTES(50);
    assert_refused(corrected_at("equipment.E-9.equipment_id", &in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    assert_passes(corrected_at("materials.M-9.lot_id", &in, &facts));         /* which asks nothing of the equipment */
    assert_passes(corrected_at("n_live", &in, &facts));
}

CASE(R15_corrected_times_are_in_order)
{
    struct batch_step in = step_two();
    struct step_facts facts = all_recorded();
    in.started_at = MINUTES(35);
    assert_passes(corrected_at("step.started_at", &in, &facts));
    in.started_at = MINUTES(56);
    assert_refused(corrected_at("step.started_at", &in, &facts), ERR_TIME_REFUSED, "ended_at", "R15");
    in.started_at = MINUTES(20);                                              /* step 1 ended at 30 */
    assert_refused(corrected_at("step.started_at", &in, &facts), ERR_TIME_REFUSED, "started_at", "R09");
    in.started_at = MINUTES(40);
    in.ended_at = MINUTES(59);                                                /* step 3 began at 58 */
    assert_refused(corrected_at("step.ended_at", &in, &facts), ERR_TIME_REFUSED, "ended_at", "R09");
    in.ended_at = MINUTES(57);
    lots[0].expires_ms = MINUTES(56);                                         /* the lot was in date at 55 */
    assert_refused(corrected_at("step.ended_at", &in, &facts), ERR_MATERIAL_REFUSED, "materials", "R18");
    lots[0].expires_ms = MINUTES(600);
    equipment.due_ms = MINUTES(56);
    assert_refused(corrected_at("step.ended_at", &in, &facts), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
}

CASE(T19_a_corrected_end_of_formulation_keeps_the_expiry_of_what_was_filled)
{
    struct step_facts facts = all_recorded();
    struct batch_step steps[3];
    struct batch_correct in = {.batch_id = "B-1", .step = 3, .field = "step.ended_at", .reason = "the clock of the cabinet was wrong"};
    for (int i = 0; i < 3; i++) {
        record_init(&record_batch_step, &steps[i]);
        steps[i].step = i + 1;
    }
    steps[2].started_at = steps[2].ended_at = MINUTES(57);
    facts.expires_ms = MINUTES(57 + 24 * 60);
    assert_passes(rule_corrected(arena, &in, steps, &facts, MINUTES(600), &LIMITS, &err));
    facts.expires_ms = MINUTES(58 + 24 * 60);
    assert_refused(rule_corrected(arena, &in, steps, &facts, MINUTES(600), &LIMITS, &err), ERR_LIMIT_HARD, "expires_at", "T19");
}
