/*
 * Scan to confirm (R02): a step whose procedure asks for it says what stands on what was worked on, as a scanner read it or, typed, with the
 * check character and a reason; and that is of this batch's donation. And a label is scanned back from its container (R07). One code for the bench and for the verifier. Pure.
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

/** confirm_label(a, in, e): what ${in} is confirmed by is a label of its container: the square symbol's text, whose flags say first print or
 *  reprint as the copy is (R06); or donation number with its check character and product code, typed, with a reason (R03). The number of a
 *  further reprint is in no symbol: it is read. ERR_IDENTIFIER_REFUSED names what the label says and what is expected; ERR_REASON_MISSING. */
int confirm_label(struct arena *a, const struct label_apply *in, struct err *e);
