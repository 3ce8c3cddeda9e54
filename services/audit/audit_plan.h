/*
 * What ends when, and what to do by when (ledger.md §2.7): suites, time-stamp authorities, certificates and revocation lists of the
 * pki folder, people's certificates, the second tree. Days of notice are rows here; the plan decides nothing.
 */
#pragma once
#include "crypto/tsp.h"
#include "service/service.h"

extern const struct statement_table audit_plan_statements;

/** audit_plan_state(act_by_ms, ends_ms, now_ms): "good", "due" from ${act_by_ms}, "late" from ${ends_ms}; TIME_ABSENT never comes. */
const char *audit_plan_state(int64_t act_by_ms, int64_t ends_ms, int64_t now_ms);

/** An authority as its tokens show it. */
struct plan_authority {
    char certificate[DIGEST_HEX];
    const char *name;
    int64_t first_ms, end_ms;
    bool is_renewed;      /* a later token of another lasts longer, and was made while this one's lasted: its tree holds all of them */
};

/** audit_plan_token(all, count, facts, end_ms): one more token, in the order of their times; ${all} has room for one authority more. */
void audit_plan_token(struct plan_authority *all, size_t *count, const struct tsp_facts *facts, int64_t end_ms);

/** audit_plan(db, a, pki, now_ms, ret, e): the plan as of ${now_ms}; certificates and lists from the folder ${pki}. */
int audit_plan(struct db *db, struct arena *a, const char *pki, int64_t now_ms, struct renewal_plan *ret, struct err *e);
