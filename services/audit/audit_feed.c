#include "audit_feed.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_settings.h"

#define GROUP_MAX 500
#define PROGRAMS_MAX 16

struct program {
    char name[33];
    pid_t pid;
    FILE *in, *out;
};

struct audit_feed {
    struct arena *arena;
    const struct audit_scratch *scratch;
    audit_feed_fault *fault;
    void *ctx;
    const char *bin, *etc;            /* folders of this program, and of its settings */
    struct program program[PROGRAMS_MAX];
    size_t count;
    struct program *now;              /* who has been given what is not committed */
    size_t waiting;
};

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? "." : arena_dup(a, path, (size_t)(slash - path));
}

struct audit_feed *audit_feed_new(struct arena *a, const struct audit_scratch *scratch, audit_feed_fault *fault, void *ctx)
{
    struct audit_feed *f = ARENA_NEW(a, struct audit_feed);
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    *f = (struct audit_feed){.arena = a, .scratch = scratch, .fault = fault, .ctx = ctx, .bin = folder_of(a, self),
                             .etc = folder_of(a, audit_config_path)};
    signal(SIGPIPE, SIG_IGN);
    return f;
}

static int start(struct audit_feed *f, struct program *p, struct err *e)
{
    struct arena *a = f->arena;
    char *const words[] = {arena_printf(a, "%s/stemma-%s", f->bin, p->name), arena_text(a, "--replay"),
                           arena_printf(a, "%s/%s.ini", f->etc, p->name),
                           arena_text(a, audit_scratch_conninfo(a, f->scratch, p->name)), NULL};
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return err_fault(e, "no pipe for %s", words[0]);
    pid_t parent = getpid();
    p->pid = fork();
    if (p->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || dup2(to[0], 0) < 0 || dup2(from[1], 1) < 0)
            _exit(127);
        execv(words[0], words);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    p->in = fdopen(to[1], "w");
    p->out = fdopen(from[0], "r");
    return p->pid > 0 && p->in != NULL && p->out != NULL ? 0 : err_fault(e, "%s cannot be started", words[0]);
}

static int find(struct audit_feed *f, const char *type, struct program **ret, struct err *e)
{
    size_t len = strcspn(type, ".");
    for (size_t i = 0; i < f->count; i++)
        if (strlen(f->program[i].name) == len && strncmp(f->program[i].name, type, len) == 0) {
            *ret = &f->program[i];
            return 0;
        }
    if (f->count == PROGRAMS_MAX || len > 32 || strspn(type, "abcdefghijklmnopqrstuvwxyz") != len)
        return err_fault(e, "no service is called as in %.80s", type);
    struct program *p = *ret = &f->program[f->count++];
    *p = (struct program){.pid = 0};
    memcpy(p->name, type, len);
    return start(f, p, e);
}

static int commit(struct audit_feed *f, struct err *e)
{
    struct program *p = f->now;
    char line[600], stream[33];
    int64_t seq;
    int text;
    if (p == NULL || f->waiting == 0)
        return 0;
    f->waiting = 0;
    if (fputs("commit\n", p->in) < 0 || fflush(p->in) != 0)
        return err_fault(e, "stemma-%s ended while it replayed", p->name);
    while (fgets(line, sizeof line, p->out) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "done ", 5) == 0)
            return 0;
        if (sscanf(line, "fault %32s %" SCNd64 " %n", stream, &seq, &text) == 2)
            f->fault(f->ctx, stream, seq, line + text);
    }
    return err_fault(e, "stemma-%s ended while it replayed", p->name);
}

int audit_feed_entry(struct audit_feed *f, const struct audit_fed *x, struct err *e)
{
    struct program *p = NULL;
    int code = find(f, x->type, &p, e);
    if (code == 0 && (p != f->now || f->waiting == GROUP_MAX))
        code = commit(f, e);
    if (code != 0)
        return code;
    f->now = p;
    f->waiting++;
    fprintf(p->in, "entry %s %" PRId64 " %" PRId64 " %zu\n", x->stream, x->seq, x->time_ms, x->statement.len);
    if (fwrite(x->statement.data, 1, x->statement.len, p->in) != x->statement.len)
        return err_fault(e, "stemma-%s ended while it replayed", p->name);
    return 0;
}

int audit_feed_end(struct audit_feed *f, struct err *e)
{
    int code = commit(f, e);
    for (size_t i = 0; i < f->count; i++) {
        struct program *p = &f->program[i];
        if (p->in != NULL)
            fclose(p->in);
        if (p->out != NULL)
            fclose(p->out);
        if (p->pid > 0)
            waitpid(p->pid, NULL, 0);
    }
    f->count = 0;
    return code;
}
