/*
 * The lab's formulas: a total expression language over exact rationals (design.md §6, domain.md §1.8). Decimals with
 * an optional unit in brackets (`10000[1/mL]`), + - * / ^ (whole literal powers), unary minus, parentheses, names,
 * log2 sqrt ceil of one argument, min max sum mean sd (n-1) of several. No loops, no conditions, bounded size and cost.
 * Nothing is rounded on the way (T03). What has no value says why: division by zero, log2 of zero, an absent input.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "domain/unit.h"

#define FORMULA_TEXT_MAX 400      /* characters */
#define FORMULA_NODES_MAX 160
#define FORMULA_DEPTH_MAX 24
#define FORMULA_NAMES_MAX 40
#define FORMULA_POWER_MAX 12
#define FORMULA_BITS_MAX 16384    /* of a numerator or denominator on the way */
#define FORMULA_NAME_MAX 48       /* characters of "step12.volume_out_ml" */

struct formula;

/** Where names get their values. find() sets ${ret} (initialised) and returns NULL, or returns why there is no value. */
struct formula_scope {
    const char *(*find)(void *context, const char *name, struct number *ret);
    void *context;
};

/** A result: ${value} is a decimal, or NULL and ${reason} says why it cannot be evaluated. */
struct formula_result {
    const char *value, *reason;
};

/** formula_parse(a, text, ret, e): read ${text} once into a bounded tree in ${a}. Refuses with ERR_DOCUMENT_REFUSED. */
int formula_parse(struct arena *a, const char *text, struct formula **ret, struct err *e);

/** formula_text(f): the text it was read from. */
const char *formula_text(const struct formula *f);

/** formula_names(f, ret_count): the names used, each once, in order of first use. */
const char *const *formula_names(const struct formula *f, size_t *ret_count);

/** formula_name_is_valid(name): `[a-z][a-z0-9_]{0,39}`, or that behind `step<no>.`; no function's name. */
bool formula_name_is_valid(const char *name);

/** formula_number(a, f, scope, ret): the exact value into ${ret} (initialised). Returns NULL, or why there is none (in
 *  ${a}). */
const char *formula_number(struct arena *a, const struct formula *f, const struct formula_scope *scope, struct number *ret);

/** formula_evaluate(a, f, scope, decimals, ret): the value rounded once, half away from zero, to ${decimals} (T03). */
void formula_evaluate(struct arena *a, const struct formula *f, const struct formula_scope *scope, int decimals,
    struct formula_result *ret);

/** Where names get their units: NULL where the name is not known. */
struct formula_units {
    const char *(*find)(void *context, const char *name);
    void *context;
};

/** formula_unit_check(f, units, expected, e): every name known, every sum of like units, and the whole in the unit
 *  ${expected}. Refuses with ERR_DOCUMENT_REFUSED, rule T11. */
int formula_unit_check(const struct formula *f, const struct formula_units *units, const char *expected, struct err *e);
