/*
 * Donor eligibility (domain.md §3.1, §3.5; 21 CFR 1271 subpart C, 2006/17/EC) by a rule set (domain/rule_set.h): which
 * assays are there, of whose specimen, in which window, diluted or not, repeated or waived; what follows from the results. A
 * verdict with its reasons. Decides nothing that a responsible person must: it says which determination the record
 * supports (1271.50(a)).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "domain/procedure.h"
#include "domain/rule_set.h"

enum determination {
    DETERMINATION_ELIGIBLE, DETERMINATION_INELIGIBLE, DETERMINATION_INCOMPLETE, DETERMINATION_NOT_REQUIRED,
    DETERMINATION_COUNT
};
extern const char *const determination_words[];   /* "eligible", "ineligible", "incomplete", "not_required" */

enum dilution { DILUTION_NOT_SAID, DILUTION_NOT_SUSPECTED, DILUTION_SUSPECTED };

/** A blood specimen: whose ("donor", "mother" or "infant"), when, and what may have diluted its plasma: decimals in kg and
 *  mL, NULL where not said. */
struct eligibility_specimen {
    const char *subject;
    int64_t drawn_ms;
    enum dilution dilution;
    const char *weight_kg, *blood_ml, *colloid_ml, *crystalloid_ml;
};

/** One assay as the laboratory reported it. ${result}: "non_reactive", "reactive", "not_done", "pending". */
struct eligibility_test {
    const char *assay, *result;
    const struct eligibility_specimen *specimen;
};

/** ${is_infant}: the donor is at most one month old at recovery (cord, placenta): the birth mother's specimen counts.
 *  ${is_stored}: the cells are stored or cultured before use. ${screening}: "no_risk", "risk_factor", "incomplete", of that
 *  same person; NULL: none. */
struct eligibility_facts {
    enum tissue tissue;
    enum use use;
    int64_t recovery_ms;
    bool is_infant, is_stored;
    const char *screening;
    const struct eligibility_test *tests;
    size_t test_count;
};

/** ${missing}: what is required and not there, not valid or pending; ${reactive}: diseases to name on the label, those of
 *  agents that only inform included. */
struct eligibility_verdict {
    enum determination determination;
    const char **reasons;
    size_t reason_count;
    const char **missing;
    size_t missing_count;
    const char **reactive;
    size_t reactive_count;
    bool has_risk;                    /* reactive for, or a risk factor of, a relevant communicable disease */
    bool is_fully_tested;             /* all screening and tests that would apply are done */
};

/** eligibility_dilution(a, rule, specimen): why the specimen's plasma dilution does not hold, in words; NULL: it does. What
 *  was transfused and infused is set against the volumes of plasma and blood (1271.80(d)(2)). */
const char *eligibility_dilution(struct arena *a, const struct rule_dilution *rule, const struct eligibility_specimen *specimen);

/** eligibility_judge(a, set, facts, ret): the determination that the facts support by ${set}; autologous, where the set does not ask
 *  for tests: not required, yet what was tested still counts for the label (T25). Everything in ${a}. */
void eligibility_judge(struct arena *a, const struct rule_set *set, const struct eligibility_facts *facts,
                       struct eligibility_verdict *ret);
