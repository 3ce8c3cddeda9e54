/*
 * A fill as corrections make it, and how long its containers may be kept. One code for the services and for the verifier. Pure:
 * reads no table and no clock. Which containers there are is no value: an id that is wrong is on a label, and not corrected here.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/correction.h"
#include "domain/procedure.h"

/** What of a fill is corrected: `volume_in_ml`, `samples_ml`, `waste_ml`, `expires_at`, `containers.ID.volume_ml`,
 *  `containers.ID.cells`. ${container} NULL: of the fill itself; ${name}: the field. */
struct fill_path {
    const char *container, *name;
};

/** fill_path_read(a, field, ret, e): ERR_FIELD_UNKNOWN for what is no place of a fill. */
int fill_path_read(struct arena *a, const char *field, struct fill_path *ret, struct err *e);

/** fill_record_put(a, fill, in, e): the value of ${in} in ${fill}, its containers copied first. ERR_HEAD_STALE: the old value is
 *  not the one that stands; ERR_FIELD_RANGE: the new one is the old one, or no quantity (R22); ERR_FIELD_TYPE: of another kind. */
int fill_record_put(struct arena *a, struct batch_fill *fill, const struct fill_correct *in, struct err *e);

/** fill_record_balance(a, fill, percent, ml, e): volume in = containers + samples + waste, within a tolerance: percent of the volume in, or
 *  ${ml} where that is more; decimals both. ERR_BALANCE_OPEN, R33. */
int fill_record_balance(struct arena *a, const struct batch_fill *fill, const char *percent, const char *ml, struct err *e);

/** fill_record_lapse(a, acts, n, in): fill ${in}->lapsed: the fill ${in}->corrects itself, the last review of the batch and its
 *  release. The review signs the fill anew. */
void fill_record_lapse(struct arena *a, const struct correction_act *acts, size_t n, struct fill_correct *in);

/** fill_record_formulated(doc, steps, n): when the last step of formulation ended: a fresh product ages from then; TIME_ABSENT: there is none.
 *  fill_record_expiry(doc, formulated_ms, filled_ms, expires_ms, e): within the procedure's shelf life, as the facility's zone has its days
 *  (base/zone.h, T16, T53). fill_record_expiry_anywhere(...): the same for a reader who does not know where the facility is: what is
 *  within it in no zone of the world. ERR_LIMIT_HARD, T19. */
int64_t fill_record_formulated(const struct procedure *doc, const struct batch_step *steps, size_t n);
int fill_record_expiry(const struct procedure *doc, int64_t formulated_ms, int64_t filled_ms, int64_t expires_ms, struct err *e);
int fill_record_expiry_anywhere(const struct procedure *doc, int64_t formulated_ms, int64_t filled_ms, int64_t expires_ms, struct err *e);
