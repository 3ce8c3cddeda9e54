/*
 * The bridge from a batch's recorded steps to its procedure: which values were entered, and what is computed from them.
 * One code for the bench, which fills the record, and for the verifier, which makes it again from the statements' bodies
 * and the procedure document alone (R24). Reads nothing else: no table, no clock.
 */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "domain/procedure.h"

/** batch_record_entry(a, doc, earlier, n, step, ret): the procedure's entry of ${step}: the raw values of the ${n} steps
 *  recorded before it (in any order) and its own. Borrows the strings; the array is in ${a}. */
void batch_record_entry(struct arena *a, const struct procedure *doc, const struct batch_step *earlier, size_t n,
    const struct batch_step *step, struct procedure_entry *ret);

/** batch_record_results(a, outcome, ret): the computed values as the record's list of struct step_result; why a value is
 *  missing is cut to what the field holds. */
void batch_record_results(struct arena *a, const struct procedure_outcome *outcome, struct list *ret);

/** batch_record_compute(a, doc, earlier, n, step, ret): entry, procedure_step_compute and results in one: what must stand
 *  in ${step}'s `computed`. */
void batch_record_compute(struct arena *a, const struct procedure *doc, const struct batch_step *earlier, size_t n,
    const struct batch_step *step, struct list *ret);
