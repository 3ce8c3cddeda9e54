#include "domain/chart.h"

#include <string.h>

#include "base/text.h"

#define D2_OF_TWO "1.128379167095512574"       /* 2/sqrt(pi) */

/* ${times} standard deviations, more than which a point lies off, ${count} values one after another of its level, all on one side */
static const struct run_rule {
    const char *name;
    int times;
    size_t count;
} RUNS[] = {{"1_3s", 3, 1}, {"2_2s", 2, 2}, {"4_1s", 1, 4}, {"10_x", 0, 10}};

static const char *const SENTENCES[] = {
    "1_2s (warning): one value more than 2 SD from the mean",
    "1_3s: one value more than 3 SD from the mean",
    "2_2s: two consecutive values of a level, or two levels of one run, more than 2 SD off on the same side",
    "R_4s: two levels of one run, one more than 2 SD above and one more than 2 SD below",
    "4_1s: four consecutive values of a level more than 1 SD off on the same side",
    "10_x: ten consecutive values of a level on the same side of the mean",
    "a value equal to a limit is not beyond it", NULL};

const char *const *chart_rules(void)
{
    return SENTENCES;
}

/* A value in standard deviations; ${known} is false where it cannot be judged. */
struct deviation {
    struct number z;
    bool known;
};

static const struct chart_target *target_of(const struct chart_target *t, size_t n, const char *level)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(t[i].level, level) == 0)
            return &t[i];
    return NULL;
}

static void deviation_take(struct deviation *d, const struct chart_target *t, const char *value)
{
    CLEANUP(number_done) struct number mean;
    CLEANUP(number_done) struct number sd;
    number_init(&mean);
    number_init(&sd);
    number_init(&d->z);
    d->known = t != NULL && number_from_decimal(&d->z, value) && number_from_decimal(&mean, t->mean) &&
               number_from_decimal(&sd, t->sd) && mpq_sgn(sd.q) > 0;
    if (!d->known)
        return;
    mpq_sub(d->z.q, d->z.q, mean.q);
    mpq_div(d->z.q, d->z.q, sd.q);
}

/* 1 beyond +times SD, -1 beyond -times SD, 0 within */
static int side(const struct deviation *d, int times)
{
    if (!d->known)
        return 0;
    return mpq_cmp_si(d->z.q, times, 1) > 0 ? 1 : mpq_cmp_si(d->z.q, -times, 1) < 0 ? -1 : 0;
}

/* ${r->count} values of the level up to ${at} lie beyond on the side of the last */
static bool runs(const struct run_rule *r, const struct chart_value *v, const struct deviation *d, size_t at)
{
    int wanted = side(&d[at], r->times);
    size_t met = 0;
    for (size_t i = at + 1; wanted != 0 && met < r->count && i-- > 0;) {
        if (strcmp(v[i].level, v[at].level) != 0)
            continue;
        if (side(&d[i], r->times) != wanted)
            return false;
        met++;
    }
    return met == r->count;
}

/* another level of the same run lies beyond 2 SD, on the side ${wanted} */
static bool beside(const struct chart_value *v, const struct deviation *d, size_t n, size_t at, int wanted)
{
    for (size_t i = 0; i < n; i++)
        if (i != at && wanted != 0 && strcmp(v[i].run, v[at].run) == 0 && strcmp(v[i].level, v[at].level) != 0 &&
            side(&d[i], 2) == wanted)
            return true;
    return false;
}

static const char *rule_broken(const struct chart_value *v, const struct deviation *d, size_t n, size_t at)
{
    int off = side(&d[at], 2);
    if (runs(&RUNS[0], v, d, at))
        return RUNS[0].name;
    if (runs(&RUNS[1], v, d, at) || beside(v, d, n, at, off))
        return RUNS[1].name;
    if (beside(v, d, n, at, -off))
        return "R_4s";
    return runs(&RUNS[2], v, d, at) ? RUNS[2].name : runs(&RUNS[3], v, d, at) ? RUNS[3].name : NULL;
}

void chart_judge(struct arena *a, const struct chart_target *targets, size_t target_count, const struct chart_value *values, size_t n,
                 struct chart_flag **ret)
{
    struct deviation *d = ARENA_ARRAY(a, struct deviation, n + 1);
    struct chart_flag *flag = ARENA_ARRAY(a, struct chart_flag, n + 1);
    for (size_t i = 0; i < n; i++)
        deviation_take(&d[i], target_of(targets, target_count, values[i].level), values[i].value);
    for (size_t i = 0; i < n; i++) {
        flag[i] = (struct chart_flag){CHART_IN_CONTROL, rule_broken(values, d, n, i), NULL};
        if (flag[i].rule != NULL)
            flag[i].state = CHART_OUT_OF_CONTROL;
        else if (side(&d[i], 2) != 0)
            flag[i] = (struct chart_flag){CHART_WARNING, "1_2s", NULL};
        if (d[i].known)
            flag[i].z = number_to_decimal(a, &d[i].z, 2);
    }
    for (size_t i = 0; i < n; i++)
        number_done(&d[i].z);
    *ret = flag;
}

/* the sum of ${n} decimals into ${ret}; false if one is none */
static bool sum_of(const char *const *values, size_t n, struct number *ret)
{
    CLEANUP(number_done) struct number one;
    number_init(&one);
    for (size_t i = 0; i < n; i++) {
        if (!number_from_decimal(&one, values[i]))
            return false;
        mpq_add(ret->q, ret->q, one.q);
    }
    return true;
}

static void divide(struct number *n, size_t by)
{
    CLEANUP(number_done) struct number divisor;
    number_init(&divisor);
    mpq_set_ui(divisor.q, by, 1);
    mpq_div(n->q, n->q, divisor.q);
}

/* the sum of the squared distances from ${mean} */
static void squares_of(const char *const *values, size_t n, const struct number *mean, struct number *ret)
{
    CLEANUP(number_done) struct number one;
    number_init(&one);
    for (size_t i = 0; i < n; i++) {
        number_from_decimal(&one, values[i]);
        mpq_sub(one.q, one.q, mean->q);
        mpq_mul(one.q, one.q, one.q);
        mpq_add(ret->q, ret->q, one.q);
    }
}

/* the sum of the distances between neighbours */
static void ranges_of(const char *const *values, size_t n, struct number *ret)
{
    CLEANUP(number_done) struct number one;
    CLEANUP(number_done) struct number before;
    number_init(&one);
    number_init(&before);
    for (size_t i = 1; i < n; i++) {
        number_from_decimal(&before, values[i - 1]);
        number_from_decimal(&one, values[i]);
        mpq_sub(one.q, one.q, before.q);
        mpq_abs(one.q, one.q);
        mpq_add(ret->q, ret->q, one.q);
    }
}

/* what both charts share: the mean, then a spread that is more than nothing */
static bool limits(struct arena *a, const char *const *values, size_t n, int decimals, bool by_ranges, const char **ret_mean,
                   const char **ret_sd)
{
    CLEANUP(number_done) struct number mean;
    CLEANUP(number_done) struct number spread;
    CLEANUP(number_done) struct number d2;
    number_init(&mean);
    number_init(&spread);
    number_init(&d2);
    if (n < 2 || !sum_of(values, n, &mean))
        return false;
    divide(&mean, n);
    if (by_ranges) {
        ranges_of(values, n, &spread);
        divide(&spread, n - 1);
        number_from_decimal(&d2, D2_OF_TWO);
        mpq_div(spread.q, spread.q, d2.q);
    } else {
        squares_of(values, n, &mean, &spread);
        divide(&spread, n - 1);
        number_sqrt(&spread);
    }
    *ret_mean = number_to_decimal(a, &mean, decimals);
    *ret_sd = number_to_decimal(a, &spread, decimals);
    return strspn(*ret_sd, "0.") != strlen(*ret_sd);
}

bool chart_levey_jennings(struct arena *a, const char *const *values, size_t n, int decimals, const char **ret_mean,
                          const char **ret_sd)
{
    return limits(a, values, n, decimals, false, ret_mean, ret_sd);
}

bool chart_shewhart(struct arena *a, const char *const *values, size_t n, int decimals, const char **ret_mean, const char **ret_sd)
{
    return limits(a, values, n, decimals, true, ret_mean, ret_sd);
}

const char *chart_limit(struct arena *a, const char *mean, const char *sd, int times, int decimals)
{
    CLEANUP(number_done) struct number at;
    CLEANUP(number_done) struct number off;
    CLEANUP(number_done) struct number by;
    number_init(&at);
    number_init(&off);
    number_init(&by);
    number_from_decimal(&at, mean);
    number_from_decimal(&off, sd);
    mpq_set_si(by.q, times, 1);
    mpq_mul(off.q, off.q, by.q);
    mpq_add(at.q, at.q, off.q);
    return number_to_decimal(a, &at, decimals);
}
