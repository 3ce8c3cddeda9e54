/*
 * Exceptional release over real sockets (EudraLex Vol 4 Part IV §11.5): a product that is out of specification goes to one patient, because the
 * physician asked for it and accepted the evaluated risk; over nothing else.
 */
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static struct short_batch b;

/* the Gram stain as it came out, reviewed */
static int64_t gram(const char *result)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b.batch;
    in.code = "gram";
    in.result = result;
    in.method = "stain";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 2000;
    in.tested_at = clock_ms() - 1000;
    assert_done(short_act("U-YUKI", "quality.test_report", &in));
    int64_t seq = short_seq();
    struct test_review review = {.batch_id = b.batch, .test_seq = seq};
    assert_done(short_act("U-OMAR", "quality.test_review", &review));
    return seq;
}

static void settle(int64_t seq, bool is_invalid)
{
    struct oos_investigate investigate = {.batch_id = b.batch, .test_seq = seq, .assignable_cause = is_invalid,
                                          .findings = is_invalid ? "The slide of another sample was read under this one's number"
                                                                 : "No error of the laboratory was found: the cells are so"};
    struct oos_close close = {.batch_id = b.batch, .test_seq = seq, .conclusion = is_invalid ? "invalidated" : "confirmed",
                              .stays_held = BOOLEAN_ABSENT, .reason = "The findings of the investigation say so"};
    assert_done(short_act("U-OMAR", "quality.oos_investigate", &investigate));
    assert_done(short_act("U-ELENA", "quality.oos_close", &close));
}

static void confirm(int64_t seq)
{
    settle(seq, false);
}

/* a batch on hold for good, all else in order */
static void failed_batch(const char *use)
{
    short_filled(&b, use);
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    confirm(gram("positive"));
}

static int ask(const char *recipient, const char *hazard)
{
    struct except_request in;
    record_init(&record_except_request, &in);
    in.batch_id = b.batch;
    in.recipient_code = recipient;
    in.hazard = hazard;
    in.alternatives = "Three donors were asked, none is there within the week";
    return short_act("U-INES", "release.except_request", &in);
}

static int ask_for(const char *recipient)
{
    return ask(recipient, "Graft failure: without cells the patient dies within days");
}

static int evaluate(const char *setting)
{
    struct except_evaluate in;
    record_init(&record_except_evaluate, &in);
    in.batch_id = b.batch;
    in.evaluation = "Bacteria in the product: bacteraemia is to be expected and can be treated beforehand";
    in.setting = setting;
    in.notify = "Sponsor of trial 2026-500123-11-00";
    struct kept_document *k = record_list_add(house_arena(), &record_kept_document, &in.documents);
    k->title = "Risk analysis RA-26-031";
    k->document_sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    return short_act("U-ELENA", "release.except_evaluate", &in);
}

static int accept(int64_t evaluation_seq)
{
    struct except_accept in;
    record_init(&record_except_accept, &in);
    in.batch_id = b.batch;
    in.evaluation_seq = evaluation_seq;
    return short_act("U-INES", "release.except_accept", &in);
}

static int let_go(const char *follow_up_by, int64_t authority_due_at)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.batch_id = b.batch;
    in.exceptional = 1;
    in.follow_up_by = follow_up_by;
    in.authority_due_at = authority_due_at;
    return short_act("U-PETER", "release.release", &in);
}

static int release_exceptionally(void)
{
    return let_go("U-OMAR", clock_ms() + 2 * DAY);
}

static void accepted(const char *setting)
{
    assert_done(evaluate(setting));
    assert_done(accept(short_seq()));
}

static int notify(int64_t release_seq, const char *task, int64_t at)
{
    struct except_notify in;
    record_init(&record_except_notify, &in);
    in.batch_id = b.batch;
    in.release_seq = release_seq;
    in.task = task;
    in.notified_at = at;
    in.text = "By telephone to the safety desk, case 4711, and by letter";
    return short_act("U-OMAR", "release.except_notify", &in);
}

static struct except_show shown(void)
{
    struct except_show ret;
    struct batch_key key = {b.batch};
    assert_done(short_ask("release.except_show", &key, &ret));
    return ret;
}

static size_t waiting(void)
{
    static struct pending_rows rows;
    struct nothing none;
    size_t n = 0;
    record_init(&record_nothing, &none);
    assert_done(short_ask("release.pending", &none, &rows));
    for (size_t i = 0; i < rows.pending.count; i++)
        n += strcmp(LIST_AT(rows.pending, struct pending_row, i)->batch_id, b.batch) == 0 &&
             strcmp(LIST_AT(rows.pending, struct pending_row, i)->kind, "notice") == 0;
    return n;
}

static int administer(const char *recipient)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = b.batch;
    in.recipient_code = recipient;
    in.donation_number = b.donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = clock_ms();
    in.ended_at = in.started_at + 1;
    in.adverse_event = 0;
    struct dose_container *k = record_list_add(house_arena(), &record_dose_container, &in.containers);
    *k = (struct dose_container){b.container, "6.3", "0.7"};
    return short_act("U-INES", "custody.administer", &in);
}

static int receive(void)
{
    struct receive in;
    record_init(&record_receive, &in);
    in.batch_id = b.batch;
    in.transfer_id = short_transfer();
    in.condition = "good";
    in.seal_number = "S-1";
    texts_add(house_arena(), &in.containers, b.container);
    return short_act("U-TOM", "custody.receive", &in);
}

static int correct_tests(int64_t entry, const char *old_value, const char *new_value)
{
    struct donor_correct in;
    record_init(&record_donor_correct, &in);
    in.donor_id = b.donor;
    in.corrects = entry;
    in.field = "results.hbsag";
    in.old_value = old_value;
    in.new_value = new_value;
    in.reason = "copied from the line above in the report";
    return short_act("U-MARA", "source.donor_correct", &in);
}

CASE(R31_T29_a_product_out_of_specification_goes_as_the_physician_asked_and_accepted)
{
    failed_batch("allogeneic");
    assert_int_equal(shown().request_seq, INTEGER_ABSENT);
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 3");
    assert_non_null(strstr(short_error()->text, "no treating physician asks"));
    assert_refused(evaluate("trial"), ERR_ORDER_FORBIDS, "R31");
    assert_refused(accept(1), ERR_ORDER_FORBIDS, "R31");
    assert_int_equal(ask(b.recipient, "urgent"), ERR_REASON_MISSING);
    assert_done(ask_for(b.recipient));
    assert_refused(accept(short_seq()), ERR_ORDER_FORBIDS, "R31");
    assert_string_equal(short_gate_point(&b, 3)->state, "open");
    assert_non_null(strstr(short_gate_point(&b, 3)->text, "is not evaluated"));
    assert_done(evaluate("trial"));
    int64_t evaluated = short_seq();
    assert_refused(accept(evaluated - 1), ERR_HEAD_STALE, "R31");
    assert_non_null(strstr(shown().waits_for, "U-INES has not accepted"));
    assert_int_equal(short_review(&b), ERR_STATE_FORBIDS);                   /* it is reviewed with all that came before its release */
    assert_done(accept(evaluated));
    assert_refused(accept(evaluated), ERR_EXISTS, "R31");
    assert_null(shown().waits_for);
    assert_string_equal(short_gate_point(&b, 3)->state, "excepted");
    assert_string_equal(short_gate_point(&b, 4)->state, "excepted");
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 5");
    assert_done(short_review(&b));
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);                    /* not without the word */
    assert_refused(let_go(NULL, clock_ms() + DAY), ERR_FIELD_MISSING, "R31");
    assert_int_equal(let_go("U-NOBODY", clock_ms() + DAY), ERR_NOT_FOUND);
    assert_refused(let_go("U-OMAR", TIME_ABSENT), ERR_FIELD_MISSING, "R31");
    assert_refused(let_go("U-OMAR", clock_ms() - DAY), ERR_TIME_REFUSED, "R31");
    assert_done(release_exceptionally());
    int64_t released = short_seq();
    assert_string_equal(short_shown(&b).state, "except_released");
    assert_string_equal(house_sql(arena_printf(house_arena(), "select disposition from release.disposition where batch_id = '%s'", b.batch)),
                        "except_released");
    struct batch_certify certify;
    record_init(&record_batch_certify, &certify);
    certify.batch_id = b.batch;
    assert_int_equal(short_act("U-PETER", "release.certify", &certify), ERR_STATE_FORBIDS);
    assert_int_equal(waiting(), 2);
    assert_refused(notify(released, "holder", clock_ms()), ERR_NOT_FOUND, "R31");
    assert_refused(notify(released, "sponsor", clock_ms() - DAY), ERR_TIME_REFUSED, "R31");
    assert_done(notify(released, "sponsor", clock_ms()));
    assert_refused(notify(released, "sponsor", clock_ms()), ERR_EXISTS, "R31");
    assert_int_equal(waiting(), 1);
    assert_done(short_hand_over(&b));
    assert_string_equal(short_shown(&b).state, "except_handed_over");
    assert_done(receive());
    assert_string_equal(short_shown(&b).state, "except_received");
    assert_refused(administer("R-SOMEBODY-ELSE"), ERR_CUSTODY_REFUSED, "R04");
    assert_done(administer(b.recipient));
    assert_done(notify(released, "authority", clock_ms()));                  /* in whatever state it is by now */
    assert_int_equal(waiting(), 0);
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

CASE(R31_gate_an_exceptional_release_goes_over_nothing_but_failed_results)
{
    failed_batch("allogeneic");
    assert_done(ask_for(b.recipient));
    accepted("marketed");
    struct deviation_open deviation = {.batch_id = b.batch, .deviation_class = "major",
                                       .text = "The cabinet's alarm was found switched off", .aware_at = clock_ms() - 1000};
    assert_done(short_act("U-YUKI", "quality.deviation_open", &deviation));
    int64_t opened = short_seq();
    assert_done(short_review(&b));
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 3");
    assert_non_null(strstr(short_error()->text, "is evaluated anew"));
    assert_non_null(strstr(short_error()->text, "deviation"));
    struct deviation_close close = {.batch_id = b.batch, .deviation_seq = opened, .reason = "The alarm was tried; nothing had happened"};
    assert_done(short_act("U-ELENA", "quality.deviation_close", &close));
    accepted("marketed");
    assert_done(short_review(&b));
    struct consent_withdraw withdrawn = {.donor_id = b.donor, .withdrawn_at = clock_ms() - 1000};
    texts_add(house_arena(), &withdrawn.scopes, "treatment");
    assert_done(short_act("U-MARA", "source.consent_withdraw", &withdrawn));
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 4");      /* nobody else's to accept */
    assert_string_equal(short_gate_point(&b, 4)->state, "open");
}

CASE(R31_R04_an_autologous_batch_is_asked_for_by_its_own_patient_alone)
{
    failed_batch("autologous");
    assert_refused(ask_for("R-SOMEBODY-ELSE"), ERR_CUSTODY_REFUSED, "R31");
    assert_done(ask_for(b.recipient));
    accepted("marketed");
    assert_done(short_review(&b));
    assert_done(release_exceptionally());
    struct except_show now = shown();
    assert_int_equal(now.notices.count, 2);
    assert_string_equal(LIST_AT(now.notices, struct except_notice_row, 0)->task, "holder");
    assert_int_equal(LIST_AT(now.notices, struct except_notice_row, 0)->notified_at, TIME_ABSENT);
    assert_true(house_dossier_holds(b.batch));
}

CASE(R31_a_batch_that_passes_is_not_asked_for_exceptionally)
{
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    gram("negative");
    assert_int_equal(ask_for(b.recipient), ERR_STATE_FORBIDS);
    assert_done(short_review(&b));
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 3");
    assert_done(short_release(&b));
    assert_string_equal(short_shown(&b).state, "released");
}

CASE(R31_R27_what_was_invalidated_is_not_evaluated_and_its_retest_passes)
{
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    int64_t seq = gram("negative");
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    struct test_correct typed;
    record_init(&record_test_correct, &typed);
    typed.batch_id = b.batch;
    typed.test_seq = seq;
    typed.old_value = "negative";
    typed.new_value = "positive";
    typed.reason = "copied from the line above on the sheet";
    assert_done(short_act("U-YUKI", "quality.test_correct", &typed));
    struct test_review review = {.batch_id = b.batch, .test_seq = seq};
    assert_done(short_act("U-OMAR", "quality.test_review", &review));
    assert_done(ask_for(b.recipient));
    settle(seq, true);
    assert_string_equal(short_shown(&b).state, "on_hold");                   /* the correction holds it yet */
    assert_refused(evaluate("trial"), ERR_STATE_FORBIDS, "R31");
    struct hold_end go_on = {b.batch, "The corrected result was invalidated by its case"};
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_string_equal(short_shown(&b).state, "in_test");
    gram("negative");
    assert_string_equal(short_gate_point(&b, 3)->state, "holds");            /* as the release finds it, though it was asked for */
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 4");            /* the failure's own deviation is open, nothing else */
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

CASE(R14_R31_a_correction_after_it_asks_for_all_of_it_anew)
{
    short_donor(&b, "allogeneic");
    assert_done(short_consent(&b, "treatment,storage"));
    assert_done(short_screen(&b));
    assert_done(short_tests(&b, NULL, NULL));
    int64_t tests = short_seq();
    assert_done(short_determine(&b));
    short_collect(&b);
    assert_done(short_open(&b, "allogeneic"));
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    confirm(gram("positive"));
    assert_done(ask_for(b.recipient));
    accepted("trial");
    assert_done(short_review(&b));
    assert_done(release_exceptionally());
    assert_done(correct_tests(tests, "non_reactive", "pending"));
    assert_done(correct_tests(tests, "pending", "non_reactive"));
    assert_int_equal(short_hand_over(&b), ERR_DONOR_REFUSED);                /* the release did not know of it */
    assert_done(short_determine(&b));
    struct hold_end go_on = {b.batch, "determined anew, and the donor stays eligible"};
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_string_equal(short_shown(&b).state, "on_hold");                   /* never to the tests: what failed has failed */
    assert_refused(release_exceptionally(), ERR_GATE_CLOSED, "gate 3");      /* the acceptance was of the release before */
    assert_done(ask_for(b.recipient));
    accepted("trial");
    assert_done(short_review(&b));
    assert_done(release_exceptionally());
    assert_string_equal(short_shown(&b).state, "except_released");
    assert_int_equal(waiting(), 4);                                          /* a release anew is told anew */
    assert_int_equal(short_shown(&b).unsigned_acts.count, 0);
    assert_done(short_hand_over(&b));
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}
