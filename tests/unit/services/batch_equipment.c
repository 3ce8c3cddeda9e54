/* What keeps equipment fit for use, pure (R19): recorded whatever state it is in, and asked of it where a step does. */
#include "support/test.h"

#include "batch_sample.h"
#include "equipment_rules.h"

static struct procedure_class asking = {.name = "centrifuge", .clean_within_h = 2, .qualified = true};

/* the step of 12:40 to 12:55; cleaned at noon, qualified for long, in service */
static struct equipment_facts fit(void)
{
    return (struct equipment_facts){.equipment_id = "E-1", .equipment_class = "centrifuge", .result = "pass", .due_ms = MINUTES(600),
                                    .qualified = "pass", .qualified_due_ms = MINUTES(600), .cleaned_ms = MINUTES(0), .cleaned_seq = 4};
}

static int used(const struct procedure_class *is, const struct equipment_facts *q)
{
    struct batch_step in = {.started_at = MINUTES(40), .ended_at = MINUTES(55)};
    return step_use_fit(&in, is, q, &err);
}

CASE(R19_equipment_is_clean_where_the_step_asks_for_it)
{
    sample();
    struct equipment_facts q = fit();
    assert_passes(used(&asking, &q));
    q.cleaned_ms = MINUTES(40 - 120);
    assert_passes(used(&asking, &q));
    q.cleaned_ms--;
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    q = fit();
    q.other = "B-9";
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    assert_non_null(strstr(err.text, "B-9"));
    q = fit();
    q.cleaned_seq = -1;
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    assert_passes(used(&(struct procedure_class){.name = "centrifuge"}, &q));      /* who does not ask is not held up */
    assert_passes(used(NULL, &q));
}

CASE(R19_equipment_is_qualified_where_the_step_asks_for_it)
{
    sample();
    struct equipment_facts q = fit();
    q.qualified_due_ms = MINUTES(55);
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    q.qualified_due_ms++;
    assert_passes(used(&asking, &q));
    q.qualified = "fail";
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    q.qualified = NULL;
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
}

CASE(R19_equipment_out_of_service_is_not_used_whoever_asks)
{
    sample();
    struct equipment_facts q = fit();
    q.out = "the lid does not lock";
    assert_refused(used(&asking, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    assert_refused(used(NULL, &q), ERR_EQUIPMENT_REFUSED, "equipment", "R19");
    assert_non_null(strstr(err.text, "the lid does not lock"));
}

CASE(R19_a_step_names_the_cleanings_that_it_rests_on)
{
    struct procedure_step step = {.no = 1, .equipment = {&asking, 1}};
    struct equipment_facts pieces[] = {fit(), fit()};
    struct step_equipment uses[] = {{"E-2"}, {"E-1"}};
    struct batch_step in = {.equipment = {uses, 2}};
    struct list named = {NULL, 0};
    sample();
    pieces[1].equipment_id = "E-2";
    pieces[1].equipment_class = "pipette";          /* of which the step says nothing */
    step_use_cleanings(arena, &in, &step, pieces, 2, &named);
    assert_int_equal(named.count, 1);
    assert_string_equal(LIST_AT(named, struct step_cleaning, 0)->equipment_id, "E-1");
    assert_int_equal(LIST_AT(named, struct step_cleaning, 0)->entry, 4);
}

static int cleaned(int64_t at_ms, const char *reason, bool known, const struct lot_facts *agent)
{
    struct equipment_clean in;
    record_init(&record_equipment_clean, &in);
    in.equipment_id = "E-1";
    in.lot_id = "M-9";
    in.method = "wiped, wet for ten minutes";
    in.cleaned_at = at_ms;
    in.reason = reason;
    return rule_clean(&in, known, agent, MINUTES(60), &LIMITS, &err);
}

CASE(R19_R18_a_cleaning_has_an_agent_that_was_released_and_in_date)
{
    struct lot_facts agent = {.lot_id = "M-9", .state = "released", .expires_ms = MINUTES(600), .released_ms = MINUTES(-600),
                              .vial = {.opened_ms = TIME_ABSENT, .discarded_ms = TIME_ABSENT}};
    sample();
    assert_passes(cleaned(MINUTES(55), NULL, true, &agent));
    assert_refused(cleaned(MINUTES(55), NULL, false, &agent), ERR_NOT_FOUND, "equipment_id", "");
    assert_refused(cleaned(MINUTES(62), NULL, true, &agent), ERR_TIME_REFUSED, "cleaned_at", "R15");
    assert_refused(cleaned(MINUTES(44), NULL, true, &agent), ERR_REASON_MISSING, "reason", "R15");
    assert_passes(cleaned(MINUTES(44), "the tablet was charging", true, &agent));
    agent.in_use_h = 6;                 /* from which vial? */
    assert_refused(cleaned(MINUTES(55), NULL, true, &agent), ERR_MATERIAL_REFUSED, "materials", "R18");
    agent.in_use_h = 0;
    agent.expires_ms = MINUTES(55);
    assert_refused(cleaned(MINUTES(55), NULL, true, &agent), ERR_MATERIAL_REFUSED, "lot_id", "R18");
    agent.released_ms = TIME_ABSENT;
    assert_refused(cleaned(MINUTES(55), NULL, true, &agent), ERR_MATERIAL_REFUSED, "lot_id", "R18");
    agent.state = NULL;
    assert_refused(cleaned(MINUTES(55), NULL, true, &agent), ERR_NOT_FOUND, "lot_id", "R18");
}

CASE(R19_R10_who_tagged_equipment_out_does_not_put_it_back)
{
    struct equipment_tag in = {"E-1", "the lid does not lock"};
    sample();
    assert_passes(rule_tag_out(&in, true, NULL, &err));
    assert_refused(rule_tag_out(&in, true, "U-ANNA", &err), ERR_EXISTS, "equipment_id", "R19");
    assert_refused(rule_tag_out(&in, false, NULL, &err), ERR_NOT_FOUND, "equipment_id", "");
    assert_passes(rule_tag_in(&in, true, "U-ANNA", "U-BERT", &err));
    assert_refused(rule_tag_in(&in, true, "U-ANNA", "U-ANNA", &err), ERR_DUTIES_SEGREGATED, "equipment_id", "R10");
    assert_refused(rule_tag_in(&in, true, NULL, "U-BERT", &err), ERR_ORDER_FORBIDS, "equipment_id", "R19");
    in.reason = "x";
    assert_int_equal(rule_tag_in(&in, true, "U-ANNA", "U-BERT", &err), ERR_REASON_MISSING);
}

CASE(R19_a_qualification_is_recorded_whatever_state_the_equipment_is_in)
{
    struct equipment_qualify in = {.equipment_id = "E-1", .qualified_at = MINUTES(50), .due_at = MINUTES(51), .report = "PQ-7", .result = "pass"};
    sample();
    assert_passes(rule_qualify(&in, true, MINUTES(60), &LIMITS, &err));
    in.due_at = MINUTES(50);
    assert_refused(rule_qualify(&in, true, MINUTES(60), &LIMITS, &err), ERR_FIELD_RANGE, "due_at", "R19");
    assert_refused(rule_qualify(&in, false, MINUTES(60), &LIMITS, &err), ERR_NOT_FOUND, "equipment_id", "");
}
