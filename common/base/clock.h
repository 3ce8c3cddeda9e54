/*
 * The only source of "now". Inside all time is UTC milliseconds since 1970 without leap seconds; text is
 * YYYY-MM-DDTHH:MM:SS.mmmZ (format.md). Tests may set the clock with clock_set.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT 25            /* 24 characters and a NUL */
#define TIME_ABSENT INT64_MIN

/** clock_ms(): now, UTC milliseconds. */
int64_t clock_ms(void);

/** clock_monotonic_us(): for durations only, microseconds from an arbitrary start. */
int64_t clock_monotonic_us(void);

/** clock_set(ms): fix "now" for tests; TIME_ABSENT gives the real clock back. */
void clock_set(int64_t ms);

/** clock_to_text(ms, ret): the 24 characters of ${ms}, years 0000 to 9999; ${ret} has CLOCK_TEXT bytes. */
void clock_to_text(int64_t ms, char ret[CLOCK_TEXT]);

/** clock_from_text(text, len, ret_ms): exactly the 24 characters of a real date and time; false for anything else. */
bool clock_from_text(const char *text, unsigned long len, int64_t *ret_ms);
