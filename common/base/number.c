#include "base/number.h"

#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_DIGITS 30
#define ROOT_BITS 160

bool decimal_is_valid(const char *text)
{
    const char *p = text;
    bool negative = *p == '-', other = false;
    p += negative;
    if (*p == '0')
        p++;
    else if (*p >= '1' && *p <= '9')
        for (other = true; *p >= '0' && *p <= '9'; p++)
            ;
    else
        return false;
    if (*p == '.') {
        const char *first = ++p;
        for (; *p >= '0' && *p <= '9'; p++)
            other |= *p != '0';
        if (p == first)
            return false;
    }
    return *p == '\0' && p - text <= DECIMAL_MAX && (!negative || other);
}

int decimal_decimals(const char *text)
{
    const char *point = strchr(text, '.');
    return point == NULL ? 0 : (int)strlen(point + 1);
}

void number_init(struct number *n)
{
    mpq_init(n->q);
}

void number_done(struct number *n)
{
    mpq_clear(n->q);
}

/* ret = 10^e */
static void power_of_ten(mpz_t ret, unsigned long e)
{
    mpz_ui_pow_ui(ret, 10, e);
}

bool number_from_decimal(struct number *n, const char *text)
{
    char digits[DECIMAL_MAX + 1], *o = digits;
    if (!decimal_is_valid(text))
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (*p != '.')
            *o++ = *p;
    *o = '\0';
    mpz_set_str(mpq_numref(n->q), digits, 10);
    power_of_ten(mpq_denref(n->q), (unsigned long)decimal_decimals(text));
    mpq_canonicalize(n->q);
    return true;
}

/* ret = n · 10^decimals rounded half away from zero */
static void scale_round(mpz_t ret, const struct number *n, int decimals)
{
    mpz_t num, den, ten;
    mpz_inits(num, den, ten, NULL);
    power_of_ten(ten, (unsigned long)labs((long)decimals));
    mpz_abs(num, mpq_numref(n->q));
    mpz_set(den, mpq_denref(n->q));
    if (decimals >= 0)
        mpz_mul(num, num, ten);
    else
        mpz_mul(den, den, ten);
    mpz_mul_2exp(num, num, 1);          /* floor((2·num + den) / (2·den)) */
    mpz_add(num, num, den);
    mpz_mul_2exp(den, den, 1);
    mpz_fdiv_q(ret, num, den);
    if (mpq_sgn(n->q) < 0)
        mpz_neg(ret, ret);
    mpz_clears(num, den, ten, NULL);
}

char *number_to_decimal(struct arena *a, const struct number *n, int decimals)
{
    int places = decimals > 0 ? decimals : 0;
    mpz_t scaled, ten;
    mpz_inits(scaled, ten, NULL);
    scale_round(scaled, n, decimals);
    if (decimals < 0) {
        power_of_ten(ten, (unsigned long)-decimals);
        mpz_mul(scaled, scaled, ten);
    }
    bool negative = mpz_sgn(scaled) < 0;
    mpz_abs(scaled, scaled);
    size_t size = mpz_sizeinbase(scaled, 10) + 2;
    char *digits = arena_alloc(a, size + (size_t)places + 2);
    mpz_get_str(digits, 10, scaled);
    mpz_clears(scaled, ten, NULL);
    size_t len = strlen(digits), whole = len > (size_t)places ? len - (size_t)places : 0;
    char *out = arena_alloc(a, size + (size_t)places + 4), *o = out;
    if (negative)
        *o++ = '-';
    if (whole == 0)
        *o++ = '0';
    memcpy(o, digits, whole);
    o += whole;
    if (places > 0) {
        *o++ = '.';
        for (size_t k = len; k < (size_t)places; k++)
            *o++ = '0';
        memcpy(o, digits + whole, len - whole);
        o += len - whole;
    }
    *o = '\0';
    return out;
}

char *number_to_shortest(struct arena *a, const struct number *n, int decimals)
{
    char *text = number_to_decimal(a, n, decimals);
    size_t len = strlen(text);
    if (strchr(text, '.') == NULL)
        return text;
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[len - 1] = '\0';
    return text;
}

/* floor(log10(|n|)), n not 0 */
static int exponent_of(const struct number *n)
{
    int e = (int)mpz_sizeinbase(mpq_numref(n->q), 10) - (int)mpz_sizeinbase(mpq_denref(n->q), 10) + 1;
    mpz_t left, right, ten;
    mpz_inits(left, right, ten, NULL);
    for (;; e--) {                       /* sizeinbase may be one too large: step down until 10^e <= |n| */
        power_of_ten(ten, (unsigned long)labs((long)e));
        mpz_abs(left, mpq_numref(n->q));
        mpz_set(right, mpq_denref(n->q));
        if (e >= 0)
            mpz_mul(right, right, ten);
        else
            mpz_mul(left, left, ten);
        if (mpz_cmp(left, right) >= 0)
            break;
    }
    mpz_clears(left, right, ten, NULL);
    return e;
}

char *number_to_significant(struct arena *a, const struct number *n, int digits)
{
    if (mpq_sgn(n->q) == 0)
        return number_to_decimal(a, n, digits - 1);
    int decimals = digits - 1 - exponent_of(n);
    mpz_t scaled;
    mpz_init(scaled);
    scale_round(scaled, n, decimals);
    mpz_abs(scaled, scaled);
    char *text = arena_alloc(a, mpz_sizeinbase(scaled, 10) + 2);
    mpz_get_str(text, 10, scaled);
    mpz_clear(scaled);
    if ((int)strlen(text) > digits)      /* 9.96 to two digits is 10, not 10.0 */
        decimals--;
    return number_to_decimal(a, n, decimals);
}

char *number_round_like(struct arena *a, const struct number *n, const char *limit, enum rounding rule)
{
    if (rule == ROUND_USP)
        return number_to_decimal(a, n, decimal_decimals(limit));
    int digits = 0;
    bool started = false;
    for (const char *p = limit; *p != '\0'; p++) {
        started |= *p >= '1' && *p <= '9';
        digits += started && *p != '.';
    }
    return digits == 0 ? number_to_decimal(a, n, decimal_decimals(limit)) : number_to_significant(a, n, digits);
}

int number_compare(const struct number *x, const struct number *y)
{
    return mpq_cmp(x->q, y->q);
}

/* n = v as the nearest decimal of ROOT_DIGITS significant digits */
static void from_mpfr(struct number *n, mpfr_t v)
{
    mpfr_exp_t point;
    char *digits = mpfr_get_str(NULL, &point, 10, ROOT_DIGITS, v, MPFR_RNDN);
    mpz_t ten;
    mpz_init(ten);
    mpz_set_str(mpq_numref(n->q), digits, 10);
    mpz_set_ui(mpq_denref(n->q), 1);
    long shift = (long)point - ROOT_DIGITS;
    power_of_ten(ten, (unsigned long)labs(shift));
    mpz_mul(shift >= 0 ? mpq_numref(n->q) : mpq_denref(n->q), shift >= 0 ? mpq_numref(n->q) : mpq_denref(n->q), ten);
    mpq_canonicalize(n->q);
    mpz_clear(ten);
    mpfr_free_str(digits);
}

bool number_log2(struct number *n)
{
    if (mpq_sgn(n->q) <= 0)
        return false;
    mpfr_t v;
    mpfr_init2(v, ROOT_BITS);
    mpfr_set_q(v, n->q, MPFR_RNDN);
    mpfr_log2(v, v, MPFR_RNDN);
    if (mpfr_zero_p(v))
        mpq_set_ui(n->q, 0, 1);
    else
        from_mpfr(n, v);
    mpfr_clear(v);
    return true;
}

bool number_sqrt(struct number *n)
{
    if (mpq_sgn(n->q) < 0)
        return false;
    if (mpz_perfect_square_p(mpq_numref(n->q)) && mpz_perfect_square_p(mpq_denref(n->q))) {
        mpz_sqrt(mpq_numref(n->q), mpq_numref(n->q));
        mpz_sqrt(mpq_denref(n->q), mpq_denref(n->q));
        return true;
    }
    mpfr_t v;
    mpfr_init2(v, ROOT_BITS);
    mpfr_set_q(v, n->q, MPFR_RNDN);
    mpfr_sqrt(v, v, MPFR_RNDN);
    from_mpfr(n, v);
    mpfr_clear(v);
    return true;
}
