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

/** Equipment with the calibration that held when the step began; ${result} NULL: never calibrated by then. ${qualified}: the same of its qualification.
 *  ${cleaned_seq} -1: it was not cleaned by then. */
struct equipment_facts {
    const char *equipment_id, *equipment_class, *result;
    int64_t due_ms;
    const char *qualified;
    int64_t qualified_due_ms;
    int64_t cleaned_ms, cleaned_seq;
    const char *other;                  /* another batch that was there since; NULL: none, or not known */
    const char *out;                    /* why it was tagged out while the step lasted; NULL: it was not */
};

/** step_use_materials(in, step, lots, n, e): every lot known, once (each vial of it), released and unexpired while used, enough left, of a
 *  class that the step names; a vial where the lot has an in-use limit (vial_check); every class that the step requires is there (R18, T19).
 *  ERR_MATERIAL_REFUSED, ERR_NOT_FOUND. */
int step_use_materials(const struct batch_step *in, const struct procedure_step *step, const struct lot_facts *lots, size_t n,
                       struct err *e);

/** step_use_equipment(in, step, pieces, n, e): every piece known, once, calibrated and not tagged out while used, of a class that the step
 *  names; qualified and cleaned where the step asks for it (step_use_fit); every class that the step requires is there (R19). ERR_EQUIPMENT_REFUSED, ERR_NOT_FOUND. */
int step_use_equipment(const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces,
                       size_t n, struct err *e);

/** step_use_cleanings(a, in, step, pieces, n, ret): of the pieces that ${in} uses and ${step} asks clean, the cleanings that it rests on: a struct
 *  step_cleaning each, added to ${ret}. */
void step_use_cleanings(struct arena *a, const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces, size_t n,
                        struct list *ret);

/** step_use_fit(in, is, q, e): the piece ${q}, of which ${is} is what the step says (NULL: nothing), was not out of service while used; was
 *  qualified; was cleaned within its hours before the step began, and no other batch was there since (R19). ERR_EQUIPMENT_REFUSED. */
int step_use_fit(const struct batch_step *in, const struct procedure_class *is, const struct equipment_facts *q, struct err *e);
