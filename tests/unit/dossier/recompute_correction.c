/* Rule 11 on corrections: what one says was there, what follows from it, and whose signatures it lapses (R12, R14, R24). */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "unit/dossier/recompute_lab.h"

static struct dossier_entry *correct_result(int64_t test, const char *old_value, const char *new_value)
{
    struct test_correct *in = fresh("quality.test_correct");
    in->batch_id = "B-1";
    in->test_seq = test;
    in->old_value = old_value;
    in->new_value = new_value;
    in->reason = "digits swapped when typed";
    struct dossier_entry *entry = add(B, "quality.test_correct", in);
    entry->statement.actor = "U-3";
    return entry;
}

CASE(R12_rule_11_forged_old_value_of_a_correction)
{
    begin();
    open_batch();
    perform();
    holds_until(B, correct_value("60.0", "66.0", "U-1"), "\"old_value\":\"60.0\",\"reason", "\"old_value\":\"61.0\",\"reason");
    end();
}

CASE(R24_rule_11_what_follows_from_a_correction)
{
    begin();
    open_batch();
    perform();
    struct dossier_entry *entry = correct_value("60.0", "66.0", "U-1");
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"computed\":[{"));
    holds_until(B, entry, "\"new_value\":\"66.0\",\"old", "\"new_value\":\"67.0\",\"old");
    end();
}

static struct dossier_entry *count_cells(int no, const char *volume)
{
    static const char *const values[][2] = {{"n_live", "200"}, {"n_dead", "10"}, {"squares", "4"}, {"sample_ul", "10"},
                                            {"diluent_ul", "90"}};
    struct batch_step *step = fresh("batch.step");
    step->batch_id = "B-1";
    step->step = no;
    step->started_at = step->ended_at = now_ms;
    put_value(step, no == 2 ? "filtered_ml" : "volume_out_ml", volume);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        put_value(step, values[i][0], values[i][1]);
    return add(B, "batch.step", step);
}

/* a syringe that is released now and in date until then */
static void receive_syringe(int which, const char *lot, int64_t expires_at)
{
    struct material_receive *in = fresh("batch.material_receive");
    struct material_release *release = fresh("batch.material_release");
    *in = (struct material_receive){.lot_id = lot, .material = "Syringe", .material_class = "syringe", .manufacturer = "X",
                                    .lot_number = "1", .expires_at = expires_at, .quantity = "5", .unit = "pieces", .in_use_h = INTEGER_ABSENT};
    release->lot_id = lot;
    add(which, "batch.material_receive", in);
    add(which, "batch.material_release", release);
}

static void calibrate_cabinet(const char *result, int64_t due_at)
{
    struct equipment_calibrate *in = fresh("batch.equipment_calibrate");
    *in = (struct equipment_calibrate){"E-1", now_ms, due_at, "c", result, TIME_ABSENT};
    add(E1, "batch.equipment_calibrate", in);
}

/* step 4, filled with a syringe of M-1 in cabinet E-1 */
static void fill_syringe(void)
{
    struct equipment_register *cabinet = fresh("batch.equipment_register");
    struct batch_step *step = fresh("batch.step");
    receive_syringe(M1, "M-1", now_ms + 86400000);
    *cabinet = (struct equipment_register){"E-1", "Cabinet", "biosafety_cabinet", "1"};
    add(E1, "batch.equipment_register", cabinet);
    calibrate_cabinet("pass", now_ms + 86400000);
    verify_place(clear_place(now_ms)->entry.seq, "U-2");
    step->batch_id = "B-1";
    step->step = 4;
    step->started_at = now_ms;
    step->ended_at = now_ms + 60000;
    *(struct step_material *)record_list_add(a, &record_step_material, &step->materials) = (struct step_material){"M-1", "1", INTEGER_ABSENT};
    ((struct step_equipment *)record_list_add(a, &record_step_equipment, &step->equipment))->equipment_id = "E-1";
    add(B, "batch.step", step);
    now_ms += 600000;
}

/* a correction of step 4 as somebody would write it who forges what is computed, too */
static int corrected_use(const char *field, const char *old_value, const char *new_value)
{
    struct batch_correct *in = fresh("batch.correct");
    *in = (struct batch_correct){.batch_id = "B-1", .step = 4, .field = field, .old_value = old_value, .new_value = new_value,
                                 .reason = "taken from the wrong box", .corrects = stream[B].count > 0 ? (int64_t)stream[B].count - 1 : 0};
    struct dossier_entry *entry = &stream[B].entry[stream[B].count];
    struct buf body = buf_new(a);
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){in->corrects, "batch.step", 4};
    if (correction_name(a, in, &e) != 0)
        return -1;
    record_to_json(&body, &record_batch_correct, in, RECORD_STATEMENT);
    buf_char(&body, '\n');
    entry->entry.seq = (int64_t)stream[B].count++;
    entry->entry.time_ms = entry->statement.at_ms = now_ms += 60000;
    entry->statement.type = "batch.correct";
    entry->statement.body = (struct bytes){(const uint8_t *)body.text, body.len};
    int code = check(B, entry);
    stream[B].count--;
    return code;
}

static void use_refused(int code, const char *why)
{
    assert_int_equal(code, ERR_DOSSIER_REFUSED);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

CASE(R18_rule_11_a_correction_that_hides_a_lot_out_of_date)
{
    int64_t from;
    begin();
    open_batch();
    from = now_ms;
    receive_syringe(M2, "M-2", now_ms + 86400000);
    fill_syringe();
    if (corrected_use("materials.M-1.lot_id", "M-1", "M-2") != 0)
        fail_msg("%s", e.text);
    stream[M2].count = 0;
    now_ms = from;
    receive_syringe(M2, "M-2", from + 1);                /* out of date by then */
    now_ms += 6000000;
    use_refused(corrected_use("materials.M-1.lot_id", "M-1", "M-2"), "M-2 expired before the step ended");
    stream[M2].count = 1;                                /* in date would do nothing: it was never released */
    use_refused(corrected_use("materials.M-1.lot_id", "M-1", "M-2"), "not released");
    stream[M2].count = 0;
    use_refused(corrected_use("materials.M-1.lot_id", "M-1", "M-2"), "not in the dossier");
    use_refused(corrected_use("materials.M-1.lot_id", "M-1", NULL), "the step needs");
    use_refused(corrected_use("materials.M-1.quantity", "1", "0"), "not a quantity");
    assert_int_equal(corrected_use("materials.M-1.quantity", "1", "2"), 0);
    end();
}

CASE(R19_rule_11_a_correction_that_hides_equipment_out_of_calibration)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    begin();
    open_batch();
    fill_syringe();
    const struct batch_step *step = fresh("batch.step");
    const struct dossier_entry *filled = &stream[B].entry[stream[B].count - 1];
    struct recompute_case c = case_of(&stream[B], filled);
    assert_int_equal(recompute_read(&c, filled, (void *)(uintptr_t)step, &e), 0);
    clock_to_text(step->ended_at, from);
    clock_to_text(step->ended_at + 1000, to);
    assert_int_equal(corrected_use("step.ended_at", from, to), 0);
    clock_to_text(step->started_at - 1, to);
    use_refused(corrected_use("step.ended_at", from, to), "ended before it started");
    clock_to_text(step->ended_at + 2 * 86400000, to);
    use_refused(corrected_use("step.ended_at", from, to), "expired before the step ended");
    now_ms = step->started_at - 60000;
    calibrate_cabinet("fail", now_ms + 86400000);
    now_ms = step->ended_at + 600000;
    clock_to_text(step->ended_at + 1000, to);
    use_refused(corrected_use("step.ended_at", from, to), "its last calibration failed");
    end();
}

static struct dossier_entry *correct_fill(const char *field, const char *old_value, const char *new_value)
{
    struct fill_correct *in = fresh("batch.fill_correct");
    *in = (struct fill_correct){.batch_id = "B-1", .field = field, .old_value = old_value, .new_value = new_value,
                                .reason = "read from the wrong scale", .corrects = INTEGER_ABSENT};
    struct dossier_entry *entry = add(B, "batch.fill_correct", in);
    entry->statement.actor = "U-1";
    return entry;
}

static struct batch_fill *filling(const char *waste_ml, const char *percent, const char *ml)
{
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "8.0", .samples_ml = "0.5", .waste_ml = waste_ml, .expires_at = now_ms + 3600000,
                                .tolerance_percent = percent, .tolerance_ml = ml};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) = (struct fill_container){"K-1", "6.5", "700"};
    return fill;
}

CASE(R33_rule_11_a_fill_balances_by_the_tolerance_that_it_says)
{
    static const struct {
        const char *waste, *percent, *ml;
        int code;
    } rows[] = {
        {"1.0", "2", "0.5", 0},     {"1.5", "2", "0.5", 0},     {"1.51", "2", "0.5", ERR_DOSSIER_REFUSED},
        {"1.51", "10", "0.5", 0},   {"1.81", "10", "0.5", ERR_DOSSIER_REFUSED},
        {"5.0", NULL, NULL, 0},                                          /* of an earlier version: as it was judged */
        {"1.0", "2", NULL, ERR_DOSSIER_REFUSED}, {"1.0", NULL, "0.5", ERR_DOSSIER_REFUSED}, {"1.0", "-2", "0.5", ERR_DOSSIER_REFUSED},
    };
    begin();
    open_batch();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(check(B, put(B, "batch.fill", filling(rows[i].waste, rows[i].percent, rows[i].ml))), rows[i].code);
    end();
}

CASE(R33_rule_11_a_corrected_fill_balances_by_the_tolerance_that_it_says)
{
    begin();
    open_batch();
    struct dossier_entry *fill = put(B, "batch.fill", filling("1.0", "2", "0.5"));
    struct dossier_entry *first = correct_fill("waste_ml", "1.0", "1.5");                          /* what it computes beside */
    struct fill_correct *in = fresh("batch.fill_correct");
    struct recompute_case c = case_of(&stream[B], first);
    assert_int_equal(recompute_read(&c, first, in, &e), 0);
    assert_int_equal(in->corrects, fill->entry.seq);
    static const struct {
        const char *is, *percent, *ml;
        int code;
    } rows[] = {{"1.5", "2", "0.5", 0}, {"1.51", "2", "0.5", ERR_DOSSIER_REFUSED}, {"5.0", NULL, NULL, 0}, {"1.5", "2", NULL, ERR_DOSSIER_REFUSED}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        stream[B].count--;
        in->new_value = rows[i].is;
        in->tolerance_percent = rows[i].percent;
        in->tolerance_ml = rows[i].ml;
        assert_int_equal(check(B, put(B, "batch.fill_correct", in)), rows[i].code);
    }
    end();
}

CASE(R12_rule_11_a_forged_correction_of_a_fill)
{
    begin();
    open_batch();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "8.0", .samples_ml = "0.5", .waste_ml = "0.5", .expires_at = now_ms + 3600000};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) = (struct fill_container){"K-1", "7.0", "700"};
    add(B, "batch.fill", fill);
    correct_fill("containers.K-1.volume_ml", "7.0", "7.1");
    holds_until(B, correct_fill("containers.K-1.volume_ml", "7.1", "7.2"), "\"old_value\":\"7.1\"", "\"old_value\":\"7.0\"");
    stream[B].count--;
    holds_until(B, correct_fill("waste_ml", "0.5", "0.4"), "\"act\":\"batch.fill\"", "\"act\":\"batch.note\"");
    stream[B].count--;
    char was[CLOCK_TEXT], is[CLOCK_TEXT], beyond[CLOCK_TEXT];
    clock_to_text(fill->expires_at, was);
    clock_to_text(fill->expires_at - 1, is);
    clock_to_text(fill->expires_at + 6 * 3600000, beyond);         /* the procedure gives six hours */
    holds_until(B, correct_fill("expires_at", was, is), is, beyond);
    end();
}

CASE(R24_rule_11_a_dose_comes_out_of_the_fill_as_it_stands)
{
    received_container();
    correct_fill("containers.K1.cells", "700000000", "770000000");
    holds_until(B, add(B, "custody.administer", giving()), "\"dose_cells\":\"693000000\"", "\"dose_cells\":\"630000000\"");
    end();
}

CASE(R12_rule_11_a_forged_correction_of_a_hand_over)
{
    received_container();
    struct custody_correct *in = fresh("custody.correct");
    *in = (struct custody_correct){.late_min = INTEGER_ABSENT, .batch_id = "B-1", .corrects = 2, .field = "temperature_c", .old_value = "4.0",
                                   .new_value = "6.5",
                                   .reason = "read from the other logger"};
    stream[B].entry[2].statement.actor = "U-JON";        /* the hand-over */
    struct dossier_entry *entry = &stream[B].entry[stream[B].count];
    entry->statement.actor = "U-MARA";
    add(B, "custody.correct", in);
    holds_until(B, entry, "\"old_value\":\"4.0\"", "\"old_value\":\"5.0\"");
    stream[B].count--;
    add(B, "custody.correct", in);
    entry->statement.actor = "U-JON";                    /* who recorded it */
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R14_rule_11_release_over_a_fill_that_only_its_corrector_reviewed)
{
    begin();
    open_batch();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "8.0", .samples_ml = "0.5", .waste_ml = "0.5", .expires_at = now_ms + 3600000};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) = (struct fill_container){"K-1", "7.0", "700"};
    add(B, "batch.fill", fill)->statement.actor = "U-1";
    report_all("97");
    correct_fill("waste_ml", "0.5", "0.4");
    gate_refused(release("holds", 13), "stands as unsigned");
    stream[B].count--;
    struct batch_review *review = fresh("release.review");
    *review = (struct batch_review){.batch_id = "B-1", .entries = 20, .conclusion = "complete", .collection_seq = INTEGER_ABSENT};
    add(B, "release.review", review)->statement.actor = "U-1";
    gate_refused(release("holds", 13), "stands as unsigned");
    stream[B].count--;
    add(B, "release.review", review)->statement.actor = "U-5";
    assert_int_equal(check(B, release("holds", 13)), 0);
    end();
}

CASE(R24_rule_11_later_steps_are_calculated_from_the_corrected_value)
{
    begin();
    open_batch();
    perform();
    count_cells(2, "50.0");
    struct batch_correct *in = fresh("batch.correct");
    *in = (struct batch_correct){.batch_id = "B-1", .step = 2, .field = "n_live", .old_value = "200", .new_value = "400",
                                 .reason = "digits swapped when typed", .corrects = INTEGER_ABSENT};
    struct dossier_entry *correction = add(B, "batch.correct", in), *after = count_cells(3, "50.0");
    assert_non_null(strstr((const char *)after->statement.body.data, "\"recovery_percent\",\"unit\":\"%\",\"value\":\"50"));
    assert_int_equal(check(B, after), 0);
    correction->statement.type = "batch.note";          /* had nothing been corrected, it would be 100 */
    assert_int_equal(check(B, after), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R14_rule_11_lapsed_signatures_are_all_named)
{
    begin();
    open_batch();
    perform();
    verify(1, "U-2");
    holds_until(B, correct_value("60.0", "66.0", "U-1"), ",{\"act\":\"batch.step_verify\",\"entry\":2,\"subject\":1}", "");
    end();
}

CASE(R14_rule_11_release_over_a_lapsed_signature)
{
    begin();
    open_batch();
    report_all("97");
    correct_value("60.0", "66.0", "U-1");
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "stands as unsigned"));
    stream[B].count--;
    verify(1, "U-1");                                    /* not by who corrected it */
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    stream[B].count--;
    verify(1, "U-2");                                    /* though the corrector verified before */
    struct dossier_entry *entry = release("holds", 13);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R14_rule_11_corrected_result_counts_at_the_release)
{
    begin();
    open_batch();
    report_all("97");
    int64_t viability = 11;
    assert_string_equal(stream[B].entry[viability].statement.type, "quality.test_report");
    struct dossier_entry *first = release("holds", 13);
    assert_int_equal(check(B, first), 0);
    holds_until(B, correct_result(viability, "97", "60"), "\"verdict\":\"fail\"", "\"verdict\":\"pass\"");
    stream[B].count--;
    correct_result(viability, "97", "60");
    review(&stream[B].entry[viability]);
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(B, first), 0);                /* what was right then is right still */
    end();
}

static struct dossier_entry *close_case(int64_t test)
{
    struct oos_close *in = fresh("quality.oos_close");
    *in = (struct oos_close){.batch_id = "B-1", .test_seq = test, .conclusion = "invalidated", .reason = "the sample was mixed up",
                             .stays_held = BOOLEAN_ABSENT};
    struct dossier_entry *entry = add(B, "quality.oos_close", in);
    entry->statement.actor = "U-9";
    return entry;
}

CASE(R14_rule_11_a_correction_of_what_was_released_holds_beyond_the_case)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_entry *before = close_case(11);
    assert_null(strstr((const char *)before->statement.body.data, "stays_held"));
    assert_int_equal(check(B, before), 0);
    stream[B].count--;
    release("holds", 13);
    correct_value("60.0", "66.0", "U-1");
    struct dossier_entry *after = close_case(11);
    assert_non_null(strstr((const char *)after->statement.body.data, "\"stays_held\":true"));
    holds_until(B, after, "\"stays_held\":true", "\"stays_held\":false");
    end();
}

CASE(R14_what_stands_unsigned_is_told)
{
    begin();
    open_batch();
    perform();
    verify(1, "U-2");
    correct_value("60.0", "66.0", "U-1");
    struct list open = {NULL, 0};
    struct dossier_entry after = {.entry.seq = INT64_MAX};
    struct recompute_case c = case_of(&stream[B], &after);
    assert_int_equal(recompute_unsigned(&c, &open, &e), 0);
    assert_int_equal(open.count, 2);
    assert_int_equal(LIST_AT(open, struct unsigned_row, 1)->entry, 2);
    assert_int_equal(LIST_AT(open, struct unsigned_row, 1)->corrected_by, 3);
    verify(1, "U-2");
    open = (struct list){NULL, 0};
    assert_int_equal(recompute_unsigned(&c, &open, &e), 0);
    assert_int_equal(open.count, 0);
    end();
}
