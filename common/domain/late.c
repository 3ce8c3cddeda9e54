#include "domain/late.h"

#include "record/record.h"

#define MINUTE_MS INT64_C(60000)

int64_t late_entry(int limit_min, int64_t done_ms, int64_t said_ms)
{
    return said_ms - done_ms > limit_min * MINUTE_MS ? (said_ms - done_ms) / MINUTE_MS : INTEGER_ABSENT;
}
