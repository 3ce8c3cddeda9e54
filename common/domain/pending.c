#include "domain/pending.h"

#include <string.h>

#include "base/clock.h"
#include "domain/late.h"
#include "domain/specification_value.h"

#define DAY_MS INT64_C(86400000)

/* no final result of a test that the specification releases by, at once or later; what keeps it from release is not waited for */
static bool is_pending(const struct specification_line *line)
{
    if (line->test->gating == GATING_POST_RELEASE)
        return line->state != TEST_PASS && line->state != TEST_FAIL && line->state != TEST_COVERED;
    return line->test->gating == GATING_RELEASE && line->state == TEST_PENDING && !line->blocks;
}

static int64_t expected_ms(const struct pending_case *c, const struct specification_test *test)
{
    int64_t from = c->said_ms;
    for (size_t i = 0; i < c->result_count; i++)
        if (strcmp(c->results[i].code, test->code) == 0)
            from = c->results[i].sampled_ms;
    return from + specification_due_days(test) * DAY_MS;
}

void pending_tests(struct arena *a, const struct pending_case *c, const char *owner, struct list *ret)
{
    for (size_t i = 0; i < c->outcome->line_count; i++) {
        const struct specification_test *test = c->outcome->lines[i].test;
        if (!is_pending(&c->outcome->lines[i]))
            continue;
        struct pending_test *p = record_list_add(a, &record_pending_test, ret);
        p->code = test->code;
        p->title = test->title;
        p->surrogate = test->surrogate;
        p->expected_at = expected_ms(c, test);
        p->grace_days = c->spec->grace_days;
        p->owner_id = owner;
    }
}

static bool has_passed(const struct specification_outcome *o, const char *code)
{
    for (size_t i = 0; i < o->line_count; i++)
        if (strcmp(o->lines[i].test->code, code) == 0)
            return o->lines[i].state == TEST_PASS;
    return false;
}

static const char *line_barred(struct arena *a, const struct pending_case *c, const struct specification_line *line)
{
    const struct specification_test *test = line->test;
    char expected[CLOCK_TEXT], until[CLOCK_TEXT];
    int64_t at = expected_ms(c, test);
    if (test->final_day > 0 && test->surrogate == NULL)
        return arena_printf(a, "%s: the specification names no rapid surrogate of it", test->title);
    if (test->surrogate != NULL && !has_passed(c->outcome, test->surrogate))
        return arena_printf(a, "%s: its surrogate %s has not passed", test->title, test->surrogate);
    if (c->expiry_ms == TIME_ABSENT || c->expiry_ms < at)
        return NULL;
    clock_to_text(at, expected);
    clock_to_text(c->expiry_ms, until);
    return arena_printf(a, "%s: its result is expected at %s, the batch lasts until %s: it is waited for", test->title, expected, until);
}

size_t pending_barred(struct arena *a, const struct pending_case *c, const char *const **ret)
{
    const char **why = ARENA_ARRAY(a, const char *, c->outcome->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->outcome->line_count; i++) {
        const char *sentence = is_pending(&c->outcome->lines[i]) ? line_barred(a, c, &c->outcome->lines[i]) : NULL;
        if (sentence != NULL)
            why[n++] = sentence;
    }
    *ret = why;
    return n;
}

static int missing(const char *field, struct err *e)
{
    return err_raise(e, ERR_FIELD_MISSING, field, "R29", "tests are pending: a conditional release names the physician who was"
                     " informed, when, and who follows up");
}

/* what a release says of pending tests where there are none; an exceptional one has notices to follow up */
static const char *idle_field(const struct batch_release *in)
{
    if (in->physician_id != NULL)
        return "physician_id";
    if (in->informed_at != TIME_ABSENT)
        return "informed_at";
    return in->follow_up_by != NULL && in->exceptional != 1 ? "follow_up_by" : NULL;
}

int pending_plan_check(const struct batch_release *in, int64_t said_ms, struct err *e)
{
    const char *idle = in->pending.count == 0 ? idle_field(in) : NULL;
    if (idle != NULL)
        return err_raise(e, ERR_FIELD_RANGE, idle, "R29", "nothing is pending: there is nothing to inform of or to follow up");
    if (in->pending.count == 0)
        return 0;
    if (in->physician_id == NULL)
        return missing("physician_id", e);
    if (in->informed_at == TIME_ABSENT)
        return missing("informed_at", e);
    if (in->follow_up_by == NULL)
        return missing("follow_up_by", e);
    return in->informed_at <= said_ms ? 0
        : err_raise(e, ERR_TIME_REFUSED, "informed_at", "R29", "the physician is informed before the release, not after it");
}

int pending_certify(struct arena *a, const struct list *pending, const struct pending_result *results, size_t n,
                    struct list *ret, struct err *e)
{
    for (size_t i = 0; i < pending->count; i++) {
        const char *code = LIST_AT(*pending, const struct pending_test, i)->code;
        const struct pending_result *found = NULL;
        for (size_t k = 0; k < n; k++)
            if (strcmp(results[k].code, code) == 0)
                found = &results[k];
        if (found == NULL)
            return err_raise(e, ERR_NOT_FOUND, "results", "R29", "there is no result of %s", code);
        struct certified_test *t = record_list_add(a, &record_certified_test, ret);
        t->code = code;
        t->test_seq = found->seq;
        t->result = found->result;
    }
    return 0;
}

void pending_failure(struct arena *a, const struct specification *spec, const char *owner, int64_t said_ms,
                     struct test_report *in)
{
    const struct specification_test *test = specification_test(spec, in->code);
    if (test == NULL || test->gating == GATING_INFO || in->verdict == NULL || strcmp(in->verdict, verdict_words[VERDICT_FAIL]) != 0)
        return;
    for (int i = 0; i < TASK_COUNT; i++) {
        struct failure_due *task = record_list_add(a, &record_failure_due, &in->tasks);
        task->task = words_failure_task.words[i];
        task->due_at = said_ms + spec->task_days[i] * DAY_MS;
        task->owner_id = owner;
    }
}

int pending_read(const struct specification *spec, int64_t said_ms, struct sterility_read *in, struct err *e)
{
    const struct specification_test *test = specification_test(spec, in->code);
    if (test == NULL)
        return err_raise(e, ERR_NOT_FOUND, "code", "", "%s version %d has no test %.40s", spec->id, spec->version, in->code);
    if (test->final_day == 0)
        return err_raise(e, ERR_RESULT_REFUSED, "code", "T21", "%s has no interim readings: report it", test->title);
    if (in->read_at < in->sampled_at)
        return err_raise(e, ERR_RESULT_REFUSED, "read_at", "T18", "read before it was sampled");
    in->day = (in->read_at - in->sampled_at) / DAY_MS;
    in->final_day = test->final_day;
    in->late_min = late_entry(spec->late_entry_min, in->read_at, said_ms);
    if (!result_is_negative(in->result))
        return err_raise(e, ERR_RESULT_REFUSED, "result", "T21", "\"%.80s\" is no reading without growth; growth is final on any"
                         " day: report the test", in->result);
    if (in->day >= test->final_day)
        return err_raise(e, ERR_RESULT_REFUSED, "read_at", "T21", "day %lld is final: report the test", (long long)in->day);
    return 0;
}
