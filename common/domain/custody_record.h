/*
 * A hand-over or a receipt as corrections make it: what was written wrongly beside the two halves' digest. Which containers went, in
 * which transfer, to whom and under which seal is what two people signed over, and is not corrected: that is a deviation. One code
 * for the service, the exports and the verifier. Pure: reads no table and no clock.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** custody_record_corrects(act, field): whether ${field} of an entry of ${act} is corrected: of custody.hand_over its destination,
 *  condition and temperature_c, of custody.receive its condition. */
bool custody_record_corrects(const char *act, const char *field);

/** custody_record_put(a, act, record, in, e): the value of ${in} in ${record}, a struct of the verb ${act}. ERR_FIELD_UNKNOWN: it is
 *  not corrected; ERR_HEAD_STALE: the old value is not the one that stands; ERR_FIELD_RANGE: the new one is the old one; else what
 *  the record's own field refuses. */
int custody_record_put(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e);
