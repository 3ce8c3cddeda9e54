/*
 * What corrections make of a batch's record (ledger.md 2.5, R12, R14, T41; PI 041). What was recorded stays as it is; here
 * is what stands in its place: the values as corrected, all that is calculated from them anew, and which signatures stand as
 * unsigned until reviewed. One code for the services and for the verifier. Pure: reads no table and no clock.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/procedure.h"

/** A signed act on a batch. ${subject}: the step, or the entry of the test; 0 where it is the batch as a whole. */
struct correction_act {
    int64_t seq, subject;
    const char *act;                  /* the verb */
};

/** correction_put(a, steps, n, in, e): the value of ${in} in its step among these (recorded ones, in any order; only the
 *  list of values is copied). Refuses with ERR_NOT_FOUND a step that is not recorded, with ERR_HEAD_STALE an old value that
 *  is not the one that stands, with ERR_FIELD_RANGE a new value that is the old one. */
int correction_put(struct arena *a, struct batch_step *steps, size_t n, const struct batch_correct *in, struct err *e);

/** correction_recompute(a, doc, steps, n, from, ret): the computed values of step number ${from} and all behind it anew,
 *  ${steps} ascending by number; what differs is added to ${ret} as struct corrected_result. */
void correction_recompute(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n, int64_t from,
    struct list *ret);

/** correction_step(a, doc, steps, n, in, e): put; the step's own limits and balances hold with the new value (as at the
 *  bench: R22, R33); recompute into ${in}->computed. */
int correction_step(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n,
    struct batch_correct *in, struct err *e);

/** correction_lapse_step(a, acts, n, in): fill ${in}->lapsed: of the step and of every step whose calculated values
 *  change the entry that performed it and the last that verified it; the last review of the batch and its release.
 *  correction_lapse_test: of the test its report and its last review; and of the batch the same. ${acts}: those before
 *  the correction, by seq. */
void correction_lapse_step(struct arena *a, const struct correction_act *acts, size_t n, struct batch_correct *in);
void correction_lapse_test(struct arena *a, const struct correction_act *acts, size_t n, struct test_correct *in);

#define CORRECTION_VOID "void"         /* what a voided value is now */

/** correction_voidable(act): the field of an entry of ${act} that a void strikes out; NULL: such an entry is not voided, for
 *  a step or a result is corrected, a result's worth is its case's, a signature lapses. */
const char *correction_voidable(const char *act);

/** correction_renewal(act): the verb that signs anew what ${act} signed: batch.step_verify for a step, quality.test_review
 *  for a test, release.review and release.release for themselves; NULL: nothing that lapses. */
const char *correction_renewal(const char *act);

/** correction_renewed_seq(lapsed, since, acts, n): the first of ${acts} later than ${since} that signs ${lapsed} anew;
 *  -1: none, it stands as unsigned. */
int64_t correction_renewed_seq(const struct lapsed_act *lapsed, int64_t since, const struct correction_act *acts, size_t n);
