/*
 * The dose of an administration (domain.md §1.7, §1.8): cells by the share of each container's filled volume that was given,
 * in all and by the recipient's weight; and what was given and discarded balances what was filled (R33). One code for the
 * service and for the verifier, which makes the dose again from the fill. Knows no post-thaw count: cells are as filled.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** A container as it was filled. */
struct dose_filled {
    const char *container_id, *volume_ml, *cells;
};

/** dose_fill(a, filled, n, in, e): dose_cells and dose_cells_per_kg of ${in}, whole cells, rounded half up (T01), in ${a}. Each
 *  container is of ${filled}, once; something of it is given; volume given and residue are what was filled, within 2 % or
 *  0.5 mL, whichever is larger. ERR_NOT_FOUND (R04), ERR_FIELD_RANGE, ERR_BALANCE_OPEN (R33). */
int dose_fill(struct arena *a, const struct dose_filled *filled, size_t n, struct administer *in, struct err *e);

/** dose_compute(a, filled, n, in, ret_balances, e): the same of what was given and is recorded: whether it balances is said, not refused. */
int dose_compute(struct arena *a, const struct dose_filled *filled, size_t n, struct administer *in, bool *ret_balances, struct err *e);
