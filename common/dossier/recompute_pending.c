/*
 * Rule 11 for what a release waits for (R29, T21): a conditional release lists what is pending, and the cells could not wait for it;
 * a failure after it leaves its tasks; what is certified finally is what was pending, and it passed.
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/pending.h"
#include "domain/segregation.h"
#include "dossier/recompute.h"

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%.300s", why);
}

static const char *rows_text(const struct recompute_case *c, const struct list *pending, bool conditional, const char *owner)
{
    struct batch_release only;
    struct buf text = buf_new(c->a);
    record_init(&record_batch_release, &only);
    only.batch_id = c->s->id;
    only.conditional = conditional;
    only.follow_up_by = owner;
    only.pending = *pending;
    record_to_json(&text, &record_batch_release, &only, RECORD_STATEMENT);
    return text.text;
}

int recompute_pending(const struct recompute_case *c, const struct pending_case *p, const struct batch_release *release, struct err *e)
{
    struct list pending = {NULL, 0};
    const char *const *barred;
    const char *owner = release->follow_up_by;
    pending_tests(c->a, p, owner, &pending);
    if (strcmp(rows_text(c, &pending, pending.count > 0, owner),
               rows_text(c, &release->pending, release->conditional == 1, owner)) != 0)
        return refuse(e, "pending", "released, but what was pending is not what the release lists");
    if (pending_barred(c->a, p, &barred) > 0)
        return refuse(e, "pending", arena_printf(c->a, "released, but %s", barred[0]));
    int rc = pending_plan_check(release, c->entry->statement.at_ms, e);
    return rc > 0 ? refuse(e, "pending", arena_printf(c->a, "released conditionally, but %s", e->text)) : rc;
}

/* The last release before the statement, and whether a correction has come since; ${ret} NULL: none. */
static const struct dossier_entry *last_release(const struct recompute_case *c, bool *ret_corrected)
{
    const struct dossier_entry *last = NULL;
    *ret_corrected = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        if (is_type(entry, "release.release")) {
            last = entry;
            *ret_corrected = false;
        }
        *ret_corrected |= is_type(entry, "batch.correct") || is_type(entry, "quality.test_correct");
    }
    return last;
}

/* Versions that left no tasks took a result after a release only where a correction had stopped the batch, or corrected one; their
 * releases did not say whether they were conditional. */
int recompute_failure(const struct recompute_case *c, struct test_report *in, bool had_tasks, struct err *e)
{
    struct batch_release release;
    struct batch_open open;
    struct specification *specification;
    bool is_corrected;
    const struct dossier_entry *last = last_release(c, &is_corrected);
    if (last == NULL)
        return 0;
    int rc = recompute_read(c, last, &release, e);
    is_corrected |= is_type(c->entry, "quality.test_correct");
    if (rc != 0 || (is_corrected && !had_tasks && release.conditional == BOOLEAN_ABSENT))
        return rc;
    rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    if (rc == 0)
        pending_failure(c->a, specification, release.follow_up_by != NULL ? release.follow_up_by : last->statement.actor,
                        c->entry->statement.at_ms, in);
    return rc;
}

int recompute_certify(const struct recompute_case *c, void *in, struct err *e)
{
    const struct batch_certify *recorded = c->memory->recorded;
    struct batch_certify *certify = in;
    struct pending_case p;
    struct batch_release release;
    struct list pending = {NULL, 0};
    bool is_corrected;
    const struct dossier_entry *last = last_release(c, &is_corrected);
    if (last == NULL)
        return refuse(e, "results", "certified, but never released");
    int rc = recompute_read(c, last, &release, e);
    rc = rc != 0 ? rc : recompute_tests(c, &p, e);
    if (rc != 0)
        return rc;
    pending_tests(c->a, &p, "", &pending);
    if (pending.count > 0 || p.outcome->verdict != VERDICT_PASS)
        return refuse(e, "results", arena_printf(c->a, "certified, but %s", p.outcome->sentence));
    rc = pending_certify(c->a, &release.pending, p.results, p.result_count, &certify->results, e);
    if (rc != 0)
        return refuse(e, "results", "certified without a result that was pending");
    certify->duties = recorded == NULL ? SEGREGATION_TABLE : recorded->duties;
    rc = recompute_settled(c, true, e);
    rc = rc != 0 ? rc : recompute_none_held(c, e);
    if (rc == 0 && certify->duties >= SEGREGATION_IDENTITY)
        rc = recompute_identities(c, e);
    return rc != 0 ? rc : recompute_uninvolved(c, certify->duties, e);
}

int recompute_read_out(const struct recompute_case *c, void *in, struct err *e)
{
    struct batch_open open;
    struct specification *specification;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    return rc != 0 ? rc : pending_read(specification, c->entry->statement.at_ms, in, e);
}

static bool has_task(const struct list *tasks, const char *task)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (strcmp(LIST_AT(*tasks, const struct failure_due, i)->task, task) == 0)
            return true;
    return false;
}

/* What other batches share rests on the state of other streams; it stands as it was recorded. */
int recompute_task_done(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct task_done *done = in;
    bool is_left = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        struct test_report report;
        struct test_correct correct;
        struct task_done earlier;
        int rc = 0;
        if (is_type(entry, "quality.test_report") && entry->entry.seq == done->test_seq) {
            rc = recompute_read(c, entry, &report, e);
            is_left |= rc == 0 && has_task(&report.tasks, done->task);
        } else if (is_type(entry, "quality.test_correct")) {
            rc = recompute_read(c, entry, &correct, e);
            is_left |= rc == 0 && correct.test_seq == done->test_seq && has_task(&correct.tasks, done->task);
        } else if (is_type(entry, "quality.task_done")) {
            rc = recompute_read(c, entry, &earlier, e);
            if (rc == 0 && earlier.test_seq == done->test_seq && strcmp(earlier.task, done->task) == 0)
                return refuse(e, "task", "the task was done already");
        }
        if (rc != 0)
            return rc;
    }
    return is_left ? 0 : refuse(e, "task", "no failure left this task");
}
