/* Opened vials in the database (R18): no opening behind its discard, and a cleaning is a use of its agent's vial. */
#include "batch_apply.h"
#include "batch_lab.h"
#include "batch_store.h"
#include "record/record.h"

#include <string.h>

static const struct statement_row extra[] = {
    {"t_uses_of", "select (first_ms - 1780000000000) || ' ' || (last_ms - 1780000000000) || ' ' || (began_ms - 1780000000000) || ' '"
        " || (select string_agg(c.equipment_id, '') from batch.cleaning c where c.lot_id = $1) from batch.vial_used($1, 1)", 1, NULL},
};
static const struct statement_table extra_table = STATEMENT_TABLE(extra);

/* the vials, and E-T, which is cleaned with them */
static void begin(void)
{
    struct equipment_register hood = {.equipment_id = "E-T", .title = "Hood", .equipment_class = "hood", .serial_number = "1"};
    lab_begin(&extra_table);
    lab_vials();
    assert_applied(apply("batch.equipment_register", "E-T", 0, &mara, &hood, apply_equipment_register));
}

static const char *uses_of(const char *lot_id)
{
    struct db_rows rows;
    struct err e = {0};
    if (db_query(db, arena, &extra[0], DB_VALUES(db_text(lot_id)), &rows, &e) != 0)
        fail_msg("%s", e.text);
    return (const char *)rows.cells[0].data;
}

CASE(R18_R12_the_database_lets_no_opening_come_behind_its_discard)
{
    struct vial_discard discard = {.lot_id = "M-U", .vial_no = 1, .discarded_at = NOON + 10};
    struct vial_correct in = {.lot_id = "M-U", .vial_no = 1, .opened_at = NOON + 10, .old_opened_at = NOON, .reason = "read wrong", .corrects = 2,
                              .use_by = NOON + 1000};
    begin();
    assert_applied(apply("batch.vial_discard", "M-U", 4, &mara, &discard, apply_vial_discard));
    assert_applied(apply("batch.vial_correct", "M-U", 5, &jon, &in, apply_vial_correct));
    in.old_opened_at = in.opened_at++;
    assert_int_equal(apply("batch.vial_correct", "M-U", 6, &jon, &in, apply_vial_correct), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
    begin();
    discard.discarded_at = NOON - 1;
    assert_int_equal(apply("batch.vial_discard", "M-U", 4, &mara, &discard, apply_vial_discard), ERR_MATERIAL_REFUSED);
    end();
}

CASE(R18_R19_a_cleaning_is_a_use_of_its_agents_vial)
{
    struct equipment_clean clean = {.equipment_id = "E-T", .cleaned_at = NOON + 800, .lot_id = "M-U", .vial_no = 1, .method = "wiped",
                                    .late_min = INTEGER_ABSENT};
    struct vial_correct in = {.lot_id = "M-U", .vial_no = 1, .opened_at = NOON - 199, .old_opened_at = NOON, .reason = "read wrong", .corrects = 2,
                              .use_by = NOON + 801};
    struct vial_discard discard = {.lot_id = "M-U", .vial_no = 1, .discarded_at = NOON + 799};
    begin();
    assert_applied(apply("batch.equipment_clean", "E-T", 2, &mara, &clean, apply_equipment_clean));
    assert_string_equal(uses_of("M-U"), "800 800 800 E-T");
    assert_applied(apply("batch.vial_correct", "M-U", 4, &jon, &in, apply_vial_correct));
    in.opened_at = in.old_opened_at - 1;
    in.use_by--;
    assert_int_equal(apply("batch.vial_correct", "M-U", 5, &jon, &in, apply_vial_correct), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
    begin();
    assert_applied(apply("batch.equipment_clean", "E-T", 2, &mara, &clean, apply_equipment_clean));
    assert_int_equal(apply("batch.vial_discard", "M-U", 4, &mara, &discard, apply_vial_discard), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
    begin();
    assert_applied(apply("batch.vial_discard", "M-U", 4, &mara, &discard, apply_vial_discard));
    assert_int_equal(apply("batch.equipment_clean", "E-T", 2, &mara, &clean, apply_equipment_clean), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

/* the numbers of M-U's vials as they are listed then */
static const char *listed(int64_t now_ms)
{
    struct db_rows rows;
    struct err e = {0};
    struct buf b = buf_new(arena);
    if (db_query(db, arena, store_row(ROW_VIAL_LIST), DB_VALUES(db_int(now_ms)), &rows, &e) != 0)
        fail_msg("%s", e.text);
    for (int i = 0; i < rows.rows; i++)
        if (strcmp(db_cell_text(&rows, i, "lot_id"), "M-U") == 0)
            buf_printf(&b, " %s%s", db_cell_text(&rows, i, "vial_no"), db_cell(&rows, i, "discarded_at").data != NULL ? " gone" : "");
    return b.text;
}

CASE(R15_R18_vials_in_use_are_listed_first_and_for_a_week_those_that_were)
{
    static const int64_t week = INT64_C(7) * 86400000;
    struct material_open three = {.lot_id = "M-U", .opened_at = NOON, .quantity = "0.5", .vial_no = 3, .use_by = NOON + 500, .late_min = INTEGER_ABSENT};
    struct vial_discard discard = {.lot_id = "M-U", .vial_no = 1, .discarded_at = NOON + 10};
    begin();
    assert_applied(apply("batch.material_open", "M-U", 4, &mara, &three, apply_material_open));
    assert_string_equal(listed(NOON + 499), " 3 1 2");
    assert_string_equal(listed(NOON + 500), " 1 2 3");
    assert_applied(apply("batch.vial_discard", "M-U", 5, &mara, &discard, apply_vial_discard));
    assert_string_equal(listed(NOON + 600), " 2 3 1 gone");
    assert_string_equal(listed(NOON + 9 + week), " 2 3 1 gone");
    assert_string_equal(listed(NOON + 10 + week), " 2 3");
    assert_string_equal(listed(NOON + 2 * week), " 2 3");       /* still to be discarded */
    end();
}
