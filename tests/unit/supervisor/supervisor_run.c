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

#include "plan.h"
#include "status.h"
#include "supervise.h"

/* A house of shell scripts in a folder of its own; the supervisor runs in a child of the test. */
struct scene {
    struct arena *arena;
    char folder[64], run[80];
    struct plan plan;
    pid_t supervisor;
};

static void script(const struct scene *s, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", s->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\ncd %s\n%s\n", s->folder, text);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
}

static void scene_new(struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_new(0);
    snprintf(s->folder, sizeof s->folder, "/tmp/stemma-supervisor-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->run, sizeof s->run, "%s/run", s->folder);
}

static void scene_start(struct scene *s, const char *programs)
{
    struct err e = {0};
    const char *text = arena_printf(s->arena, "[supervisor]\nrun = %s/run\nlog = %s/log\n%s", s->folder, s->folder, programs);
    assert_int_equal(plan_parse(s->arena, text, &s->plan, &e), 0);
    s->supervisor = fork();
    if (s->supervisor == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)   /* a failed case leaves nobody behind */
        _exit(supervise_run(&s->plan, &e) == 0 ? 0 : 1);
}

static bool has_text(const struct scene *s, const char *file, const char *wanted)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", s->folder, file);
    char *text = test_read(path, NULL);
    bool is_there = text != NULL && strstr(text, wanted) != NULL;
    free(text);
    return is_there;
}

static void wait_text(const struct scene *s, const char *file, const char *wanted)
{
    for (int i = 0; i < 2000; i++) {
        if (has_text(s, file, wanted))
            return;
        usleep(10000);
    }
    fail_msg("%s never said %s", file, wanted);
}

static void scene_end(struct scene *s, int number)
{
    int status;
    char command[128];
    kill(s->supervisor, number);
    assert_int_equal(waitpid(s->supervisor, &status, 0), s->supervisor);
    if (number == SIGTERM)
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    snprintf(command, sizeof command, "%s", s->folder);
    pid_t rm = fork();
    if (rm == 0) {
        execlp("rm", "rm", "-rf", command, (char *)NULL);
        _exit(127);
    }
    waitpid(rm, &status, 0);
    arena_free(s->arena);
}

static pid_t pid_in(const struct scene *s, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", s->folder, file);
    char *text = test_read(path, NULL);
    assert_non_null(text);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    free(text);
    return pid;
}

#define SLEEP_UNTIL_TERM "trap 'echo $0 >> ended; exit 0' TERM\nwhile :; do sleep 0.02; done"

CASE(supervisor_starts_in_order_and_stops_in_reverse)
{
    struct scene s;
    scene_new(&s);
    script(&s, "first", "sleep 0.2; echo first >> began; echo READY >&$STEMMA_READY_FD\n" SLEEP_UNTIL_TERM);
    script(&s, "second", "echo second >> began; echo READY >&$STEMMA_READY_FD\n" SLEEP_UNTIL_TERM);
    scene_start(&s, arena_printf(s.arena, "[second]\ncommand = %s/second\nafter = first\n[first]\ncommand = %s/first\n",
                                 s.folder, s.folder));
    wait_text(&s, "began", "first\nsecond\n");
    wait_text(&s, "run/status", "second       ready");
    assert_int_equal(status_holder(s.run), s.supervisor);
    kill(s.supervisor, SIGTERM);
    wait_text(&s, "ended", "/first");
    char *text = test_read(arena_printf(s.arena, "%s/ended", s.folder), NULL);
    assert_true(strstr(text, "/second") < strstr(text, "/first"));
    free(text);
    scene_end(&s, SIGTERM);
}

CASE(supervisor_starts_again_what_was_killed)
{
    struct scene s;
    scene_new(&s);
    script(&s, "one", "echo $$ > pid; echo up >> began; echo READY >&$STEMMA_READY_FD\n" SLEEP_UNTIL_TERM);
    scene_start(&s, arena_printf(s.arena, "[one]\ncommand = %s/one\n", s.folder));
    wait_text(&s, "run/status", "one          ready");
    kill(pid_in(&s, "pid"), SIGKILL);
    wait_text(&s, "began", "up\nup\n");
    wait_text(&s, "log/one.log", "ended by signal 9");
    wait_text(&s, "log/all.log", "one        | ");
    scene_end(&s, SIGTERM);
}

CASE(supervisor_kills_what_never_gets_ready)
{
    struct scene s;
    scene_new(&s);
    script(&s, "slow", "sleep 60");
    scene_start(&s, arena_printf(s.arena, "[slow]\ncommand = %s/slow\nready_ms = 100\n", s.folder));
    wait_text(&s, "log/slow.log", "starting for too long: killed");
    wait_text(&s, "log/slow.log", "starts again in 200 ms");
    scene_end(&s, SIGTERM);
}

CASE(supervisor_that_is_killed_leaves_nobody)
{
    struct scene s;
    scene_new(&s);
    script(&s, "one", "echo $$ > pid; echo READY >&$STEMMA_READY_FD\nexec sleep 600");
    scene_start(&s, arena_printf(s.arena, "[one]\ncommand = %s/one\n", s.folder));
    wait_text(&s, "run/status", "one          ready");
    pid_t one = pid_in(&s, "pid");
    kill(s.supervisor, SIGKILL);
    char stat_path[64];
    snprintf(stat_path, sizeof stat_path, "/proc/%d/stat", (int)one);
    bool is_gone = false;
    for (int i = 0; i < 500 && !is_gone; i++) {
        char *text = test_read(stat_path, NULL);
        is_gone = text == NULL || strstr(text, ") Z") != NULL || kill(one, 0) != 0;
        free(text);
        usleep(10000);
    }
    assert_true(is_gone);
    assert_int_equal(status_holder(s.run), 0);
    scene_end(&s, SIGKILL);
}

CASE(supervisor_refuses_a_second_on_the_same_folder)
{
    struct scene s;
    scene_new(&s);
    script(&s, "one", "echo READY >&$STEMMA_READY_FD\n" SLEEP_UNTIL_TERM);
    scene_start(&s, arena_printf(s.arena, "[one]\ncommand = %s/one\n", s.folder));
    wait_text(&s, "run/status", "one          ready");
    pid_t second = fork();
    struct err e = {0};
    if (second == 0)
        _exit(supervise_run(&s.plan, &e) == ERR_EXISTS ? 42 : 1);
    int status;
    waitpid(second, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 42);
    assert_int_equal(status_stop(s.run, 5000, &e), 0);
    scene_end(&s, SIGTERM);
}

CASE(supervisor_says_why_a_command_cannot_run)
{
    struct scene s;
    scene_new(&s);
    scene_start(&s, "[none]\ncommand = /nonexistent/program\n");
    wait_text(&s, "log/none.log", "No such file or directory");
    wait_text(&s, "log/none.log", "ended with 127");
    wait_text(&s, "run/status", "none         pausing");
    scene_end(&s, SIGTERM);
}
