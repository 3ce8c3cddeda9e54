/*
 * The bridge from the record to a label: its statements from the use of the cells and the donor's last determination of
 * eligibility, as they stand in the statements. One code for the bench, which fills `statements`, and for the verifier, which
 * makes them again. Nothing else is read, and nothing can be typed (R07).
 */
#pragma once
#include "base/arena.h"
#include "contract/contract.h"
#include "domain/label.h"

/** label_record_statements(a, use, determined, urgent, ret): the texts in the order they are printed, as a TEXTS list in ${a}.
 *  ${use}: a word of the use list, the donor's; ${determined}: the donor's last eligibility_determine, NULL where there is
 *  none: then nothing counts as tested; ${urgent}: an urgent medical need of this recipient is documented (R31). */
void label_record_statements(struct arena *a, const char *use, const struct eligibility_determine *determined, bool urgent,
                             struct list *ret);

/** label_record_fill(a, use, determined, urgent, in): the computed fields of ${in}: the statements, and, where the determination names a
 *  rule set, whether the biohazard legend is printed. */
void label_record_fill(struct arena *a, const char *use, const struct eligibility_determine *determined, bool urgent,
                       struct label_print *in);
