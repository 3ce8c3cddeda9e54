#include <string.h>

#include "base/text.h"
#include "domain/specification.h"
#include "domain/specification_value.h"

struct judging {
    struct arena *arena;
    const struct specification_test *test;
    struct specification_verdict *out;
};

static void settle(struct judging *j, enum verdict verdict, const char *reported, const char *sentence)
{
    j->out->verdict = verdict;
    j->out->reported = reported;
    j->out->sentence = sentence;
}

static const char *unit_behind(const struct specification_test *t)
{
    return t->unit == NULL || strcmp(t->unit, "1") == 0 ? "" : t->unit;
}

static const char *limit_text(struct judging *j)
{
    const struct specification_test *t = j->test;
    if (t->op == SPEC_BETWEEN)
        return arena_printf(j->arena, "%s to %s %s", t->limit, t->limit_high, unit_behind(t));
    return arena_printf(j->arena, "%s %s %s", spec_op_words[t->op], t->limit, unit_behind(t));
}

/* sign of the rounded value against a limit, which is exact and never rounded (T01, T03) */
static int against(struct judging *j, const struct number *value, const char *limit, const char **ret_reported)
{
    CLEANUP(number_done) struct number rounded, exact;
    number_init(&rounded);
    number_init(&exact);
    *ret_reported = number_round_like(j->arena, value, limit, (enum rounding)j->test->rounding);
    number_from_decimal(&rounded, *ret_reported);
    number_from_decimal(&exact, limit);
    int sign = number_compare(&rounded, &exact);
    return (sign > 0) - (sign < 0);
}

/* whether the rounded value conforms; the low and the high side apart, since a censored value decides one side only */
struct sides {
    bool low_holds, high_holds;
    const char *reported;
};

static struct sides sides_of(struct judging *j, const struct number *value)
{
    const struct specification_test *t = j->test;
    struct sides s = {true, true, NULL};
    int sign = against(j, value, t->limit, &s.reported);
    if (t->op == SPEC_AT_LEAST || t->op == SPEC_BETWEEN)
        s.low_holds = sign >= 0;
    else if (t->op == SPEC_ABOVE)
        s.low_holds = sign > 0;
    else if (t->op == SPEC_AT_MOST)
        s.high_holds = sign <= 0;
    else
        s.high_holds = sign < 0;
    if (t->op == SPEC_BETWEEN) {
        const char *reported;
        s.high_holds = against(j, value, t->limit_high, &reported) <= 0;
    }
    return s;
}

/* value < x (below) or > x: decided only where every such value falls on one side (T05) */
static void censored_judge(struct judging *j, const struct number *x, bool below)
{
    const struct specification_test *t = j->test;
    CLEANUP(number_done) struct number limit;
    number_init(&limit);
    struct sides s = sides_of(j, x);
    const char *limits = limit_text(j), *reported = j->out->reported;
    bool far_fails = below ? !s.low_holds : !s.high_holds;   /* all beyond x fail the side they move away from */
    bool one_sided = below ? t->op == SPEC_AT_MOST || t->op == SPEC_BELOW : t->op == SPEC_AT_LEAST || t->op == SPEC_ABOVE;
    number_from_decimal(&limit, t->limit);
    int sign = number_compare(x, &limit);
    if (far_fails)
        settle(j, VERDICT_FAIL, reported, arena_printf(j->arena, "%s: %s cannot be %s", t->title, reported, limits));
    else if (one_sided && (below ? sign <= 0 : sign >= 0))
        settle(j, VERDICT_PASS, reported, arena_printf(j->arena, "%s: every value %s is %s", t->title, reported, limits));
    else
        settle(j, VERDICT_CANNOT_EVALUATE, reported, arena_printf(j->arena,
            "%s: %s neither meets nor misses %s; a lower limit of detection is needed", t->title, reported, limits));
}

static bool mean_of(const struct specification_result *r, struct number *ret)
{
    CLEANUP(number_done) struct number x;
    number_init(&x);
    for (size_t i = 0; i < r->value_count; i++) {
        if (!number_from_decimal(&x, r->values[i]))
            return false;
        mpq_add(ret->q, ret->q, x.q);
    }
    mpq_set_ui(x.q, r->value_count, 1);
    mpq_div(ret->q, ret->q, x.q);
    return true;
}

/* a replicate that fails alone: averaging must not hide it (OOS guidance) */
static const char *hidden_failure(struct judging *j, const struct specification_result *r)
{
    for (size_t i = 0; i < r->value_count; i++) {
        CLEANUP(number_done) struct number x;
        number_init(&x);
        number_from_decimal(&x, r->values[i]);
        struct sides s = sides_of(j, &x);
        if (!s.low_holds || !s.high_holds)
            return r->values[i];
    }
    return NULL;
}

static void number_judge(struct judging *j, const struct specification_result *r)
{
    CLEANUP(number_done) struct number value;
    number_init(&value);
    struct result_value first = result_read(r->values[0]);
    const struct specification_test *t = j->test;
    if (r->value_count == 1 && first.kind != RESULT_DECIMAL) {
        number_from_decimal(&value, first.text);
        j->out->reported = arena_text(j->arena, r->values[0]);
        censored_judge(j, &value, first.kind == RESULT_BELOW);
        return;
    }
    if (!mean_of(r, &value)) {
        settle(j, VERDICT_CANNOT_EVALUATE, "", arena_printf(j->arena, "%s: censored values have no mean", t->title));
        return;
    }
    struct sides s = sides_of(j, &value);
    bool holds = s.low_holds && s.high_holds;
    const char *hidden = r->value_count > 1 && holds ? hidden_failure(j, r) : NULL;
    const char *limits = limit_text(j);
    j->out->failing = hidden;
    if (hidden != NULL)
        settle(j, VERDICT_FAIL, s.reported, arena_printf(j->arena, "%s: the mean %s is %s but the replicate %s is not", t->title,
            s.reported, limits, hidden));
    else
        settle(j, holds ? VERDICT_PASS : VERDICT_FAIL, s.reported, arena_printf(j->arena, "%s: %s %s is %s%s", t->title, s.reported,
            unit_behind(t), holds ? "" : "not ", limits));
}

static void word_judge(struct judging *j, const struct specification_result *r)
{
    const struct specification_test *t = j->test;
    const char *word = arena_text(j->arena, r->values[0]);
    if (t->op == SPEC_REPORT)
        settle(j, VERDICT_PASS, word, arena_printf(j->arena, "%s: %s, reported for information", t->title, word));
    else if (t->op == SPEC_EQUALS)
        settle(j, strcmp(word, t->limit) == 0 ? VERDICT_PASS : VERDICT_FAIL, word,
            arena_printf(j->arena, "%s: %s, required is %s", t->title, word, t->limit));
    else if (result_is_negative(word) && t->final_day > 0 && r->read_day >= 0 && r->read_day < t->final_day)
        settle(j, VERDICT_CANNOT_EVALUATE, word,
            arena_printf(j->arena, "%s: %s at day %d is not final before day %d", t->title, word, r->read_day, t->final_day));
    else
        settle(j, result_is_negative(word) ? VERDICT_PASS : VERDICT_FAIL, word,
            arena_printf(j->arena, "%s: %s, required is negative", t->title, word));
}

/* reasons to judge nothing: wrong sample point or method (T07), no value in its form, typed absences (T40) */
static bool unfit_judge(struct judging *j, const struct specification_result *r)
{
    struct err e = {0};
    const struct specification_test *t = j->test;
    const char *why = NULL;
    if (r->sample_point != NULL && strcmp(r->sample_point, t->sample_point) != 0)
        why = arena_printf(j->arena, "%s: taken at %s, specified is %s", t->title, r->sample_point, t->sample_point);
    else if (r->method != NULL && strcmp(r->method, t->method) != 0)
        why = arena_printf(j->arena, "%s: by %s, specified is %s", t->title, r->method, t->method);
    else if (specification_result_check(t, r, &e) != 0)
        why = arena_text(j->arena, e.text);
    else if (result_read(r->values[0]).kind >= RESULT_NOT_APPLICABLE)
        why = arena_printf(j->arena, "%s: %s", t->title, r->values[0]);
    if (why == NULL)
        return false;
    j->out->is_pending = r->value_count == 1 && result_read(r->values[0]).kind == RESULT_PENDING;
    settle(j, VERDICT_CANNOT_EVALUATE, r->value_count == 1 && r->values[0] != NULL ? arena_text(j->arena, r->values[0]) : "", why);
    return true;
}

void specification_judge(struct arena *a, const struct specification_test *test, const struct specification_result *result,
    struct specification_verdict *ret)
{
    struct judging j = {a, test, ret};
    *ret = (struct specification_verdict){VERDICT_CANNOT_EVALUATE, false, "", "", NULL};
    if (unfit_judge(&j, result))
        return;
    if (test->op <= SPEC_BETWEEN)
        number_judge(&j, result);
    else
        word_judge(&j, result);
}
