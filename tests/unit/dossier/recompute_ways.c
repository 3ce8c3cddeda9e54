/* Rule 11 over corrections of returns and of doses given: what follows comes out again, what it shows is said, a forged one is refused. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "unit/dossier/recompute_lab.h"

static struct dossier_entry *by(const char *person, struct dossier_entry *entry)
{
    entry->statement.actor = person;
    return entry;
}

static struct dossier_entry *given_dose(void)
{
    received_batch();
    struct administer *in = giving();
    now_ms += 60000;
    in->started_at = now_ms - 2000;
    in->ended_at = now_ms - 1000;
    return by("U-5", add(B, "custody.administer", in));
}

static struct custody_correct *correction(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    struct custody_correct *in = fresh("custody.correct");
    in->batch_id = "B-1";
    in->corrects = corrects;
    in->field = field;
    in->old_value = old_value;
    in->new_value = new_value;
    in->reason = "copied from another chart";
    return in;
}

static struct dossier_entry *corrected_by(const char *person, struct custody_correct *in)
{
    stream[B].entry[stream[B].count].statement.actor = person;
    return add(B, "custody.correct", in);
}

static struct dossier_entry *correct(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    return corrected_by("U-9", correction(corrects, field, old_value, new_value));
}

static const char *body_of(const struct dossier_entry *entry)
{
    return (const char *)entry->statement.body.data;
}

static void refused(struct custody_correct *in, int code, const char *why)
{
    struct dossier_entry *entry = &stream[B].entry[stream[B].count];
    const struct recompute_row *row = recompute_row(recompute_rows(), "custody.correct");
    entry->entry.seq = (int64_t)stream[B].count;
    entry->entry.time_ms = now_ms += 60000;
    entry->statement = (struct statement){.type = "custody.correct", .actor = "U-9", .at_ms = now_ms};
    struct recompute_case c = case_of(&stream[B], entry);
    assert_int_equal(row->fill(&c, in, &e), code);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

CASE(T20_rule_11_a_corrected_weight_makes_the_dose_anew)
{
    int64_t given = given_dose()->entry.seq;
    struct dossier_entry *by_weight = correct(given, "weight_kg", "70.0", "35.0");
    assert_non_null(strstr(body_of(by_weight), "\"dose_cells\":\"630000000\",\"dose_cells_per_kg\":\"18000000\""));
    assert_null(strstr(body_of(by_weight), "findings"));
    holds_until(B, by_weight, "\"dose_cells_per_kg\":\"18000000\"", "\"dose_cells_per_kg\":\"9000000\"");
    struct dossier_entry *by_volume = correct(given, "containers.K1.volume_given_ml", "6.3", "3.5");
    assert_non_null(strstr(body_of(by_volume), "\"dose_cells\":\"350000000\",\"dose_cells_per_kg\":\"10000000\",\"field\":\"containers.K1."));
    assert_non_null(strstr(body_of(by_volume), "\"findings\":[\"not_balanced\"]"));     /* until the residue is corrected too */
    struct dossier_entry *rest = correct(given, "containers.K1.residual_ml", "0.7", "3.5");
    assert_null(strstr(body_of(rest), "findings"));
    holds_until(B, by_volume, "not_balanced", "expired");
    end();
}

CASE(T19_rule_11_a_dose_that_was_given_expired_in_truth_says_so)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT], before[CLOCK_TEXT], later[CLOCK_TEXT];
    received_batch();
    struct administer *in = giving();
    now_ms += 200000000;                                  /* the cells expired meanwhile */
    in->started_at = now_ms - 150000000;
    in->ended_at = now_ms - 1000;
    in->reason = "the ward had no terminal";
    int64_t given = by("U-5", add(B, "custody.administer", in))->entry.seq;
    clock_to_text(in->started_at, was);
    clock_to_text(in->ended_at - 1, is);
    clock_to_text(now_ms - 300000000, before);
    clock_to_text(now_ms + 3600000, later);
    refused(correction(given, "started_at", was, later), ERR_TIME_REFUSED, "ends before it starts");
    struct dossier_entry *expired = correct(given, "started_at", was, is);
    assert_non_null(strstr(body_of(expired), "\"findings\":[\"expired\"]"));
    struct dossier_entry *early = correct(given, "started_at", is, before);
    assert_non_null(strstr(body_of(early), "\"not_received\",\"known_then\""));     /* nor was it released by then */
    clock_to_text(in->ended_at, was);
    refused(correction(given, "ended_at", was, later), ERR_TIME_REFUSED, "recorded at");
    holds_until(B, expired, "\"findings\":[\"expired\"]", "\"findings\":[]");
    end();
}

CASE(R15_rule_11_an_end_that_was_earlier_in_truth_makes_it_a_late_entry)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    received_batch();
    struct administer *in = giving();
    now_ms += 3600000;
    in->started_at = now_ms - 3500000;
    in->ended_at = now_ms - 1000;
    int64_t given = by("U-5", add(B, "custody.administer", in))->entry.seq;
    int64_t at_ms = stream[B].entry[given].statement.at_ms;
    clock_to_text(in->ended_at, was);
    clock_to_text(at_ms - 30 * 60000, is);
    struct dossier_entry *entry = correct(given, "ended_at", was, is);
    holds_until(B, entry, "\"late_min\":30", "\"late_min\":31");
    end();
}

CASE(R12_rule_11_a_forged_correction_of_a_dose)
{
    int64_t given = given_dose()->entry.seq;
    struct dossier_entry *entry = correct(given, "site", "left arm", "right arm");
    holds_until(B, entry, "left arm", "left leg");
    stream[B].count--;
    entry = correct(given, "route", "intravenous", "intrathecal");
    holds_until(B, entry, "intrathecal", "intravenous");
    stream[B].count--;
    entry = correct(given, "imaging", "none", "ct");
    entry->statement.actor = "U-5";
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "who recorded it"));
    refused(correction(given, "recipient_code", "R-1", "R-2"), ERR_DOSSIER_REFUSED, "no such value");
    refused(correction(given, "weight_kg", "60.0", "65.0"), ERR_HEAD_STALE, "stands as 70.0");
    refused(correction(given, "weight_kg", "70.0", "0"), ERR_FIELD_RANGE, "weight");
    end();
}

/* ---- a return, and what QA decided on it */

static struct dossier_entry *decided_by(const char *person, const char *decision, int64_t renews)
{
    struct container_decide *d = fresh("custody.container_decide");
    d->batch_id = "B-1";
    d->decision = decision;
    d->reason = "its cold chain is known";
    d->renews = renews;
    texts_add(a, &d->containers, "K1");
    return by(person, put(B, "custody.container_decide", d));
}

/* the entries of the return's two halves */
static void returned(int64_t *ret_given, int64_t *ret_taken)
{
    received_batch();
    struct return_give *g = fresh("custody.return_give");
    *g = (struct return_give){.batch_id = "B-1", .transfer_id = "R1", .receiver_id = "U-1", .reason = "put off by the ward", .condition = "good",
                              .seal_number = "S2", .temperature_c = "5.0"};
    texts_add(a, &g->containers, "K1");
    *ret_given = by("U-5", add(B, "custody.return_give", g))->entry.seq;
    struct return_receive *r = fresh("custody.return_receive");
    *r = (struct return_receive){.batch_id = "B-1", .transfer_id = "R1", .condition = "good", .seal_number = "S2", .temperature_c = "6.0"};
    texts_add(a, &r->containers, "K1");
    *ret_taken = by("U-1", add(B, "custody.return_receive", r))->entry.seq;
}

static struct list unsigned_now(void)
{
    const struct dossier_entry end_of = {.entry.seq = INT64_MAX};
    struct recompute_case c = case_of(&stream[B], &end_of);
    struct list ret = {NULL, 0};
    assert_int_equal(recompute_unsigned(&c, &ret, &e), 0);
    return ret;
}

CASE(R14_rule_11_a_corrected_return_leaves_the_decision_unsigned_until_decided_anew)
{
    int64_t given, taken;
    returned(&given, &taken);
    struct dossier_entry *first = decided_by("U-9", "nonclinical", INTEGER_ABSENT);
    assert_int_equal(check(B, first), 0);
    assert_int_equal(check(B, decided_by("U-9", "nonclinical", INTEGER_ABSENT)), ERR_DOSSIER_REFUSED);   /* nothing is left to decide */
    stream[B].count--;
    struct dossier_entry *warm = corrected_by("U-2", correction(taken, "temperature_c", "6.0", "16.0"));
    holds_until(B, warm, "\"entry\":", "\"entry\":1");
    stream[B].count--;
    corrected_by("U-2", correction(taken, "temperature_c", "6.0", "16.0"));
    warm = corrected_by("U-2", correction(given, "temperature_c", "5.0", "15.0"));
    assert_int_equal(check(B, warm), 0);
    struct list open = unsigned_now();
    assert_int_equal(open.count, 2);
    assert_int_equal(LIST_AT(open, struct unsigned_row, 0)->entry, first->entry.seq);
    assert_int_equal(check(B, decided_by("U-9", "nonclinical", INTEGER_ABSENT)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "renews");
    stream[B].count--;
    struct dossier_entry *anew = decided_by("U-2", "nonclinical", first->entry.seq);
    assert_int_equal(check(B, anew), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "actor");                       /* who corrected it */
    anew->statement.actor = "U-9";
    assert_int_equal(check(B, anew), 0);
    assert_int_equal(unsigned_now().count, 0);
    assert_int_equal(check(B, decided_by("U-9", "nonclinical", first->entry.seq)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R12_rule_11_a_correction_of_a_return_that_nobody_decided_on_leaves_nothing_unsigned)
{
    int64_t given, taken;
    returned(&given, &taken);
    struct dossier_entry *entry = correct(given, "reason", "put off by the ward", "put off by the recipient");
    assert_null(strstr(body_of(entry), "lapsed"));
    assert_int_equal(unsigned_now().count, 0);
    refused(correction(taken, "seal_number", "S2", "S3"), ERR_DOSSIER_REFUSED, "no such value");
    end();
}

/* of several one was lost meanwhile: QA may still want the others for something else than was decided */
CASE(R14_rule_11_what_is_gone_binds_no_decision_signed_anew)
{
    int64_t given, taken;
    returned(&given, &taken);
    int64_t first = decided_by("U-9", "destroy", INTEGER_ABSENT)->entry.seq;
    struct container_loss *lost = fresh("custody.container_loss");
    *lost = (struct container_loss){.batch_id = "B-1", .text = "not in its place", .deviation_class = "critical", .aware_at = now_ms};
    texts_add(a, &lost->containers, "K1");
    by("U-1", add(B, "custody.container_loss", lost));
    assert_int_equal(check(B, decided_by("U-9", "nonclinical", INTEGER_ABSENT)), ERR_DOSSIER_REFUSED);   /* what is lost is not decided on */
    stream[B].count--;
    corrected_by("U-2", correction(taken, "temperature_c", "6.0", "16.0"));
    assert_int_equal(check(B, decided_by("U-9", "nonclinical", first)), 0);
    assert_int_equal(unsigned_now().count, 0);
    end();
}
