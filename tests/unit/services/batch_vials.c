/* Opening a vial, saying later when it was, and discarding it, pure (R18). */
#include "support/test.h"

#include "batch_sample.h"
#include "vial_rules.h"

static struct vial_case ready(void)
{
    return (struct vial_case){.lot = {"M-1", "released", "kit", "20", "mL", "U-CARL", MINUTES(600), MINUTES(-600), 6,
                                      {.no = 1, .opened_ms = MINUTES(0), .use_by_ms = MINUTES(360), .discarded_ms = TIME_ABSENT, .left = "5"}},
                              .opened = 1, .unopened = "15", .opened_seq = 2, .opened_by = "U-ANNA", .first_ms = TIME_ABSENT,
                              .last_ms = TIME_ABSENT, .began_ms = TIME_ABSENT};
}

static int opened(int64_t at_ms, const char *quantity, const char *reason, const struct vial_case *facts)
{
    struct material_open in;
    record_init(&record_material_open, &in);
    in.lot_id = "M-1";
    in.opened_at = at_ms;
    in.quantity = quantity;
    in.reason = reason;
    return rule_material_open(&in, facts, MINUTES(60), &LIMITS, &err);
}

CASE(R18_a_vial_is_opened_of_a_released_lot_in_date)
{
    sample();
    struct vial_case facts = ready();
    assert_passes(opened(MINUTES(55), "5", NULL, &facts));
    facts.lot.released_ms = MINUTES(56);
    assert_refused(opened(MINUTES(55), "5", NULL, &facts), ERR_MATERIAL_REFUSED, "opened_at", "R18");
    facts.lot.released_ms = TIME_ABSENT;
    assert_refused(opened(MINUTES(55), "5", NULL, &facts), ERR_MATERIAL_REFUSED, "opened_at", "R18");
    facts = ready();
    facts.lot.expires_ms = MINUTES(55);
    assert_refused(opened(MINUTES(55), "5", NULL, &facts), ERR_MATERIAL_REFUSED, "opened_at", "R18");
    facts = ready();
    facts.lot.in_use_h = 0;
    assert_refused(opened(MINUTES(55), "5", NULL, &facts), ERR_MATERIAL_REFUSED, "lot_id", "R18");
    facts.lot.state = NULL;
    assert_refused(opened(MINUTES(55), "5", NULL, &facts), ERR_NOT_FOUND, "lot_id", "R18");
}

CASE(R18_no_more_is_opened_than_is_unopened)
{
    sample();
    struct vial_case facts = ready();
    assert_passes(opened(MINUTES(55), "15.0", NULL, &facts));
    assert_refused(opened(MINUTES(55), "15.1", NULL, &facts), ERR_MATERIAL_REFUSED, "quantity", "R18");
    assert_refused(opened(MINUTES(55), "0", NULL, &facts), ERR_FIELD_RANGE, "quantity", "R18");
    assert_refused(opened(MINUTES(55), "-1", NULL, &facts), ERR_FIELD_RANGE, "quantity", "R18");
}

CASE(R15_a_vial_that_is_recorded_late_says_why)
{
    sample();
    struct vial_case facts = ready();
    assert_refused(opened(MINUTES(62), "5", NULL, &facts), ERR_TIME_REFUSED, "opened_at", "R15");
    assert_refused(opened(MINUTES(44), "5", NULL, &facts), ERR_REASON_MISSING, "reason", "R15");
    assert_passes(opened(MINUTES(44), "5", "the tablet was in the other room", &facts));
}

static int corrected(int64_t at_ms, const char *person, const struct vial_case *facts)
{
    struct vial_correct in;
    record_init(&record_vial_correct, &in);
    in.lot_id = "M-1";
    in.vial_no = 1;
    in.opened_at = at_ms;
    in.reason = "read off the wrong vial";
    return rule_vial_correct(&in, facts, person, MINUTES(60), &LIMITS, &err);
}

CASE(R18_R12_no_use_comes_to_lie_outside_when_an_opening_is_corrected)
{
    sample();
    struct vial_case facts = ready();
    facts.first_ms = MINUTES(20);
    facts.last_ms = MINUTES(50);
    facts.used_by = "B-1";
    assert_passes(corrected(MINUTES(20), "U-BERT", &facts));
    assert_refused(corrected(MINUTES(21), "U-BERT", &facts), ERR_MATERIAL_REFUSED, "opened_at", "R18");
    assert_passes(corrected(MINUTES(-309), "U-ANNA", &facts));
    assert_refused(corrected(MINUTES(-310), "U-ANNA", &facts), ERR_MATERIAL_REFUSED, "opened_at", "R18");   /* 50 is the limit then */
    assert_refused(corrected(MINUTES(20), "U-ANNA", &facts), ERR_DUTIES_SEGREGATED, "opened_at", "R10");
    facts.lot.vial.opened_ms = TIME_ABSENT;
    assert_refused(corrected(MINUTES(20), "U-BERT", &facts), ERR_NOT_FOUND, "vial_no", "R18");
}

CASE(R18_R12_an_opening_is_not_corrected_behind_its_discard)
{
    sample();
    struct vial_case facts = ready();
    facts.lot.vial.discarded_ms = MINUTES(30);
    assert_passes(corrected(MINUTES(30), "U-BERT", &facts));
    assert_refused(corrected(MINUTES(31), "U-BERT", &facts), ERR_TIME_REFUSED, "opened_at", "R18");
}

static int discarded(int64_t at_ms, const struct vial_case *facts)
{
    struct vial_discard in = {.lot_id = "M-1", .vial_no = 1, .discarded_at = at_ms};
    return rule_vial_discard(&in, facts, MINUTES(60), &LIMITS, &err);
}

CASE(R18_a_vial_is_discarded_once_and_behind_its_uses)
{
    sample();
    struct vial_case facts = ready();
    assert_passes(discarded(MINUTES(50), &facts));
    assert_refused(discarded(MINUTES(-1), &facts), ERR_TIME_REFUSED, "discarded_at", "R18");
    assert_refused(discarded(MINUTES(62), &facts), ERR_TIME_REFUSED, "discarded_at", "R15");
    facts.began_ms = MINUTES(40);
    assert_passes(discarded(MINUTES(40), &facts));
    assert_refused(discarded(MINUTES(39), &facts), ERR_TIME_REFUSED, "discarded_at", "R18");
    facts.lot.vial.discarded_ms = MINUTES(41);
    assert_refused(discarded(MINUTES(50), &facts), ERR_EXISTS, "vial_no", "R18");
}

CASE(R18_an_in_use_limit_is_an_hour_or_more)
{
    struct material_receive in;
    record_init(&record_material_receive, &in);
    sample();
    in.quantity = "1";
    in.expires_at = MINUTES(600);
    assert_passes(rule_material_receive(&in, NOON, &err));
    in.in_use_h = 0;
    assert_refused(rule_material_receive(&in, NOON, &err), ERR_FIELD_RANGE, "in_use_h", "R18");
    in.in_use_h = 1;
    assert_passes(rule_material_receive(&in, NOON, &err));
}
