/*
 * A recall's accountability (domain.md §4.6, 21 CFR 1271.290(e)): of every container of the batch how it stands and with whom it
 * is, who is unaccounted for, and how long it took to know. One code for the service, which asks its tables, and for the
 * verifier, which walks the statements (standing.h).
 */
#pragma once
#include "base/arena.h"
#include "contract/contract.h"

/** A container of the batch. ${destination}, ${receiver} of its hand-over, ${recipient} of its administration; NULL: none. */
struct recall_fact {
    const char *container_id, *state, *destination, *receiver, *recipient;
    bool placed;
};

/** recall_fill(a, facts, n, said_ms, in): containers in order of byte, unaccounted and taken_min of ${in}, in ${a}. Whole minutes from
 *  its beginning to ${said_ms}. */
void recall_fill(struct arena *a, const struct recall_fact *facts, size_t n, int64_t said_ms, struct recall *in);
