#include "house_support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/house.h"
#include "support/test.h"

#define NAMES_MAX 32

struct line {
    char name[32], state[16];
    int pid;
};

static size_t status(struct line *ret, size_t max)
{
    char text[200];
    size_t n = 0;
    FILE *f = fopen(arena_printf(house_arena(), "%s/run/status", house_dir()), "r");
    assert_non_null(f);
    while (n < max && fgets(text, sizeof text, f) != NULL)
        if (sscanf(text, "%31s %15s %d", ret[n].name, ret[n].state, &ret[n].pid) == 3)
            n++;
    fclose(f);
    return n;
}

static bool find(const char *name, struct line *ret)
{
    struct line lines[NAMES_MAX];
    size_t n = status(lines, NAMES_MAX);
    for (size_t i = 0; i < n; i++)
        if (strcmp(lines[i].name, name) == 0) {
            *ret = lines[i];
            return true;
        }
    return false;
}

pid_t house_pid(const char *name)
{
    struct line line;
    return find(name, &line) ? line.pid : 0;
}

void house_wait_ready(const char *name, pid_t not)
{
    struct line line;
    for (int i = 0; i < 1200; i++) {
        if (find(name, &line) && strcmp(line.state, "ready") == 0 && line.pid != not)
            return;
        usleep(50000);
    }
    fail_msg("%s is not ready again", name);
}

size_t house_names(const char **ret, size_t max)
{
    static struct line lines[NAMES_MAX];
    size_t n = status(lines, max < NAMES_MAX ? max : NAMES_MAX);
    for (size_t i = 0; i < n; i++)
        ret[i] = lines[i].name;
    return n;
}

const char *house_sql(const char *sql)
{
    static char answer[65536];
    static const char script[] = ". \"$1/cluster/env\"; exec psql -X -q -A -t -v ON_ERROR_STOP=1 -c \"$2\"";
    int fds[2], result = 0;
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], 1);
        execlp("sh", "sh", "-c", script, "sh", house_dir(), sql, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    size_t len = 0;
    for (ssize_t n; (n = read(fds[0], answer + len, sizeof answer - 1 - len)) > 0;)
        len += (size_t)n;
    close(fds[0]);
    answer[len] = '\0';
    waitpid(pid, &result, 0);
    if (result != 0)
        fail_msg("SQL failed: %s", sql);
    answer[strcspn(answer, "\n")] = '\0';
    return answer;
}

pid_t house_job_start(const char *out)
{
    const char *h = house_dir();
    struct arena *a = house_arena();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);   /* a failed case leaves nobody behind */
    int fd = open(arena_printf(a, "%s/said", out), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || dup2(fd, 1) < 0)
        _exit(127);
    execl(arena_printf(a, "%s/bin/stemma-job", h), "stemma-job", "--terminals", arena_printf(a, "%s/terminals", h),
          "--secrets", arena_printf(a, "%s/secrets.txt", h), "--admin-secret", arena_printf(a, "%s/admin.secret", h), "--seed",
          arena_printf(a, "%s/share/sql/seed", h), "--scenario", arena_printf(a, "%s/share/scenario", h), "--out", out,
          (char *)NULL);
    _exit(127);
}

void house_job_wait(const char *out, const char *words)
{
    const char *path = arena_printf(house_arena(), "%s/said", out);
    for (int i = 0; i < 1200; i++) {
        char *text = test_read(path, NULL);
        bool is_said = text != NULL && strstr(text, words) != NULL;
        free(text);
        if (is_said)
            return;
        usleep(50000);
    }
    fail_msg("the job never said: %s", words);
}

int house_job_end(pid_t pid)
{
    int status_word = 0;
    waitpid(pid, &status_word, 0);
    return WIFEXITED(status_word) ? WEXITSTATUS(status_word) : 128 + WTERMSIG(status_word);
}
