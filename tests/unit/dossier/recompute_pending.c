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
                              .sample_point = "final product", .sampled_at = sampled_ms, .late_min = INTEGER_ABSENT, .file_seq = INTEGER_ABSENT};
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

/* the statement, with what lies between ${from} and ${to} of its body cut out */
static void cut(struct dossier_entry *entry, const char *from, const char *to)
{
    const char *body = (const char *)entry->statement.body.data, *at = strstr(body, from), *end_at = at == NULL ? NULL : strstr(at, to);
    assert_non_null(end_at);
    const char *changed = arena_printf(a, "%.*s%s", (int)(at - body), body, end_at + strlen(to));
    entry->statement.body = (struct bytes){(const uint8_t *)changed, strlen(changed)};
}

static struct dossier_entry *correct_result(const struct dossier_entry *test, const char *old_value, const char *new_value)
{
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = test->entry.seq, .old_value = old_value, .new_value = new_value,
                                .reason = "read from the wrong plate", .file_seq = INTEGER_ABSENT};
    struct dossier_entry *entry = add(B, "quality.test_correct", in);
    entry->statement.actor = "U-3";
    return entry;
}

CASE(R29_T21_rule_11_a_failing_correction_after_the_release_leaves_its_tasks)
{
    pending_batch();
    released();
    struct dossier_entry *corrected = correct_result(result("negative", 14), "negative", "positive");
    assert_int_equal(check(B, corrected), 0);
    cut(corrected, ",\"tasks\":[", "]");
    gate_refused(corrected, "recomputed");
    end();
}

CASE(R29_T21_rule_11_a_failure_behind_a_correction_leaves_its_tasks)
{
    pending_batch();
    released();
    correct_value("60.0", "61.0", "U-1");
    struct dossier_entry *failure = result("positive", 3);
    assert_int_equal(check(B, failure), 0);
    cut(failure, ",\"tasks\":[", "]");
    gate_refused(failure, "recomputed");
    end();
}

/* a release that says nothing of it is of a version that left no tasks behind a correction */
CASE(R29_rule_11_corrections_of_earlier_versions_left_no_tasks)
{
    pending_batch();
    release("holds", 13);
    struct dossier_entry *corrected = correct_result(result("negative", 14), "negative", "positive");
    assert_int_equal(check(B, corrected), 0);
    cut(corrected, ",\"tasks\":[", "]");
    assert_int_equal(check(B, corrected), 0);
    end();
}

static struct dossier_entry *deviate(const char *class)
{
    struct deviation_open *in = fresh("quality.deviation_open");
    *in = (struct deviation_open){.batch_id = "B-1", .deviation_class = class, .text = "the door stood open", .aware_at = now_ms};
    struct dossier_entry *entry = add(B, "quality.deviation_open", in);
    entry->statement.actor = "U-3";
    return entry;
}

static void close_deviation(const struct dossier_entry *opened)
{
    struct deviation_close *in = fresh("quality.deviation_close");
    *in = (struct deviation_close){.batch_id = "B-1", .deviation_seq = opened->entry.seq, .reason = "evaluated, without effect"};
    add(B, "quality.deviation_close", in)->statement.actor = "U-8";
}

/* as if it had been signed, and gone again */
static struct dossier_entry *certified_all_the_same(const struct dossier_entry *final)
{
    struct batch_certify *in = fresh("release.certify");
    in->batch_id = "B-1";
    in->duties = 2;
    *(struct certified_test *)record_list_add(a, &record_certified_test, &in->results) =
        (struct certified_test){"sterility", final->entry.seq, "negative"};
    struct dossier_entry *entry = put(B, "release.certify", in);
    entry->statement.actor = "U-9";
    stream[B].count--;
    return entry;
}

/* the same of a release that is judged by version ${duties} of the table */
static struct dossier_entry *released_all_the_same(bool waits, int64_t duties)
{
    struct batch_release *in = conditional();
    in->conditional = waits;
    if (waits)
        waits_for(in);
    else {
        in->physician_id = in->follow_up_by = NULL;
        in->informed_at = TIME_ABSENT;
    }
    in->duties = duties;
    struct dossier_entry *entry = put(B, "release.release", in);
    entry->statement.actor = "U-9";
    stream[B].count--;
    return entry;
}

static void recall(void)
{
    struct recall *in = fresh("custody.recall");
    *in = (struct recall){.batch_id = "B-1", .cause = "donor", .cause_id = "D-1", .recall_class = "class_1", .reason = "a late result",
                          .begun_at = now_ms};
    add(B, "custody.recall", in)->statement.actor = "U-8";
}

CASE(gate_04_rule_11_nothing_is_released_over_an_open_deviation_or_a_recall)
{
    pending_batch();
    deviate("minor");
    assert_int_equal(check(B, released_all_the_same(true, 2)), 0);
    struct dossier_entry *major = deviate("major");
    gate_refused(released_all_the_same(true, 2), "released, but the deviation of entry");
    assert_int_equal(check(B, released_all_the_same(true, INTEGER_ABSENT)), 0);      /* of before it was looked at */
    close_deviation(major);
    assert_int_equal(check(B, released_all_the_same(true, 2)), 0);
    recall();
    gate_refused(released_all_the_same(true, 2), "released, but the batch is recalled");
    end();
}

static void do_task(const struct dossier_entry *failure, const char *task, const char *person)
{
    struct task_done *done = fresh("quality.task_done");
    *done = (struct task_done){.batch_id = "B-1", .test_seq = failure->entry.seq, .task = task, .done_at = now_ms, .text = "told",
                               .more = BOOLEAN_ABSENT};
    add(B, "quality.task_done", done)->statement.actor = person;
}

/* a result after the release fails it, and is found to be another's */
static struct dossier_entry *invalidated_failure(void)
{
    struct dossier_entry *failure = result("positive", 3);
    struct oos_close *closed = fresh("quality.oos_close");
    *closed = (struct oos_close){.batch_id = "B-1", .test_seq = failure->entry.seq, .conclusion = "invalidated",
                                 .reason = "the plate was another's", .stays_held = BOOLEAN_ABSENT};
    add(B, "quality.oos_close", closed)->statement.actor = "U-8";
    return failure;
}

CASE(gate_04_R29_rule_11_nothing_is_released_anew_over_an_open_task)
{
    pending_batch();
    released();
    struct dossier_entry *failure = invalidated_failure();
    review(result("negative", 14));
    gate_refused(released_all_the_same(false, 3), "(critical) is open");
    close_deviation(failure);
    gate_refused(released_all_the_same(false, 3), "released, but the task ");
    assert_int_equal(check(B, released_all_the_same(false, 2)), 0);                  /* the gate did not ask then */
    for (size_t i = 0; i < words_failure_task.count; i++)
        do_task(failure, words_failure_task.words[i], "U-7");
    assert_int_equal(check(B, released_all_the_same(false, 3)), 0);
    end();
}

CASE(R29_rule_11_nothing_is_certified_over_an_open_deviation)
{
    pending_batch();
    released();
    struct dossier_entry *final = result("negative", 14);
    review(final);
    deviate("minor");
    assert_int_equal(check(B, certified_all_the_same(final)), 0);             /* a minor one waits */
    struct dossier_entry *major = deviate("major");
    gate_refused(certified_all_the_same(final), "(major) is open");
    close_deviation(major);
    assert_int_equal(check(B, certified_all_the_same(final)), 0);
    recall();
    gate_refused(certified_all_the_same(final), "the batch is recalled");
    end();
}

CASE(R29_R11_rule_11_nothing_is_certified_over_an_open_task_nor_by_who_did_one)
{
    pending_batch();
    released();
    struct dossier_entry *failure = invalidated_failure();
    struct dossier_entry *final = result("negative", 14);
    review(final);
    gate_refused(certified_all_the_same(final), "(critical) is open");       /* the deviation that the failure opened */
    close_deviation(failure);
    for (size_t i = 0; i < words_failure_task.count; i++) {
        gate_refused(certified_all_the_same(final), "the task ");
        do_task(failure, words_failure_task.words[i], i == 0 ? "U-9" : "U-7");
    }
    gate_refused(certified_all_the_same(final), "did a task of a failure");
    stream[B].entry[stream[B].count].statement.actor = "U-5";
    assert_int_equal(check(B, &stream[B].entry[stream[B].count]), 0);
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

CASE(T31_rule_11_nothing_is_released_over_an_identity_that_a_later_reference_contradicts)
{
    pending_batch();
    ask_identity(3);
    refer("TH01:6,7;FGA:20,21;TPOX:8");
    review(identify("TH01:6,7;FGA:20,21;TPOX:8"));
    assert_int_equal(check(B, released_all_the_same(true, 3)), 0);
    now_ms += 120000;
    refer("TH01:6,7;FGA:20,21;TPOX:8;D5S818:11,12");           /* measured again, it agrees */
    now_ms += 120000;
    assert_int_equal(check(B, released_all_the_same(true, 3)), 0);
    refer("TH01:6,7;FGA:20,22;TPOX:8");                        /* the one before was another person's */
    now_ms -= 30000;                                           /* each statement is a minute later */
    assert_int_equal(check(B, released_all_the_same(true, 3)), 0);        /* not known in that minute */
    now_ms += 120000;
    gate_refused(released_all_the_same(true, 3), "released, but str is discordant by the reference of entry");
    assert_int_equal(check(B, released_all_the_same(true, 2)), 0);        /* the gate did not ask then */
    end();
}

/* the case made the first result void: what it was compared with matters no more */
CASE(T31_rule_11_an_identity_that_was_made_void_bars_no_release)
{
    pending_batch();
    ask_identity(3);
    refer("TH01:6,7;FGA:20,21;TPOX:8");
    struct dossier_entry *first = identify("TH01:6,7;FGA:20,21;TPOX:8");
    refer("TH01:6,7;FGA:20,22;TPOX:8");
    struct oos_close *c = fresh("quality.oos_close");
    *c = (struct oos_close){.batch_id = "B-1", .test_seq = first->entry.seq, .conclusion = "invalidated", .reason = "the tube was swapped"};
    put(B, "quality.oos_close", c)->statement.actor = "U-4";
    review(identify("TH01:6,7;FGA:20,22;TPOX:8"));
    now_ms += 120000;
    struct dossier_entry *entry = released_all_the_same(true, 3);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}
