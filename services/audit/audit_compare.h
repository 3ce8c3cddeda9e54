/* The live projections against those in a scratch database, which sql/replay/scratch.sql has prepared. */
#pragma once
#include "service/service.h"

/** Of the live database; those of the scratch database are prepared there alone. */
extern const struct statement_table audit_compare_statements;

/** audit_compare(a, report, live, scratch, e): every row of every projection, in the running transaction of ${live}, and
 *  every definition; differences are faults of ${report}, whose `rows` counts. */
int audit_compare(struct arena *a, struct audit_report *report, struct db *live, const char *scratch, struct err *e);
