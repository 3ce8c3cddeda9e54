/*
 * A series of temperature readings against what a unit is qualified for (domain.md §7.4): lowest, highest, and the minutes outside. Time
 * between two readings is outside when either of them is, and when it is longer than readings may be apart: what nobody read is
 * outside until somebody explains it. Nothing is interpolated. One code for the service and the verifier; exact decimals.
 * A series that goes on takes over the time outside that the one before ended in, so that many short series are judged as one long. What it does
 * not see: time outside that had ended within the series before, and the time before a series that does not say that it goes on.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** What the unit keeps. ${low_c}, ${high_c} NULL: no such limit; the limits themselves are inside. */
struct excursion_limits {
    const char *low_c, *high_c;
    int64_t allowed_min, gap_min;
};

/** ${outside_min}: whole minutes, a part of one counts as one. ${from_ms}, ${until_ms}: of the first and last time outside; TIME_ABSENT:
 *  none. ${is_excursion}: longer outside than is allowed, or a gap. */
struct excursion_found {
    const char *min_c, *max_c;
    int64_t outside_min, longest_gap_min, from_ms, until_ms;
    bool is_excursion;
};

/** excursion_readings_check(readings, from_ms, until_ms, e): temperature_reading rows, at least one, each later than the one before, none before
 *  ${from_ms} (TIME_ABSENT: any) nor after ${until_ms}. ERR_FIELD_MISSING, ERR_TIME_REFUSED. */
int excursion_readings_check(const struct list *readings, int64_t from_ms, int64_t until_ms, struct err *e);

/** excursion_cause(a, unit, seq): what holds the containers that the series of entry ${seq} of ${unit} reached, as a decision names it. */
const char *excursion_cause(struct arena *a, const char *unit, int64_t seq);

/** excursion_series_fill(qualified, seq, from_ms, before_ms, in): the computed fields of a series of readings, by the qualification of entry
 *  ${seq}; from ${from_ms}, TIME_ABSENT: from its first reading; ${before_ms}: since when the series that it goes on from was outside as it
 *  ended, its running_from, TIME_ABSENT: it was not. */
void excursion_series_fill(const struct unit_qualify *qualified, int64_t seq, int64_t from_ms, int64_t before_ms, struct unit_readings *in);

/** excursion_judge(limits, readings, from_ms, until_ms, ret): the readings, of a time from ${from_ms} to ${until_ms}; texts are the readings'.
 *  Of what was read before it, only the last reading counts, for the time until the next; ${ret}.min_c NULL: nobody read within it. */
void excursion_judge(const struct excursion_limits *limits, const struct list *readings, int64_t from_ms, int64_t until_ms,
                     struct excursion_found *ret);
