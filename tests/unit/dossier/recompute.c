/* Rule 11: a value or verdict that the lab's own rules do not give is found out, statement by statement. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
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
                              .sample_point = "final product", .sampled_at = now_ms - 3600000, .tested_at = now_ms - 3600000};
    holds_until(B, add(B, "quality.test_report", t), "\"late_min\":61,", "");
    end();
}

CASE(R34_rule_11_digest_of_a_hand_over)
{
    begin();
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic",
                            .condition = words_condition.words[0], .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K2");
    texts_add(a, &h->containers, "K1");
    holds_until(B, add(B, "custody.hand_over", h), "\"K2\"", "\"K3\"");
    end();
}

/* a batch with one container, given and received */
static void received_container(void)
{
    begin();
    open_batch();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "7.0", .samples_ml = "0", .waste_ml = "0", .expires_at = now_ms + 1000000};
    struct fill_container *k = record_list_add(a, &record_fill_container, &fill->containers);
    *k = (struct fill_container){.container_id = "K1", .volume_ml = "7.0", .cells = "700000000"};
    add(B, "batch.fill", fill);
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    add(B, "custody.receive", r);
}

static struct administer *giving(void)
{
    struct administer *in = fresh("custody.administer");
    in->batch_id = "B-1";
    in->recipient_code = "R-1";
    in->donation_number = "A999926000001";
    in->weight_kg = "70.0";
    in->route = "intravenous";
    in->site = "left arm";
    in->imaging = "none";
    in->started_at = now_ms - 2000;
    in->ended_at = now_ms - 1000;
    in->adverse_event = 0;
    struct dose_container *k = record_list_add(a, &record_dose_container, &in->containers);
    *k = (struct dose_container){"K1", "6.3", "0.7"};
    return in;
}

CASE(custody_ADMINISTER_rule_11_the_dose_comes_out_again)
{
    received_container();
    holds_until(B, add(B, "custody.administer", giving()), "\"dose_cells\":\"630000000\"", "\"dose_cells\":\"630000001\"");
    end();
}

CASE(S4_6_rule_11_a_recall_accounts_for_every_container)
{
    received_container();
    struct recall *r = fresh("custody.recall");
    *r = (struct recall){.batch_id = "B-1", .cause = "donor", .cause_id = "D-1", .recall_class = "class_1", .reason = "a late result",
                         .begun_at = now_ms};
    struct dossier_entry *recalled = add(B, "custody.recall", r);
    assert_non_null(strstr((const char *)recalled->statement.body.data, "\"consignee\":\"clinic, U-2\""));
    assert_non_null(strstr((const char *)recalled->statement.body.data, "\"taken_min\":1"));
    holds_until(B, recalled, "\"unaccounted\":0", "\"unaccounted\":1");
    end();
}

CASE(R34_rule_11_what_was_not_received_is_not_administered)
{
    received_container();
    struct dossier_entry *given = add(B, "custody.administer", giving());
    assert_int_equal(check(B, given), 0);
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "custody.receive") == 0)
            stream[B].entry[i].statement.type = "batch.note";
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "containers");
    end();
}

CASE(custody_DESTROY_rule_11_the_named_witness_saw_the_same)
{
    received_container();
    struct container_destroy *d = fresh("custody.container_destroy");
    *d = (struct container_destroy){.batch_id = "B-1", .method = "autoclaved", .reason = "not used", .witness_id = "U-2",
                                    .destroyed_at = now_ms};
    texts_add(a, &d->containers, "K1");
    struct dossier_entry *destroyed = add(B, "custody.container_destroy", d);
    destroyed->statement.actor = "U-1";
    struct destroy_witness *w = fresh("custody.destroy_witness");
    *w = (struct destroy_witness){.batch_id = "B-1", .destroy_seq = destroyed->entry.seq};
    texts_add(a, &w->containers, "K1");
    struct dossier_entry *seen = add(B, "custody.destroy_witness", w);
    seen->statement.actor = "U-2";
    holds_until(B, seen, "\"K1\"", "\"K2\"");
    seen->statement.actor = "U-3";
    assert_int_equal(check(B, seen), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R34_rule_11_digest_of_a_receipt)
{
    begin();
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = words_condition.words[0], .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    holds_until(B, add(B, "custody.receive", r), "\"S1\"", "\"S2\"");
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
                                    .lot_number = "1", .expires_at = expires_at, .quantity = "5", .unit = "pieces"};
    release->lot_id = lot;
    add(which, "batch.material_receive", in);
    add(which, "batch.material_release", release);
}

static void calibrate_cabinet(const char *result, int64_t due_at)
{
    struct equipment_calibrate *in = fresh("batch.equipment_calibrate");
    *in = (struct equipment_calibrate){"E-1", now_ms, due_at, "c", result};
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
    step->batch_id = "B-1";
    step->step = 4;
    step->started_at = now_ms;
    step->ended_at = now_ms + 60000;
    *(struct step_material *)record_list_add(a, &record_step_material, &step->materials) = (struct step_material){"M-1", "1"};
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
    struct recompute_case c = case_of(&stream[B], &stream[B].entry[1]);
    assert_int_equal(recompute_read(&c, &stream[B].entry[1], (void *)(uintptr_t)step, &e), 0);
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
    *in = (struct fill_correct){"B-1", field, old_value, new_value, "read from the wrong scale", INTEGER_ABSENT, {NULL, 0}};
    struct dossier_entry *entry = add(B, "batch.fill_correct", in);
    entry->statement.actor = "U-1";
    return entry;
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
    *in = (struct custody_correct){.batch_id = "B-1", .corrects = 2, .field = "temperature_c", .old_value = "4.0", .new_value = "6.5",
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
    *review = (struct batch_review){.batch_id = "B-1", .entries = 20, .conclusion = "complete"};
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
        if (computed != (recompute_row(recompute_rows(), verb->name) != NULL))
            fail_msg("%s", verb->name);
    }
}
