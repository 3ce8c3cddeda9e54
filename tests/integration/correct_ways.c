/* What was written wrongly of a return or a dose is corrected over real sockets; and what happened to a patient is recorded, whatever was
 * corrected meanwhile. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

static int correct(const struct short_batch *b, const char *person, int64_t entry, const char *field, const char *old_value,
                   const char *new_value)
{
    struct custody_correct in;
    record_init(&record_custody_correct, &in);
    in.batch_id = b->batch;
    in.corrects = entry;
    in.field = field;
    in.old_value = old_value;
    in.new_value = new_value;
    in.reason = "copied from the chart of another bed";
    return short_act(person, "custody.correct", &in);
}

static int administer(const struct short_batch *b, int64_t at_ms, const char *reason)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = b->batch;
    in.recipient_code = b->recipient;
    in.donation_number = b->donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = at_ms;
    in.ended_at = at_ms + 1;
    in.adverse_event = 0;
    in.reason = reason;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &in.containers) =
        (struct dose_container){b->container, "6.3", "0.7"};
    return short_act("U-INES", "custody.administer", &in);
}

static const struct correction_row *last_correction(const struct batch_show *shown)
{
    return LIST_AT(shown->corrections, struct correction_row, 0);
}

CASE(T20_a_dose_that_was_written_wrongly_is_corrected_and_computed_anew)
{
    struct short_batch b;
    char given_at[CLOCK_TEXT], long_ago[CLOCK_TEXT], later[CLOCK_TEXT];
    short_received(&b, "allogeneic");
    int64_t at_ms = clock_ms();
    assert_done(administer(&b, at_ms, NULL));
    int64_t given = short_seq();
    const char *volume = arena_printf(house_arena(), "containers.%s.volume_given_ml", b.container);
    clock_to_text(at_ms, given_at);
    clock_to_text(at_ms - 86400000, long_ago);
    clock_to_text(at_ms + 3600000, later);
    assert_refused(correct(&b, "U-INES", given, "weight_kg", "70.0", "75.0"), ERR_DUTIES_SEGREGATED, "R10");
    assert_refused(correct(&b, "U-JON", given, "weight_kg", "70.0", "75.0"), ERR_ROLE_MISSING, "R01");
    assert_refused(correct(&b, "U-ELENA", given, "recipient_code", b.recipient, "R-2"), ERR_FIELD_UNKNOWN, "R12");
    assert_non_null(strstr(short_error()->text, "identity"));
    assert_refused(correct(&b, "U-ELENA", given, "dose_cells", "1", "2"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(&b, "U-ELENA", given, "weight_kg", "71.0", "75.0"), ERR_HEAD_STALE, "R12");
    assert_refused(correct(&b, "U-ELENA", given, "weight_kg", "70.0", "0"), ERR_FIELD_RANGE, "T20");
    assert_refused(correct(&b, "U-ELENA", given, "started_at", given_at, later), ERR_TIME_REFUSED, "R15");
    assert_done(correct(&b, "U-ELENA", given, "weight_kg", "70.0", "35.0"));
    struct batch_show shown = short_shown(&b);
    assert_string_equal(last_correction(&shown)->field, "administer, weight_kg");
    assert_string_equal(last_correction(&shown)->new_value, "-");             /* how the recipient is stays in the record */
    assert_done(correct(&b, "U-ELENA", given, volume, "6.3", "5.0"));
    shown = short_shown(&b);
    assert_string_equal(last_correction(&shown)->new_value, "5.0");
    assert_string_equal(TEXTS_AT(last_correction(&shown)->findings, 0), "not_balanced");
    assert_done(correct(&b, "U-ELENA", given, "site", "left forearm", "right forearm"));
    struct batch_key key = {b.batch};
    struct custody_rows chain;
    assert_done(short_ask("custody.chain", &key, &chain));
    const struct custody_row *row = LIST_AT(chain.events, struct custody_row, chain.events.count - 1);
    assert_string_equal(row->place, "intravenous right forearm");
    assert_string_equal(row->was_place, "intravenous left forearm");
    assert_done(correct(&b, "U-ELENA", given, "started_at", given_at, long_ago));
    shown = short_shown(&b);
    assert_int_equal(last_correction(&shown)->findings.count, 3);              /* not balanced, not received, not released by then */
    assert_done(correct(&b, "U-ELENA", given, "adverse_event", "false", "true"));
    assert_true(house_dossier_holds(b.batch));
}

static int64_t returned(const struct short_batch *b)
{
    struct return_give give;
    struct return_receive take;
    record_init(&record_return_give, &give);
    record_init(&record_return_receive, &take);
    take.batch_id = give.batch_id = b->batch;
    take.transfer_id = give.transfer_id = short_fresh("RT");
    give.receiver_id = "U-JON";
    give.reason = "the infusion was put off by the clinic";
    take.condition = give.condition = "good";
    take.seal_number = give.seal_number = "S-10";
    take.temperature_c = give.temperature_c = "5.1";
    texts_add(house_arena(), &give.containers, b->container);
    take.containers = give.containers;
    assert_done(short_act("U-INES", "custody.return_give", &give));
    assert_done(short_act("U-JON", "custody.return_receive", &take));
    return short_seq();
}

static int decide(const struct short_batch *b, const char *who, const char *decision)
{
    struct container_decide in;
    record_init(&record_container_decide, &in);
    in.batch_id = b->batch;
    in.decision = decision;
    in.reason = "its cold chain at the clinic is not known";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.container_decide", &in);
}

CASE(R14_a_corrected_return_leaves_the_decision_on_it_unsigned_until_QA_decides_anew)
{
    struct short_batch b;
    short_received(&b, "allogeneic");
    int64_t taken = returned(&b);
    assert_done(decide(&b, "U-PETER", "destroy"));
    int64_t decided = short_seq();
    assert_refused(correct(&b, "U-MARA", taken, "seal_number", "S-10", "S-11"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct(&b, "U-INES", taken, "temperature_c", "5.1", "15.1"), ERR_ROLE_MISSING, "R01");
    assert_int_equal(decide(&b, "U-PETER", "nonclinical"), ERR_STATE_FORBIDS);        /* what was decided stands */
    assert_done(correct(&b, "U-ELENA", taken, "temperature_c", "5.1", "15.1"));
    int64_t corrected = short_seq();
    struct batch_show shown = short_shown(&b);
    assert_int_equal(shown.unsigned_acts.count, 1);
    const struct unsigned_row *open = LIST_AT(shown.unsigned_acts, struct unsigned_row, 0);
    assert_string_equal(open->act, "custody.container_decide");
    assert_int_equal(open->entry, decided);
    assert_int_equal(open->corrected_by, corrected);
    assert_int_equal(last_correction(&shown)->unsigned_count, 1);
    assert_true(house_dossier_holds(b.batch));
    assert_refused(decide(&b, "U-ELENA", "destroy"), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(decide(&b, "U-PETER", "nonclinical"));
    shown = short_shown(&b);
    assert_int_equal(shown.unsigned_acts.count, 0);
    assert_int_equal(decide(&b, "U-PETER", "nonclinical"), ERR_STATE_FORBIDS);
    assert_true(house_dossier_holds(b.batch));
}

static struct whereabouts_row stands(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    return *LIST_AT(all.containers, struct whereabouts_row, 0);
}

CASE(R14_a_decision_signed_anew_on_what_is_destroyed_says_who_destroyed_it_and_when)
{
    struct short_batch b;
    short_received(&b, "allogeneic");
    int64_t taken = returned(&b);
    assert_done(decide(&b, "U-PETER", "destroy"));
    struct container_destroy destroy = {.batch_id = b.batch, .method = "autoclaved", .reason = "its cold chain at the clinic is not known",
                                        .witness_id = "U-MARA", .destroyed_at = clock_ms() - 1000};
    texts_add(house_arena(), &destroy.containers, b.container);
    assert_done(short_act("U-JON", "custody.container_destroy", &destroy));
    struct destroy_witness witness = {.batch_id = b.batch, .destroy_seq = short_seq(), .containers = destroy.containers};
    assert_done(short_act("U-MARA", "custody.destroy_witness", &witness));
    struct whereabouts_row before = stands(&b);
    assert_int_equal(before.seq, short_seq());
    assert_done(correct(&b, "U-ELENA", taken, "temperature_c", "5.1", "15.1"));
    assert_done(decide(&b, "U-PETER", "destroy"));
    struct whereabouts_row after = stands(&b);
    assert_string_equal(after.state, "destroyed");
    assert_int_equal(after.seq, before.seq);
    assert_int_equal(after.since, before.since);
    assert_string_equal(after.place, before.place);
    struct batch_key key = {b.batch};
    struct custody_rows chain;
    assert_done(short_ask("custody.chain", &key, &chain));
    const struct custody_row *last = LIST_AT(chain.events, struct custody_row, chain.events.count - 1);
    assert_string_equal(last->event, "decided anew");
    assert_string_equal(last->place, "destroyed");
    assert_true(house_dossier_holds(b.batch));
}

/* the donor is determined anew, but nothing can be released anew that is with the clinic: what was given before is recorded all the same */
CASE(R15_what_was_given_before_a_correction_of_the_donor_was_known_is_recorded_late)
{
    struct short_batch b;
    struct donor_correct in;
    short_received(&b, "allogeneic");
    int64_t given = clock_ms();
    record_init(&record_donor_correct, &in);
    in.donor_id = b.donor;
    in.corrects = 3;                                             /* registered, consented, screened, tested */
    in.field = "laboratory";
    in.old_value = house_sql(arena_printf(house_arena(), "select laboratory from source.donor_test where donor_id = '%s'", b.donor));
    in.old_value = arena_text(house_arena(), in.old_value);
    in.new_value = "Another laboratory";
    in.reason = "read from the line above in the report";
    assert_done(short_act("U-MARA", "source.donor_correct", &in));
    assert_done(short_determine(&b));
    const char *late = "the ward had no terminal at hand";
    assert_refused(administer(&b, clock_ms(), late), ERR_STATE_FORBIDS, "R14");       /* it is known now */
    assert_refused(administer(&b, given, NULL), ERR_REASON_MISSING, "R15");
    assert_done(administer(&b, given, late));
    assert_true(house_dossier_holds(b.batch));
}

CASE(L31_replay_makes_corrections_of_returns_and_doses_again)
{
    const struct audit_report *report = house_replay();
    if (report->faults.count > 0)
        fail_msg("%s", LIST_AT(report->faults, const struct audit_fault, 0)->text);
}
