/*
 * The verification of the whole record as a job: it may take hours, so the service starts it as a process beside itself
 * and shows how far it is; the nightly unit runs the same job. One at a time: whoever runs it holds the lock in the memory
 * folder. The report there is replaced as it grows; a run that was broken off is gone on with, from the last stream read.
 */
#pragma once
#include "audit_settings.h"

/** audit_job_lock(ret_fd, e): be the one who verifies; ERR_BUSY if another is. Kept until the descriptor is closed by all
 *  who inherit it. */
int audit_job_lock(int *ret_fd, struct err *e);

/** audit_job_prepare(a, all, whole, e): with the lock held: the report says "running", from the start if ${all} or if the
 *  last run came to its end. ${whole}: the record and its projections; else only these. */
int audit_job_prepare(struct arena *a, bool all, bool whole, struct err *e);

/** How a job is run: read at most so many entries (0: all); whom to tell (NULL: nobody). */
struct audit_job {
    int64_t entries_max;
    void (*tell)(const struct audit_report *report);
};

/** audit_job_run(a, job, ret, e): with the lock held and prepared: verify, and keep the report. When the record cannot be
 *  read a fault, which the report also says. */
int audit_job_run(struct arena *a, const struct audit_job *job, struct audit_report *ret, struct err *e);

/** audit_job_copy(a, job, ret, e): the same of the copy that audit_config.database names for now, into ${ret}, which begins empty:
 *  but nobody is asked what was signed since the copy was made, and no report is kept. */
int audit_job_copy(struct arena *a, const struct audit_job *job, struct audit_report *ret, struct err *e);

/** audit_job_start(a, all, whole, ret, e): for the service: start the job as a process unless one runs; the report as it is. */
int audit_job_start(struct arena *a, bool all, bool whole, struct audit_report *ret, struct err *e);

/** audit_job_state(a, ret, e): the report as it is; "running" only while somebody holds the lock. ERR_NOT_FOUND. */
int audit_job_state(struct arena *a, struct audit_report *ret, struct err *e);
