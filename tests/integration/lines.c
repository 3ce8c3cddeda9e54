/* Line clearance over real sockets: a work place has one batch at a time, and the next one comes to it when it is cleared (R05). */
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

/* two batches, and a cabinet of the case's own that both are worked on at */
static const char *lab(struct short_batch *first, struct short_batch *second)
{
    const char *place = short_fresh("E");
    struct equipment_register cabinet = {place, "Cabinet", "biosafety_cabinet", "1"};
    struct equipment_calibrate calibrate = {place, clock_ms() - 60000, clock_ms() + 86400000, "c", "pass", TIME_ABSENT};
    short_at_place("biosafety_cabinet", "verified");
    assert_done(short_act("U-CLARA", "batch.equipment_register", &cabinet));
    assert_done(short_act("U-CLARA", "batch.equipment_calibrate", &calibrate));
    short_begun(first, "related");
    short_begun(second, "related");
    return place;
}

static struct line_clear clearing(const struct short_batch *b, const char *place)
{
    struct line_clear in;
    record_init(&record_line_clear, &in);
    in.batch_id = b->batch;
    in.equipment_id = place;
    in.cleared_at = clock_ms();
    in.materials_removed = in.labels_removed = in.surface_cleaned = 1;
    in.cleaned_with = "70 % isopropanol";
    return in;
}

static int verified(const char *person, const struct short_batch *b, const char *place)
{
    struct line_verify in;
    record_init(&record_line_verify, &in);
    in.batch_id = b->batch;
    in.equipment_id = place;
    return short_act(person, "batch.line_verify", &in);
}

/* cleared and verified; since when, and the entry of the clearance */
static int64_t cleared(const struct short_batch *b, const char *place, int64_t *ret_seq)
{
    struct line_clear in = clearing(b, place);
    assert_done(short_act("U-MARA", "batch.line_clear", &in));
    *ret_seq = short_seq();
    assert_done(verified("U-JON", b, place));
    return in.cleared_at;
}

/* the batch's step, there, begun at that time and at once ended */
static int stepped(const struct short_batch *b, const char *place, int64_t since_ms)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = b->batch;
    in.step = 1;
    in.started_at = since_ms;
    in.ended_at = since_ms + 1;
    *(struct step_value *)record_list_add(house_arena(), &record_step_value, &in.values) = (struct step_value){"filled", "true"};
    ((struct step_equipment *)record_list_add(house_arena(), &record_step_equipment, &in.equipment))->equipment_id = place;
    return short_act("U-MARA", "batch.step", &in);
}

static void assert_named(const char *batch)
{
    if (strstr(short_error()->text, batch) == NULL)
        fail_msg("%s is not named: %s", batch, short_error()->text);
}

CASE(R05_a_second_batch_at_a_place_waits_for_the_line_clearance)
{
    struct short_batch first, second;
    int64_t seq;
    const char *place = lab(&first, &second);
    assert_refused(stepped(&first, place, clock_ms()), ERR_LINE_NOT_CLEARED, "R05");
    assert_done(stepped(&first, place, cleared(&first, place, &seq)));
    assert_refused(stepped(&second, place, clock_ms()), ERR_LINE_NOT_CLEARED, "R05");
    assert_named(first.batch);

    struct line_clear in = clearing(&second, place);
    in.labels_removed = 0;
    assert_refused(short_act("U-MARA", "batch.line_clear", &in), ERR_LINE_NOT_CLEARED, "R05");
    in.labels_removed = 1;
    in.equipment_id = "E-TANK1";
    assert_refused(short_act("U-MARA", "batch.line_clear", &in), ERR_EQUIPMENT_REFUSED, "R05");
    in.equipment_id = "E-NOWHERE";
    assert_refused(short_act("U-MARA", "batch.line_clear", &in), ERR_NOT_FOUND, "R05");
    in.equipment_id = place;
    in.cleared_at = clock_ms() - 20 * 60000;
    assert_refused(short_act("U-MARA", "batch.line_clear", &in), ERR_REASON_MISSING, "R15");
    assert_refused(verified("U-JON", &second, place), ERR_ORDER_FORBIDS, "R05");
    in.cleared_at = clock_ms();
    assert_done(short_act("U-MARA", "batch.line_clear", &in));
    assert_refused(stepped(&second, place, in.cleared_at), ERR_LINE_NOT_CLEARED, "R05");      /* nobody looked at it */
    assert_refused(verified("U-MARA", &second, place), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(verified("U-JON", &second, place));
    assert_refused(verified("U-JON", &second, place), ERR_EXISTS, "R10");
    assert_refused(stepped(&second, place, in.cleared_at - 1), ERR_LINE_NOT_CLEARED, "R05");  /* begun before */
    assert_done(stepped(&second, place, in.cleared_at));
}

CASE(R05_a_batch_that_comes_back_clears_the_place_again)
{
    struct short_batch first, second;
    int64_t seq;
    const char *place = lab(&first, &second);
    cleared(&first, place, &seq);
    cleared(&second, place, &seq);
    assert_refused(stepped(&first, place, clock_ms()), ERR_LINE_NOT_CLEARED, "R05");
    assert_named(second.batch);
    assert_done(stepped(&first, place, cleared(&first, place, &seq)));
    assert_refused(stepped(&second, place, clock_ms()), ERR_LINE_NOT_CLEARED, "R05");
    assert_named(first.batch);
}

CASE(R05_a_clearance_recorded_in_error_is_void)
{
    struct short_batch first, second;
    int64_t mine, theirs;
    const char *place = lab(&first, &second);
    int64_t since_ms = cleared(&first, place, &mine);
    cleared(&second, place, &theirs);
    assert_refused(stepped(&first, place, clock_ms()), ERR_LINE_NOT_CLEARED, "R05");
    struct batch_void v;
    record_init(&record_batch_void, &v);
    v.batch_id = second.batch;
    v.corrects = theirs;
    v.reason = "the first batch was still in the cabinet";
    assert_refused(short_act("U-MARA", "batch.void", &v), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(short_act("U-JON", "batch.void", &v));
    assert_done(stepped(&first, place, since_ms));
    v.batch_id = first.batch;
    v.corrects = mine;
    assert_refused(short_act("U-JON", "batch.void", &v), ERR_STATE_FORBIDS, "R05");           /* a step rests on it */
}

CASE(R05_a_place_is_not_cleared_under_the_hands_of_another_batch)
{
    struct short_batch first, second;
    int64_t seq;
    const char *place = lab(&first, &second);
    int64_t since_ms = cleared(&first, place, &seq);
    struct line_clear in = clearing(&second, place);
    in.cleared_at = since_ms + 1;
    struct batch_step step;
    record_init(&record_batch_step, &step);
    step.batch_id = first.batch;
    step.step = 1;
    step.started_at = since_ms;
    step.ended_at = since_ms + 2;
    *(struct step_value *)record_list_add(house_arena(), &record_step_value, &step.values) = (struct step_value){"filled", "true"};
    ((struct step_equipment *)record_list_add(house_arena(), &record_step_equipment, &step.equipment))->equipment_id = place;
    assert_done(short_act("U-MARA", "batch.step", &step));
    assert_refused(short_act("U-MARA", "batch.line_clear", &in), ERR_LINE_NOT_CLEARED, "R05");
    assert_named(first.batch);
    in.cleared_at = since_ms + 3;
    assert_done(short_act("U-MARA", "batch.line_clear", &in));
}

CASE(R05_the_record_shows_who_stands_where)
{
    struct short_batch first, second;
    int64_t seq;
    struct nothing none;
    struct equipment_rows machines;
    const char *place = lab(&first, &second);
    cleared(&first, place, &seq);
    const struct batch_show alone = short_shown(&first);
    assert_int_equal(alone.lines.count, 1);
    const struct line_row *row = LIST_AT(alone.lines, struct line_row, 0);
    assert_int_equal(row->entry, seq);
    assert_string_equal(row->person_id, "U-MARA");
    assert_string_equal(row->verified_by, "U-JON");
    assert_null(row->previous_batch_id);
    assert_null(row->next_batch_id);
    cleared(&second, place, &seq);
    assert_string_equal(LIST_AT(short_shown(&first).lines, struct line_row, 0)->next_batch_id, second.batch);
    assert_string_equal(LIST_AT(short_shown(&second).lines, struct line_row, 0)->previous_batch_id, first.batch);
    record_init(&record_nothing, &none);
    assert_done(short_ask("batch.equipment", &none, &machines));
    for (size_t i = 0; i < machines.equipment.count; i++) {
        const struct equipment_row *machine = LIST_AT(machines.equipment, struct equipment_row, i);
        if (strcmp(machine->equipment_id, place) == 0)
            assert_string_equal(machine->batch_id, second.batch);
    }
}
