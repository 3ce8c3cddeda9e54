/*
 * GS1 element strings, as the outer packs of reagents and disposables carry them: application identifiers, their lengths and
 * check digits (GS1 General Specifications §3, §7.9, §7.12). Only what a cell lab meets is known; an unknown identifier refuses
 * the whole, for where it ends cannot be known. Nothing is looked up and nothing is "normalised" (T37).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/** One element: application identifier ("10"), what it is ("batch or lot number"), its value without the identifier. */
struct gs1_element {
    const char *ai, *name, *value;
};

/** gs1_looks_like(text): begins as an element string does: symbology identifier ]C1 ]d2 ]Q3, "(" of the printed form, or holds
 *  a group separator. Bare digits are for the caller to judge. */
bool gs1_looks_like(const char *text);

/** gs1_parse(a, text, ret, ret_count, e): the elements of ${text}, as scanned (FNC1 is 0x1D or U+241D) or as printed with the
 *  identifiers in parentheses. An identifier stands once. ERR_IDENTIFIER_REFUSED. */
int gs1_parse(struct arena *a, const char *text, struct gs1_element **ret, size_t *ret_count, struct err *e);

/** gs1_find(element, count, ai): the value of ${ai}; NULL if it is not there. */
const char *gs1_find(const struct gs1_element *element, size_t count, const char *ai);

/** gs1_check_digit(digits, len): the mod-10 check digit over ${len} digits, '0' to '9'. */
char gs1_check_digit(const char *digits, size_t len);

/** gs1_date(yymmdd, year, ret): the first six digits as "YYYY-MM-DD". Day 00 is the month's last; the century is the one that
 *  lies nearest to ${year}, the present one (§7.12). False for no date. ${ret} has 11 bytes. */
bool gs1_date(const char *yymmdd, int year, char ret[11]);
