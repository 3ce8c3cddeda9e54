/*
 * What a failed calibration looks back at (R20, 21 CFR 211.192): every use of the equipment since its last good one, for what it did then is
 * in doubt. One code for the lab and for the verifier. Pure; who was reached is asked of the uses, by batch.lookback in SQL and by
 * dossier/lookback.h of the statements.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** lookback_fails(in): the calibration failed. */
bool lookback_fails(const struct equipment_calibrate *in);

/** lookback_reaches(failed, from_ms, until_ms): a use of that time lies after the last good calibration, and had begun when this one failed. One
 *  that says nothing of a good one (recorded before it was looked back, or never good) reaches nothing. */
bool lookback_reaches(const struct equipment_calibrate *failed, int64_t from_ms, int64_t until_ms);

/** lookback_name(a, equipment_id, seq): as a deviation names the calibration of entry ${seq}: "E-2026000001 7". */
const char *lookback_name(struct arena *a, const char *equipment_id, int64_t seq);

/** lookback_answer_check(in, is_reached, e): a deviation that names a failed calibration is of a batch that this reached (ERR_NOT_FOUND), and not
 *  a minor one (ERR_FIELD_RANGE). One that names none is none of ours. */
int lookback_answer_check(const struct deviation_open *in, bool is_reached, struct err *e);
