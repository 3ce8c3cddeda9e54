/*
 * The lab's standard calculations (domain.md §1.8) as formulas with the names and units they take: the shipped
 * procedures use these texts word for word, so that one tested set serves all. Data only; nothing here computes.
 */
#pragma once
#include <stddef.h>

#define CELLMATH_INPUTS_MAX 8

struct cellmath_input {
    const char *name, *unit;
};

struct cellmath {
    const char *name, *unit, *formula;
    int decimals;
    const char *source;
    struct cellmath_input inputs[CELLMATH_INPUTS_MAX];   /* ended by a NULL name */
};

/** cellmath_count(), cellmath_at(i): the table. */
size_t cellmath_count(void);
const struct cellmath *cellmath_at(size_t i);

/** cellmath_find(name): the calculation of that name, or NULL. */
const struct cellmath *cellmath_find(const char *name);
