/*
 * The facility's time zone, for what people read (T53): never the machine's own. The record itself is in UTC.
 */
#pragma once
#include "base/error.h"

/** zone_set(name, e): local times are in the zone ${name} ("Europe/Vienna") from now on, for the whole process. A zone that the
 *  machine does not have is refused: ERR_FIELD_TYPE. */
int zone_set(const char *name, struct err *e);
