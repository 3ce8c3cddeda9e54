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
#define ELIGIBILITY_INFANT_DAYS 31       /* a donor of one month or less: the birth mother's specimen */

enum determination {
    DETERMINATION_ELIGIBLE, DETERMINATION_INELIGIBLE, DETERMINATION_INCOMPLETE, DETERMINATION_NOT_REQUIRED,
    DETERMINATION_COUNT
};
extern const char *const determination_words[];   /* "eligible", "ineligible", "incomplete", "not_required" */

/** A required assay: agent, assay, who needs it. */
struct eligibility_rule {
    const char *agent, *assay, *disease, *source;
    unsigned tissues;                 /* bit (1 << enum tissue) */
    bool is_seasonal;                 /* West Nile virus: recoveries of June to October in the US, all year elsewhere */
    bool decides;                     /* false: reactive does not make ineligible (CMV, T28) */
};

/** eligibility_rules(ret_count): the rule table. */
const struct eligibility_rule *eligibility_rules(size_t *ret_count);

/** A test as reported by the laboratory. ${result}: "negative", "reactive", "indeterminate", "pending", "not_done";
 *  ${person}: whose specimen, "donor" or "mother". */
struct eligibility_test {
    const char *agent, *assay, *result, *person;
    int64_t specimen_ms;
    bool laboratory_certified;        /* CLIA-certified, FDA-cleared donor screening assay */
};

/** ${screening}: "clear", "risk", "not_done"; ${plasma_dilution}: "acceptable", "unacceptable", "not_applicable",
 *  "not_done". */
struct eligibility_facts {
    enum tissue tissue;
    enum use use;
    int64_t recovery_ms;
    int donor_age_days;               /* at recovery; cord and placenta: 0 */
    bool is_us_site;
    const char *screening, *plasma_dilution;
    const struct eligibility_test *tests;
    size_t test_count;
};

/** ${missing}: "HIV-1 NAT" ...; ${reactive}: diseases or agents to name on the label, also of agents that do not decide
 *  where ${decides} is false. */
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
