/* Rule 11 of an exceptional release: who asked, evaluated and accepted, over what it went, whom it was told to and given to. */
#include "support/test.h"

#include <string.h>

#include "domain/except.h"
#include "domain/segregation.h"
#include "unit/dossier/recompute_lab.h"

#define MINUTE INT64_C(60000)     /* an entry comes so long after the one before */
#define DAY (1440 * MINUTE)

static int64_t failing, sampled_ms, evaluated_seq, accepted_seq;

static struct dossier_entry *say(const char *person, const char *type, void *record)
{
    stream[B].entry[stream[B].count].statement.actor = person;
    struct dossier_entry *entry = add(B, type, record);
    entry->statement.actor = person;
    return entry;
}

/* the entry of that test's report */
static int64_t reported(const char *code, int64_t *ret_sampled_ms)
{
    for (size_t i = 0; i < stream[B].count; i++) {
        struct test_report t;
        struct recompute_case c = case_of(&stream[B], &stream[B].entry[i]);
        if (strcmp(stream[B].entry[i].statement.type, "quality.test_report") != 0)
            continue;
        assert_int_equal(recompute_read(&c, &stream[B].entry[i], &t, &e), 0);
        *ret_sampled_ms = t.sampled_at;
        if (strcmp(t.code, code) == 0)
            return stream[B].entry[i].entry.seq;
    }
    fail_msg("no %s", code);
    return -1;
}

static void close_case(const char *conclusion)
{
    struct oos_close *in = fresh("quality.oos_close");
    in->batch_id = "B-1";
    in->test_seq = failing;
    in->conclusion = conclusion;
    in->reason = "The findings of the investigation say so";
    say("U-5", "quality.oos_close", in);
}

/* the viability failed, all else is in order */
static void failed_batch(void)
{
    begin();
    open_batch();
    report_all("60");
    failing = reported("viability", &sampled_ms);
    reported("sterility", &sampled_ms);
    close_case("confirmed");
}

static struct dossier_entry *ask(void)
{
    struct batch_open open;
    struct recompute_case c = case_of(&stream[B], &stream[B].entry[stream[B].count - 1]);
    assert_int_equal(recompute_open(&c, &open, &e), 0);
    struct except_request *in = fresh("release.except_request");
    in->batch_id = "B-1";
    in->recipient_code = open.recipient_code != NULL ? open.recipient_code : "R-1";
    in->hazard = "Without cells the patient dies within days";
    in->alternatives = "None is there within the week";
    return say("U-6", "release.except_request", in);
}

static struct dossier_entry *evaluate(void)
{
    struct except_evaluate *in = fresh("release.except_evaluate");
    in->batch_id = "B-1";
    in->evaluation = "Fewer cells live than are asked for";
    in->setting = "trial";
    in->notify = "Sponsor of the trial";
    struct dossier_entry *entry = say("U-5", "release.except_evaluate", in);
    evaluated_seq = entry->entry.seq;
    return entry;
}

static struct dossier_entry *accept(void)
{
    struct except_accept *in = fresh("release.except_accept");
    in->batch_id = "B-1";
    in->evaluation_seq = evaluated_seq;
    struct dossier_entry *entry = say("U-6", "release.except_accept", in);
    accepted_seq = entry->entry.seq;
    return entry;
}

static void accepted(void)
{
    ask();
    evaluate();
    accept();
}

static struct batch_release *exceptional(void)
{
    struct batch_release *r = fresh("release.release");
    r->batch_id = "B-1";
    r->exceptional = 1;
    r->conditional = 1;
    r->physician_id = "U-6";
    r->informed_at = now_ms - 60000;
    r->follow_up_by = "U-7";
    r->authority_due_at = now_ms + 3 * DAY;
    r->accepted_seq = accepted_seq;
    struct recompute_case c = case_of(&stream[B], &stream[B].entry[stream[B].count]);
    struct pending_case p;
    c.entry = &(struct dossier_entry){.entry.seq = (int64_t)stream[B].count};
    assert_int_equal(recompute_tests(&c, &p, &e), 0);
    except_failed(a, &p, &r->failed);
    assert_int_equal(r->failed.count, 1);
    assert_int_equal(LIST_AT(r->failed, const struct failed_test, 0)->test_seq, failing);
    struct pending_test *w = record_list_add(a, &record_pending_test, &r->pending);
    *w = (struct pending_test){.code = "sterility", .title = "Sterility", .surrogate = "gram", .expected_at = sampled_ms + 14 * DAY,
                               .grace_days = 2, .owner_id = "U-7"};
    for (int i = 0; i < 13; i++) {
        struct gate_point *g = record_list_add(a, &record_gate_point, &r->gate);
        *g = (struct gate_point){.point = i + 1, .title = "title", .state = i == 2 || i == 3 ? "excepted" : "holds"};
    }
    return r;
}

/* its notices fall due by its own time */
static struct dossier_entry *sign(struct batch_release *r)
{
    r->notices = (struct list){NULL, 0};
    except_notices(a, "trial", r->follow_up_by, now_ms + MINUTE, r->authority_due_at, &r->notices);
    return say("U-9", "release.release", r);
}

/* refused for that reason, and taken back */
static void refused(struct dossier_entry *entry, const char *why)
{
    gate_refused(entry, why);
    stream[B].count--;
}

CASE(R31_T29_rule_11_an_exceptional_release_that_holds)
{
    failed_batch();
    accepted();
    struct dossier_entry *entry = sign(exceptional());
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R31_rule_11_without_the_word_a_failed_batch_is_not_released)
{
    failed_batch();
    accepted();
    struct batch_release *r = exceptional();
    r->exceptional = BOOLEAN_ABSENT;
    refused(sign(r), "is excepted, which none may be");
    for (size_t i = 0; i < 13; i++)
        ((struct gate_point *)(uintptr_t)LIST_AT(r->gate, const struct gate_point, i))->state = "holds";
    refused(sign(r), "not released exceptionally");
    end();
}

CASE(R31_gate_rule_11_no_other_point_is_excepted)
{
    failed_batch();
    accepted();
    struct batch_release *r = exceptional();
    ((struct gate_point *)(uintptr_t)LIST_AT(r->gate, const struct gate_point, 12))->state = "excepted";
    refused(sign(r), "point 13 of the gate is excepted");
    end();
}

CASE(R31_rule_11_nobody_asked_evaluated_or_accepted)
{
    failed_batch();
    accepted_seq = 0;
    refused(sign(exceptional()), "no treating physician asks");
    ask();
    refused(sign(exceptional()), "is not evaluated");
    evaluate();
    refused(sign(exceptional()), "U-6 has not accepted");
    accept();
    accepted_seq--;
    refused(sign(exceptional()), "by another acceptance");
    end();
}

CASE(R31_rule_11_a_case_that_is_not_confirmed)
{
    begin();
    open_batch();
    report_all("60");
    failing = reported("viability", &sampled_ms);
    reported("sterility", &sampled_ms);
    accepted();
    refused(sign(exceptional()), "is not confirmed");
    end();
}

CASE(R31_rule_11_what_came_after_the_evaluation)
{
    failed_batch();
    accepted();
    struct deviation_open *in = fresh("quality.deviation_open");
    in->batch_id = "B-1";
    in->deviation_class = "minor";
    in->text = "The door stood open";
    in->aware_at = now_ms;
    say("U-1", "quality.deviation_open", in);
    refused(sign(exceptional()), "is evaluated anew");
    end();
}

CASE(R31_rule_11_what_failed_and_whom_to_tell_is_listed)
{
    failed_batch();
    accepted();
    struct batch_release *r = exceptional();
    r->failed.count = 0;
    refused(sign(r), "not what the release lists");
    r = exceptional();
    struct dossier_entry *entry = say("U-9", "release.release", r);          /* told to nobody */
    refused(entry, "not what the release lists");
    end();
}

CASE(R31_rule_11_the_releaser_did_not_evaluate)
{
    failed_batch();
    accepted();
    struct dossier_entry *entry = sign(exceptional());
    entry->statement.actor = "U-5";
    refused(entry, "U-5");
    end();
}

CASE(R31_rule_11_request_evaluation_and_acceptance_come_out_again)
{
    failed_batch();
    holds_until(B, ask(), "\"result\":\"60\"", "\"result\":\"61\"");
    stream[B].count--;
    ask();
    holds_until(B, evaluate(), "\"request_seq\":", "\"request_seq\":1");
    stream[B].count--;
    evaluate();
    struct dossier_entry *entry = accept();
    entry->statement.actor = "U-8";
    assert_true(check(B, entry) > 0);
    assert_non_null(strstr(e.text, "nobody else accepts"));
    entry->statement.actor = "U-6";
    holds_until(B, entry, "\"pending\":[\"Sterility\"]", "\"pending\":[\"Mycoplasma\"]");
    end();
}

CASE(R31_rule_11_a_batch_that_nothing_holds_is_not_asked_for)
{
    begin();
    open_batch();
    report_all("97");
    struct except_request *in = fresh("release.except_request");
    in->batch_id = "B-1";
    in->recipient_code = "R-1";
    in->hazard = in->alternatives = "Without cells the patient dies";
    struct dossier_entry *entry = put(B, "release.except_request", in);
    assert_true(check(B, entry) > 0);
    end();
}

static struct dossier_entry *tell(const char *task, int64_t release_seq)
{
    struct except_notify *in = fresh("release.except_notify");
    in->batch_id = "B-1";
    in->release_seq = release_seq;
    in->task = task;
    in->notified_at = now_ms;
    in->text = "By telephone to the safety desk";
    struct dossier_entry *entry = say("U-7", "release.except_notify", in);
    return entry;
}

CASE(R31_rule_11_a_notice_is_one_that_the_release_left_and_is_told_once)
{
    failed_batch();
    accepted();
    int64_t released = sign(exceptional())->entry.seq;
    assert_true(check(B, tell("holder", released)) > 0);
    assert_non_null(strstr(e.text, "left no such notice"));
    assert_true(check(B, tell("sponsor", released - 1)) > 0);
    stream[B].count -= 2;
    struct dossier_entry *entry = tell("sponsor", released);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    assert_true(check(B, tell("sponsor", released)) > 0);
    assert_non_null(strstr(e.text, "recorded already"));
    end();
}
