/* Corrections of a donor over real sockets, after a batch was released on what was wrong: refusals, what lapses, and the way back. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

struct donor_entries {
    int64_t consent, screening, tests, determined;
};

static void released(struct short_batch *b, struct donor_entries *d)
{
    short_donor(b, "allogeneic");
    assert_done(short_consent(b, "treatment,storage"));
    d->consent = short_seq();
    assert_done(short_screen(b));
    d->screening = short_seq();
    assert_done(short_tests(b, NULL, NULL));
    d->tests = short_seq();
    assert_done(short_determine(b));
    d->determined = short_seq();
    short_collect(b);
    assert_done(short_open(b, "allogeneic"));
    assert_done(short_step(b));
    assert_done(short_fill(b));
    assert_done(short_label(b, 1));
    assert_done(short_store(b));
    assert_done(short_complete(b));
    short_test(b);
    assert_done(short_review(b));
    assert_done(short_release(b));
}

static int correct(const struct short_batch *b, const char *person, int64_t entry, const char *field, const char *old_value,
                   const char *new_value)
{
    struct donor_correct in;
    record_init(&record_donor_correct, &in);
    in.donor_id = b->donor;
    in.corrects = entry;
    in.field = field;
    in.old_value = old_value;
    in.new_value = new_value;
    in.reason = "copied from the line above in the report";
    return short_act(person, "source.donor_correct", &in);
}

static struct donor_row donor_of(const struct short_batch *b)
{
    struct donor_key key = {b->donor};
    struct donor_row row;
    assert_done(short_ask("source.donor_show", &key, &row));
    return row;
}

static void refusals(const struct short_batch *b, const struct donor_entries *d)
{
    assert_refused(correct(b, "U-MARA", d->tests, "results.hbsag", "reactive", "pending"), ERR_HEAD_STALE, "R12");
    assert_refused(correct(b, "U-MARA", d->tests, "results.hbsag", "non_reactive", "non_reactive"), ERR_FIELD_RANGE, "R12");
    assert_true(correct(b, "U-MARA", d->tests, "results.hbsag", "non_reactive", "perhaps") > 0);
    assert_refused(correct(b, "U-MARA", d->tests, "results.zika_nat", "non_reactive", "reactive"), ERR_NOT_FOUND, "R12");
    assert_refused(correct(b, "U-MARA", d->tests, "subject", "mother", "donor"), ERR_FIELD_RANGE, "T26");
    assert_refused(correct(b, "U-MARA", 0, "tissue", "umbilical_cord", "placenta"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", d->determined, "determination", "eligible", "ineligible"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", 77, "outcome", "no_risk", "risk_factor"), ERR_NOT_FOUND, "R12");
    assert_int_equal(correct(b, "U-PETER", d->tests, "results.hbsag", "non_reactive", "reactive"), ERR_ROLE_MISSING);
    assert_int_equal(short_shown(b).corrections.count, 0);
}

/* the file of that ending of the batch's CSV export */
static const char *exported(const struct short_batch *b, const char *ending)
{
    struct export_request in = {b->batch, "csv"};
    struct export_files out;
    desk_timeout(house_login("U-RUTH")->desk, 120000);
    assert_done(short_ask("audit.export", &in, &out));
    for (size_t i = 0; i < out.files.count; i++) {
        const struct export_file *f = LIST_AT(out.files, const struct export_file, i);
        size_t n = strlen(f->file_name), k = strlen(ending);
        if (n >= k && strcmp(f->file_name + n - k, ending) == 0)
            return arena_dup(house_arena(), (const char *)f->file.data, f->file.len);
    }
    fail_msg("there is no %s", ending);
    return "";
}

/* everything that tells of the batch says that its release stands as unsigned */
static void said_everywhere(const struct short_batch *b, int64_t corrected)
{
    struct batch_show shown = short_shown(b);
    assert_string_equal(shown.state, "released");
    assert_int_equal(shown.unsigned_acts.count, 1);
    const struct unsigned_row *open = LIST_AT(shown.unsigned_acts, struct unsigned_row, 0);
    assert_string_equal(open->act, "release.release");
    assert_string_equal(open->corrected_in, b->donor);
    assert_int_equal(open->corrected_by, corrected);
    const struct correction_row *row = LIST_AT(shown.corrections, struct correction_row, 0);
    assert_string_equal(row->stream_id, b->donor);
    assert_string_equal(row->old_value, "-");                    /* the donor's health is not the batch's to tell */
    assert_string_equal(row->new_value, "-");
    assert_int_equal(row->unsigned_count, 2);                    /* the determination, the release */
    assert_int_equal(donor_of(b).corrected_by, corrected);
    assert_string_equal(short_gate_point(b, 4)->state, "open");
    assert_non_null(strstr(short_gate_point(b, 4)->text, b->donor));
    assert_string_equal(short_gate_point(b, 6)->state, "open");
    const char *csv = exported(b, ".corrections.csv");
    if (strstr(csv, b->donor) == NULL || strstr(csv, "results.hbsag") == NULL)
        fail_msg("%s", csv);
    assert_null(strstr(csv, "non_reactive"));                    /* how the donor is stays with the donor */
    assert_true(house_dossier_holds(b->batch));
}

CASE(R14_a_corrected_donor_result_leaves_determination_and_release_unsigned_until_reviewed)
{
    struct short_batch b;
    struct donor_entries d;
    struct hold_end go_on = {NULL, "determined anew, and the donor stays eligible"};
    released(&b, &d);
    refusals(&b, &d);
    assert_done(correct(&b, "U-MARA", d.tests, "results.hbsag", "non_reactive", "pending"));
    int64_t corrected = short_seq();
    said_everywhere(&b, corrected);
    assert_refused(short_hand_over(&b), ERR_DONOR_REFUSED, "R08");
    go_on.batch_id = b.batch;
    assert_refused(short_act("U-ELENA", "quality.hold_end", &go_on), ERR_ORDER_FORBIDS, "R14");
    assert_done(correct(&b, "U-MARA", d.tests, "results.hbsag", "pending", "non_reactive"));
    assert_refused(correct(&b, "U-MARA", d.tests, "results.hbsag", "pending", "reactive"), ERR_HEAD_STALE, "R12");
    assert_done(short_determine(&b));
    assert_int_equal(donor_of(&b).corrected_by, INTEGER_ABSENT);
    assert_string_equal(donor_of(&b).determination, "eligible");
    assert_refused(short_hand_over(&b), ERR_STATE_FORBIDS, "R14");      /* determined anew, but not released anew */
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_string_equal(short_shown(&b).state, "in_test");
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 5");
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_int_equal(short_shown(&b).unsigned_acts.count, 0);
    assert_int_equal(short_shown(&b).corrections.count, 2);
    assert_refused(short_act("U-ELENA", "quality.hold_end", &go_on), ERR_STATE_FORBIDS, "R14");
    assert_done(short_hand_over(&b));
    assert_true(house_dossier_holds(b.batch));
}

CASE(R08_a_donor_result_that_was_reactive_in_truth_changes_the_label_and_bars_the_release)
{
    struct short_batch b;
    struct donor_entries d;
    struct hold_end go_on = {NULL, "determined anew: the donor is not eligible"};
    released(&b, &d);
    assert_done(correct(&b, "U-YUKI", d.tests, "results.hbsag", "non_reactive", "reactive"));
    assert_done(short_determine(&b));
    assert_string_equal(donor_of(&b).determination, "ineligible");
    go_on.batch_id = b.batch;
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 6");
    assert_non_null(strstr(short_gate_point(&b, 6)->text, "label"));
    assert_true(house_dossier_holds(b.batch));
}

CASE(S1_1_a_consent_is_not_corrected_to_a_time_after_the_collection)
{
    struct short_batch b;
    struct donor_entries d;
    struct donor_key key;
    struct consent_rows rows;
    char was[CLOCK_TEXT], before[CLOCK_TEXT], after[CLOCK_TEXT], later[CLOCK_TEXT];
    released(&b, &d);
    key.donor_id = b.donor;
    assert_done(short_ask("source.consents", &key, &rows));
    int64_t given = LIST_AT(rows.events, struct consent_row, 0)->time;
    clock_to_text(given, was);
    clock_to_text(given - 1, before);
    clock_to_text(b.recovery_ms, after);
    clock_to_text(clock_ms() + 86400000, later);
    assert_refused(correct(&b, "U-MARA", d.consent, "given_at", was, after), ERR_CONSENT_MISSING, "1.1");
    assert_refused(correct(&b, "U-MARA", d.consent, "given_at", was, later), ERR_TIME_REFUSED, "R15");
    assert_refused(correct(&b, "U-MARA", d.consent, "scopes", "treatment", "storage"), ERR_FIELD_UNKNOWN, "R12");
    assert_done(correct(&b, "U-MARA", d.consent, "given_at", was, before));
    assert_done(short_ask("source.consents", &key, &rows));
    assert_int_equal(LIST_AT(rows.events, struct consent_row, 0)->time, given - 1);
    struct source_key donor = {b.donor};
    struct source_corrections made;
    assert_done(short_ask("source.corrections", &donor, &made));
    assert_int_equal(made.corrections.count, 1);
    assert_string_equal(LIST_AT(made.corrections, struct correction_row, 0)->field, "consent_record, given_at");
    assert_string_equal(LIST_AT(made.corrections, struct correction_row, 0)->old_value, was);
    struct err why;
    assert_int_equal(desk_call(house_login("U-MARA")->desk, house_arena(), "source.corrections", &donor, &made, &why), ERR_ROLE_MISSING);
    assert_true(house_dossier_holds(b.batch));
}

CASE(L31_replay_makes_corrections_of_a_donor_again)
{
    const struct audit_report *report = house_replay();
    if (report->faults.count > 0)
        fail_msg("%s", LIST_AT(report->faults, const struct audit_fault, 0)->text);
}
