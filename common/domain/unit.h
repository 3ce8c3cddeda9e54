/*
 * Units of the lab as a small closed table: a unit is a product of powers of seven dimensions and an exact scale.
 * Formulas are checked with it when a document is read; values are never converted (a field has one unit, T11).
 * Refuses every unit that is not in its table: a new one is a new row (docs/decisions/0010-units.md).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum dimension { DIM_LENGTH, DIM_MASS, DIM_TIME, DIM_CELLS, DIM_ENDOTOXIN, DIM_TEMPERATURE, DIM_ACTIVITY, DIM_COUNT };

/** A unit: powers of the dimensions, and scale = num/den against the base (cm, g, min, cell, EU, degC, U). */
struct unit {
    int power[DIM_COUNT];
    int64_t num, den;
};

/** unit_parse(text, ret): a unit such as "mL", "cells/mL", "EU/kg/h", "cm2", "%", "1"; false if it is not known. */
bool unit_parse(const char *text, struct unit *ret);

/** unit_one(): the unit of a pure number. */
struct unit unit_one(void);

/** unit_multiply(x, y, power, ret): x · y^power; false when it leaves the table's range (powers ±9, scale 63 bits). */
bool unit_multiply(const struct unit *x, const struct unit *y, int power, struct unit *ret);

/** unit_root(x, ret): the unit whose square is ${x}; false if there is none. */
bool unit_root(const struct unit *x, struct unit *ret);

/** unit_same(x, y): the same dimensions and the same scale: mL and uL are not the same. */
bool unit_same(const struct unit *x, const struct unit *y);

/** unit_text(a, x): for messages, e.g. "cm^3 cell (scale 1/1000)", in ${a}. */
const char *unit_text(struct arena *a, const struct unit *x);
