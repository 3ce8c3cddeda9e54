/* The walls of a running signer, seen from inside and by another process of the same user. Each is also tried without them,
 * so that what the machine forbids by itself proves nothing. */
#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define NOBODY 65534

struct probe {
    pid_t pid;
    int in, out;
    char said[1000];
};

static void listen_to(struct probe *p)
{
    size_t n = 0;
    while (strstr(p->said, "end\n") == NULL && n + 1 < sizeof p->said) {
        ssize_t got = read(p->out, p->said + n, sizeof p->said - 1 - n);
        if (got <= 0)
            fail_msg("the probe ended: %s", p->said);
        n += (size_t)got;
    }
}

static struct probe start(const char *walled)
{
    const struct rlimit some = {1 << 20, 1 << 20};
    struct probe p = {0};
    int in[2], out[2];
    assert_int_equal(pipe(in) | pipe(out), 0);
    p.pid = fork();
    if (p.pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        setrlimit(RLIMIT_CORE, &some);
        execl(STEMMA_PROBE, STEMMA_PROBE, walled, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    p.in = in[1];
    p.out = out[0];
    listen_to(&p);
    return p;
}

static void stop(struct probe *p)
{
    int status;
    kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    close(p->in);
    close(p->out);
}

#define BOTH                                                    \
    CLEANUP(stop) struct probe bare = start(NULL);              \
    CLEANUP(stop) struct probe walled = start("walled")

static bool says(const struct probe *p, const char *line) { return strstr(p->said, line) != NULL; }

/* 0, or why a process of the probe's user cannot open /proc/PID/${what} */
static int opened_by_a_neighbour(const struct probe *p, const char *what)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/%s", (int)p->pid, what);
        if (getuid() == 0 && (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
            _exit(255);
        _exit(open(path, O_RDONLY) >= 0 ? 0 : errno);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
    return WEXITSTATUS(status);
}

CASE(signer_dumps_no_core)
{
    BOTH;
    int status;
    assert_true(says(&bare, "core some\n") && says(&bare, "dumpable 1\n"));
    assert_true(says(&walled, "core none\n") && says(&walled, "dumpable 0\n"));
    kill(walled.pid, SIGABRT);
    assert_int_equal(waitpid(walled.pid, &status, 0), walled.pid);
    assert_true(WIFSIGNALED(status) && !WCOREDUMP(status));
}

CASE(signer_is_read_by_no_other_process_of_its_user)
{
    BOTH;
    assert_int_equal(opened_by_a_neighbour(&bare, "environ"), 0);
    static const char *const secret[] = {"environ", "maps", "mem", "auxv"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        assert_int_equal(opened_by_a_neighbour(&walled, secret[i]), EACCES);
}

CASE(signer_starts_no_program_and_reaches_out_to_nobody)
{
    BOTH;
    assert_true(says(&bare, "execve ENOENT\n") && says(&walled, "execve EPERM\n"));
    assert_true(says(&bare, "connect ECONNREFUSED\n") && says(&walled, "connect EPERM\n"));
    assert_true(says(&bare, "datagram done\n") && says(&walled, "datagram EPERM\n"));
    assert_true(says(&walled, "no_new_privs 1\n"));
}

CASE(signer_traces_and_reads_no_other_process)
{
    BOTH;
    assert_true(says(&bare, "process_vm_readv done\n") && says(&walled, "process_vm_readv EPERM\n"));
    assert_true(says(&bare, "ptrace ESRCH\n") && says(&walled, "ptrace EPERM\n"));
}
