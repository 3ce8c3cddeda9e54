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
    const char *actor;                /* who signed it; NULL where nobody asks */
};

/** What of a step is corrected. A value's name has no point; all else is a path through the record: `step.started_at`,
 *  `step.ended_at`, `step.reason`, `materials.LOT.lot_id`, `materials.LOT.quantity`, `equipment.ID.equipment_id`, where LOT
 *  and ID name the row as it stands. */
enum correction_place {
    CORRECTION_VALUE, CORRECTION_STARTED, CORRECTION_ENDED, CORRECTION_REASON, CORRECTION_LOT, CORRECTION_QUANTITY,
    CORRECTION_EQUIPMENT
};

struct correction_path {
    enum correction_place place;
    const char *row;                  /* the lot or the equipment; NULL: none */
};

/** correction_path_read(a, field, ret, e): ERR_FIELD_UNKNOWN for what is no place of a step. */
int correction_path_read(struct arena *a, const char *field, struct correction_path *ret, struct err *e);

/** correction_is_use(place), correction_is_time(place): a material or equipment; when the step began or ended. */
bool correction_is_use(enum correction_place place);
bool correction_is_time(enum correction_place place);

/** correction_name(a, in, e): fill what ${in} names beside its text, the lot or the equipment that it is now, so that what it
 *  relies on is part of the dossier. */
int correction_name(struct arena *a, struct batch_correct *in, struct err *e);

/** correction_put(a, steps, n, in, e): the value of ${in} in its step among these (recorded ones, in any order; the lists are
 *  copied, what was recorded is never written to). Refuses with ERR_NOT_FOUND a step that is not recorded, with
 *  ERR_HEAD_STALE an old value that is not the one that stands, with ERR_FIELD_RANGE a new value that is the old one, with
 *  ERR_FIELD_MISSING none where only a material or equipment may be without, with ERR_FIELD_TYPE one of another kind. */
int correction_put(struct arena *a, struct batch_step *steps, size_t n, const struct batch_correct *in, struct err *e);

/** correction_recompute(a, doc, steps, n, from, ret): the computed values of step number ${from} and all behind it anew,
 *  ${steps} ascending by number; what differs is added to ${ret} as struct corrected_result. */
void correction_recompute(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n, int64_t from,
    struct list *ret);

/** correction_step(a, doc, steps, n, in, e): put and name; a value keeps the step's own limits and balances (as at the
 *  bench: R22, R33); recompute into ${in}->computed. What a time, a material or equipment must keep is step_use.h's and the
 *  bench's. */
int correction_step(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n,
    struct batch_correct *in, struct err *e);

/** correction_lapse_step(a, acts, n, in): fill ${in}->lapsed: of the step and of every step whose calculated values
 *  change the entry that performed it and the last that verified it; the last review of the batch and its release.
 *  correction_lapse_test: of the test its report and its last review; and of the batch the same. ${acts}: those before
 *  the correction, by seq. */
void correction_lapse_step(struct arena *a, const struct correction_act *acts, size_t n, struct batch_correct *in);
/** correction_lapse_whole(a, acts, n, did, corrects, ret): the last act ${did} on the batch as a whole from entry ${corrects} on
 *  lapses, with the last review behind it and the release. */
void correction_lapse_whole(struct arena *a, const struct correction_act *acts, size_t n, const char *did, int64_t corrects,
    struct list *ret);
void correction_lapse_test(struct arena *a, const struct correction_act *acts, size_t n, struct test_correct *in);

/** correction_lapse_donor(a, acts, n, corrects, ret): the donor's last determination and last notice lapse, those from entry ${corrects} on. */
void correction_lapse_donor(struct arena *a, const struct correction_act *acts, size_t n, int64_t corrects, struct list *ret);

/** correction_reaches(release, kind, seq): entry ${seq} of the stream of the batch's donor ('D') or collection ('C'), a correction, came
 *  behind all that ${release} knew of it: its signature stands as unsigned. */
bool correction_reaches(const struct batch_release *release, char kind, int64_t seq);

/** correction_test_event(in): what ${in} is to the batch's machine, by what it lapses: `quality.test_correct` where the release
 *  rested on the result, else `quality.result_correct`. */
const char *correction_test_event(const struct test_correct *in);

#define CORRECTION_VOID "void"         /* what a voided value is now */

/** correction_voidable(act): the field of an entry of ${act} that a void strikes out; NULL: such an entry is not voided, for
 *  a step or a result is corrected, a result's worth is its case's, a signature lapses. */
const char *correction_voidable(const char *act);

/** correction_renewal(act): the verb that signs anew what ${act} signed: batch.step_verify for a step, quality.test_review
 *  for a test, release.review for a fill and for a collection's receipt, custody.container_decide for itself, a donor's determination and notice, a review and a release for themselves; NULL: nothing that lapses. */
const char *correction_renewal(const char *act);

/** correction_renewed_seq(lapsed, since, corrector, acts, n): the first of ${acts} later than ${since} that signs ${lapsed}
 *  anew: what was worked on the batch by another person than the ${corrector}; -1: none, it stands as unsigned. */
int64_t correction_renewed_seq(const struct lapsed_act *lapsed, int64_t since, const char *corrector,
    const struct correction_act *acts, size_t n);
