/* Corrections of a collection and its receipt over real sockets: refusals, what lapses in its batch, and the way back. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

enum { COLLECTED, RECEIVED };        /* the collection's entries */

static int correct(const struct short_batch *b, const char *person, int64_t entry, const char *field, const char *old_value,
                   const char *new_value)
{
    struct collection_correct in;
    record_init(&record_collection_correct, &in);
    in.collection_id = b->collection;
    in.corrects = entry;
    in.field = field;
    in.old_value = old_value;
    in.new_value = new_value;
    in.reason = "copied from the protocol of another theatre";
    return short_act(person, "source.collection_correct", &in);
}

static struct collection_row collection_of(const struct short_batch *b)
{
    struct nothing none;
    record_init(&record_nothing, &none);
    struct collection_rows rows;
    assert_done(short_ask("source.collections", &none, &rows));
    for (size_t i = 0; i < rows.collections.count; i++)
        if (strcmp(LIST_AT(rows.collections, struct collection_row, i)->collection_id, b->collection) == 0)
            return *LIST_AT(rows.collections, struct collection_row, i);
    fail_msg("no %s", b->collection);
    return (struct collection_row){0};
}

static void refusals(const struct short_batch *b)
{
    char began[CLOCK_TEXT], ended[CLOCK_TEXT], before[CLOCK_TEXT], later[CLOCK_TEXT];
    clock_to_text(b->recovery_ms - 120000, began);
    clock_to_text(b->recovery_ms, ended);
    clock_to_text(b->recovery_ms - 180000, before);
    clock_to_text(clock_ms() + 86400000, later);
    assert_refused(correct(b, "U-MARA", COLLECTED, "donation_number", b->donation_number, "A999926000001"), ERR_FIELD_UNKNOWN, "R12");
    assert_non_null(strstr(short_error()->text, "identity"));
    assert_refused(correct(b, "U-MARA", COLLECTED, "donor_id", b->donor, "D-1"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "seal_number", "S-1", "S-2"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "tissue", "umbilical_cord", "placenta"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", RECEIVED, "decision", "accepted", "rejected"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "volume_ml", "50", "60"), ERR_NOT_FOUND, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "length_cm", "20", "22"), ERR_HEAD_STALE, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "length_cm", "21.5", "21.5"), ERR_FIELD_RANGE, "R12");
    assert_refused(correct(b, "U-MARA", COLLECTED, "length_cm", "21.5", "215"), ERR_LIMIT_HARD, "R22");
    assert_refused(correct(b, "U-MARA", COLLECTED, "ended_at", ended, before), ERR_TIME_REFUSED, "R15");
    assert_refused(correct(b, "U-MARA", COLLECTED, "ended_at", ended, later), ERR_TIME_REFUSED, "R15");
    assert_refused(correct(b, "U-MARA", RECEIVED, "seal_intact", "true", "false"), ERR_STATE_FORBIDS, "R04");
    assert_refused(correct(b, "U-MARA", 7, "site", "a", "b"), ERR_NOT_FOUND, "R12");
    assert_int_equal(correct(b, "U-PETER", COLLECTED, "length_cm", "21.5", "22.5"), ERR_ROLE_MISSING);
    assert_int_equal(short_shown(b).corrections.count, 0);
}

/* the file of that ending of the batch's export */
static const char *exported(const struct short_batch *b, const char *format, const char *ending)
{
    struct export_request in = {b->batch, format};
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

static void said_everywhere(const struct short_batch *b, int64_t corrected)
{
    struct batch_show shown = short_shown(b);
    assert_int_equal(shown.unsigned_acts.count, 2);              /* review and release */
    for (size_t i = 0; i < 2; i++) {
        const struct unsigned_row *open = LIST_AT(shown.unsigned_acts, struct unsigned_row, i);
        assert_string_equal(open->act, i == 0 ? "release.review" : "release.release");
        assert_string_equal(open->corrected_in, b->collection);
        assert_int_equal(open->corrected_by, corrected);
    }
    const struct correction_row *row = LIST_AT(shown.corrections, struct correction_row, 0);
    assert_string_equal(row->stream_id, b->collection);
    assert_string_equal(row->old_value, "21.5");
    assert_int_equal(row->unsigned_count, 3);                    /* and the receipt */
    assert_int_equal(collection_of(b).corrected_by, corrected);
    assert_string_equal(short_gate_point(b, 4)->state, "open");
    assert_non_null(strstr(short_gate_point(b, 4)->text, b->collection));
    assert_string_equal(short_gate_point(b, 5)->state, "open");
    const char *csv = exported(b, "csv", ".corrections.csv");
    if (strstr(csv, b->collection) == NULL || strstr(csv, "length_cm,21.5,22.5") == NULL)
        fail_msg("%s", csv);
    const char *fhir = exported(b, "fhir", ".json");
    assert_non_null(strstr(fhir, "length_cm: 21.5"));
    assert_non_null(strstr(fhir, arena_printf(house_arena(), "of %s", b->collection)));
    struct entry_rows entries;
    struct entry_list history = {.stream = b->collection, .from_seq = 0};
    assert_done(short_ask("audit.entries", &history, &entries));
    assert_int_equal(LIST_AT(entries.entries, struct entry_row, RECEIVED)->unsigned_by, corrected);
    assert_true(house_dossier_holds(b->batch));
}

CASE(R14_a_corrected_collection_leaves_receipt_review_and_release_unsigned_until_reviewed)
{
    struct short_batch b;
    struct hold_end go_on = {NULL, "the length was written wrongly, the cells are the same"};
    short_released(&b, "allogeneic");
    refusals(&b);
    assert_done(correct(&b, "U-MARA", COLLECTED, "length_cm", "21.5", "22.5"));
    said_everywhere(&b, short_seq());
    assert_refused(short_hand_over(&b), ERR_STATE_FORBIDS, "R14");
    go_on.batch_id = b.batch;
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_string_equal(short_shown(&b).state, "in_test");
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 5");
    assert_done(short_review(&b));
    assert_int_equal(collection_of(&b).corrected_by, INTEGER_ABSENT);
    assert_int_equal(short_shown(&b).unsigned_acts.count, 1);       /* the release, until there is the next */
    assert_done(short_release(&b));
    assert_int_equal(short_shown(&b).unsigned_acts.count, 0);
    assert_done(short_hand_over(&b));
    assert_true(house_dossier_holds(b.batch));
}

CASE(T26_a_collection_that_ended_otherwise_asks_for_eligibility_of_that_recovery)
{
    struct short_batch b;
    char ended[CLOCK_TEXT], truth[CLOCK_TEXT];
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    short_test(&b);
    clock_to_text(b.recovery_ms, ended);
    clock_to_text(b.recovery_ms - 60000, truth);
    assert_done(correct(&b, "U-MARA", COLLECTED, "ended_at", ended, truth));
    assert_int_equal(collection_of(&b).ended_at, b.recovery_ms - 60000);
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 6");
    assert_non_null(strstr(short_gate_point(&b, 6)->text, "determined for a recovery at"));
    b.recovery_ms -= 60000;
    assert_done(short_determine(&b));
    assert_done(short_release(&b));
    assert_true(house_dossier_holds(b.batch));
}

CASE(R15_what_was_given_before_a_correction_of_the_collection_was_known_names_it)
{
    struct short_batch b;
    struct administer in;
    short_received(&b, "allogeneic");
    record_init(&record_administer, &in);
    in.batch_id = b.batch;
    in.recipient_code = b.recipient;
    in.donation_number = b.donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = clock_ms();
    in.ended_at = in.started_at + 1;
    in.adverse_event = 0;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &in.containers) =
        (struct dose_container){b.container, "6.3", "0.7"};
    assert_done(correct(&b, "U-MARA", COLLECTED, "site", "umbilical cord", "umbilical cord, maternal end"));
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_REASON_MISSING, "R15");
    in.reason = "the ward had no terminal at hand";
    assert_done(short_act("U-INES", "custody.administer", &in));
    assert_true(house_dossier_holds(b.batch));
}

CASE(L31_replay_makes_corrections_of_a_collection_again)
{
    const struct audit_report *report = house_replay();
    if (report->faults.count > 0)
        fail_msg("%s", LIST_AT(report->faults, const struct audit_fault, 0)->text);
}
