/*
 * What two clocks prove of each other (R16). Only what is certain counts: an answer that took long proves little, and never
 * more than is true, so a busy machine raises no alarm. Pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** What is thought of a clock. */
enum clock_state { CLOCK_UNWATCHED, CLOCK_RIGHT, CLOCK_OFF, CLOCK_WRONG };

/** A clock's limits in ms: from the first it is off and said to be, from the second nothing is recorded by it. */
struct clock_limits {
    int64_t warn_ms, refuse_ms;
};

/** clock_least_ahead(sent_ms, received_ms, there_ms, grain_ms): by how much this clock is ahead of another at least
 *  (behind: negative; 0: nothing is proved), when that one said ${there_ms}, cut off to ${grain_ms}, between sending and
 *  receiving by this one. */
int64_t clock_least_ahead(int64_t sent_ms, int64_t received_ms, int64_t there_ms, int64_t grain_ms);

/** clock_worst(own_ms, lab_ms): the greatest error in sight: of this clock before the database's (${own_ms}), of the
 *  database's before the authority's (${lab_ms}), and of this one before the authority's. Signed as it lies. */
int64_t clock_worst(int64_t own_ms, int64_t lab_ms);

/** clock_judge(ahead_ms, limits): right, off or wrong; never unwatched. */
enum clock_state clock_judge(int64_t ahead_ms, const struct clock_limits *limits);

/** clock_step(before_ms, now_ms): by how much the clock was set between two looks, when ${before_ms} and ${now_ms} are what it
 *  showed less the monotonic time then. A tenth of a second back or a second ahead counts, less is 0. */
int64_t clock_step(int64_t before_ms, int64_t now_ms);

/** clock_is_kept(is_synchronised, error_us, max_ms): a time service keeps the machine's clock, which is off by ${max_ms} at most: by what
 *  the kernel says of it. ${max_ms} 0: it is not asked. */
bool clock_is_kept(bool is_synchronised, int64_t error_us, int64_t max_ms);
