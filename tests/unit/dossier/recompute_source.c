/* Rule 11 over corrections of a donor: what they change is recomputed, what rested on it stands as unsigned, and a forged one is refused. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "unit/dossier/recompute_lab.h"

static struct dossier_entry *by(const char *person, struct dossier_entry *entry)
{
    entry->statement.actor = person;
    return entry;
}

/* the entry of the screening */
static int64_t donor_without_risk(void)
{
    struct donor_register *d = fresh("source.donor_register");
    struct screening_record *s = fresh("source.screening_record");
    *d = (struct donor_register){.donor_id = "D-1", .tissue = "marrow", .use = "allogeneic", .subject = "donor", .recipient_code = "R-1"};
    by("U-1", add(D, "source.donor_register", d));
    *s = (struct screening_record){.donor_id = "D-1", .subject = "donor", .outcome = "no_risk", .screened_at = now_ms};
    return by("U-1", add(D, "source.screening_record", s))->entry.seq;
}

static struct dossier_entry *tests_reported(void)
{
    static const char *const assays[] = {"hiv_1_nat", "hbsag"};
    struct donor_test_report *t = fresh("source.donor_test_report");
    *t = (struct donor_test_report){.donor_id = "D-1", .subject = "donor", .specimen_at = now_ms, .laboratory = "L", .dilution_suspected = 0};
    for (size_t i = 0; i < 2; i++)
        *(struct donor_result *)record_list_add(a, &record_donor_result, &t->results) = (struct donor_result){assays[i], "non_reactive"};
    return by("U-1", add(D, "source.donor_test_report", t));
}

static struct dossier_entry *determined_by(const char *person)
{
    struct eligibility_determine *d = fresh("source.eligibility_determine");
    d->donor_id = "D-1";
    d->recovery_at = now_ms;
    return by(person, add(D, "source.eligibility_determine", d));
}

static struct donor_correct *correction(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    struct donor_correct *in = fresh("source.donor_correct");
    *in = (struct donor_correct){.donor_id = "D-1", .corrects = corrects, .field = field, .old_value = old_value, .new_value = new_value,
                                 .reason = "read from the wrong line"};
    return in;
}

static struct dossier_entry *correct(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    return by("U-2", add(D, "source.donor_correct", correction(corrects, field, old_value, new_value)));
}

/* a statement that is refused, for ${why}: made beside the lab's own, and taken out again */
static void refused(struct donor_correct *in, const char *why)
{
    struct dossier_entry *entry = &stream[D].entry[stream[D].count];
    const struct recompute_row *row = recompute_row(recompute_rows(), "source.donor_correct");
    entry->entry.seq = (int64_t)stream[D].count;
    entry->entry.time_ms = now_ms += 60000;
    entry->statement.type = "source.donor_correct";
    struct recompute_case c = case_of(&stream[D], entry);
    assert_true(row->fill(&c, in, &e) > 0);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

CASE(R12_rule_11_a_determination_behind_a_correction_is_of_the_corrected_value)
{
    begin();
    donor_without_risk();
    struct dossier_entry *first = determined_by("U-9");
    assert_null(strstr((const char *)first->statement.body.data, "\"has_risk\":true"));
    correct(1, "outcome", "no_risk", "risk_factor");
    struct dossier_entry *again = determined_by("U-9");
    holds_until(D, again, "\"has_risk\":true", "\"has_risk\":false");
    assert_int_equal(check(D, first), 0);                  /* what was determined stays what it was */
    end();
}

CASE(R14_rule_11_a_correction_names_the_determination_that_it_leaves_unsigned)
{
    begin();
    donor_without_risk();
    int64_t determined = determined_by("U-9")->entry.seq;
    struct dossier_entry *entry = correct(1, "outcome", "no_risk", "risk_factor");
    const char *lapsed = arena_printf(a, "\"lapsed\":[{\"act\":\"source.eligibility_determine\",\"entry\":%lld}],", (long long)determined);
    holds_until(D, entry, lapsed, "");
    end();
}

CASE(R12_rule_11_a_forged_correction_of_a_donor)
{
    begin();
    donor_without_risk();
    int64_t report = tests_reported()->entry.seq;
    const char *field = "results.hbsag";
    struct dossier_entry *entry = correct(report, field, "non_reactive", "reactive");
    holds_until(D, entry, "\"old_value\":\"non_reactive\"", "\"old_value\":\"pending\"");
    stream[D].count--;
    entry = correct(report, field, "non_reactive", "reactive");
    holds_until(D, entry, "\"act\":\"source.donor_test_report\"", "\"act\":\"source.screening_record\"");
    stream[D].count--;
    entry = correct(report, field, "non_reactive", "reactive");
    holds_until(D, correct(report, field, "reactive", "pending"), "\"old_value\":\"reactive\"", "\"old_value\":\"non_reactive\"");
    end();
}

CASE(R12_rule_11_what_of_a_donor_is_not_corrected)
{
    begin();
    donor_without_risk();
    int64_t report = tests_reported()->entry.seq, determined = determined_by("U-9")->entry.seq;
    refused(correction(0, "tissue", "marrow", "adipose"), "is not corrected");
    refused(correction(0, "relation", "first_degree", "second_degree"), "is not recorded");
    refused(correction(determined, "determination", "incomplete", "eligible"), "is not corrected");
    refused(correction(report, "results.anti_hcv", "non_reactive", "reactive"), "is not in the report");
    refused(correction(report, "results.hbsag", "non_reactive", "non_reactive"), "stands already");
    refused(correction(report, "dilution_suspected", "false", "true"), "is not corrected");
    refused(correction(report, "weight_kg", "70", "80"), "is not recorded");
    refused(correction(1, "subject", "donor", "mother"), "stands one donor");
    refused(correction(30, "outcome", "no_risk", "risk_factor"), "there is no entry 30");
    struct donor_correct *in = correction(1, "outcome", "no_risk", "risk_factor");
    in->reason = "typo";
    refused(in, "");
    end();
}

CASE(R15_rule_11_a_corrected_time_is_judged_as_the_time_was)
{
    char was[CLOCK_TEXT], early[CLOCK_TEXT], late[CLOCK_TEXT];
    begin();
    donor_without_risk();
    int64_t at_ms = now_ms - 60000, recorded_ms = now_ms;
    clock_to_text(at_ms, was);
    clock_to_text(at_ms - 3600000, early);
    clock_to_text(recorded_ms + 1, late);
    determined_by("U-9");
    refused(correction(1, "screened_at", was, late), "it was recorded at");
    refused(correction(1, "screened_at", was, "yesterday"), "");
    holds_until(D, correct(1, "screened_at", was, early), early, late);
    end();
}

static int64_t consent(int64_t given_ms)
{
    struct consent_record *k = fresh("source.consent_record");
    *k = (struct consent_record){.donor_id = "D-1", .form_version = "F 1", .given_at = given_ms};
    texts_add(a, &k->scopes, "treatment");
    return by("U-1", add(D, "source.consent_record", k))->entry.seq;
}

CASE(S1_1_rule_11_consent_is_not_corrected_to_after_the_collection)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT], after[CLOCK_TEXT], withdrawn[CLOCK_TEXT];
    begin();
    donor_without_risk();
    int64_t given_ms = now_ms - 7200000, began_ms = now_ms - 3600000, given = consent(given_ms);
    struct collection_record *k = fresh("source.collection_record");
    *k = (struct collection_record){.collection_id = "C-1", .donor_id = "D-1", .donation_number = "A999926000123", .check_character = "X",
                                    .tissue = "marrow", .site = "iliac crest", .started_at = began_ms, .ended_at = began_ms + 600000,
                                    .container_lot = "L", .seal_number = "S"};
    add(C, "source.collection_record", k);
    struct consent_withdraw *w = fresh("source.consent_withdraw");
    *w = (struct consent_withdraw){.donor_id = "D-1", .withdrawn_at = now_ms};
    texts_add(a, &w->scopes, "treatment");
    int64_t took = by("U-1", add(D, "source.consent_withdraw", w))->entry.seq;
    clock_to_text(given_ms, was);
    clock_to_text(began_ms - 1, is);
    clock_to_text(began_ms + 1, after);
    clock_to_text(w->withdrawn_at, withdrawn);
    refused(correction(given, "given_at", was, after), "after the collection began");
    refused(correction(took, "withdrawn_at", withdrawn, "2020-01-01T00:00:00.000Z"), "withdrawn before it was given");
    holds_until(D, correct(given, "given_at", was, is), is, after);
    end();
}

CASE(R10_rule_11_nobody_determines_what_they_corrected)
{
    begin();
    donor_without_risk();
    determined_by("U-9");
    correct(1, "outcome", "no_risk", "risk_factor");
    struct dossier_entry *again = determined_by("U-9");
    assert_int_equal(check(D, again), 0);
    again->statement.actor = "U-2";
    assert_int_equal(check(D, again), ERR_DUTIES_SEGREGATED);
    end();
}

/* a release that says what was known of the donor */
static struct dossier_entry *release_knowing(int64_t evidence_seq)
{
    struct dossier_entry *entry = release("holds", 13);
    struct batch_release *r = fresh("release.release");
    struct recompute_case c = case_of(&stream[B], entry);
    struct buf body = buf_new(a);
    assert_int_equal(recompute_read(&c, entry, r, &e), 0);
    r->evidence_seq = evidence_seq;
    record_to_json(&body, &record_batch_release, r, RECORD_STATEMENT);
    entry->statement.body = (struct bytes){(const uint8_t *)body.text, body.len};
    return entry;
}

static size_t unsigned_elsewhere(struct list *ret)
{
    const struct dossier_entry end_of = {.entry.seq = INT64_MAX};
    struct recompute_case c = case_of(&stream[B], &end_of);
    *ret = (struct list){NULL, 0};
    assert_int_equal(recompute_unsigned_elsewhere(&c, ret, &e), 0);
    return ret->count;
}

CASE(R14_rule_11_a_release_that_did_not_know_of_a_correction_stands_as_unsigned)
{
    struct list open;
    begin();
    open_batch();
    report_all("97");
    int64_t screened = donor_without_risk();
    int64_t determined = determined_by("U-9")->entry.seq;
    assert_int_equal(unsigned_elsewhere(&open), 0);
    struct dossier_entry *released = release_knowing(determined);
    assert_int_equal(unsigned_elsewhere(&open), 0);
    int64_t corrected = correct(screened, "outcome", "no_risk", "risk_factor")->entry.seq;
    assert_int_equal(unsigned_elsewhere(&open), 1);
    const struct unsigned_row *row = LIST_AT(open, struct unsigned_row, 0);
    assert_int_equal(row->entry, released->entry.seq);
    assert_int_equal(row->corrected_by, corrected);
    assert_string_equal(row->corrected_in, "D-1");
    now_ms += 120000;
    gate_refused(release_knowing(determined), "released without what entry");
    gate_refused(release_knowing(corrected), "more is known of the donor");
    release_knowing(determined_by("U-9")->entry.seq);
    assert_int_equal(unsigned_elsewhere(&open), 0);
    end();
}

/* ---- a collection */

static int64_t collected_ms;

/* C-1 of D-1, from an hour to half an hour before it is recorded, and received at once */
static void collection(void)
{
    struct collection_record *k = fresh("source.collection_record");
    struct receipt_record *r = fresh("source.receipt_record");
    collected_ms = now_ms;
    k->collection_id = r->collection_id = "C-1";
    k->donor_id = "D-1";
    k->donation_number = r->donation_number = "A999926000123";
    k->check_character = "X";
    k->tissue = "marrow";
    k->site = "iliac crest";
    k->started_at = now_ms - 3600000;
    k->ended_at = now_ms - 1800000;
    k->volume_ml = "60.0";
    k->container_lot = "L";
    k->seal_number = r->seal_number = "S";
    by("U-1", add(C, "source.collection_record", k));
    r->received_at = now_ms;
    r->courier = "bicycle";
    r->seal_intact = r->container_intact = r->label_matches = 1;
    r->temperature_min_c = "4.0";
    r->temperature_max_c = "8.0";
    r->decision = "accepted";
    by("U-1", add(C, "source.receipt_record", r));
}

static struct collection_correct *of_collection(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    struct collection_correct *in = fresh("source.collection_correct");
    *in = (struct collection_correct){.collection_id = "C-1", .corrects = corrects, .field = field, .old_value = old_value,
                                      .new_value = new_value, .reason = "read from the wrong protocol"};
    return in;
}

static struct dossier_entry *correct_collection(int64_t corrects, const char *field, const char *old_value, const char *new_value)
{
    return by("U-2", add(C, "source.collection_correct", of_collection(corrects, field, old_value, new_value)));
}

static void collection_refused(struct collection_correct *in, int code, const char *rule)
{
    struct dossier_entry *entry = &stream[C].entry[stream[C].count];
    entry->entry.seq = (int64_t)stream[C].count;
    entry->entry.time_ms = now_ms += 60000;
    entry->statement.type = "source.collection_correct";
    struct recompute_case c = case_of(&stream[C], entry);
    assert_int_equal(recompute_row(recompute_rows(), "source.collection_correct")->fill(&c, in, &e), code);
    assert_string_equal(e.rule, rule);
}

CASE(R12_rule_11_a_corrected_collection_computes_its_way_anew)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    begin();
    donor_without_risk();
    collection();
    clock_to_text(collected_ms - 1800000, was);
    clock_to_text(collected_ms - 3000000, is);
    struct dossier_entry *entry = correct_collection(0, "ended_at", was, is);
    const char *body = (const char *)entry->statement.body.data;
    assert_non_null(strstr(body, "\"lapsed\":[{\"act\":\"source.receipt_record\",\"entry\":1}]"));
    assert_null(strstr(body, "\"transit_h\":\"0.5"));
    holds_until(C, entry, "\"transit_h\":\"", "\"transit_h\":\"1");
    stream[C].count--;
    entry = correct_collection(0, "volume_ml", "60.0", "66.0");
    holds_until(C, entry, "\"old_value\":\"60.0\"", "\"old_value\":\"61.0\"");
    end();
}

CASE(R12_rule_11_what_of_a_collection_is_not_corrected_and_what_its_rules_refuse)
{
    char began[CLOCK_TEXT], ended[CLOCK_TEXT], received[CLOCK_TEXT], before[CLOCK_TEXT], later[CLOCK_TEXT];
    begin();
    donor_without_risk();
    consent(now_ms - 7200000);
    collection();
    clock_to_text(collected_ms - 3600000, began);
    clock_to_text(collected_ms - 1800000, ended);
    clock_to_text(collected_ms - 90000000, before);
    clock_to_text(collected_ms + 90000000, later);
    clock_to_text(collected_ms + 60000, received);     /* the entry before took a minute */
    collection_refused(of_collection(0, "donation_number", "A999926000123", "A999926000124"), ERR_FIELD_UNKNOWN, "R12");
    collection_refused(of_collection(0, "donor_id", "D-1", "D-2"), ERR_FIELD_UNKNOWN, "R12");
    collection_refused(of_collection(0, "tissue", "marrow", "adipose"), ERR_FIELD_UNKNOWN, "R12");
    collection_refused(of_collection(1, "decision", "accepted", "rejected"), ERR_FIELD_UNKNOWN, "R12");
    collection_refused(of_collection(0, "mass_g", "1", "2"), ERR_NOT_FOUND, "R12");
    collection_refused(of_collection(0, "volume_ml", "60.0", "6000"), ERR_LIMIT_HARD, "R22");
    collection_refused(of_collection(0, "started_at", began, before), ERR_CONSENT_MISSING, "1.1");
    collection_refused(of_collection(0, "started_at", began, later), ERR_TIME_REFUSED, "R15");
    collection_refused(of_collection(0, "ended_at", ended, later), ERR_TIME_REFUSED, "R15");
    collection_refused(of_collection(1, "received_at", received, before), ERR_TIME_REFUSED, "R15");
    collection_refused(of_collection(1, "seal_intact", "true", "false"), ERR_STATE_FORBIDS, "R04");
    collection_refused(of_collection(1, "temperature_min_c", "4.0", "9.0"), ERR_FIELD_RANGE, "R22");
    struct collection_correct *mute = of_collection(0, "site", "iliac crest", "sternum");
    mute->reason = "x";
    collection_refused(mute, ERR_REASON_MISSING, "R13");
    end();
}

static struct dossier_entry *review_knowing(int64_t collection_seq, const char *person)
{
    struct batch_review *r = fresh("release.review");
    *r = (struct batch_review){.batch_id = "B-1", .entries = 20, .conclusion = "complete", .collection_seq = collection_seq};
    return by(person, put(B, "release.review", r));
}

CASE(R14_rule_11_a_review_that_did_not_know_of_a_corrected_collection_stands_as_unsigned)
{
    struct list open;
    begin();
    open_batch();
    report_all("97");
    donor_without_risk();
    collection();
    struct dossier_entry *first = review_knowing(INTEGER_ABSENT, "U-4");
    assert_int_equal(check(B, first), 0);
    assert_int_equal(unsigned_elsewhere(&open), 0);
    int64_t corrected = correct_collection(0, "site", "iliac crest", "sternum")->entry.seq;
    assert_int_equal(unsigned_elsewhere(&open), 1);
    const struct unsigned_row *row = LIST_AT(open, struct unsigned_row, 0);
    assert_int_equal(row->entry, first->entry.seq);
    assert_string_equal(row->act, "release.review");
    assert_string_equal(row->corrected_in, "C-1");
    now_ms += 120000;
    assert_int_equal(check(B, review_knowing(INTEGER_ABSENT, "U-4")), ERR_DOSSIER_REFUSED);     /* it was there */
    stream[B].count--;
    assert_int_equal(check(B, review_knowing(corrected + 1, "U-4")), ERR_DOSSIER_REFUSED);      /* no such correction */
    stream[B].count--;
    assert_int_equal(check(B, review_knowing(corrected, "U-2")), ERR_DUTIES_SEGREGATED);        /* who corrected */
    stream[B].count--;
    assert_int_equal(check(B, review_knowing(corrected, "U-4")), 0);
    assert_int_equal(unsigned_elsewhere(&open), 0);
    end();
}

CASE(R14_rule_11_a_release_that_did_not_know_of_a_corrected_collection_is_refused_or_unsigned)
{
    struct list open;
    begin();
    open_batch();
    report_all("97");
    donor_without_risk();
    collection();
    int64_t determined = determined_by("U-9")->entry.seq;
    review_knowing(INTEGER_ABSENT, "U-4");
    struct dossier_entry *released = release_knowing(determined);
    int64_t corrected = correct_collection(0, "site", "iliac crest", "sternum")->entry.seq;
    assert_int_equal(unsigned_elsewhere(&open), 2);
    assert_int_equal(LIST_AT(open, struct unsigned_row, 1)->entry, released->entry.seq);
    assert_int_equal(LIST_AT(open, struct unsigned_row, 1)->corrected_by, corrected);
    now_ms += 120000;
    gate_refused(release_knowing(determined), "signed without what entry");
    end();
}
