/*
 * The test of a restore (R40): the newest copy that `deploy/backup make` left is put into a PostgreSQL of our own and verified
 * whole, as the live record is; then the result is told to the sequencer, which records it in the log. A backup that nobody has
 * put back is none.
 */
#pragma once
#include "audit_job.h"

extern const struct statement_table audit_restore_statements;

/** audit_restore_test(a, job, backups, ret, ret_test, e): the newest copy in folder ${backups}. What is wrong with the copy is a
 *  fault in ${ret}, and ${ret_test} sums it up; a fault is returned only when the test itself cannot be made. ERR_NOT_FOUND: no
 *  copy is there. */
int audit_restore_test(struct arena *a, const struct audit_job *job, const char *backups, struct audit_report *ret,
                       struct restore_test *ret_test, struct err *e);

/** audit_restore_tell(a, test, e): have it recorded. */
int audit_restore_tell(struct arena *a, const struct restore_test *test, struct err *e);
