/*
 * What ends when, and what to do by when (ledger.md §2.7): suites, time-stamp authorities, certificates and revocation lists of the
 * pki folder, people's certificates, the second tree. Days of notice are rows here; the plan decides nothing.
 */
#pragma once
#include "service/service.h"

extern const struct statement_table audit_plan_statements;

/** audit_plan_state(act_by_ms, ends_ms, now_ms): "good", "due" from ${act_by_ms}, "late" from ${ends_ms}; TIME_ABSENT never comes. */
const char *audit_plan_state(int64_t act_by_ms, int64_t ends_ms, int64_t now_ms);

/** audit_plan(db, a, pki, now_ms, ret, e): the plan as of ${now_ms}; certificates and lists from the folder ${pki}. */
int audit_plan(struct db *db, struct arena *a, const char *pki, int64_t now_ms, struct renewal_plan *ret, struct err *e);
