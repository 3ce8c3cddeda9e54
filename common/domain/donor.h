/*
 * The bridge from a donor's statements to the determination of eligibility: registration, screenings and test reports as
 * they stand in the stream before it. One code for the service, which fills the computed fields, and for the verifier,
 * which makes them again from the statements' bodies alone. Reads nothing else: no table, no clock.
 * Rules: 21 CFR 1271.50, .80, .85, .90; T25, T26, T28.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "domain/eligibility.h"

#define DONOR_OVERTAKEN "more is known of the donor since eligibility was determined"

/** Bodies of a donor's stream, each kind in order of seq. */
struct donor_statements {
    const struct donor_register *donor;
    const struct screening_record *screenings;
    size_t screening_count;
    const struct donor_test_report *tests;
    size_t test_count;
    const struct rule_set *rules;     /* that the determination names; NULL: none, the first rules (rule_set_first) */
};

/** donor_is_perinatal(tissue): a word of the tissue list that comes with a birth: two persons behind one number (T26). */
bool donor_is_perinatal(const char *tissue);

/** donor_judge(a, s, in, ret): the verdict for the recovery, and for the storage, that ${in} names. Behind a birth the mother's
 *  screening and specimens count, but a risk found in the infant counts too. */
void donor_judge(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *in,
                 struct eligibility_verdict *ret);

/** donor_determine(a, s, in): fill every computed field of ${in} from what it says of the recovery and from ${s}. Cells
 *  of which nothing else is said count as stored. */
void donor_determine(struct arena *a, const struct donor_statements *s, struct eligibility_determine *in);
