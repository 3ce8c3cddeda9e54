#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_FD 3   /* one digit, so that a shell script can write to it too */

struct pipes {
    int ready[2], output[2];
};

const char *program_state_name(enum program_state s)
{
    static const char *const names[PROGRAM_STATE_COUNT] = {"waiting", "starting", "ready", "pausing", "stopping", "gone"};
    return names[s];
}

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *p)
{
    for (int i = 0; i < 2; i++) {
        fd_close(&p->ready[i]);
        fd_close(&p->output[i]);
    }
}

static bool pipes_open(struct pipes *ret)
{
    *ret = (struct pipes){{-1, -1}, {-1, -1}};
    if (pipe2(ret->ready, O_CLOEXEC) == 0 && pipe2(ret->output, O_CLOEXEC) == 0)
        return true;
    pipes_close(ret);
    return false;
}

/* In the child: own process group, so that a Ctrl-C at the demo's terminal reaches the supervisor alone. */
static void child_run(const struct plan_program *g, const struct pipes *p, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(126);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(p->output[1], 1) < 0 || dup2(p->output[1], 2) < 0)
        _exit(126);
    if (p->ready[1] == READY_FD ? fcntl(READY_FD, F_SETFD, 0) != 0 : dup2(p->ready[1], READY_FD) < 0)
        _exit(126);
    setenv("STEMMA_READY_FD", "3", 1);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *words[PLAN_WORDS + 1];
    memcpy(words, g->words, sizeof words);
    execvp(words[0], words);
    dprintf(2, "%s: %s\n", words[0], strerror(errno));
    _exit(127);
}

int program_begin(struct program *p, int64_t now_ms, struct err *e)
{
    struct pipes pipes;
    pid_t parent = getpid();
    if (!pipes_open(&pipes))
        return err_fault(e, "%s: no pipe: %s", p->plan->name, strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        child_run(p->plan, &pipes, parent);
    if (pid < 0) {
        pipes_close(&pipes);
        return err_fault(e, "%s: no process: %s", p->plan->name, strerror(errno));
    }
    p->pid = pid;
    p->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    p->ready_fd = pipes.ready[0];
    p->output_fd = pipes.output[0];
    fd_close(&pipes.ready[1]);
    fd_close(&pipes.output[1]);
    fcntl(p->ready_fd, F_SETFL, O_NONBLOCK);
    fcntl(p->output_fd, F_SETFL, O_NONBLOCK);
    p->since_ms = now_ms;
    p->is_killed = false;
    p->state = p->plan->has_notice ? PROGRAM_STARTING : PROGRAM_READY;
    p->deadline_ms = p->plan->has_notice ? now_ms + p->plan->ready_ms : 0;
    return 0;
}

void program_signal(const struct program *p, int number)
{
    if (p->pid_fd >= 0)
        syscall(SYS_pidfd_send_signal, p->pid_fd, number, NULL, 0);
}

bool program_read_output(struct program *p)
{
    char data[4096];
    for (int i = 0; i < 16; i++) {
        ssize_t n = read(p->output_fd, data, sizeof data);
        if (n > 0)
            output_add(p->output, data, (size_t)n);
        else
            return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
    return true;
}

bool program_read_ready(struct program *p)
{
    char data[64];
    ssize_t n = read(p->ready_fd, data, sizeof data - 1);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    fd_close(&p->ready_fd);
    return n >= 5 && memcmp(data, "READY", 5) == 0;
}

void program_collect(struct program *p, char *ret_text, size_t size)
{
    int status = 0;
    if (p->output_fd >= 0)
        program_read_output(p);
    if (waitpid(p->pid, &status, 0) < 0)
        snprintf(ret_text, size, "ended");
    else if (WIFSIGNALED(status))
        snprintf(ret_text, size, "ended by signal %d", WTERMSIG(status));
    else
        snprintf(ret_text, size, "ended with %d", WEXITSTATUS(status));
    fd_close(&p->pid_fd);
    fd_close(&p->ready_fd);
    fd_close(&p->output_fd);
    p->pid = 0;
}
