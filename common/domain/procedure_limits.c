#include "domain/procedure_limits.h"

#include <stdlib.h>

#include "base/text.h"

#define SLIP_POWERS 3
#define SLIP_PARTS 20            /* within 1/20, 5 % */

struct limits limits_of_field(const struct procedure_field *f)
{
    return (struct limits){f->name, f->unit, f->hard_min, f->hard_max, f->warn_min, f->warn_max, f->typical};
}

struct limits limits_of_computed(const struct procedure_computed *c)
{
    return (struct limits){c->name, c->unit, c->hard_min, c->hard_max, c->warn_min, c->warn_max, NULL};
}

/* sign of value - limit; 0 where there is no limit */
static int against(const char *value, const char *limit)
{
    CLEANUP(number_done) struct number v, l;
    number_init(&v);
    number_init(&l);
    if (limit == NULL || !number_from_decimal(&v, value) || !number_from_decimal(&l, limit))
        return 0;
    return number_compare(&v, &l);
}

/* the power of ten by which value seems to have slipped from typical; 0: none */
static int slip_of(const char *value, const char *typical)
{
    CLEANUP(number_done) struct number v, t, distance;
    number_init(&v);
    number_init(&t);
    number_init(&distance);
    if (typical == NULL || !number_from_decimal(&v, value) || !number_from_decimal(&t, typical) || mpq_sgn(t.q) == 0)
        return 0;
    mpq_div(v.q, v.q, t.q);
    for (int power = -SLIP_POWERS; power <= SLIP_POWERS; power++) {
        if (power == 0)
            continue;
        mpz_ui_pow_ui(mpq_numref(t.q), 10, power > 0 ? (unsigned long)power : 0);
        mpz_ui_pow_ui(mpq_denref(t.q), 10, power < 0 ? (unsigned long)-power : 0);
        mpq_sub(distance.q, v.q, t.q);
        mpq_abs(distance.q, distance.q);
        mpz_mul_ui(mpq_denref(t.q), mpq_denref(t.q), SLIP_PARTS);
        mpq_canonicalize(t.q);
        if (mpq_cmp(distance.q, t.q) <= 0)
            return power;
    }
    return 0;
}

enum limits_verdict limits_judge(struct arena *a, const struct limits *limits, const char *value, const char **ret_sentence)
{
    const struct {
        const char *limit, *word;
        int sign;
        enum limits_verdict verdict;
    } rows[] = {
        {limits->hard_min, "below its hard limit", -1, LIMITS_HARD}, {limits->hard_max, "above its hard limit", 1, LIMITS_HARD},
        {limits->warn_min, "below its usual", -1, LIMITS_WARN},      {limits->warn_max, "above its usual", 1, LIMITS_WARN},
    };
    const char *unit = limits->unit == NULL ? "" : limits->unit;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int sign = against(value, rows[i].limit);
        if ((sign > 0) - (sign < 0) == rows[i].sign) {
            *ret_sentence = arena_printf(a, "%s is %s %s, %s %s", limits->name, value, unit, rows[i].word, rows[i].limit);
            return rows[i].verdict;
        }
    }
    int power = slip_of(value, limits->typical);
    if (power == 0)
        return LIMITS_WITHIN;
    *ret_sentence = arena_printf(a, "%s is %s %s, which is 10^%d of the typical %s: a slip of the point?", limits->name, value, unit, power,
        limits->typical);
    return LIMITS_WARN;
}
