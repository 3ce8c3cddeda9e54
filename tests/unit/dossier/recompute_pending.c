/* Rule 11 of what a release waits for: what was pending, what a failure since leaves, what is certified finally. */
#include "support/test.h"

#include <string.h>

#include "unit/dossier/recompute_lab.h"

#define DAY INT64_C(86400000)

static int64_t sampled_ms;

/* a batch whose sterility is pending, all else passed */
static void pending_batch(void)
{
    begin();
    open_batch();
    report_all("97");
    const struct dossier_stream *s = &stream[B];
    struct test_report last;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->entry[i].statement.type, "quality.test_report") == 0) {
            struct recompute_case c = case_of(&stream[B], &s->entry[i]);
            assert_int_equal(recompute_read(&c, &s->entry[i], &last, &e), 0);
        }
    assert_string_equal(last.code, "sterility");
    sampled_ms = last.sampled_at;
}

static struct pending_test *waits_for(struct batch_release *r)
{
    struct pending_test *p = record_list_add(a, &record_pending_test, &r->pending);
    *p = (struct pending_test){.code = "sterility", .title = "Sterility", .surrogate = "gram", .expected_at = sampled_ms + 14 * DAY,
                               .grace_days = 2, .owner_id = "U-7"};
    return p;
}

static struct batch_release *conditional(void)
{
    struct batch_release *r = fresh("release.release");
    r->batch_id = "B-1";
    r->physician_id = "U-6";
    r->informed_at = now_ms - 60000;
    r->follow_up_by = "U-7";
    r->conditional = 1;
    for (int i = 0; i < 13; i++) {
        struct gate_point *p = record_list_add(a, &record_gate_point, &r->gate);
        *p = (struct gate_point){.point = i + 1, .title = "title", .state = "holds"};
    }
    return r;
}

static struct dossier_entry *sign(const char *type, void *record)
{
    stream[B].entry[stream[B].count].statement.actor = "U-9";
    return add(B, type, record);
}

static struct dossier_entry *released(void)
{
    struct batch_release *r = conditional();
    waits_for(r);
    return sign("release.release", r);
}

/* the sample's result so many days on */
static struct dossier_entry *result(const char *word, int days)
{
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "sterility", .result = word, .method = "growth-based, 14 days",
                              .sample_point = "final product", .sampled_at = sampled_ms, .late_min = INTEGER_ABSENT};
    now_ms = sampled_ms + days * DAY;
    t->tested_at = now_ms;
    struct dossier_entry *entry = add(B, "quality.test_report", t);
    entry->statement.actor = "U-3";
    return entry;
}

static struct dossier_entry *certify(void)
{
    struct batch_certify *c = fresh("release.certify");
    c->batch_id = "B-1";
    return sign("release.certify", c);
}

CASE(R29_rule_11_a_conditional_release_that_holds)
{
    pending_batch();
    struct dossier_entry *entry = released();
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R29_rule_11_a_release_of_an_earlier_version_said_nothing_of_it)
{
    pending_batch();
    struct dossier_entry *entry = release("holds", 13);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R29_rule_11_what_is_pending_is_listed_and_nothing_else)
{
    pending_batch();
    struct batch_release *r = conditional();
    gate_refused(sign("release.release", r), "not what the release lists");
    r->conditional = 0;
    r->physician_id = r->follow_up_by = NULL;
    r->informed_at = TIME_ABSENT;
    gate_refused(sign("release.release", r), "not what the release lists");
    r = conditional();
    waits_for(r)->expected_at += DAY;
    gate_refused(sign("release.release", r), "not what the release lists");
    r = conditional();
    waits_for(r)->owner_id = "U-8";
    gate_refused(sign("release.release", r), "not what the release lists");
    end();
}

CASE(R29_rule_11_nobody_informed_and_informed_too_late)
{
    pending_batch();
    struct batch_release *r = conditional();
    waits_for(r);
    r->physician_id = NULL;
    gate_refused(sign("release.release", r), "names the physician");
    r->physician_id = "U-6";
    r->informed_at = now_ms + DAY;
    gate_refused(sign("release.release", r), "informed before the release");
    end();
}

CASE(R29_rule_11_cells_that_last_wait_for_the_result)
{
    pending_batch();
    struct batch_fill *fill = fresh("batch.fill");
    fill->batch_id = "B-1";
    fill->volume_in_ml = fill->samples_ml = fill->waste_ml = "1.0";
    fill->expires_at = sampled_ms + 14 * DAY;
    struct fill_container *k = record_list_add(a, &record_fill_container, &fill->containers);
    *k = (struct fill_container){.container_id = "K-1", .volume_ml = "1.0", .cells = "1"};
    add(B, "batch.fill", fill)->statement.actor = "U-1";
    gate_refused(released(), "it is waited for");
    fill->expires_at--;
    add(B, "batch.fill", fill)->statement.actor = "U-1";
    assert_int_equal(check(B, released()), 0);
    end();
}

CASE(R25_gate_rule_11_a_pending_result_is_superseded_by_the_final_one)
{
    pending_batch();
    review(result("negative", 14));
    struct dossier_entry *entry = release("holds", 13);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R25_gate_rule_11_a_failing_result_is_superseded_by_none)
{
    pending_batch();
    review(result("positive", 14));
    review(result("negative", 14));
    gate_refused(release("holds", 13), "released, but");
    end();
}

CASE(R29_rule_11_certified_when_the_result_is_in_and_reviewed)
{
    pending_batch();
    released();
    struct dossier_entry *final = result("negative", 14);
    review(final);
    struct dossier_entry *entry = certify();
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    holds_until(B, entry, "\"result\":\"negative\"", "\"result\":\"no growth\"");
    entry->statement.actor = "U-4";
    gate_refused(entry, "reviewed a test");                       /* R11 */
    end();
}

CASE(R29_rule_11_certified_too_early)
{
    static const struct batch_certify none = {.batch_id = "B-1"};
    struct batch_certify record = none;
    pending_batch();
    released();
    struct recompute_case c = case_of(&stream[B], &stream[B].entry[stream[B].count - 1]);
    assert_int_equal(recompute_certify(&c, &record, &e), ERR_DOSSIER_REFUSED);      /* never released before */
    struct dossier_entry *final = result("negative", 14);
    struct dossier_entry *next = &stream[B].entry[stream[B].count];
    c = case_of(&stream[B], next);
    next->entry.seq = (int64_t)stream[B].count;
    assert_int_equal(recompute_certify(&c, &record, &e), ERR_DOSSIER_REFUSED);      /* nobody reviewed it */
    assert_non_null(strstr(e.text, "certified, but"));
    review(final);
    end();
}

CASE(R29_rule_11_a_failure_after_the_release_leaves_its_tasks)
{
    pending_batch();
    released();
    struct dossier_entry *failure = result("positive", 3);
    if (check(B, failure) != 0)
        fail_msg("%s", e.text);
    holds_until(B, failure, "\"owner_id\":\"U-7\",\"task\":\"physician\"", "\"owner_id\":\"U-8\",\"task\":\"physician\"");
    struct task_done *done = fresh("quality.task_done");
    *done = (struct task_done){.batch_id = "B-1", .test_seq = failure->entry.seq, .task = "physician", .done_at = now_ms, .text = "told",
                               .more = BOOLEAN_ABSENT};
    struct dossier_entry *first = sign("quality.task_done", done);
    assert_int_equal(check(B, first), 0);
    gate_refused(sign("quality.task_done", done), "done already");
    done->test_seq--;
    gate_refused(sign("quality.task_done", done), "no failure left");
    end();
}

CASE(R29_rule_11_before_a_release_a_failure_leaves_no_tasks)
{
    pending_batch();
    struct dossier_entry *failure = result("positive", 3);
    assert_null(strstr((const char *)failure->statement.body.data, "tasks"));
    assert_int_equal(check(B, failure), 0);
    end();
}

CASE(T21_rule_11_an_interim_reading_says_its_day)
{
    pending_batch();
    struct sterility_read *read = fresh("quality.sterility_read");
    *read = (struct sterility_read){.batch_id = "B-1", .code = "sterility", .sampled_at = sampled_ms, .result = "no growth",
                                    .day = INTEGER_ABSENT, .final_day = INTEGER_ABSENT, .late_min = INTEGER_ABSENT};
    read->read_at = now_ms = sampled_ms + 7 * DAY;
    struct dossier_entry *entry = add(B, "quality.sterility_read", read);
    assert_int_equal(check(B, entry), 0);
    holds_until(B, entry, "\"day\":7", "\"day\":13");
    end();
}
