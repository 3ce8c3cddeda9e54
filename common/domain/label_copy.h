/*
 * The copies of a batch's labels, each by its own machine (fsm/label.fsm.def): one in hand at a time (R06), scanned back on its container
 * (R07), or ended as spoiled, destroyed before a witness or attached to the record; and their reconciliation: printed = applied + spoiled +
 * destroyed + specimens (domain.md §7.3, 21 CFR 211.125(c)). One code for the services, the gate and the verifier. Pure: reads no table and
 * no clock. What stands on a label is label_record.h's to say.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** A copy and how it stands; ${person}: who signed for it last; ${witness}: of its destruction, NULL where none is named. */
struct label_copy {
    const char *container_id, *state, *person, *witness;
    int64_t copy;
};

/** The copies of a batch, in the order of their print or by container. */
struct label_copies {
    struct label_copy *item;
    size_t count;
};

/** label_copies_begin(a, most, ret): none yet, of at most ${most}. label_copies_take(s, type, record, actor): the next statement of the
 *  batch's stream, whatever its type. label_copies_from(a, rows, ret): from ${rows}, of struct label_row. */
void label_copies_begin(struct arena *a, size_t most, struct label_copies *ret);
void label_copies_take(struct label_copies *s, const char *type, const void *record, const char *actor);
void label_copies_from(struct arena *a, const struct list *rows, struct label_copies *ret);

/** label_copy_find(s, container_id, copy): NULL for none. label_copies_are_told(s): something was said of one beside its print. */
const struct label_copy *label_copy_find(const struct label_copies *s, const char *container_id, int64_t copy);
bool label_copies_are_told(const struct label_copies *s);

/** label_end_event(a, outcome): of the copy's machine. */
const char *label_end_event(struct arena *a, const char *outcome);

/** label_print_check(s, in, e): where a batch's labels are reconciled, the next copy of the container is printed when no copy of the batch is
 *  in hand. ERR_FIELD_RANGE, ERR_LABEL_REFUSED (R06). */
int label_print_check(const struct label_copies *s, const struct label_print *in, struct err *e);

/** label_apply_check(a, s, in, e): ${in} is of a copy in hand, the last of its container, and confirmed by that label (confirm.h); fills
 *  the copy that it replaces. ERR_NOT_FOUND, ERR_STATE_FORBIDS, ERR_LABEL_REFUSED, or what confirm_label refuses. */
int label_apply_check(struct arena *a, const struct label_copies *s, struct label_apply *in, struct err *e);

/** label_end_check(a, s, in, actor, e): of a copy that is on no container and has no end yet, with a reason; what is destroyed names a
 *  witness, who is another person. label_witness_check(s, in, actor, e): ${actor} is the witness named; fills who destroyed it.
 *  ERR_NOT_FOUND, ERR_STATE_FORBIDS, ERR_REASON_MISSING, ERR_FIELD_MISSING, ERR_LABEL_REFUSED, ERR_DUTIES_SEGREGATED. */
int label_end_check(struct arena *a, const struct label_copies *s, const struct label_end *in, const char *actor, struct err *e);
int label_witness_check(const struct label_copies *s, struct label_witness *in, const char *actor, struct err *e);

/** label_is_due(state): a container in ${state} bears its label when the batch is released: it is kept, or may be again. */
bool label_is_due(const char *state);

/** How a batch's labels add up; ${open}: each copy that is not accounted for and each container without its label, in words. */
struct label_account {
    int printed, applied, spoiled, destroyed, specimen;
    struct list open;
};

/** label_reconcile(a, s, kept, ret): ${kept}: the ids of the containers whose label is due, as TEXTS: each bears its last copy. */
void label_reconcile(struct arena *a, const struct label_copies *s, const struct list *kept, struct label_account *ret);
