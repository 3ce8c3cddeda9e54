/* Opened vials over real sockets (R18): numbered, in use for so long, corrected, discarded; refused when their time has passed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define HOUR INT64_C(3600000)

/* a lot of 20 mL that keeps that long once open, released */
static const char *lab(struct short_batch *b, int64_t in_use_h)
{
    const char *lot = short_fresh("M");
    struct material_receive receive;
    struct material_release release = {.lot_id = lot};
    record_init(&record_material_receive, &receive);
    receive.lot_id = lot;
    receive.material = "Collagenase";
    receive.material_class = "enzyme";
    receive.manufacturer = "Test";
    receive.lot_number = lot;
    receive.expires_at = clock_ms() + 100 * HOUR;
    receive.quantity = "20";
    receive.unit = "mL";
    receive.in_use_h = in_use_h;
    assert_done(short_act("U-MARA", "batch.material_receive", &receive));
    assert_done(short_act("U-ELENA", "batch.material_release", &release));
    short_with_material("enzyme");
    short_begun(b, "related");
    return lot;
}

static int opened(const char *lot, const char *quantity, int64_t at_ms)
{
    struct material_open in;
    record_init(&record_material_open, &in);
    in.lot_id = lot;
    in.opened_at = at_ms;
    in.quantity = quantity;
    return short_act("U-MARA", "batch.material_open", &in);
}

static int corrected(const char *person, const char *lot, int64_t at_ms)
{
    struct vial_correct in;
    record_init(&record_vial_correct, &in);
    in.lot_id = lot;
    in.vial_no = 1;
    in.opened_at = at_ms;
    in.reason = "read off the wrong vial";
    return short_act(person, "batch.vial_correct", &in);
}

static int stepped(const struct short_batch *b, const char *lot, int64_t no, const char *quantity, int64_t at_ms)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = b->batch;
    in.step = 1;
    in.started_at = in.ended_at = at_ms;
    *(struct step_value *)record_list_add(house_arena(), &record_step_value, &in.values) = (struct step_value){"filled", "true"};
    *(struct step_material *)record_list_add(house_arena(), &record_step_material, &in.materials) = (struct step_material){lot, quantity, no};
    return short_act("U-MARA", "batch.step", &in);
}

/* vial ${no} of the lot as the list of open ones has it; NULL: it is not there */
static const struct vial_row *listed(const char *lot, int64_t no)
{
    static struct vial_rows out;
    record_init(&record_vial_rows, &out);
    assert_done(short_ask("batch.vials", NULL, &out));
    for (size_t i = 0; i < out.vials.count; i++) {
        const struct vial_row *row = LIST_AT(out.vials, const struct vial_row, i);
        if (strcmp(row->lot_id, lot) == 0 && row->vial_no == no)
            return row;
    }
    return NULL;
}

CASE(R18_a_step_names_an_opened_vial_that_is_in_its_limit)
{
    struct short_batch b;
    const char *lot = lab(&b, 2);
    int64_t at_ms = clock_ms();
    assert_refused(stepped(&b, lot, INTEGER_ABSENT, "1", clock_ms()), ERR_MATERIAL_REFUSED, "R18");
    assert_refused(stepped(&b, lot, 1, "1", clock_ms()), ERR_NOT_FOUND, "R18");
    assert_refused(opened(lot, "21", at_ms), ERR_MATERIAL_REFUSED, "R18");
    assert_done(opened(lot, "5", at_ms));
    assert_refused(opened(lot, "16", at_ms), ERR_MATERIAL_REFUSED, "R18");       /* 15 are in no vial */
    assert_done(opened(lot, "15", at_ms));
    assert_int_equal(listed(lot, 1)->use_by, at_ms + 2 * HOUR);
    assert_string_equal(listed(lot, 2)->quantity, "15");
    assert_refused(stepped(&b, lot, 1, "5.1", clock_ms()), ERR_MATERIAL_REFUSED, "R18");
    assert_refused(stepped(&b, lot, 1, "1", at_ms - 1000), ERR_MATERIAL_REFUSED, "R18");   /* it was not open yet */
    assert_done(stepped(&b, lot, 1, "5", clock_ms()));
    assert_null(listed(lot, 1));
    assert_non_null(listed(lot, 2));
}

CASE(R18_R12_an_opening_corrected_back_ends_the_vials_time)
{
    struct short_batch b;
    const char *lot = lab(&b, 1);
    int64_t at_ms = clock_ms();
    assert_done(opened(lot, "5", at_ms));
    assert_refused(corrected("U-MARA", lot, at_ms), ERR_FIELD_RANGE, "R12");
    assert_refused(corrected("U-MARA", lot, at_ms - HOUR), ERR_MATERIAL_REFUSED, "R18");       /* the lot was not released yet */
    assert_done(corrected("U-MARA", lot, at_ms - 1));
    assert_int_equal(listed(lot, 1)->use_by, at_ms - 1 + HOUR);
    assert_refused(corrected("U-MARA", lot, at_ms), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(corrected("U-JON", lot, at_ms));
    assert_int_equal(listed(lot, 1)->use_by, at_ms + HOUR);
    int64_t used_ms = clock_ms();
    assert_done(stepped(&b, lot, 1, "1", used_ms));
    assert_refused(corrected("U-JON", lot, used_ms + 1), ERR_MATERIAL_REFUSED, "R18");         /* a use would lie before it */
}

CASE(R18_a_discarded_vial_is_used_no_more)
{
    struct short_batch b;
    const char *lot = lab(&b, 1);
    int64_t at_ms = clock_ms();
    assert_done(opened(lot, "5", at_ms));
    struct vial_discard in = {.lot_id = lot, .vial_no = 1, .discarded_at = at_ms};
    assert_done(short_act("U-JON", "batch.vial_discard", &in));
    assert_refused(short_act("U-JON", "batch.vial_discard", &in), ERR_EXISTS, "R18");
    assert_int_equal(listed(lot, 1)->discarded_at, at_ms);
    assert_refused(stepped(&b, lot, 1, "1", at_ms + 1), ERR_MATERIAL_REFUSED, "R18");
    assert_refused(opened(lot, "16", clock_ms()), ERR_MATERIAL_REFUSED, "R18");                /* 15 are left of the lot */
    assert_done(opened(lot, "15", clock_ms()));
    assert_done(stepped(&b, lot, 2, "1", clock_ms()));
}

static int corrected_to(const struct short_batch *b, const char *lot, const char *old, const char *new)
{
    char field[80];
    struct batch_correct in;
    record_init(&record_batch_correct, &in);
    snprintf(field, sizeof field, "materials.%s/1.quantity", lot);
    in.batch_id = b->batch;
    in.step = 1;
    in.field = field;
    in.old_value = old;
    in.new_value = new;
    in.reason = "the scale was read wrongly";
    return short_act("U-MARA", "batch.correct", &in);
}

/* nothing of the lot is left: what was used is a part of what was thrown away */
CASE(R18_R15_a_vial_discarded_since_is_recorded_as_it_was_used)
{
    struct short_batch b;
    const char *lot = lab(&b, 1);
    int64_t at_ms = clock_ms();
    assert_done(opened(lot, "20", at_ms));
    struct vial_discard in = {.lot_id = lot, .vial_no = 1, .discarded_at = at_ms};
    assert_done(short_act("U-JON", "batch.vial_discard", &in));
    assert_refused(stepped(&b, lot, 1, "20.1", at_ms), ERR_MATERIAL_REFUSED, "R18");
    assert_done(stepped(&b, lot, 1, "5", at_ms));
    assert_done(corrected_to(&b, lot, "5", "6"));
    assert_refused(corrected_to(&b, lot, "6", "20.1"), ERR_MATERIAL_REFUSED, "R18");
    assert_done(corrected_to(&b, lot, "6", "4"));
}

CASE(R18_a_correction_names_the_other_vial)
{
    struct short_batch b;
    const char *lot = lab(&b, 1);
    char field[80], from[48], to[48];
    assert_done(opened(lot, "5", clock_ms()));
    assert_done(opened(lot, "5", clock_ms()));
    assert_done(stepped(&b, lot, 1, "2", clock_ms()));
    snprintf(from, sizeof from, "%s/1", lot);
    snprintf(to, sizeof to, "%s/2", lot);
    snprintf(field, sizeof field, "materials.%s.lot_id", from);
    struct batch_correct in;
    record_init(&record_batch_correct, &in);
    in.batch_id = b.batch;
    in.step = 1;
    in.field = field;
    in.old_value = from;
    in.new_value = lot;
    in.reason = "the label was read wrongly";
    assert_refused(short_act("U-MARA", "batch.correct", &in), ERR_MATERIAL_REFUSED, "R18");    /* of no vial */
    in.new_value = to;
    assert_done(short_act("U-MARA", "batch.correct", &in));
    assert_string_equal(listed(lot, 1)->quantity, "5");
    assert_string_equal(listed(lot, 2)->quantity, "3");
}

/* its lot's stream is in the dossier, and a verifier comes to the same */
CASE(R18_a_dossier_of_a_batch_that_used_a_vial_holds)
{
    struct short_batch b;
    struct dossier_file d;
    struct err e;
    const char *lot = lab(&b, 1);
    assert_done(opened(lot, "5", clock_ms()));
    assert_done(stepped(&b, lot, 1, "2", clock_ms()));
    assert_done(short_fill(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_string_equal(short_gate_point(&b, 7)->state, "holds");
    assert_done(short_release(&b));
    if (house_dossier(b.batch, &d, &e) != 0)
        fail_msg("%s", e.text);
    const char *path = house_dossier_keep(&d, "vial.asice");
    assert_non_null(path);
    assert_int_equal(house_dossier_status(path, "trust"), 0);
    unlink(path);
}
