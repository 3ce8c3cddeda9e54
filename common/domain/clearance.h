/*
 * Line clearance (R05): a work place holds one batch at a time, and before a step there that its procedure says so of, the place was
 * cleared for that batch. One code for the bench, for whoever corrects a step, and for the verifier, who has the batch's own clearances
 * but not what other batches did at the place. Pure: reads no table and no clock.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "contract/contract.h"
#include "domain/procedure.h"
#include "domain/step_use.h"

/** How a place stood when a step began there: the batch's last clearance of it by then, and who else came since. */
struct clearance_facts {
    const char *equipment_id;
    int64_t seq, late_min;              /* of the clearance; seq -1: there is none; late_min INTEGER_ABSENT: not late */
    const char *verified_by;            /* NULL: nobody */
    const char *other;                  /* another batch that stood there since, or last of all where there is no clearance; NULL: none */
};

/** clearance_check(in, step, pieces, n, places, n_places, e): each piece of equipment of ${in} of which ${step} asks it was cleared for the
 *  batch before the step began, verified by a second person where the procedure asks for that or the clearance is a late entry
 *  (R15), and no other batch came there since. ERR_LINE_NOT_CLEARED names the batch that stands there. */
int clearance_check(const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces, size_t n,
                    const struct clearance_facts *places, size_t n_places, struct err *e);

/** clearance_is_whole(in, e): everything of it was done: what is not cleared is no clearance. ERR_LINE_NOT_CLEARED by the field. */
int clearance_is_whole(const struct line_clear *in, struct err *e);
