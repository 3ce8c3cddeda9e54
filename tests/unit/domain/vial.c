/* Opened vials (R18): until when one is used, and what a step may use of it. Minutes after an opening at 0; the lot keeps 10 h more. */
#include "domain/vial.h"
#include "record/record.h"
#include "support/test.h"

#define MIN(n) ((int64_t)(n) * 60000)

static struct err err;

static int used(int64_t no, int64_t from_min, int64_t until_min, const char *quantity, const struct vial_facts *vial)
{
    struct step_material use = {"M-1", quantity, no == 0 ? INTEGER_ABSENT : no};
    struct batch_step in = {.started_at = MIN(from_min), .ended_at = MIN(until_min)};
    return vial_check(&in, &use, 6, vial, &err);
}

static struct vial_facts open_vial(void)
{
    return (struct vial_facts){.no = 2, .opened_ms = 0, .use_by_ms = vial_use_by(MIN(600), 0, 6), .discarded_ms = TIME_ABSENT, .left = "5.0"};
}

CASE(R18_a_vial_keeps_for_its_in_use_limit_or_until_the_lot_expires)
{
    assert_int_equal(vial_use_by(MIN(600), 0, 6), MIN(360));
    assert_int_equal(vial_use_by(MIN(600), 0, 10), MIN(600));
    assert_int_equal(vial_use_by(MIN(600), 0, 24), MIN(600));
    assert_int_equal(vial_use_by(MIN(600), MIN(300), 6), MIN(600));
}

CASE(R18_T19_a_vial_is_used_within_its_limit_to_the_end_of_the_step)
{
    struct vial_facts vial = open_vial();
    assert_int_equal(used(2, 300, 359, "1", &vial), 0);
    assert_int_equal(used(2, 300, 360, "1", &vial), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    assert_int_equal(used(2, -20, -1, "1", &vial), ERR_MATERIAL_REFUSED);      /* not open yet */
    assert_int_equal(used(2, -20, 0, "1", &vial), 0);
}

CASE(R18_a_lot_with_an_in_use_limit_is_used_from_opened_vials)
{
    struct vial_facts vial = open_vial(), none = {.no = 3, .opened_ms = TIME_ABSENT, .discarded_ms = TIME_ABSENT};
    struct batch_step in = {.started_at = 0, .ended_at = MIN(1)};
    struct step_material use = {"M-1", "1", 2}, plain = {"M-1", "1", INTEGER_ABSENT};
    assert_int_equal(used(0, 1, 2, "1", &vial), ERR_MATERIAL_REFUSED);
    assert_int_equal(used(3, 1, 2, "1", &none), ERR_NOT_FOUND);
    assert_int_equal(vial_check(&in, &use, 0, &vial, &err), ERR_FIELD_RANGE);    /* a lot without a limit has no vials */
    assert_int_equal(vial_check(&in, &plain, 0, &vial, &err), 0);
}

CASE(R18_a_vial_gives_what_is_in_it_and_nothing_when_discarded)
{
    struct vial_facts vial = open_vial();
    assert_int_equal(used(2, 1, 2, "5.00", &vial), 0);
    assert_int_equal(used(2, 1, 2, "5.01", &vial), ERR_MATERIAL_REFUSED);
    vial.left = NULL;                   /* the verifier does not know it */
    assert_int_equal(used(2, 1, 2, "5.01", &vial), 0);
    vial.discarded_ms = MIN(10);
    assert_int_equal(used(2, 10, 20, "1", &vial), 0);
    assert_int_equal(used(2, 11, 20, "1", &vial), ERR_MATERIAL_REFUSED);
}

/* opened by U-1; ${person} says that it was then, where the other stands */
static int corrected(int64_t to_min, int64_t stood_min, const char *person, struct vial_facts *vial)
{
    struct vial_correct in = {.opened_at = MIN(to_min)};
    vial->opened_ms = MIN(stood_min);
    return vial_correct_by(&in, vial, "U-1", person, &err);
}

CASE(R18_R10_a_later_opening_is_another_persons_to_say)
{
    struct vial_facts vial = open_vial();
    assert_int_equal(corrected(5, 4, "U-1", &vial), ERR_DUTIES_SEGREGATED);
    assert_int_equal(corrected(5, 4, "U-2", &vial), 0);
    assert_int_equal(corrected(5, 6, "U-1", &vial), 0);
    assert_int_equal(corrected(5, 5, "U-2", &vial), ERR_FIELD_RANGE);
}

CASE(R18_R12_no_opening_is_corrected_behind_its_discard)
{
    struct vial_facts vial = open_vial();
    vial.discarded_ms = MIN(10);
    assert_int_equal(corrected(10, 4, "U-2", &vial), 0);
    assert_int_equal(corrected(11, 4, "U-2", &vial), ERR_TIME_REFUSED);
    assert_string_equal(err.field, "opened_at");
}

CASE(R18_a_vial_is_discarded_once_and_not_before_it_is_open)
{
    struct vial_facts vial = open_vial();
    struct vial_discard in = {"M-1", 2, 0, NULL};
    assert_int_equal(vial_discard_check(&in, &vial, &err), 0);
    in.discarded_at = -1;
    assert_int_equal(vial_discard_check(&in, &vial, &err), ERR_TIME_REFUSED);
    in.discarded_at = MIN(1);
    vial.discarded_ms = MIN(1);
    assert_int_equal(vial_discard_check(&in, &vial, &err), ERR_EXISTS);
}

CASE(R18_a_use_is_called_by_its_lot_and_its_vial)
{
    static const char *const wrong[] = {"", "M-7/", "M-7/0", "M-7/02", "M-7/10000", "M-7/2/3", "M-7/x", "M-7/-2", "/2", "m-7/2", "M-7/99999999999999999999"};
    const char *lot;
    int64_t no;
    struct arena *a = arena_new(0);
    assert_string_equal(vial_key(a, "M-7", 0), "M-7");
    assert_string_equal(vial_key(a, "M-7", 12), "M-7/12");
    assert_true(vial_key_read(a, "M-7/12", &lot, &no));
    assert_string_equal(lot, "M-7");
    assert_int_equal(no, 12);
    assert_true(vial_key_read(a, "M-7", &lot, &no));
    assert_int_equal(no, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vial_key_read(a, wrong[i], &lot, &no));
    arena_free(a);
}
