/*
 * Scan to confirm (R02): a step whose procedure asks for it says what stands on what was worked on, as a scanner read it or, typed, with the
 * check character and a reason; and that is of this batch's donation. One code for the bench and for the verifier. Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/procedure.h"

/** confirm_check(a, in, step, donation_number, e): ${in} is confirmed where ${step} asks for it; what it is confirmed by, asked for or not,
 *  is a barcode's text (ISBT 128 with its data identifier, the bare 13 characters, a container's id), or a number typed with its check
 *  character (R03) and a reason, and of ${donation_number} (NULL: not known). ERR_FIELD_MISSING, ERR_IDENTIFIER_REFUSED, ERR_REASON_MISSING. */
int confirm_check(struct arena *a, const struct batch_step *in, const struct procedure_step *step, const char *donation_number, struct err *e);
