/*
 * Exact numbers: decimals and rationals on GMP, from the string as typed to the verdict, never a binary float (T01-T03).
 * log2 and square roots are taken with MPFR at a stated precision and enter as the nearest decimal of 30 digits.
 */
#pragma once
#include <stdbool.h>
#include <gmp.h>

#include "base/arena.h"
#include "base/error.h"

#define DECIMAL_MAX 60           /* characters of a decimal, sign and point included */

struct number {
    mpq_t q;
};

/** Rounding rules (T01, T02): USP rounds half up at the limit's decimals; Ph. Eur. at the limit's significant digits. */
enum rounding { ROUND_USP, ROUND_PH_EUR, ROUND_COUNT };

/** decimal_is_valid(text): `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, at most DECIMAL_MAX characters, no "-0" (format.md, body). */
bool decimal_is_valid(const char *text);

/** decimal_decimals(text): digits behind the point: 0 for "70", 1 for "70.0". */
int decimal_decimals(const char *text);

/** number_init(n): zero; number_done(n): give the memory back. For scope use: CLEANUP(number_done) struct number n; initialise before any return. */
void number_init(struct number *n);
void number_done(struct number *n);

/** number_from_decimal(n, text): exactly ${text}; false if it is no decimal. ${n} must be initialised. */
bool number_from_decimal(struct number *n, const char *text);

/** number_to_decimal(a, n, decimals): ${n} rounded half away from zero at ${decimals} digits, in ${a}; "-0" never. */
char *number_to_decimal(struct arena *a, const struct number *n, int decimals);

/** number_to_shortest(a, n, decimals): the same without zeros behind: one text of one number, whichever way it was written before. */
char *number_to_shortest(struct arena *a, const struct number *n, int decimals);

/** number_to_significant(a, n, digits): rounded half away from zero to ${digits} significant digits, as a decimal. */
char *number_to_significant(struct arena *a, const struct number *n, int digits);

/** number_round_like(a, n, limit, rule): ${n} as ${rule} reports it beside the limit's text ${limit} (T01, T02). */
char *number_round_like(struct arena *a, const struct number *n, const char *limit, enum rounding rule);

/** number_compare(x, y): <0, 0, >0. */
int number_compare(const struct number *x, const struct number *y);

/** number_log2(n), number_sqrt(n): in place; false where undefined (n <= 0 for log2, n < 0 for sqrt). Exact powers of
 *  four and squares of rationals come out exact; else the nearest value of 30 significant decimal digits. */
bool number_log2(struct number *n);
bool number_sqrt(struct number *n);
