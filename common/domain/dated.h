/*
 * Since when a verifier asks what older versions of the services did not say (docs/decisions/0030). What they left out stands as it was signed;
 * left out for ever it would be a way past the rule. So each such rule has a date, by which a house has put in the version that says it, and
 * is asked of what was signed from then on, by the statement's own time. Pure: reads no clock, so one dossier verifies alike on every day.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum dated {
    DATED_DUTIES,            /* a release or certification says by which table of duties it was judged, and not the first */
    DATED_TASKS,             /* nor the second, which asks for no task of a failure and compares no identity again */
    DATED_UNPACKED,          /* what was unpacked is judged by its readings, or held for want of them */
    DATED_IN_PLACE,          /* what is destroyed keeps its place until it is witnessed */
    DATED_OF_FILE,           /* a result that a file had is corrected from a file */
    DATED_LOOKBACK,          /* a calibration that failed says of when the last good one is */
    DATED_KNOWN_THEN,        /* a correction of a dose says that an excursion was known when it began */
    DATED_COUNT
};

/** dated_since(what): the first moment, ms UTC, from which it is asked. */
int64_t dated_since(enum dated what);

/** dated_asks(what, at_ms): whether it is asked of what was signed at ${at_ms}. */
bool dated_asks(enum dated what, int64_t at_ms);
