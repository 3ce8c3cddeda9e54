/*
 * Which containers of a batch an excursion reached: they lay in the unit while it was outside what it is qualified for, by the positions
 * that the batch's own statements give and the readings in the unit's stream (R35, domain.md §7.4). For the verifier and the paper, who
 * have statements and no tables; the service asks custody.excursion_reach.
 */
#pragma once
#include "contract/contract.h"
#include "dossier/dossier.h"

struct reached {
    const char *container, *unit;
    const char *cause;               /* as a decision names it */
    int64_t seq, recorded_ms;        /* of the series, in the unit's stream */
    int64_t decided_seq;             /* of the decision that ended its hold; -1: none */
    const struct unit_readings *series;
};

/** reach_find(a, d, s, ret, ret_count, e): of every excursion in the dossier each container of the batch with stream ${s} once; in order of the
 *  statements. Refuses a record that does not read. */
int reach_find(struct arena *a, const struct dossier *d, const struct dossier_stream *s, struct reached **ret, size_t *ret_count,
               struct err *e);
