#include "domain/excursion.h"

#include <inttypes.h>

#include "base/number.h"

#define MINUTE_MS INT64_C(60000)

static const struct temperature_reading *reading(const struct list *readings, size_t i)
{
    return LIST_AT(*readings, const struct temperature_reading, i);
}

static int compare(const char *x, const char *y)
{
    CLEANUP(number_done) struct number a, b;
    number_init(&a);
    number_init(&b);
    number_from_decimal(&a, x);
    number_from_decimal(&b, y);
    return number_compare(&a, &b);
}

int excursion_readings_check(const struct list *readings, int64_t from_ms, int64_t until_ms, struct err *e)
{
    if (readings->count == 0)
        return err_raise(e, ERR_FIELD_MISSING, "readings", "7.4", "there is no reading");
    for (size_t i = 0; i < readings->count; i++) {
        int64_t at = reading(readings, i)->read_at;
        if (i > 0 && at <= reading(readings, i - 1)->read_at)
            return err_raise(e, ERR_TIME_REFUSED, "readings", "7.4", "reading %zu is not later than the one before", i + 1);
        if ((from_ms != TIME_ABSENT && at < from_ms) || at > until_ms)
            return err_raise(e, ERR_TIME_REFUSED, "readings", "7.4", "reading %zu is not of this time", i + 1);
    }
    return 0;
}

static bool is_outside(const struct excursion_limits *l, const char *value)
{
    return (l->low_c != NULL && compare(value, l->low_c) < 0) || (l->high_c != NULL && compare(value, l->high_c) > 0);
}

static int64_t later(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

/* the time between the reading before ${i} and reading ${i}, as far as it is after ${from_ms}; from and until stand at the ends; what was outside
 * before it began still is */
static void take_interval(const struct excursion_limits *l, const struct list *readings, size_t i, int64_t from_ms, int64_t until_ms,
                          int64_t *sum_ms, struct excursion_found *ret)
{
    int64_t left = i == 0 ? from_ms : reading(readings, i - 1)->read_at;
    int64_t right = i == readings->count ? until_ms : reading(readings, i)->read_at;
    if (right < from_ms || (left < from_ms && right == from_ms))
        return;                          /* before the time that is judged */
    left = later(left, from_ms);
    bool is_gap = right - left > l->gap_min * MINUTE_MS;
    bool outside = is_gap || (i == 0 && ret->from_ms != TIME_ABSENT) || (i > 0 && is_outside(l, reading(readings, i - 1)->value_c)) ||
                   (i < readings->count && is_outside(l, reading(readings, i)->value_c));
    if ((right - left) / MINUTE_MS > ret->longest_gap_min)
        ret->longest_gap_min = (right - left) / MINUTE_MS;
    ret->is_excursion |= is_gap;
    if (!outside)
        return;
    *sum_ms += right - left;
    ret->from_ms = ret->from_ms == TIME_ABSENT ? left : ret->from_ms;
    ret->until_ms = right;
}

/* ${before_ms}: since when it was outside as ${from_ms} came; TIME_ABSENT: it was not */
static void judge(const struct excursion_limits *limits, const struct list *readings, int64_t before_ms, int64_t from_ms, int64_t until_ms,
                  struct excursion_found *ret)
{
    int64_t sum_ms = before_ms != TIME_ABSENT ? from_ms - before_ms : 0;
    *ret = (struct excursion_found){.from_ms = before_ms, .until_ms = before_ms != TIME_ABSENT ? from_ms : TIME_ABSENT};
    for (size_t i = 0; i < readings->count; i++) {
        const char *value = reading(readings, i)->value_c;
        if (reading(readings, i)->read_at < from_ms)
            continue;
        if (ret->min_c == NULL || compare(value, ret->min_c) < 0)
            ret->min_c = value;
        if (ret->max_c == NULL || compare(value, ret->max_c) > 0)
            ret->max_c = value;
    }
    for (size_t i = 0; i <= readings->count; i++)
        take_interval(limits, readings, i, from_ms, until_ms, &sum_ms, ret);
    if (sum_ms == 0 && ret->from_ms != TIME_ABSENT)
        sum_ms = 1;                      /* a single reading: it was outside, if not for how long */
    ret->outside_min = (sum_ms + MINUTE_MS - 1) / MINUTE_MS;
    ret->is_excursion |= ret->outside_min > limits->allowed_min;
}

void excursion_judge(const struct excursion_limits *limits, const struct list *readings, int64_t from_ms, int64_t until_ms,
                     struct excursion_found *ret)
{
    judge(limits, readings, TIME_ABSENT, from_ms, until_ms, ret);
}

/* since when it is outside as the readings end; TIME_ABSENT: the last one is inside */
static int64_t running_from(const struct excursion_limits *l, const struct list *readings, int64_t before_ms, int64_t from_ms)
{
    int64_t ret = before_ms, left = from_ms;
    for (size_t i = 0; i < readings->count; i++) {
        if (!is_outside(l, reading(readings, i)->value_c))
            ret = TIME_ABSENT;
        else if (ret == TIME_ABSENT)
            ret = left;
        left = reading(readings, i)->read_at;
    }
    return ret;
}

const char *excursion_cause(struct arena *a, const char *unit, int64_t seq)
{
    return arena_printf(a, "excursion %s %" PRId64, unit, seq);
}

void excursion_series_fill(const struct unit_qualify *q, int64_t seq, int64_t from_ms, int64_t before_ms, struct unit_readings *in)
{
    struct excursion_limits limits = {q->low_c, q->high_c, q->allowed_min, q->gap_min};
    struct excursion_found found;
    in->from_at = from_ms != TIME_ABSENT ? from_ms : reading(&in->readings, 0)->read_at;
    in->until_at = reading(&in->readings, in->readings.count - 1)->read_at;
    judge(&limits, &in->readings, before_ms, in->from_at, in->until_at, &found);
    in->qualified_seq = seq;
    in->low_c = q->low_c;
    in->high_c = q->high_c;
    in->min_c = found.min_c;
    in->max_c = found.max_c;
    in->outside_min = found.outside_min;
    in->excursion = found.is_excursion;
    in->outside_from = found.from_ms;
    in->outside_until = found.until_ms;
    in->before_from = before_ms;
    in->running_from = running_from(&limits, &in->readings, before_ms, in->from_at);
}
