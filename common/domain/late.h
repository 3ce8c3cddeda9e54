/*
 * Late entries (R15): what was recorded long after it was done says so in its own statement, with a reason, and counts only
 * with a second signature. The limit is the procedure's or the specification's, so that the batch pins it and the verifier
 * judges by the same. Knows no clock.
 */
#pragma once
#include <stdint.h>

#define LATE_ENTRY_MIN 15             /* where the document says nothing (domain.md R15) */

/** late_entry(limit_min, done_ms, said_ms): how many whole minutes after ${done_ms} a statement of ${said_ms} records it, if
 *  that is more than ${limit_min} minutes; else INTEGER_ABSENT. */
int64_t late_entry(int limit_min, int64_t done_ms, int64_t said_ms);
