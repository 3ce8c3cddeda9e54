/*
 * Donor eligibility after 21 CFR 1271 subpart C (domain.md §3.1): which agents need which assays for a tissue and use,
 * whose specimen, in which window; what follows from the results. A const table of rules; a verdict with its reasons. Decides nothing that a
 * responsible person must: it says which determination the record supports (1271.50(a)).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "domain/procedure.h"

#define ELIGIBILITY_WINDOW_DAYS 7        /* 21 CFR 1271.80(b): either side of recovery */
#define ELIGIBILITY_MARROW_DAYS 30       /* marrow: before recovery only (T26) */

enum determination {
    DETERMINATION_ELIGIBLE, DETERMINATION_INELIGIBLE, DETERMINATION_INCOMPLETE, DETERMINATION_NOT_REQUIRED,
    DETERMINATION_COUNT
};
extern const char *const determination_words[];   /* "eligible", "ineligible", "incomplete", "not_required" */

/** A required assay (a word of the contract's list), the agents it answers for, and who needs it. */
struct eligibility_rule {
    const char *assay, *agent, *disease, *source;
    unsigned tissues;                 /* bit (1 << enum tissue) */
    bool is_seasonal;                 /* West Nile virus: recoveries of June to October in the US, all year elsewhere */
    bool decides;                     /* false: reactive does not make ineligible (CMV, T28) */
};

/** eligibility_rules(ret_count): the rule table. */
const struct eligibility_rule *eligibility_rules(size_t *ret_count);

/** One assay as the laboratory reported it. ${result}: "non_reactive", "reactive", "not_done", "pending"; ${subject}: whose specimen,
 *  "donor", "mother" or "infant". */
struct eligibility_test {
    const char *assay, *result, *subject;
    int64_t specimen_ms;
};

/** ${is_infant}: the donor is at most one month old at recovery (cord, placenta): the birth mother's specimen counts.
 *  ${screening}: "no_risk", "risk_factor", "incomplete", of that same person; NULL: none. ${plasma_dilution}: "acceptable",
 *  "unacceptable", or NULL where no dilution is suspected. */
struct eligibility_facts {
    enum tissue tissue;
    enum use use;
    int64_t recovery_ms;
    bool is_infant, is_us_site;
    const char *screening, *plasma_dilution;
    const struct eligibility_test *tests;
    size_t test_count;
};

/** ${missing}: assays that are required and not there, not valid or pending; ${reactive}: diseases to name on the label,
 *  those of agents that do not decide included. */
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

/** eligibility_judge(a, facts, ret): the determination the facts support; autologous: not required, yet what was tested
 *  still counts for the label (T25). Everything in ${a}. */
void eligibility_judge(struct arena *a, const struct eligibility_facts *facts, struct eligibility_verdict *ret);
