#include "domain/except.h"

#include <string.h>

#define ANY_MATTER (-1)

/* What an exceptional release may go over, and why; the first row of a point and matter counts. §11.5 is about the cells' quality alone:
 * that the physician knows what they are, whose they are and how they were made and kept is what the acceptance rests on. */
static const struct {
    int point, matter;
    bool may;
    const char *why;
} rows[] = {
    {1, ANY_MATTER, false, "what was not done or verified leaves unknown what the cells are"},
    {2, ANY_MATTER, false, "a second person's look is what the record is believed for"},
    {3, EXCEPT_RESULT, true, "the failed result is what the physician asked for, was told of and accepted"},
    {3, EXCEPT_IDENTITY, false, "cells that may be another person's are not what the physician asked for"},
    {3, ANY_MATTER, false, "what is not known can be neither evaluated nor accepted"},
    {4, EXCEPT_HOLD, true, "whatever made the hold, evaluation, acceptance and review take its place; a confirmed failure holds for good"},
    {4, ANY_MATTER, false, "an open case is not evaluated; a withdrawn consent and a recall are nobody's to accept"},
    {5, ANY_MATTER, false, "the whole record is reviewed, request, evaluation and acceptance with it"},
    {6, ANY_MATTER, false, "the donor has an exception of its own (urgent medical need), with its own acknowledgement"},
    {7, ANY_MATTER, false, "what was used out of date or calibration is a deviation that was not evaluated"},
    {8, ANY_MATTER, false, "a label that is not accounted for may be on another container"},
    {9, ANY_MATTER, false, "a container that is not accounted for may be another's"},
    {10, ANY_MATTER, false, "what surrounded the open product is part of its risk"},
    {11, ANY_MATTER, false, "cells that have expired have no evaluated risk"},
    {12, ANY_MATTER, false, "who releases has judged nothing of it before"},
    {13, ANY_MATTER, false, "one's own cells are given to nobody else"},
};

static size_t row_of(int point, enum except_matter matter)
{
    size_t i = 0;
    while (i + 1 < sizeof rows / sizeof rows[0] && (rows[i].point != point || (rows[i].matter != ANY_MATTER && rows[i].matter != (int)matter)))
        i++;
    return i;
}

bool except_may(int point, enum except_matter matter)
{
    return rows[row_of(point, matter)].may;
}

const char *except_why(int point, enum except_matter matter)
{
    return rows[row_of(point, matter)].why;
}

enum except_matter except_matter(const struct specification_line *line)
{
    if (line->state != TEST_FAIL)
        return EXCEPT_OTHER;
    return line->test->loci > 0 ? EXCEPT_IDENTITY : EXCEPT_RESULT;
}

static bool is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* what an evaluation, made before it, cannot have known */
static bool is_news(const char *type)
{
    static const char *const types[] = {"quality.test_report", "quality.test_review", "quality.test_correct", "quality.oos_close",
                                        "quality.deviation_open", "batch.correct", "batch.fill_correct", "batch.void"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is(type, types[i]))
            return true;
    return false;
}

void except_begin(struct except_chain *ret)
{
    *ret = (struct except_chain){-1, -1, -1, NULL, -1, NULL};
}

void except_take(struct except_chain *c, int64_t seq, const char *type, const char *person)
{
    if (is(type, "release.release") || is(type, "release.reject")) {
        except_begin(c);
    } else if (is(type, "release.except_request")) {
        *c = (struct except_chain){seq, -1, -1, person, -1, NULL};
    } else if (is(type, "release.except_evaluate") && c->request_seq >= 0) {
        *c = (struct except_chain){c->request_seq, seq, -1, c->physician, -1, NULL};
    } else if (is(type, "release.except_accept") && c->evaluated_seq >= 0 && c->news_seq < 0 && is(person, c->physician)) {
        c->accepted_seq = seq;
    } else if (is_news(type) && c->evaluated_seq >= 0 && c->news_seq < 0) {
        c->news_seq = seq;
        c->news = type;
    }
}

static const char *nobody_asks(const struct except_chain *c)
{
    return c->request_seq < 0 ? "no treating physician asks for an exceptional release" : NULL;
}

/* the evaluation is missing, or does not know everything */
static const char *not_evaluated(struct arena *a, const struct except_chain *c)
{
    if (c->evaluated_seq < 0)
        return "the risk of what the physician asks for is not evaluated";
    return c->news_seq < 0 ? NULL
        : arena_printf(a, "since the risk was evaluated there is entry %lld (%s): it is evaluated anew", (long long)c->news_seq, c->news);
}

const char *except_open(struct arena *a, const struct except_chain *c, const struct specification_outcome *outcome)
{
    bool failed = false;
    for (size_t i = 0; i < outcome->line_count; i++)
        failed |= outcome->lines[i].blocks && except_matter(&outcome->lines[i]) == EXCEPT_RESULT;
    const char *why = failed ? nobody_asks(c) : "no result is out of specification: there is nothing to except";
    if (why == NULL)
        why = not_evaluated(a, c);
    return why != NULL || c->accepted_seq >= 0 ? why : arena_printf(a, "%s has not accepted the evaluated risk", c->physician);
}

void except_failed(struct arena *a, const struct pending_case *c, struct list *ret)
{
    for (size_t i = 0; i < c->outcome->line_count; i++) {
        const struct specification_line *line = &c->outcome->lines[i];
        if (line->state != TEST_FAIL || line->test->gating == GATING_INFO)
            continue;
        struct failed_test *f = record_list_add(a, &record_failed_test, ret);
        f->code = line->test->code;
        f->title = line->test->title;
        for (size_t k = 0; k < c->result_count; k++)
            if (is(c->results[k].code, f->code)) {
                f->test_seq = c->results[k].seq;
                f->result = c->results[k].result;
            }
    }
}

void except_pending(struct arena *a, const struct pending_case *c, struct list *ret)
{
    struct list pending = {NULL, 0};
    pending_tests(a, c, "", &pending);
    for (size_t i = 0; i < pending.count; i++)
        texts_add(a, ret, LIST_AT(pending, const struct pending_test, i)->title);
}

int except_evaluate_check(const struct except_chain *c, struct err *e)
{
    const char *why = nobody_asks(c);
    return why == NULL ? 0 : err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R31", "%s", why);
}

int except_accept_check(const struct except_chain *c, int64_t evaluation_seq, const char *person, struct err *e)
{
    struct arena *a = arena_new(0);
    const char *why = nobody_asks(c);
    int code = 0;
    if (why == NULL && c->evaluated_seq < 0)
        why = not_evaluated(a, c);
    if (why != NULL)
        code = err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R31", "%s", why);
    else if (!is(person, c->physician))
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R31", "%s asked for it: nobody else accepts the risk", c->physician);
    else if (evaluation_seq != c->evaluated_seq)
        code = err_raise(e, ERR_HEAD_STALE, "evaluation_seq", "R31", "the last evaluation is entry %lld", (long long)c->evaluated_seq);
    else if (c->news_seq >= 0)
        code = err_raise(e, ERR_HEAD_STALE, "evaluation_seq", "R31", "%s", not_evaluated(a, c));
    else if (c->accepted_seq >= 0)
        code = err_raise(e, ERR_EXISTS, "evaluation_seq", "R31", "it is accepted at entry %lld", (long long)c->accepted_seq);
    arena_free(a);
    return code;
}

int except_release_check(const struct batch_release *in, const struct except_chain *c, int64_t said_ms, struct err *e)
{
    if (in->exceptional != 1)
        return in->authority_due_at == TIME_ABSENT ? 0
            : err_raise(e, ERR_FIELD_RANGE, "authority_due_at", "R31", "only an exceptional release is told to the authority");
    if (in->follow_up_by == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "follow_up_by", "R31", "an exceptional release names who sees to its notices");
    if (in->authority_due_at == TIME_ABSENT)
        return err_raise(e, ERR_FIELD_MISSING, "authority_due_at", "R31", "an exceptional release says until when the authority is informed");
    if (in->authority_due_at <= said_ms)
        return err_raise(e, ERR_TIME_REFUSED, "authority_due_at", "R31", "the authority is informed on a day to come");
    if (in->physician_id != NULL && !is(c->physician, in->physician_id))
        return err_raise(e, ERR_FIELD_RANGE, "physician_id", "R31", "%s asked for it, and is who is informed", c->physician);
    return 0;
}

/* §11.5: in a trial the manufacturer notifies the sponsor immediately, who informs the authority; of a marketed product the holder of its
 * authorisation does */
static const struct {
    const char *setting, *task, *duty;
    bool at_once;
} notices[] = {
    {"trial", "sponsor", "The manufacturer notifies the sponsor of the trial, immediately", true},
    {"trial", "authority", "The sponsor informs the competent authority", false},
    {"marketed", "holder", "The manufacturer notifies the holder of the marketing authorisation, immediately", true},
    {"marketed", "authority", "The holder of the marketing authorisation informs the competent authority", false},
};

void except_notices(struct arena *a, const char *setting, const char *owner, int64_t said_ms, int64_t authority_due_ms, struct list *ret)
{
    for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++) {
        if (!is(setting, notices[i].setting))
            continue;
        struct except_due *due = record_list_add(a, &record_except_due, ret);
        due->task = notices[i].task;
        due->duty = notices[i].duty;
        due->owner_id = owner;
        due->due_at = notices[i].at_once ? said_ms + EXCEPT_AT_ONCE_MS : authority_due_ms;
    }
}
