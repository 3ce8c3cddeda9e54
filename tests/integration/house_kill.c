/* A service that is killed in the middle of the work loses nothing that was acknowledged, and doubles nothing. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house_support.h"
#include "support/house.h"

#define ACKNOWLEDGED_MAX 20000

struct acknowledged {
    char stream[33], leaf[65];
};

static struct acknowledged said[ACKNOWLEDGED_MAX];
static size_t said_count;

/* One donor after another, each a stream of its own: session, signer and source all take part in each. */
static void register_one(int run)
{
    struct err e;
    struct receipt receipt;
    struct donor_register in;
    struct house_person *clara = house_login("U-CLARA");   /* whom the job needs at its beginning only */
    struct acknowledged *a = &said[said_count];
    snprintf(a->stream, sizeof a->stream, "D-KILL%05d%06zu", run % 100000, said_count);
    record_init(&record_donor_register, &in);
    in.donor_id = a->stream;
    in.tissue = "marrow";
    in.use = "allogeneic";
    in.subject = "donor";
    desk_patience(clara->desk, 60000);
    int code = desk_act(clara->desk, house_arena(), "source.donor_register", &in, house_secret(clara), &receipt, &e);
    if (code != 0)
        fail_msg("%s: %s %s", a->stream, err_row(code)->code, e.text);
    snprintf(a->leaf, sizeof a->leaf, "%s", receipt.leaf);
    said_count++;
}

/* Kills every service once, each when the one before is back and something was acknowledged since, told by a byte. */
static void kill_all(int acknowledged)
{
    const char *names[32];
    char told[1024];
    size_t n = house_names(names, 32);
    for (size_t i = 0; i < n; i++) {
        usleep(400000);
        while (read(acknowledged, told, sizeof told) <= 0)
            usleep(20000);
        pid_t pid = house_pid(names[i]);
        assert_true(pid > 0);
        kill(pid, SIGKILL);
        house_wait_ready(names[i], pid);
    }
}

static void check_acknowledged(void)
{
    struct err e;
    struct house_person *ruth = house_login("U-RUTH");
    for (size_t i = 0; i < said_count; i++) {
        struct entry_list in;
        struct entry_rows out;
        record_init(&record_entry_list, &in);
        in.stream = said[i].stream;
        if (desk_call(ruth->desk, house_arena(), "audit.entries", &in, &out, &e) != 0)
            fail_msg("%s: %s", in.stream, e.text);
        assert_int_equal(out.entries.count, 1);   /* neither lost nor doubled */
        assert_string_equal(LIST_AT(out.entries, struct entry_row, 0)->leaf, said[i].leaf);
    }
}

static void check_record(void)
{
    assert_int_equal(house_verify(true)->holds, 1);
}

CASE(kill_9_of_each_service_under_load_loses_and_doubles_nothing)
{
    char out[] = "/tmp/stemma-job-XXXXXX";
    assert_non_null(mkdtemp(out));
    int run = (int)getpid();
    pid_t job = house_job_start(out);
    house_job_wait(out, "material lots received");
    int told[2];
    assert_int_equal(pipe2(told, O_NONBLOCK), 0);
    pid_t killer = fork();
    if (killer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        kill_all(told[0]);
        _exit(0);
    }
    int result = 0;
    while (said_count < ACKNOWLEDGED_MAX && waitpid(killer, &result, WNOHANG) == 0) {
        register_one(run);
        if (write(told[1], "a", 1) < 0)
            continue;   /* full: enough has been told */
    }
    assert_int_equal(result, 0);
    print_message("%zu donors acknowledged while every service was killed once\n", said_count);
    assert_true(said_count > 10);
    assert_int_equal(house_job_end(job), 0);   /* nine more batches, in spite of it */
    check_acknowledged();
    check_record();
    pid_t rm = fork();
    if (rm == 0) {
        execlp("rm", "rm", "-rf", out, (char *)NULL);
        _exit(127);
    }
    waitpid(rm, NULL, 0);
}
