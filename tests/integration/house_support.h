/*
 * What the tests that break a running house need: processes by their supervisor's status, SQL as the tables' owner, and
 * programs of the house run beside.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "contract/contract.h"

/** house_pid(name): the process that runs service ${name} now, 0 when there is none. */
pid_t house_pid(const char *name);

/** house_wait_ready(name, not): wait until ${name} is ready in a process other than ${not}; the test fails after 60 s. */
void house_wait_ready(const char *name, pid_t not);

/** house_names(ret, max): the services under the supervisor, in its order; returns how many. Static strings. */
size_t house_names(const char **ret, size_t max);

/** house_sql(sql): run it as the cluster's superuser, who owns everything; the test fails if that fails. Returns the first
 *  column of the first row, "" if none. Static buffer. */
const char *house_sql(const char *sql);

/** house_verify(all): have the record verified, from the start if ${all}, and wait for the end; faults are printed.
 *  house_fault(report, stream, seq): the fault named so, NULL if there is none. */
const struct audit_report *house_verify(bool all);
/** house_replay(): have the projections made again and compared, and wait for the end. */
const struct audit_report *house_replay(void);
const struct audit_fault *house_fault(const struct audit_report *report, const char *stream, int64_t seq);

/** house_dossier(batch, ret, e): the batch's dossier, as the auditor asks for it. house_dossier_keep(d, name): as the file
 *  ${name} in the house's folder; its path, NULL when it could not be written. house_dossier_status(path, trust): the exit
 *  status of stemma-verify on it with the anchors in the house's folder ${trust}; what it says of a dossier that does not hold
 *  goes to stderr. */
int house_dossier(const char *batch, struct dossier_file *ret, struct err *e);
const char *house_dossier_keep(const struct dossier_file *d, const char *name);
int house_dossier_status(const char *path, const char *trust);

/** house_run(ret_text, program, ...): a program of the house's bin folder, or one by its path; its words up to NULL; its exit
 *  status. ${ret_text}: what it printed, NULL: not wanted. Static buffer. */
int house_run(const char **ret_text, const char *program, ...);

/** house_job_start(out): the demo's main job again, beside, its words in ${out}/said; its process. house_job_wait(out,
 *  words): until it has said them. house_job_end(pid): until it has ended; its exit status. */
pid_t house_job_start(const char *out);
void house_job_wait(const char *out, const char *words);
int house_job_end(pid_t pid);

/** house_dossier_holds(batch): the auditor has its dossier made, and the verifier takes it; else its words are printed. */
bool house_dossier_holds(const char *batch);
