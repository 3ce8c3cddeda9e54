/* The verification as a job: who orders one when another is just ending gets a new one; a report names a hundred faults and counts on. */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_check.h"
#include "audit_job.h"
#include "record/record.h"

static struct arena *a;
static struct err e;
static char folder[] = "/tmp/stemma-job-XXXXXX";

static void begin(void)
{
    a = arena_new(0);
    memset(folder + strlen(folder) - 6, 'X', 6);
    assert_non_null(mkdtemp(folder));
    audit_config.memory = folder;
}

static void end(void)
{
    static const char *const names[] = {"report", "unfinished", "lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(arena_printf(a, "%s/%s", folder, names[i]));
    assert_int_equal(rmdir(folder), 0);
    a = arena_free(a);
}

static void write_report(const char *state)
{
    struct audit_report r;
    record_init(&record_audit_report, &r);
    r.holds = 1;
    r.scope = "whole";
    r.state = state;
    r.entries = 77;
    r.acts = r.streams = r.tree_size = 0;
    struct buf b = buf_new(a);
    record_to_json(&b, &record_audit_report, &r, RECORD_REPLY);
    FILE *f = fopen(arena_printf(a, "%s/report", folder), "we");
    assert_non_null(f);
    assert_int_equal(fwrite(b.text, 1, b.len, f), b.len);
    assert_int_equal(fclose(f), 0);
}

/* somebody who holds the lock for ${us}, as a job that has said its last word and is about to end */
static pid_t holder(unsigned us)
{
    int ready[2], lock;
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = test_fork();
    if (pid == 0) {
        _exit(audit_job_lock(&lock, &e) != 0 || write(ready[1], &byte, 1) != 1 || usleep(us) != 0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

CASE(verify_ordered_while_another_ends_begins_anew)
{
    struct audit_report r;
    begin();
    write_report("done");
    pid_t pid = holder(400000);
    assert_int_equal(audit_job_start(a, false, true, &r, &e), 0);
    assert_string_equal(r.state, "running");
    assert_int_equal(r.entries, 0);                  /* not the 77 of the one before */
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    while (waitpid(-1, NULL, 0) > 0)                 /* the job itself: this program, which knows no such case */
        ;
    end();
}

CASE(verify_ordered_while_another_runs_shows_that_one)
{
    struct audit_report r;
    begin();
    write_report("running");
    pid_t pid = holder(60000000);
    assert_int_equal(audit_job_start(a, false, true, &r, &e), 0);
    assert_string_equal(r.state, "running");
    assert_int_equal(r.entries, 77);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    end();
}

CASE(verify_reports_a_hundred_faults_and_counts_the_others)
{
    struct audit_report r;
    a = arena_new(0);
    record_init(&record_audit_report, &r);
    r.holds = 1;
    for (int i = 0; i < 100; i++)
        audit_fault_add(a, &r, "B-1", i, "stmt", "one");
    assert_int_equal(r.faults.count, 100);
    assert_int_equal(r.more, INTEGER_ABSENT);
    for (int i = 100; i < 137; i++) {
        struct audit_fault *f = audit_fault_add(a, &r, "B-1", i, "stmt", "one more");
        audit_fault_row(a, f, "batch.batch", "B-1");         /* lost, but there to be written into */
    }
    assert_int_equal(r.faults.count, 100);
    assert_int_equal(r.more, 37);
    assert_int_equal(r.holds, 0);
    assert_int_equal(LIST_AT(r.faults, struct audit_fault, 99)->seq, 99);
    a = arena_free(a);
}
