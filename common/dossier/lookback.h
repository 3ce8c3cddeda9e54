/*
 * Which uses of a batch a failed calibration looks back at, by statements alone: its steps as they stand, its readings, the loggers of its
 * shipments, beside the calibrations in the equipment's streams (R20). For the verifier and the paper; the service asks batch.lookback.
 */
#pragma once
#include "dossier/recompute.h"

struct looked_back {
    const char *calibration;         /* as a deviation names it */
    const char *use;                 /* "step 3" */
    int64_t recorded_ms;             /* of the calibration, in the equipment's stream */
    int64_t good_ms, failed_ms;
};

/** lookback_find(c, ret, ret_count, e): the batch's uses before ${c}'s statement that a failed calibration in the dossier reaches, each with
 *  it. Refuses a record that does not read. */
int lookback_find(const struct recompute_case *c, struct looked_back **ret, size_t *ret_count, struct err *e);

/**
 * Rule 11's rows: lookback_deviation(c, in, e): a deviation that names a failed calibration is of a batch that this reached;
 * lookback_calibration(c, in, e): a failed calibration looks back to the last good one in its stream; lookback_release(c, in, e) and
 * lookback_certify(c, in, e): recompute_gate and recompute_certify, and a deviation of the batch answers each failed calibration that was known.
 */
int lookback_deviation(const struct recompute_case *c, const void *in, struct err *e);
int lookback_calibration(const struct recompute_case *c, const void *in, struct err *e);
int lookback_release(const struct recompute_case *c, const void *in, struct err *e);
int lookback_certify(const struct recompute_case *c, void *in, struct err *e);
