/*
 * What may be used at a step: material lots (R18) and equipment (R19), at the time of the step. One code for the bench, for
 * whoever corrects a step, and for the verifier, who has the same facts from the lots' and the equipment's own streams.
 * Pure: reads no table and no clock. Refuses what a step names twice, does not name, or leaves out.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "contract/contract.h"
#include "domain/procedure.h"
#include "domain/vial.h"

/** A material lot as it is, and the vial of it that is asked for. ${state} NULL: unknown lot. ${quantity}: what this step may take of it; NULL:
 *  not asked. ${in_use_h} 0: it has no in-use limit. */
struct lot_facts {
    const char *lot_id, *state, *material_class, *quantity, *unit, *received_by;
    int64_t expires_ms, released_ms;    /* released_ms TIME_ABSENT: not */
    int64_t in_use_h;
    struct vial_facts vial;
};

/** Equipment with the calibration that held when the step began; ${result} NULL: never calibrated by then. */
struct equipment_facts {
    const char *equipment_id, *equipment_class, *result;
    int64_t due_ms;
};

/** step_use_materials(in, step, lots, n, e): every lot known, once (each vial of it), released and unexpired while used, enough left, of a
 *  class that the step names; a vial where the lot has an in-use limit (vial_check); every class that the step requires is there (R18, T19).
 *  ERR_MATERIAL_REFUSED, ERR_NOT_FOUND. */
int step_use_materials(const struct batch_step *in, const struct procedure_step *step, const struct lot_facts *lots, size_t n,
                       struct err *e);

/** step_use_equipment(in, step, pieces, n, e): every piece known, once, calibrated while used, of a class that the step
 *  names; every class that the step requires is there (R19). ERR_EQUIPMENT_REFUSED, ERR_NOT_FOUND. */
int step_use_equipment(const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces,
                       size_t n, struct err *e);
