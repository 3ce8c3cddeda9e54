/*
 * A hand-over, a receipt, a return or an administration as corrections make it: what was written wrongly beside the two halves' digest. Which
 * containers went, in which transfer, to whom and under which seal is what two people signed over, and who received a dose is whose it
 * is: neither is corrected, that is a deviation. One code for the service, the exports and the verifier. Pure: reads no table and no clock.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** custody_record_corrects(act, field): whether ${field} of an entry of ${act} is corrected: of custody.hand_over its destination,
 *  condition and temperature_c, of custody.receive its condition, of custody.return_give its reason, condition and temperature_c, of
 *  custody.return_receive its condition and temperature_c, of custody.administer its weight_kg, route, site, imaging, started_at,
 *  ended_at, adverse_event, adverse_text, reason, and of each container `containers.ID.volume_given_ml` and `.residual_ml`. */
bool custody_record_corrects(const char *act, const char *field);

/** custody_record_roles(act): whose roles correct entries of ${act}: a dose is the clinic's and QA's, a return of the clinic's also
 *  the clinic's, all else the lab's. */
unsigned custody_record_roles(const char *act);

/** custody_record_put(a, act, record, in, e): the value of ${in} in ${record}, a struct of the verb ${act}. ERR_FIELD_UNKNOWN: it is
 *  not corrected; ERR_HEAD_STALE: the old value is not the one that stands; ERR_FIELD_RANGE: the new one is the old one; else what
 *  the record's own field refuses. An adverse event that is found later says by the correction's reason what happened; one that was
 *  none takes its text with it. */
int custody_record_put(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e);

/** custody_record_stand(a, act, record, in, e): put, and what ${in} computed from it in its place: of an administration the dose. */
int custody_record_stand(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e);
