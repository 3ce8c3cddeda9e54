/*
 * The facility's time zone, for what people read (T53): never the machine's own. The record itself is in UTC.
 */
#pragma once
#include <stdint.h>

#include "base/error.h"

/** zone_set(name, e): local times are in the zone ${name} ("Europe/Vienna") from now on, for the whole process. A zone that the
 *  machine does not have is refused: ERR_FIELD_TYPE. */
int zone_set(const char *name, struct err *e);

/** zone_days_end(at_ms, months): the last millisecond of the day that many calendar months later, in the zone that was set (T16). A day
 *  that the month lacks is its last: 31 August and six months, 28 February. A day ends where the next begins, whatever its clocks do. */
int64_t zone_days_end(int64_t at_ms, int months);
