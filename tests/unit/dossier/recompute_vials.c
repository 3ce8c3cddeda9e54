/* Rule 11 of opened vials (R18): numbers and limits by the lot's stream, and that what a step used of one was used in time. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "base/clock.h"

#define HOUR INT64_C(3600000)

static int64_t opened_ms;
static int64_t step_at_ms = TIME_ABSENT;      /* when a step is recorded; absent: at the end of the record so far */

/* M-1 keeps six hours once open; vial 1 is open */
static struct dossier_entry *lab(void)
{
    begin();
    struct material_receive *lot = fresh("batch.material_receive");
    struct material_release *release = fresh("batch.material_release");
    struct material_open *open = fresh("batch.material_open");
    *lot = (struct material_receive){.lot_id = "M-1", .material = "Enzyme", .material_class = "enzyme", .manufacturer = "X", .lot_number = "1",
                                     .expires_at = now_ms + 100 * HOUR, .quantity = "50", .unit = "mL", .in_use_h = 6};
    release->lot_id = open->lot_id = "M-1";
    add(M1, "batch.material_receive", lot);
    add(M1, "batch.material_release", release);
    now_ms += 10 * HOUR;
    open->opened_at = opened_ms = now_ms;
    open->quantity = "10";
    struct dossier_entry *entry = add(M1, "batch.material_open", open);
    open_batch();
    return entry;
}

static struct vial_correct *correcting(int64_t at_ms)
{
    struct vial_correct *in = fresh("batch.vial_correct");
    in->lot_id = "M-1";
    in->vial_no = 1;
    in->opened_at = at_ms;
    in->reason = "read off the wrong vial";
    return in;
}

/* step 1, with so much of vial ${no}, ended at that time */
static int step_check(int64_t no, int64_t ended_at)
{
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 1;
    in->started_at = in->ended_at = ended_at;
    *(struct step_material *)record_list_add(a, &record_step_material, &in->materials) = (struct step_material){"M-1", "1", no};
    struct dossier_entry *entry = put(B, "batch.step", in);
    struct recompute_case c = case_of(&stream[B], entry);
    entry->entry.time_ms = step_at_ms != TIME_ABSENT ? step_at_ms : entry->entry.time_ms;
    int code = recompute_row(recompute_rows(), "batch.step")->fill(&c, in, &e);
    stream[B].count--;
    return code;
}

static void refused(int code, const char *why)
{
    assert_int_equal(code, ERR_DOSSIER_REFUSED);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

CASE(R18_rule_11_a_vials_number_and_limit_come_out_again)
{
    struct dossier_entry *entry = lab();
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"vial_no\":1"));
    holds_until(M1, entry, "\"vial_no\":1", "\"vial_no\":2");
    end();
}

CASE(R18_rule_11_a_forged_in_use_limit)
{
    char by[CLOCK_TEXT], later[CLOCK_TEXT];
    struct dossier_entry *entry = lab();
    clock_to_text(opened_ms + 6 * HOUR, by);
    clock_to_text(opened_ms + 7 * HOUR, later);
    holds_until(M1, entry, by, later);
    end();
}

CASE(R18_rule_11_a_step_that_used_a_vial_past_its_limit)
{
    lab();
    now_ms += 8 * HOUR;
    if (step_check(1, opened_ms + 6 * HOUR - 1) != 0)
        fail_msg("%s", e.text);
    refused(step_check(1, opened_ms + 6 * HOUR), "was to be used by");
    refused(step_check(1, opened_ms - 1), "opened after the step ended");
    refused(step_check(2, opened_ms), "no vial 2");
    refused(step_check(INTEGER_ABSENT, opened_ms), "say which vial");
    stream[M1].count = 0;
    refused(step_check(1, opened_ms), "not in the dossier");
    end();
}

CASE(R18_rule_11_a_step_is_judged_by_the_opening_as_it_was_known)
{
    lab();
    struct dossier_entry *entry = add(M1, "batch.vial_correct", correcting(opened_ms - 60000));
    entry->statement.actor = "U-2";
    refused(step_check(1, opened_ms + 6 * HOUR - 1), "was to be used by");
    entry->entry.time_ms = now_ms + 2 * HOUR;          /* corrected behind the step */
    if (step_check(1, opened_ms + 6 * HOUR - 1) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R18_R10_rule_11_whoever_opened_a_vial_does_not_say_that_it_was_later)
{
    struct dossier_entry *opened = lab();
    opened->statement.actor = "U-1";
    struct dossier_entry *entry = put(M1, "batch.vial_correct", correcting(opened_ms + 60000));
    struct vial_correct *again = correcting(opened_ms + 60000);
    struct recompute_case c = case_of(&stream[M1], entry);
    entry->statement.actor = "U-1";
    refused(recompute_row(recompute_rows(), "batch.vial_correct")->fill(&c, again, &e), "another person");
    entry->statement.actor = "U-2";
    if (recompute_row(recompute_rows(), "batch.vial_correct")->fill(&c, again, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(again->old_opened_at, opened_ms);
    assert_int_equal(again->use_by, opened_ms + 60000 + 6 * HOUR);
    assert_int_equal(again->corrects, opened->entry.seq);
    end();
}

CASE(R18_rule_11_a_discarded_vial_is_used_no_more)
{
    lab();
    struct vial_discard *in = fresh("batch.vial_discard");
    *in = (struct vial_discard){.lot_id = "M-1", .vial_no = 1, .discarded_at = opened_ms + HOUR};
    struct dossier_entry *entry = put(M1, "batch.vial_discard", in);
    assert_int_equal(check(M1, entry), 0);
    assert_int_equal(step_check(1, opened_ms + HOUR), 0);
    refused(step_check(1, opened_ms + HOUR + 1), "discarded before");
    refused(check(M1, put(M1, "batch.vial_discard", in)), "is discarded");
    end();
}

CASE(R18_rule_11_a_vial_discarded_before_it_was_open)
{
    lab();
    struct vial_discard *in = fresh("batch.vial_discard");
    *in = (struct vial_discard){.lot_id = "M-1", .vial_no = 1, .discarded_at = opened_ms - 1};
    refused(check(M1, put(M1, "batch.vial_discard", in)), "not open yet");
    end();
}

CASE(R18_R12_rule_11_an_opening_corrected_behind_the_discard)
{
    lab();
    struct vial_discard *in = fresh("batch.vial_discard");
    *in = (struct vial_discard){.lot_id = "M-1", .vial_no = 1, .discarded_at = opened_ms + HOUR};
    put(M1, "batch.vial_discard", in);
    struct vial_correct *correct = correcting(opened_ms + HOUR + 1);
    struct dossier_entry *entry = put(M1, "batch.vial_correct", correct);
    struct recompute_case c = case_of(&stream[M1], entry);
    entry->statement.actor = "U-2";
    refused(recompute_row(recompute_rows(), "batch.vial_correct")->fill(&c, correct, &e), "discarded before");
    correct->opened_at--;
    if (recompute_row(recompute_rows(), "batch.vial_correct")->fill(&c, correct, &e) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R18_R16_rule_11_an_opening_whose_entry_has_a_time_seconds_behind_the_steps)
{
    struct dossier_entry *opened = lab();
    opened->entry.time_ms = now_ms + 4000;
    step_at_ms = now_ms;
    if (step_check(1, opened_ms) != 0)
        fail_msg("%s", e.text);
    step_at_ms = opened->entry.time_ms - 5000;
    if (step_check(1, opened_ms) != 0)
        fail_msg("%s", e.text);
    step_at_ms--;
    refused(step_check(1, opened_ms), "no vial 1");
    step_at_ms = TIME_ABSENT;
    end();
}

CASE(R18_rule_11_all_that_was_used_of_vials_stands_within_their_limits)
{
    lab();
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 1;
    in->started_at = in->ended_at = opened_ms + HOUR;
    *(struct step_material *)record_list_add(a, &record_step_material, &in->materials) = (struct step_material){"M-1", "1", 1};
    put(B, "batch.step", in);
    struct dossier_entry *last = put(B, "batch.note", fresh("batch.note"));
    struct recompute_case c = case_of(&stream[B], last);
    if (recompute_vials_kept(&c, &e) != 0)
        fail_msg("%s", e.text);
    put(M1, "batch.vial_correct", correcting(opened_ms - 6 * HOUR));
    last->entry.time_ms = now_ms;
    refused(recompute_vials_kept(&c, &e), "was to be used by");
    end();
}
