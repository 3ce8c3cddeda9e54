#include "support/test.h"

#include <stdlib.h>

#include "base/zone.h"
#include "batch_sample.h"
#include "domain/fill_record.h"
#include "fsm/machines.h"

static struct fill_container containers[2];
static struct step_state states[4];

static struct batch_fill filling(void)
{
    struct batch_fill in;
    record_init(&record_batch_fill, &in);
    containers[0] = (struct fill_container){"A999926000001-D00021A0", "4.0", "1000000"};
    containers[1] = (struct fill_container){"A999926000001-D00021B0", "4.0", "1000000"};
    in.batch_id = "B-1";
    in.volume_in_ml = "10.0";
    in.samples_ml = "1.0";
    in.waste_ml = "1.0";
    in.expires_at = MINUTES(600);
    in.containers = (struct list){containers, 2};
    return in;
}

static struct fill_facts ready(void)
{
    for (int i = 0; i < 3; i++)
        states[i] = (struct step_state){i + 1, i, MINUTES(-30), "U-ANNA", "U-BERT", true, 0};
    return (struct fill_facts){.state = "in_process", .donation_number = "A999926000001", .use = "autologous", .doc = sample(),
                               .steps = states, .step_count = 3, .is_trained = true};
}

static int judged(const struct batch_fill *in, const struct fill_facts *facts)
{
    return rule_fill(in, facts, NOON, &LIMITS, arena, &err);
}

CASE(R33_fill_that_balances_is_taken)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    assert_passes(judged(&in, &facts));
}

CASE(S7_3_held_batch_is_not_filled)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.held = true;
    assert_refused(judged(&in, &facts), ERR_CONSENT_MISSING, "batch_id", "7.3");
}

CASE(R33_half_a_millilitre_is_tolerated_of_little)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    in.waste_ml = "1.5";
    assert_passes(judged(&in, &facts));
    in.waste_ml = "1.51";
    assert_refused(judged(&in, &facts), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
    in.waste_ml = "0.49";
    assert_refused(judged(&in, &facts), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
}

CASE(R33_two_percent_is_tolerated_of_much)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    in.volume_in_ml = "100";
    in.waste_ml = "93";
    assert_passes(judged(&in, &facts));                        /* 102 of 100 */
    in.waste_ml = "93.001";
    assert_refused(judged(&in, &facts), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
}

CASE(T36_container_of_another_donation_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    containers[1].container_id = "A999926000002-D00021B0";
    assert_refused(judged(&in, &facts), ERR_IDENTIFIER_REFUSED, "container_id", "R04");
}

CASE(T36_donation_number_alone_is_no_container)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    containers[0].container_id = "A999926000001";
    assert_int_equal(judged(&in, &facts), ERR_IDENTIFIER_REFUSED);
}

CASE(T36_container_of_another_product_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    containers[1].container_id = "A999926000001-D00031B0";
    assert_refused(judged(&in, &facts), ERR_IDENTIFIER_REFUSED, "container_id", "T36");
}

CASE(R08_collection_type_against_the_use_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.use = "allogeneic";
    assert_refused(judged(&in, &facts), ERR_IDENTIFIER_REFUSED, "container_id", "R08");
}

CASE(T36_container_named_twice_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    containers[1].container_id = containers[0].container_id;
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "containers", "T36");
}

CASE(T35_divisions_differ_by_case)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    containers[1].container_id = "A999926000001-D00021Aa";
    assert_passes(judged(&in, &facts));
}

CASE(T36_container_that_exists_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.taken = "A999926000001-D00021A0";
    assert_refused(judged(&in, &facts), ERR_EXISTS, "containers", "T36");
}

CASE(R12_batch_is_filled_once)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.container_count = 2;
    assert_refused(judged(&in, &facts), ERR_EXISTS, "batch_id", "R12");
}

CASE(R09_fill_before_its_turn_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.step_count = 2;
    assert_refused(judged(&in, &facts), ERR_ORDER_FORBIDS, "batch_id", "R09");
    facts.step_count = 3;
    states[2].verified_by = NULL;
    assert_refused(judged(&in, &facts), ERR_ORDER_FORBIDS, "batch_id", "R09");
}

CASE(T19_expiry_lies_ahead_and_within_shelf_life)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    in.expires_at = NOON;
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "expires_at", "T19");
    in.expires_at = MINUTES(24 * 60 - 30);                     /* 24 h after formulation ended */
    assert_passes(judged(&in, &facts));
    in.expires_at += 1;
    assert_refused(judged(&in, &facts), ERR_LIMIT_HARD, "expires_at", "T19");
}

CASE(T16_T53_shelf_life_in_months_ends_with_the_facilitys_day)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    static const struct { const char *zone, *filled, *latest; } rows[] = {
        {"UTC", "2026-08-31T10:00:00.000Z", "2027-02-28T23:59:59.999Z"},                    /* the month has no 31st */
        {"UTC", "2027-08-31T10:00:00.000Z", "2028-02-29T23:59:59.999Z"},
        {"Asia/Tokyo", "2026-06-14T16:00:00.000Z", "2026-12-15T14:59:59.999Z"},             /* filled on the 15th, there */
        {"America/New_York", "2026-06-15T03:00:00.000Z", "2026-12-15T04:59:59.999Z"},       /* on the 14th, in summer time */
        {"Europe/Vienna", "2026-04-25T10:00:00.000Z", "2026-10-25T22:59:59.999Z"}};         /* the day of 25 hours */
    struct procedure frozen = *facts.doc;
    int64_t latest, filled;
    frozen.shelf_life_months = 6;
    frozen.shelf_life_h = NULL;
    facts.doc = &frozen;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(zone_set(rows[i].zone, &err), 0);
        assert_true(clock_from_text(rows[i].filled, 24, &filled) && clock_from_text(rows[i].latest, 24, &latest));
        in.expires_at = latest;
        assert_passes(rule_fill_expiry(&in, &facts, filled, &err));
        in.expires_at = latest + 1;
        assert_int_equal(rule_fill_expiry(&in, &facts, filled, &err), ERR_LIMIT_HARD);
    }
}

CASE(R22_negative_volume_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    in.samples_ml = "-1.0";
    assert_refused(judged(&in, &facts), ERR_FIELD_RANGE, "volume_in_ml", "R22");
}

CASE(fsm_fill_before_the_first_step_is_refused)
{
    struct batch_fill in = filling();
    struct fill_facts facts = ready();
    facts.state = "open";
    assert_int_equal(judged(&in, &facts), ERR_STATE_FORBIDS);
}

CASE(R09_complete_needs_every_step_done_and_verified)
{
    struct complete_facts facts = {"in_process", sample(), 4, 4, 4, 2};
    assert_passes(rule_complete(&facts, &err));
    facts.steps_done = 3;
    assert_int_equal(rule_complete(&facts, &err), ERR_ORDER_FORBIDS);
    assert_string_equal(err.field, "steps_verified");
    facts.steps_performed = 3;
    assert_int_equal(rule_complete(&facts, &err), ERR_ORDER_FORBIDS);
    assert_string_equal(err.field, "steps_done");
}

CASE(R33_complete_needs_the_fill_of_a_procedure_that_fills)
{
    struct complete_facts facts = {"in_process", sample(), 4, 4, 4, 0};
    assert_int_equal(rule_complete(&facts, &err), ERR_BALANCE_OPEN);
}

/* the seed rows of SQL and the machine's rows, both ways: the file holds exactly what the machine writes */
CASE(fsm_rows_in_sql_are_the_machines)
{
    sample();
    struct buf rows = buf_new(arena);
    size_t len;
    char *sql = test_read(STEMMA_SQL "/api/batch_fsm.sql", &len);
    assert_non_null(sql);
    fsm_to_sql(&rows, &fsm_batch);
    const char *values = strstr(sql, "values\n");
    assert_non_null(values);
    assert_int_equal(strncmp(values + 7, rows.text, rows.len), 0);
    assert_string_equal(values + 7 + rows.len, ";\n");
    free(sql);
}

/* ---- corrections of a fill */

static struct fill_correct filling_correction(const char *field, const char *old_value, const char *new_value)
{
    return (struct fill_correct){.batch_id = "B-1", .field = field, .old_value = old_value, .new_value = new_value,
                                 .reason = "read from the wrong scale", .corrects = 7};
}

static int put_fill(struct batch_fill *fill, const char *field, const char *old_value, const char *new_value)
{
    struct fill_correct in = filling_correction(field, old_value, new_value);
    memset(&err, 0, sizeof err);
    return fill_record_put(arena, fill, &in, &err);
}

CASE(R12_a_correction_reaches_every_value_of_a_fill)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    ready();
    struct batch_fill fill = filling();
    clock_to_text(fill.expires_at, was);
    clock_to_text(fill.expires_at - 60000, is);
    assert_passes(put_fill(&fill, "volume_in_ml", "10.0", "10.2"));
    assert_passes(put_fill(&fill, "samples_ml", "1.0", "1.1"));
    assert_passes(put_fill(&fill, "waste_ml", "1.0", "1.1"));
    assert_passes(put_fill(&fill, "expires_at", was, is));
    assert_passes(put_fill(&fill, "containers.A999926000001-D00021B0.volume_ml", "4.0", "4.1"));
    assert_passes(put_fill(&fill, "containers.A999926000001-D00021B0.cells", "1000000", "1100000"));
    const struct fill_container *k = fill.containers.items;
    assert_string_equal(fill.volume_in_ml, "10.2");
    assert_int_equal(fill.expires_at, MINUTES(599));
    assert_string_equal(k[1].volume_ml, "4.1");
    assert_string_equal(k[1].cells, "1100000");
    assert_string_equal(k[0].volume_ml, "4.0");
    assert_string_equal(containers[1].volume_ml, "4.0");          /* what was recorded */
}

CASE(R12_a_correction_of_a_fill_names_what_is_there)
{
    ready();
    struct batch_fill fill = filling();
    assert_refused(put_fill(&fill, "volume_in_ml", "11.0", "12.0"), ERR_HEAD_STALE, "old_value", "R12");
    assert_refused(put_fill(&fill, "volume_in_ml", "10.0", "10.0"), ERR_FIELD_RANGE, "new_value", "R12");
    assert_refused(put_fill(&fill, "volume_in_ml", "10.0", "ten"), ERR_FIELD_TYPE, "new_value", "R22");
    assert_refused(put_fill(&fill, "samples_ml", "1.0", "-1.0"), ERR_FIELD_RANGE, "new_value", "R22");
    assert_refused(put_fill(&fill, "containers.A999926000001-D00021B0.volume_ml", "4.0", "0.0"), ERR_FIELD_RANGE, "new_value", "R22");
    assert_refused(put_fill(&fill, "containers.A999926000001-D00021C0.cells", "1", "2"), ERR_NOT_FOUND, "field", "R12");
    static const char *const nowhere[] = {"batch_id", "containers", "containers.cells", "containers.A999926000001-D00021B0.container_id", ""};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        assert_refused(put_fill(&fill, nowhere[i], "1", "2"), ERR_FIELD_UNKNOWN, "field", "R12");
}

CASE(R33_a_corrected_fill_balances_and_expires_as_the_procedure_says)
{
    struct fill_facts facts = ready();
    struct batch_fill fill = filling();
    struct fill_correct in = filling_correction("volume_in_ml", "10.0", "10.2");
    assert_passes(rule_fill_corrected(&in, &fill, &facts, MINUTES(0), &LIMITS, arena, &err));
    fill.volume_in_ml = "20.0";
    assert_refused(rule_fill_corrected(&in, &fill, &facts, MINUTES(0), &LIMITS, arena, &err), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
    fill = filling();
    fill.expires_at = MINUTES(24 * 60 - 29);                      /* formulated at -30 */
    assert_refused(rule_fill_corrected(&in, &fill, &facts, MINUTES(0), &LIMITS, arena, &err), ERR_LIMIT_HARD, "expires_at", "T19");
    fill = filling();
    in.reason = "x";
    assert_refused(rule_fill_corrected(&in, &fill, &facts, MINUTES(0), &LIMITS, arena, &err), ERR_REASON_MISSING, "reason", "R13");
}

CASE(R14_a_corrected_fill_waits_for_the_next_review)
{
    static const struct correction_act acts[] = {
        {3, 0, "batch.fill", "U-MARA"}, {4, 2, "batch.step_verify", "U-JON"}, {5, 0, "release.review", "U-ELENA"},
        {8, 0, "release.review", "U-MARA"}, {9, 0, "release.review", "U-ELENA"}};
    ready();
    struct fill_correct in = filling_correction("volume_in_ml", "10.0", "10.2");
    in.corrects = 3;
    fill_record_lapse(arena, acts, 3, &in);
    assert_int_equal(in.lapsed.count, 2);
    const struct lapsed_act *fill = LIST_AT(in.lapsed, struct lapsed_act, 0);
    assert_int_equal(fill->entry, 3);
    assert_int_equal(LIST_AT(in.lapsed, struct lapsed_act, 1)->entry, 5);
    assert_int_equal(correction_renewed_seq(fill, 7, "U-MARA", acts, 4), -1);      /* nobody renews what they corrected */
    assert_int_equal(correction_renewed_seq(fill, 7, "U-MARA", acts, 5), 9);
}
