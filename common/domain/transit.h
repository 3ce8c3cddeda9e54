/*
 * How long collected tissue was on its way: elapsed hours between two times of the record (T15: durations in UTC). One
 * code for the receipt and for the verifier, which makes the field again from the two statements.
 */
#pragma once
#include <stdint.h>

#include "base/arena.h"

#define TRANSIT_DECIMALS 2

/** transit_hours(a, ended_ms, received_ms): (received - ended) / 3600000 h as a decimal of two digits, rounded half up
 *  (T01), in ${a}. The receipt's `transit_h`. */
const char *transit_hours(struct arena *a, int64_t ended_ms, int64_t received_ms);
