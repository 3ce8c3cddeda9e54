#include "house_support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/record.h"
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

static const struct audit_report *wait_for(const char *verb, const void *in)
{
    static struct audit_report report;
    struct err e;
    struct house_person *ruth = house_login("U-RUTH");
    int code = desk_call(ruth->desk, house_arena(), verb, in, &report, &e);
    for (int i = 0; code == 0 && strcmp(report.state, "running") == 0 && i < 3000; i++) {
        usleep(100000);
        code = desk_call(ruth->desk, house_arena(), "audit.verify_state", NULL, &report, &e);
    }
    if (code != 0)
        fail_msg("%s: %s", verb, e.text);
    int lock = open(arena_printf(house_arena(), "%s/audit/lock", house_dir()), O_RDWR | O_CLOEXEC);
    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_EX), 0);      /* the job has said its last word, and is gone when it lets go */
    close(lock);
    for (size_t i = 0; i < report.faults.count && i < 5; i++) {
        const struct audit_fault *f = LIST_AT(report.faults, struct audit_fault, i);
        print_message("%s %lld %s%s%s %s: %s\n", f->stream != NULL ? f->stream : "-", (long long)f->seq,
                      f->table != NULL ? f->table : "", f->table != NULL ? " " : "", f->key != NULL ? f->key : "", f->rule, f->text);
    }
    for (size_t i = 0; i < report.notes.count; i++)
        print_message("note: %s\n", TEXTS_AT(report.notes, i));
    return &report;
}

const struct audit_report *house_verify(bool all)
{
    const struct audit_order order = {.all = all};
    return wait_for("audit.verify", &order);
}

const struct audit_report *house_replay(void)
{
    return wait_for("audit.replay", NULL);
}

const struct audit_fault *house_fault(const struct audit_report *report, const char *stream, int64_t seq)
{
    for (size_t i = 0; i < report->faults.count; i++) {
        const struct audit_fault *f = LIST_AT(report->faults, struct audit_fault, i);
        if (f->stream != NULL && strcmp(f->stream, stream) == 0 && f->seq == seq)
            return f;
    }
    return NULL;
}

int house_dossier(const char *batch, struct dossier_file *ret, struct err *e)
{
    struct house_person *ruth = house_login("U-RUTH");
    struct dossier_request in;
    record_init(&record_dossier_request, &in);
    in.batch_id = batch;
    desk_timeout(ruth->desk, 120000);
    return desk_call(ruth->desk, house_arena(), "audit.dossier", &in, ret, e);
}

const char *house_dossier_keep(const struct dossier_file *d, const char *name)
{
    const char *path = arena_printf(house_arena(), "%s/%s", house_dir(), name);
    FILE *f = fopen(path, "wb");
    bool written = f != NULL && fwrite(d->file.data, 1, d->file.len, f) == d->file.len && fchmod(fileno(f), 0644) == 0;
    return f != NULL && fclose(f) == 0 && written ? path : NULL;
}

int house_dossier_status(const char *path, const char *trust)
{
    const char *said;
    int status = house_run(&said, "stemma-verify", path, "--trust", arena_printf(house_arena(), "%s/%s", house_dir(), trust), NULL);
    if (status != 0)
        fputs(said, stderr);
    return status;
}

int house_run(const char **ret_text, const char *program, ...)
{
    static char answer[1 << 20];
    char *words[32] = {0};
    int fds[2], n = 0, result = 0;
    size_t len = 0;
    va_list args;
    const char *path = strchr(program, '/') != NULL ? program : arena_printf(house_arena(), "%s/bin/%s", house_dir(), program);
    if (path != program) {
        /* as the house's user, who may be another: root's files would be nobody's to read there */
        words[0] = arena_text(house_arena(), "/bin/sh");
        words[1] = arena_text(house_arena(), "-c");
        words[2] = arena_text(house_arena(), "dir=/; . \"$0\"; as_house \"$@\"");
        words[3] = arena_printf(house_arena(), "%s/deploy/lib/user.sh", STEMMA_SOURCE);
        n = 4;
    }
    words[n++] = arena_text(house_arena(), path);
    va_start(args, program);
    for (const char *word; n < 31 && (word = va_arg(args, const char *)) != NULL;)
        words[n++] = arena_text(house_arena(), word);
    va_end(args);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);   /* servers that it starts must not hold it open */
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], 1);
        execv(words[0], words);
        _exit(127);
    }
    close(fds[1]);
    for (ssize_t got; (got = read(fds[0], answer + len, sizeof answer - 1 - len)) > 0;)
        len += (size_t)got;
    close(fds[0]);
    answer[len] = '\0';
    waitpid(pid, &result, 0);
    if (ret_text != NULL)
        *ret_text = answer;
    return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
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

bool house_dossier_holds(const char *batch)
{
    struct dossier_file d;
    struct err e;
    if (house_dossier(batch, &d, &e) != 0)
        fail_msg("%s", e.text);
    const char *path = house_dossier_keep(&d, "held.asice");
    assert_non_null(path);
    int status = house_dossier_status(path, "trust");
    unlink(path);
    return status == 0;
}
