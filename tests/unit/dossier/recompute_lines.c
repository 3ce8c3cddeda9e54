/* Rule 11 for what a step needs before it: the clearance that its procedure asks for, in its own batch's stream; what it was done on, scanned. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "base/clock.h"

static void lab(void)
{
    begin();
    struct equipment_register *place = fresh("batch.equipment_register");
    *place = (struct equipment_register){"E-1", "Cabinet", "biosafety_cabinet", "1"};
    put(E1, "batch.equipment_register", place);
    open_batch();
}

static struct line_clear *clearing(int64_t at_ms)
{
    struct line_clear *in = fresh("batch.line_clear");
    in->batch_id = "B-1";
    in->equipment_id = "E-1";
    in->cleared_at = at_ms;
    in->materials_removed = in->labels_removed = in->surface_cleaned = 1;
    in->cleaned_with = "70 % isopropanol";
    return in;
}

static struct batch_step *step(void)
{
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 2;
    in->started_at = in->ended_at = now_ms;
    ((struct step_equipment *)record_list_add(a, &record_step_equipment, &in->equipment))->equipment_id = "E-1";
    return in;
}

/* a step as the lab would record it if nothing were asked for, judged by what was recorded before it */
static int step_check(void)
{
    struct batch_step *in = step(), *again = step();
    struct dossier_entry *entry = put(B, "batch.step", in);
    struct recompute_case c = case_of(&stream[B], entry);
    again->started_at = again->ended_at = in->started_at;
    return recompute_row(recompute_rows(), "batch.step")->fill(&c, again, &e);
}

CASE(R05_rule_11_step_at_a_place_that_was_cleared_and_verified)
{
    lab();
    struct dossier_entry *clearance = clear_place(now_ms), *second = verify_place(clearance->entry.seq, "U-2");
    assert_int_equal(check(B, clearance), 0);
    assert_int_equal(check(B, second), 0);
    if (step_check() != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R05_rule_11_step_at_a_place_that_was_not_cleared)
{
    lab();
    assert_int_equal(step_check(), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "E-1 was not cleared for B-1"));
    end();
}

CASE(R05_rule_11_step_before_the_place_was_cleared)
{
    lab();
    struct dossier_entry *clearance = clear_place(now_ms + 120000);
    verify_place(clearance->entry.seq, "U-2");
    now_ms -= 60000;
    assert_int_equal(step_check(), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R05_rule_11_step_on_a_clearance_that_nobody_verified)
{
    lab();
    clear_place(now_ms);
    assert_int_equal(step_check(), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "not verified"));
    end();
}

CASE(R05_rule_11_step_on_a_void_clearance)
{
    lab();
    struct dossier_entry *clearance = clear_place(now_ms);
    verify_place(clearance->entry.seq, "U-2");
    struct batch_void *v = fresh("batch.void");
    *v = (struct batch_void){.batch_id = "B-1", .corrects = clearance->entry.seq, .reason = "the wrong cabinet was cleared",
                             .act = "batch.line_clear", .field = "equipment_id", .old_value = "E-1", .new_value = "void"};
    struct dossier_entry *voided = put(B, "batch.void", v);
    voided->statement.actor = "U-2";
    assert_int_equal(check(B, voided), 0);
    assert_int_equal(step_check(), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R05_rule_11_void_of_a_clearance_that_a_step_rests_on)
{
    lab();
    struct dossier_entry *clearance = clear_place(now_ms);
    verify_place(clearance->entry.seq, "U-2");
    assert_int_equal(step_check(), 0);
    struct batch_void *v = fresh("batch.void");
    *v = (struct batch_void){.batch_id = "B-1", .corrects = clearance->entry.seq, .reason = "the wrong cabinet was cleared",
                             .act = "batch.line_clear", .field = "equipment_id", .old_value = "E-1", .new_value = "void"};
    struct dossier_entry *voided = put(B, "batch.void", v);
    voided->statement.actor = "U-2";
    assert_int_equal(check(B, voided), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "rests"));
    end();
}

/* the first step at E-1 at that time, and what a correction makes of it */
static void corrected_step(int64_t at_ms, const char *field, const char *was, const char *is)
{
    struct batch_step *in = step();
    struct batch_correct *correct = fresh("batch.correct");
    in->started_at = at_ms;
    in->ended_at = at_ms + 600000;
    int64_t seq = put(B, "batch.step", in)->entry.seq;
    *correct = (struct batch_correct){.batch_id = "B-1", .step = 2, .corrects = seq, .field = field, .old_value = was, .new_value = is,
                                      .reason = "taken from the wrong sheet"};
    put(B, "batch.correct", correct);
}

static int void_check(const struct dossier_entry *clearance, const char *place)
{
    struct batch_void *v = fresh("batch.void");
    *v = (struct batch_void){.batch_id = "B-1", .corrects = clearance->entry.seq, .reason = "the wrong cabinet was cleared",
                             .act = "batch.line_clear", .field = "equipment_id", .old_value = place, .new_value = "void"};
    struct dossier_entry *voided = put(B, "batch.void", v);
    voided->statement.actor = "U-2";
    int code = check(B, voided);
    stream[B].count--;                   /* what was refused is not there, and the next is judged by itself */
    return code;
}

/* E-1 and E-2 are cleared; the step was at E-2, and named E-1 by mistake */
static void at_another_place(struct dossier_entry *clearance[2])
{
    static const char *const places[] = {"E-1", "E-2"};
    lab();
    for (int i = 0; i < 2; i++) {
        struct line_clear *in = clearing(now_ms);
        in->equipment_id = places[i];
        clearance[i] = add(B, "batch.line_clear", in);
        clearance[i]->statement.actor = "U-1";
    }
    corrected_step(now_ms, "equipment.E-1.equipment_id", "E-1", "E-2");
}

/* E-1 is cleared twice; the step began between the two, and was said to have begun behind them */
static void at_another_time(struct dossier_entry *clearance[2])
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    lab();
    int64_t first_ms = now_ms;
    clearance[0] = clear_place(first_ms);
    clearance[1] = clear_place(first_ms + 60000);
    clock_to_text(first_ms + 90000, was);
    clock_to_text(first_ms + 30000, is);
    corrected_step(first_ms + 90000, "step.started_at", arena_text(a, was), arena_text(a, is));
}

CASE(R05_R12_rule_11_void_of_a_clearance_that_a_corrected_step_left)
{
    struct dossier_entry *clearance[2];
    at_another_place(clearance);
    if (void_check(clearance[0], "E-1") != 0)
        fail_msg("%s", e.text);
    end();
    at_another_time(clearance);
    if (void_check(clearance[1], "E-1") != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R05_R12_rule_11_void_of_a_clearance_that_a_corrected_step_came_to)
{
    struct dossier_entry *clearance[2];
    at_another_place(clearance);
    assert_int_equal(void_check(clearance[1], "E-2"), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "rests"));
    end();
    at_another_time(clearance);
    assert_int_equal(void_check(clearance[0], "E-1"), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "rests"));
    end();
}

CASE(R05_rule_11_clearance_is_verified_once_by_another_person)
{
    lab();
    struct dossier_entry *clearance = clear_place(now_ms);
    assert_int_equal(check(B, verify_place(clearance->entry.seq, "U-1")), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(B, verify_place(clearance->entry.seq, "U-2")), ERR_DOSSIER_REFUSED);      /* once is enough */
    clearance = clear_place(now_ms);
    assert_int_equal(check(B, verify_place(0, "U-2")), ERR_DOSSIER_REFUSED);
    assert_true(clearance->entry.seq > 0);
    end();
}

CASE(R05_rule_11_clearance_of_what_was_not_cleared)
{
    lab();
    struct line_clear *in = clearing(now_ms);
    in->labels_removed = 0;
    struct dossier_entry *entry = put(B, "batch.line_clear", in);
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    in->labels_removed = 1;
    in->previous_batch_id = "B-1";
    assert_int_equal(check(B, put(B, "batch.line_clear", in)), ERR_DOSSIER_REFUSED);
    in->previous_batch_id = "B-0";
    assert_int_equal(check(B, put(B, "batch.line_clear", in)), 0);
    end();
}

CASE(R05_R15_rule_11_late_clearance_says_how_late)
{
    lab();
    struct line_clear *in = clearing(now_ms - 30 * 60000);
    struct dossier_entry *entry = put(B, "batch.line_clear", in);
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    in->late_min = 32;                  /* each entry is a minute later */
    entry = put(B, "batch.line_clear", in);
    assert_int_equal(check(B, entry), 0);
    end();
}

/* as the seed, with a scan before its first step */
static const char *scanned_procedure(void)
{
    const char *document = seed("procedure_bmac.json"), *key = "\"stage\":\"receipt\"", *at = strstr(document, key);
    assert_non_null(at);
    return arena_printf(a, "%.*s\"scan_to_confirm\":true,%s", (int)(at - document), document, at);
}

static int confirm(const char *text, const char *how, const char *reason)
{
    struct batch_step *in = fresh("batch.step");
    in->batch_id = "B-1";
    in->step = 1;
    in->started_at = in->ended_at = now_ms;
    in->confirmed = text;
    in->confirmed_how = how;
    in->reason = reason;
    struct dossier_entry *entry = put(B, "batch.step", in);
    struct recompute_case c = case_of(&stream[B], entry);
    return recompute_row(recompute_rows(), "batch.step")->fill(&c, in, &e);
}

CASE(R02_rule_11_step_is_confirmed_by_its_own_donation)
{
    begin();
    struct collection_record *collection = fresh("source.collection_record");
    collection->collection_id = "C-1";
    collection->donor_id = "D-1";
    collection->donation_number = "A999926000001";
    collection->check_character = "0";
    collection->tissue = "marrow";
    collection->site = "posterior iliac crest";
    collection->container_lot = "Bag, lot 7";
    collection->seal_number = "S-1";
    collection->started_at = collection->ended_at = now_ms;
    put(C, "source.collection_record", collection);
    open_batch_of(scanned_procedure(), 1);
    assert_int_equal(confirm("=A99992600000100", "scanned", NULL), 0);
    assert_int_equal(confirm(NULL, NULL, NULL), ERR_DOSSIER_REFUSED);
    assert_int_equal(confirm("=A99992600000200", "scanned", NULL), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "A999926000002"));
    assert_int_equal(confirm("A999926000001", "typed", "the label is torn there"), ERR_DOSSIER_REFUSED);
    end();
}
