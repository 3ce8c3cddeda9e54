#include "audit_job.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_check.h"
#include "audit_replay.h"
#include "audit_signed.h"
#include "base/clock.h"
#include "db/rehash_source.h"
#include "file/file.h"

#define REPORT_MAX ((size_t)4 << 20)
#define TELL_US 500000
#define ENDING_US 50000               /* between the last report of a job and its end: so often is looked, */
#define ENDING_TRIES 60               /* and at most three seconds */
#define REPORT "report"               /* of the last run */
#define UNFINISHED "unfinished"       /* of a verification that a replay came between: it is gone on with later */

extern char **environ;

static const char *path_of(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", audit_config.memory, name);
}

int audit_job_lock(int *ret_fd, struct err *e)
{
    struct arena *a = arena_new(0);
    const char *path = path_of(a, "lock");
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600), code = 0;   /* no O_CLOEXEC: the job inherits it */
    if (fd < 0)
        code = err_fault(e, "cannot open %s: %s", path, strerror(errno));
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        code = err_raise(e, ERR_BUSY, "", "", "the record is being verified already");
    arena_free(a);
    if (code != 0 && fd >= 0)
        close(fd);
    *ret_fd = code == 0 ? fd : -1;
    return code;
}

static int read_from(struct arena *a, const char *name, struct audit_report *ret, struct err *e)
{
    struct bytes file;
    int code = file_read(a, path_of(a, name), REPORT_MAX, &file, e);
    return code != 0 ? code
                     : record_from_json(a, &record_audit_report, (const char *)file.data, file.len, RECORD_REPLY, ret, e);
}

static int read_report(struct arena *a, struct audit_report *ret, struct err *e)
{
    return read_from(a, REPORT, ret, e);
}

static int write_report(const struct audit_report *report, struct err *e)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    record_to_json(&b, &record_audit_report, report, RECORD_REPLY);
    int code = file_replace(path_of(a, REPORT), (struct bytes){(const uint8_t *)b.text, b.len}, 0600, e);
    arena_free(a);
    return code;
}

static void begin_report(struct audit_report *ret, const char *scope)
{
    record_init(&record_audit_report, ret);
    ret->holds = 1;
    ret->scope = scope;
    ret->state = "running";
    ret->began_at = clock_ms();
    ret->entries = ret->acts = ret->streams = ret->tree_size = 0;
}

static bool is_whole(const struct audit_report *r)
{
    return strcmp(r->scope, "whole") == 0;
}

static bool is_open(const struct audit_report *r)
{
    return is_whole(r) && strcmp(r->state, "done") != 0;
}

/* The verification that was broken off, and the file that has it; NULL: there is none. */
static int find_open(struct arena *a, struct audit_report *ret, const char **ret_name, struct err *e)
{
    static const char *const names[] = {REPORT, UNFINISHED};
    int code = 0;
    *ret_name = NULL;
    for (size_t i = 0; code >= 0 && *ret_name == NULL && i < sizeof names / sizeof names[0]; i++) {
        code = read_from(a, names[i], ret, e);
        if (code == 0 && is_open(ret))
            *ret_name = names[i];
    }
    return code < 0 ? code : 0;
}

int audit_job_prepare(struct arena *a, bool all, bool whole, struct err *e)
{
    struct audit_report report;
    const char *found = NULL;
    int code = all && whole ? 0 : find_open(a, &report, &found, e);
    if (code != 0)
        return code;
    if (!whole && found != NULL && strcmp(found, REPORT) == 0 && rename(path_of(a, REPORT), path_of(a, UNFINISHED)) != 0)
        return err_fault(e, "the unfinished report cannot be kept: %s", strerror(errno));
    if (whole)
        unlink(path_of(a, UNFINISHED));
    if (found == NULL || !whole)
        begin_report(&report, whole ? "whole" : "projections");
    else
        report.holds = report.faults.count == 0;      /* that the last run was broken off is no fault of the record */
    report.state = "running";
    return write_report(&report, e);
}

/** Who is told, and when last. */
struct telling {
    const struct audit_job *job;
    int64_t last_us;
    bool is_copy;                     /* its report is not the live record's */
};

static void tell(void *ctx, const struct audit_report *report)
{
    struct telling *t = ctx;
    struct err e;
    if (clock_monotonic_us() - t->last_us < TELL_US)
        return;
    t->last_us = clock_monotonic_us();
    if (!t->is_copy && write_report(report, &e) != 0)
        service_log("error", "verify: %s", e.text);
    if (t->job->tell != NULL)
        t->job->tell(report);
}

static int check_record(struct arena *a, const struct audit_job *job, struct telling *telling, struct audit_report *report,
                        struct err *e)
{
    const struct audit_trust trust = {audit_config.common.origin, service_cms_trust(), audit_config.trust};
    struct audit_task task = {.resumes = report->read_to != NULL, .scope = report->scope, .entries_max = job->entries_max,
                              .tell = tell, .ctx = telling};
    struct list notes = {0};          /* audit_check begins its report anew */
    const struct statement_table tables[] = {audit_check_statements, rehash_source_statements};
    struct db *db = NULL;
    int code = telling->is_copy ? 0 : audit_signed_ask(a, &notes, &task.signed_trees, &task.signed_count, e);
    if (code == 0)
        code = db_open(audit_config.common.database, "audit verify", tables, 2, &db, e);
    if (code == 0)
        code = audit_check_begin(db, e);
    if (code == 0)
        code = audit_check(db, a, &trust, &task, report, e);
    for (size_t i = 0; i < notes.count; i++)
        audit_note_add(a, report, TEXTS_AT(notes, i));
    db_close(db);
    return code;
}

static int check_projections(struct arena *a, struct telling *telling, struct audit_report *report, struct err *e)
{
    if (audit_config.sql[0] == '\0')
        return err_fault(e, "projections: no folder `sql` is set");
    report->state = "running";
    int code = audit_replay(a, report, tell, telling, e);
    if (code != 0 && report->holds != 1) {      /* statements that cannot be read are named already */
        audit_note_add(a, report, arena_printf(a, "projections: %.300s", e->text));
        code = 0;
    }
    if (code == 0)
        report->state = "done";
    return code;
}

int audit_job_run(struct arena *a, const struct audit_job *job, struct audit_report *ret, struct err *e)
{
    struct err ignored;
    int code = read_report(a, ret, e);
    if (code != 0)
        return code;
    struct telling telling = {job, clock_monotonic_us(), false};
    ret->notes = (struct list){0};
    if (is_whole(ret))
        code = check_record(a, job, &telling, ret, e);
    if (code == 0 && strcmp(ret->state, "unfinished") != 0)
        code = check_projections(a, &telling, ret, e);
    if (code != 0) {
        ret->holds = 0;
        ret->state = "unfinished";
        audit_note_add(a, ret, arena_printf(a, "broken off: %.300s", e->text));
    }
    ret->ended_at = clock_ms();
    return write_report(ret, code == 0 ? e : &ignored) != 0 ? ERR_FAULT : code;
}

int audit_job_copy(struct arena *a, const struct audit_job *job, struct audit_report *ret, struct err *e)
{
    struct telling telling = {job, clock_monotonic_us(), true};
    begin_report(ret, "copy");
    int code = check_record(a, job, &telling, ret, e);
    if (code == 0)
        code = check_projections(a, &telling, ret, e);
    ret->ended_at = clock_ms();
    return code;
}

int audit_job_state(struct arena *a, struct audit_report *ret, struct err *e)
{
    int fd, code = read_report(a, ret, e);
    if (code == ERR_NOT_FOUND)
        return err_raise(e, ERR_NOT_FOUND, "", "", "the record was never verified here");
    if (code != 0 || strcmp(ret->state, "running") != 0)
        return code;
    if (audit_job_lock(&fd, e) == 0) {
        close(fd);
        code = read_report(a, ret, e);     /* its last word may have come meanwhile */
        if (code == 0 && strcmp(ret->state, "running") == 0)
            ret->state = "unfinished";
    }
    return code;
}

static int spawn(struct arena *a, int lock, pid_t *ret_pid, struct err *e)
{
    char *const args[] = {arena_text(a, "stemma-audit"), arena_text(a, "verify"), arena_text(a, "--config"),
                          arena_text(a, audit_config_path), arena_text(a, "--lock-fd"), arena_printf(a, "%d", lock),
                          arena_text(a, "--quiet"), NULL};
    int r = posix_spawn(ret_pid, "/proc/self/exe", NULL, NULL, args, environ);
    return r == 0 ? 0 : err_fault(e, "the verification cannot be started: %s", strerror(r));
}

int audit_job_start(struct arena *a, bool all, bool whole, struct audit_report *ret, struct err *e)
{
    static pid_t last;
    int lock;
    if (last > 0)
        waitpid(last, NULL, WNOHANG);
    int code = audit_job_lock(&lock, e);
    for (int tries = 0; code == ERR_BUSY; tries++) {
        code = audit_job_state(a, ret, e);
        if (code != 0 || strcmp(ret->state, "running") == 0 || tries == ENDING_TRIES)
            return code;
        usleep(ENDING_US);            /* its last word is said, its process ends now: that report is no answer to this order */
        code = audit_job_lock(&lock, e);
    }
    if (code == 0)
        code = audit_job_prepare(a, all, whole, e);
    if (code == 0)
        code = read_report(a, ret, e);
    if (code == 0)
        code = spawn(a, lock, &last, e);
    if (lock >= 0)
        close(lock);
    return code;
}
