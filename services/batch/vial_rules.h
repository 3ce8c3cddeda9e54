/*
 * Rules on opened vials of a material lot, pure (R18): opening one, saying later when that was, discarding it. What a step may use of a vial is
 * domain/vial.h's, which the verifier has too.
 */
#pragma once
#include "batch_rules.h"

/** What opening a vial, or an act on an opened one, rests on. ${lot}.vial: that vial. */
struct vial_case {
    struct lot_facts lot;
    int64_t opened;                     /* vials of the lot so far */
    const char *unopened;               /* quantity of the lot that is in no vial */
    int64_t opened_seq;
    const char *opened_by;
    int64_t first_ms, last_ms;          /* uses of the vial as they stand, at steps and for cleanings; TIME_ABSENT: there are none */
    int64_t began_ms;                   /* of what used it, when the last began */
    const char *used_by;                /* the batch of the last use, or the equipment that was cleaned */
};

/** rule_material_open(in, facts, said_ms, limits, e): a lot with an in-use limit, released and in date when the vial was opened; not in the future;
 *  no more than the lot has unopened (R18); a late entry says why (R15). */
int rule_material_open(const struct material_open *in, const struct vial_case *facts, int64_t said_ms, const struct batch_limits *limits,
                       struct err *e);

/** rule_vial_correct(in, facts, person, said_ms, limits, e): as if it were opened then, and no use of it comes to lie outside (R18, R12). */
int rule_vial_correct(const struct vial_correct *in, const struct vial_case *facts, const char *person, int64_t said_ms,
                      const struct batch_limits *limits, struct err *e);

/** rule_vial_discard(in, facts, said_ms, limits, e): an opened vial, once, not before it was opened or a step that used it began, and not in the future. */
int rule_vial_discard(const struct vial_discard *in, const struct vial_case *facts, int64_t said_ms, const struct batch_limits *limits,
                      struct err *e);
