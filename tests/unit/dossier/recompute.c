/* Rule 11: a value or verdict that the lab's own rules do not give is found out, statement by statement. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "domain/dated.h"
#include "unit/dossier/recompute_lab.h"

CASE(R24_rule_11_computed_value_of_a_step)
{
    begin();
    open_batch();
    struct dossier_entry *entry = perform();
    assert_non_null(strstr((const char *)entry->statement.body.data, "anticoagulant_percent"));
    holds_until(B, entry, "\"value\":\"60.0\"", "\"value\":\"61.0\"");
    end();
}

CASE(R24_rule_11_procedure_not_in_the_dossier)
{
    begin();
    open_batch();
    struct dossier_entry *entry = perform();
    stream[P].count = 0;
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "not in the dossier"));
    end();
}

CASE(R24_rule_11_other_procedure_version)
{
    begin();
    open_batch();
    struct dossier_entry *entry = perform();
    const char *body = (const char *)stream[P].entry[0].statement.body.data;
    char *changed = arena_text(a, body);
    char *at = strstr(changed, "\"version\":1}\n");
    assert_non_null(at);
    at[10] = '2';
    stream[P].entry[0].statement.body = (struct bytes){(const uint8_t *)changed, strlen(changed)};
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    end();
}

CASE(T01_rule_11_verdict_of_a_test)
{
    begin();
    open_batch();
    holds_until(B, report("viability", "69", "acridine orange/propidium iodide"), "\"verdict\":\"fail\"", "\"verdict\":\"pass\"");
    end();
}

CASE(R26_rule_11_a_failing_replicate_is_named_or_as_it_was_not_evaluated)
{
    begin();
    open_batch_with(3);
    struct dossier_entry *entry = report("viability", "99; 60; 99", "acridine orange/propidium iodide");
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"failing\":\"60\""));
    struct dossier_entry *older = report("viability", "99; 60; 99", "acridine orange/propidium iodide");
    holds_until(B, entry, "\"verdict\":\"fail\"", "\"verdict\":\"pass\"");
    struct test_report *t = fresh("quality.test_report");
    struct recompute_case c = case_of(&stream[B], older);
    struct buf body = buf_new(a);
    assert_int_equal(recompute_read(&c, older, t, &e), 0);
    t->failing = NULL;
    t->verdict = "cannot_evaluate";                     /* as it was recorded once */
    record_to_json(&body, &record_test_report, t, RECORD_STATEMENT);
    buf_char(&body, '\n');
    older->statement.body = (struct bytes){(const uint8_t *)body.text, body.len};
    holds_until(B, older, "\"verdict\":\"cannot_evaluate\"", "\"verdict\":\"pass\"");
    end();
}

CASE(T01_rule_11_result_under_a_kept_verdict)
{
    begin();
    open_batch();
    holds_until(B, report("viability", "97", "acridine orange/propidium iodide"), "\"result\":\"97\"", "\"result\":\"60\"");
    end();
}

/* step 2, which the procedure lets nobody verify, ended so long before it was recorded */
static struct dossier_entry *late_step(int64_t minutes)
{
    struct batch_step *step = fresh("batch.step");
    step->batch_id = "B-1";
    step->step = 2;
    step->started_at = step->ended_at = now_ms - (minutes - 1) * 60000;
    struct dossier_entry *entry = add(B, "batch.step", step);
    entry->statement.actor = "U-1";
    return entry;
}

CASE(R15_rule_11_a_late_entry_says_by_how_much)
{
    begin();
    open_batch();
    perform();
    assert_null(strstr((const char *)late_step(15)->statement.body.data, "late_min"));
    holds_until(B, late_step(16), "\"late_min\":16", "\"late_min\":15");
    struct dossier_entry *entry = late_step(95);
    holds_until(B, entry, "\"late_min\":95,", "");
    end();
}

CASE(R15_rule_11_a_late_result_says_by_how_much)
{
    begin();
    open_batch();
    now_ms += 3600000;
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "viability", .result = "97", .method = "acridine orange/propidium iodide",
                              .sample_point = "final product", .sampled_at = now_ms - 3600000, .tested_at = now_ms - 3600000, .file_seq = INTEGER_ABSENT};
    holds_until(B, add(B, "quality.test_report", t), "\"late_min\":61,", "");
    end();
}

static const char COUNTED[] = "Sample ID,Viable (x10^6) cells/mL,Viability (%)\nB-1,0.75,97.5\nB-7,0.8,60\n";

CASE(T52_rule_11_values_are_those_of_the_files_bytes)
{
    begin();
    open_batch();
    struct dossier_entry *entry = keep_file(COUNTED);
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"others\":2"));
    holds_until(B, entry, "\"value\":\"97.5\"", "\"value\":\"98.5\"");
    entry = keep_file(COUNTED);
    holds_until(B, entry, "\"value\":\"750000\"", "\"value\":\"75000\"");
    entry = keep_file(COUNTED);
    dossier.attachment_count = 0;
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "file is not with it"));
    end();
}

CASE(T52_rule_11_result_is_what_the_file_has)
{
    begin();
    open_batch();
    struct dossier_entry *file = keep_file(COUNTED);
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "viability", .method = "acridine orange/propidium iodide",
                              .sample_point = "final product", .sampled_at = now_ms, .tested_at = now_ms,
                              .file_seq = file->entry.seq, .quantity = "viability"};
    struct dossier_entry *entry = add(B, "quality.test_report", t);
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"result\":\"97.5\""));
    holds_until(B, entry, "\"result\":\"97.5\"", "\"result\":\"97.6\"");
    entry = add(B, "quality.test_report", t);
    holds_until(B, entry, "line 2", "line 3");
    entry = add(B, "quality.test_report", t);
    holds_until(B, entry, "\"file_seq\":1", "\"file_seq\":0");
    end();
}

CASE(T52_R23_rule_11_a_correction_has_what_the_file_has_that_it_names)
{
    begin();
    open_batch();
    struct dossier_entry *file = keep_file(COUNTED);
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "viability", .result = "97", .method = "acridine orange/propidium iodide",
                              .sample_point = "final product", .sampled_at = now_ms, .tested_at = now_ms, .file_seq = INTEGER_ABSENT};
    struct dossier_entry *tested = add(B, "quality.test_report", t);
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = tested->entry.seq, .old_value = "97", .new_value = "97.5",
                                .reason = "the file has it to a decimal", .file_seq = file->entry.seq, .quantity = "viability"};
    struct dossier_entry *entry = add(B, "quality.test_correct", in);
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"found\":\"viability in %, of B-1: line 2"));
    holds_until(B, entry, "\"new_value\":\"97.5\"", "\"new_value\":\"97.6\"");
    end();
}

/* the correction of a result as somebody types it */
static struct dossier_entry *typed_over(int64_t tested, const char *old_value, const char *new_value)
{
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = tested, .old_value = old_value, .new_value = new_value,
                                .reason = "digits swapped when typed", .file_seq = INTEGER_ABSENT};
    return add(B, "quality.test_correct", in);
}

CASE(T52_R23_rule_11_what_a_file_had_is_not_typed_over)
{
    begin();
    open_batch();
    int64_t file = keep_file(COUNTED)->entry.seq;
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "viability", .result = "97", .method = "acridine orange/propidium iodide",
                              .sample_point = "final product", .sampled_at = now_ms, .tested_at = now_ms, .file_seq = INTEGER_ABSENT};
    int64_t tested = add(B, "quality.test_report", t)->entry.seq;
    struct dossier_entry *entry = typed_over(tested, "97", "96");      /* nor was it of a file so far */
    entry->statement.at_ms = dated_since(DATED_OF_FILE);
    assert_int_equal(check(B, entry), 0);
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = tested, .old_value = "96", .new_value = "97.5",
                                .reason = "the file has it to a decimal", .file_seq = file, .quantity = "viability"};
    add(B, "quality.test_correct", in)->statement.at_ms = dated_since(DATED_OF_FILE);
    entry = typed_over(tested, "97.5", "98");
    assert_int_equal(check(B, entry), 0);                              /* versions took it so */
    entry->statement.at_ms = dated_since(DATED_OF_FILE);
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "its correction was typed"));
    t->result = NULL;
    t->file_seq = file;
    t->quantity = "viability";
    tested = add(B, "quality.test_report", t)->entry.seq;
    entry = typed_over(tested, "97.5", "98");
    entry->statement.at_ms = dated_since(DATED_OF_FILE);
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "file_seq");
    end();
}

CASE(T31_rule_11_identity_is_compared_again)
{
    begin();
    open_batch();
    ask_identity(2);
    refer("TH01:7,8;FGA:20,21");
    refer("TH01:6,9.3;FGA:20,21");                                                   /* the last one counts */
    struct dossier_entry *entry = identify("TH01:6,9.3;FGA:20,21");
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"result\":\"concordant\""));
    holds_until(B, entry, "\"profile\":\"TH01:6,9.3;", "\"profile\":\"TH01:6,9;");
    entry = identify("TH01:6,9;FGA:20,21");
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"verdict\":\"fail\""));
    holds_until(B, entry, "\"result\":\"discordant\"", "\"result\":\"concordant\"");
    entry = identify("TH01:6,9.3;FGA:20,21");
    holds_until(B, entry, "\"reference_seq\":2", "\"reference_seq\":1");
    entry = identify("TH01:6,9.3;FGA:20,21");
    now_ms += 120000;
    refer("TH01:7,8;FGA:20,21");                                                     /* later: the report stands */
    assert_int_equal(check(B, entry), 0);
    end();
}

CASE(T18_rule_11_transit_hours)
{
    begin();
    struct collection_record *c = fresh("source.collection_record");
    struct receipt_record *r = fresh("source.receipt_record");
    *c = (struct collection_record){.collection_id = "C-1", .donor_id = "D-1", .donation_number = "A999926000123",
                                    .check_character = "X", .tissue = "marrow", .site = "iliac crest", .started_at = now_ms,
                                    .ended_at = now_ms, .container_lot = "L", .seal_number = "S"};
    add(C, "source.collection_record", c);
    *r = (struct receipt_record){.collection_id = "C-1", .received_at = now_ms + 5400000, .courier = "x",
                                 .donation_number = "A999926000123", .seal_number = "S", .seal_intact = 1,
                                 .container_intact = 1, .label_matches = 1, .temperature_min_c = "4", .temperature_max_c = "8",
                                 .decision = words_receipt_decision.words[0]};
    holds_until(C, add(C, "source.receipt_record", r), "\"transit_h\":\"1.5", "\"transit_h\":\"1.4");
    end();
}

static void register_donor(void)
{
    struct donor_register *d = fresh("source.donor_register");
    struct screening_record *s = fresh("source.screening_record");
    *d = (struct donor_register){.donor_id = "D-1", .tissue = "marrow", .use = "allogeneic", .subject = words_subject.words[0]};
    add(D, "source.donor_register", d);
    *s = (struct screening_record){.donor_id = "D-1", .subject = "donor", .outcome = "no_risk", .screened_at = now_ms};
    add(D, "source.screening_record", s);
}

static struct dossier_entry *determine(void)
{
    struct eligibility_determine *d = fresh("source.eligibility_determine");
    d->donor_id = "D-1";
    d->recovery_at = now_ms;
    return add(D, "source.eligibility_determine", d);
}

CASE(T25_rule_11_eligibility)
{
    begin();
    register_donor();
    struct dossier_entry *entry = determine();
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"determination\":\"incomplete\""));
    holds_until(D, entry, "\"determination\":\"incomplete\"", "\"determination\":\"eligible\"");
    end();
}

static struct dossier_entry *document_need(const char *recipient)
{
    struct urgent_need *n = fresh("source.urgent_need");
    *n = (struct urgent_need){.donor_id = "D-1", .recipient_code = recipient, .no_comparable = "none is available",
                              .serious_risk = "death is expected", .physician_id = "U-2", .finish_by = "U-3", .finish_due_at = now_ms,
                              .inform_by = "U-3", .inform_due_at = now_ms};
    return add(D, "source.urgent_need", n);
}

static struct dossier_entry *notice(int64_t need_seq)
{
    struct physician_notice *p = fresh("source.physician_notice");
    p->donor_id = "D-1";
    p->need_seq = need_seq;
    p->stage = "before_use";
    return add(D, "source.physician_notice", p);
}

CASE(T51_rule_11_eligibility_by_the_rule_set_that_it_names)
{
    begin();
    register_donor();
    struct eligibility_determine *d = fresh("source.eligibility_determine");
    d->donor_id = "D-1";
    d->recovery_at = now_ms;
    d->rules_id = "L-US";
    d->rules_version = 1;
    add(L, "source.rules_author", &(struct rules_author){"L-US", 1, seed("rules_us.json")});
    struct dossier_entry *entry = add(D, "source.eligibility_determine", d);
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"jurisdiction\":\"us\""));
    holds_until(D, entry, "\"missing\":[\"anti_hiv_1_2\",", "\"missing\":[\"anti_hiv_9_9\",");
    end();
}

CASE(R31_rule_11_release_of_a_donor_who_is_not_eligible)
{
    begin();
    open_batch();
    register_donor();
    report_all("97");
    gate_refused(release("holds", 13), "nobody determined");
    determine();
    gate_refused(release("holds", 13), "incomplete without an urgent need");
    document_need("R-2");
    gate_refused(release("holds", 13), "incomplete without an urgent need");
    struct dossier_entry *need = document_need("R-1");
    gate_refused(release("holds", 13), "incomplete without an urgent need");
    notice(need->entry.seq);
    assert_int_equal(check(B, release("holds", 13)), 0);
    end();
}

/* a release that says what was known of the donor, of a recovery so long after the collection */
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

static void collect(int64_t ended_ms)
{
    struct collection_record *k = fresh("source.collection_record");
    *k = (struct collection_record){.collection_id = "C-1", .donor_id = "D-1", .donation_number = "A999926000123",
                                    .check_character = "X", .tissue = "marrow", .site = "iliac crest",
                                    .started_at = ended_ms - 600000, .ended_at = ended_ms, .container_lot = "L", .seal_number = "S"};
    add(C, "source.collection_record", k);
}

static void test_again(void)
{
    struct donor_test_report *t = fresh("source.donor_test_report");
    *t = (struct donor_test_report){.donor_id = "D-1", .subject = "donor", .specimen_at = now_ms, .laboratory = "L",
                                    .dilution_suspected = 0};
    struct donor_result *r = record_list_add(a, &record_donor_result, &t->results);
    r->assay = "hiv_1_nat";
    r->result = "reactive";
    add(D, "source.donor_test_report", t);
}

CASE(R08_rule_11_release_on_a_determination_that_was_overtaken)
{
    begin();
    open_batch();
    report_all("97");
    collect(now_ms + 60000);
    int64_t determined = determine()->entry.seq;
    if (check(B, release_knowing(determined)) != 0)
        fail_msg("%s", e.text);
    test_again();
    assert_int_equal(check(B, release_knowing(determined)), 0);        /* in the same minute: it may not have been seen */
    gate_refused(release_knowing(determined + 1), "more is known of the donor");
    now_ms += 120000;
    gate_refused(release_knowing(determined), "released without what entry 2 says");
    assert_int_equal(check(B, release("holds", 13)), 0);               /* as earlier versions wrote it */
    end();
}

CASE(T26_rule_11_release_on_a_determination_of_another_recovery)
{
    begin();
    open_batch();
    report_all("97");
    int64_t determined = determine()->entry.seq;
    gate_refused(release_knowing(determined), "the collection is not in the dossier");
    collect(now_ms - 3600000);
    gate_refused(release_knowing(determined), "for another recovery");
    end();
}

CASE(R31_rule_11_what_a_need_and_a_notice_say_of_the_donor)
{
    begin();
    register_donor();
    determine();
    struct dossier_entry *need = document_need("R-1");
    holds_until(D, need, "\"missing\":[\"anti_hiv_1_2\",", "\"missing\":[\"anti_hiv_9_9\",");
    struct dossier_entry *acknowledged = notice(need->entry.seq);
    holds_until(D, acknowledged, "\"determination\":\"incomplete\"", "\"determination\":\"ineligible\"");
    end();
}

CASE(R07_rule_11_statements_of_a_label)
{
    begin();
    open_batch();
    register_donor();
    determine();
    struct label_print *l = fresh("custody.label_print");
    l->batch_id = "B-1";
    l->container_id = "K1";
    l->copy = 1;
    struct dossier_entry *entry = add(B, "custody.label_print", l);
    holds_until(B, entry, "\"statements\":[\"", "\"statements\":[\"DEMO ");
    end();
}

CASE(rule_11_hash_of_a_registered_certificate)
{
    begin();
    struct key_register *k = fresh("access.key_register");
    k->person_id = "U-1";
    k->certificate = (struct bytes){(const uint8_t *)"DER", 3};
    holds_until(U, add(U, "access.key_register", k), "\"certificate\":\"RE", "\"certificate\":\"RF");
    end();
}

CASE(rule_11_name_and_roles_of_a_renewed_key)
{
    begin();
    struct person_enrol *p = fresh("access.person_enrol");
    p->person_id = "U-1";
    p->name = "Jo Do";
    p->identity_verified_how = "passport";
    texts_add(a, &p->roles, "qa");
    texts_add(a, &p->roles, "qc");
    add(U, "access.person_enrol", p);
    struct key_renew *k = fresh("access.key_renew");
    k->person_id = "U-1";
    k->identity_verified_how = "passport";
    k->reason = "the old one ends soon";
    holds_until(U, add(U, "access.key_renew", k), "\"qc\",\"qa\"", "\"qa\",\"qc\"");
    end();
}

CASE(rule_11_every_computed_field_has_a_row)
{
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *verb = verb_at(i);
        bool computed = false;
        for (size_t k = 0; (verb->kind == VERB_ACT || verb->kind == VERB_OBSERVE) && k < verb->in->count; k++)
            computed |= (verb->in->fields[k].flags & FLAG_COMPUTED) != 0;
        const struct recompute_row *row = recompute_row(recompute_rows(), verb->name);
        if (computed ? row == NULL : row != NULL && row->fill != NULL)
            fail_msg("%s", verb->name);
    }
}
