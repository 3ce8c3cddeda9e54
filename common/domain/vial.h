/*
 * Opened vials of a material lot (R18): once open, a vial keeps for the lot's in-use limit or until the lot expires, whichever is sooner. A lot
 * that has such a limit is used from vials only, each by its number. One code for the bench, for whoever corrects, and for the
 * verifier. Pure: reads no table and no clock. Hours are elapsed hours (T15).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** A vial as it stands. ${no} 0: none is asked for; ${opened_ms} TIME_ABSENT: there is no such vial. ${left}: what this step may take of it;
 *  NULL: not asked. */
struct vial_facts {
    int64_t no, opened_ms, use_by_ms;
    int64_t discarded_ms;               /* TIME_ABSENT: it is not */
    const char *left;
};

/** vial_no(use): the number of the vial that ${use} names; 0 for none. */
int64_t vial_no(const struct step_material *use);

/** vial_use_by(expires_ms, opened_ms, in_use_h): when a vial opened at ${opened_ms} is no longer used. */
int64_t vial_use_by(int64_t expires_ms, int64_t opened_ms, int64_t in_use_h);

/** vial_check(in, use, in_use_h, vial, e): a lot with an in-use limit (${in_use_h} > 0) is used from ${vial}, which was open by the end of the step
 *  ${in}, in its limit then, not discarded before the step began, and holds enough. ERR_MATERIAL_REFUSED, ERR_NOT_FOUND; ERR_FIELD_RANGE for a
 *  vial of a lot that has none. */
int vial_check(const struct batch_step *in, const struct step_material *use, int64_t in_use_h, const struct vial_facts *vial, struct err *e);

/** vial_correct_by(in, vial, opened_by, person, e): another time than stands of ${vial}, and not behind its discard; a later one, which lets the vial be
 *  used for longer, is another person's to say than opened it. ERR_FIELD_RANGE, ERR_TIME_REFUSED, ERR_DUTIES_SEGREGATED. */
int vial_correct_by(const struct vial_correct *in, const struct vial_facts *vial, const char *opened_by, const char *person, struct err *e);

/** vial_discard_check(in, vial, e): the opened ${vial} is discarded once, and not before it was opened. ERR_EXISTS, ERR_TIME_REFUSED. */
int vial_discard_check(const struct vial_discard *in, const struct vial_facts *vial, struct err *e);

/** vial_key(a, lot_id, no): what a correction calls a use by: the lot, and the vial behind it where there is one (`M-7`, `M-7/2`).
 *  vial_key_read(a, key, ret_lot, ret_no): its parts; false: it is no such key, and ${ret_lot} is all of it. */
const char *vial_key(struct arena *a, const char *lot_id, int64_t no);
bool vial_key_read(struct arena *a, const char *key, const char **ret_lot, int64_t *ret_no);
