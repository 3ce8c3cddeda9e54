/* A process that puts up the signer's walls, or does not, and says what it can do then. Built without sanitizers: under them
 * signer_harden leaves its process open for the leak check. For signer_walls.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "signer_harden.h"

#define NOBODY 65534

static void say(const char *what, long result)
{
    printf("%s %s\n", what, result >= 0 ? "done" : strerrorname_np(errno));
}

static long start_a_program(void)
{
    char *argv[] = {NULL}, *env[] = {NULL};
    return execve("/nonexistent", argv, env);
}

static long reach_out(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    long result = fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof to);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return result;
}

static long send_a_datagram(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd >= 0)
        close(fd);
    return fd;
}

static long look_into_another(void)
{
    char here[8] = "", there[8] = "";
    struct iovec to = {here, sizeof here}, from = {there, sizeof there};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static void be_nobody(void)
{
    if (getuid() != 0)
        return;
    if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        _exit(2);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);      /* the change of the user took it */
}

int main(int argc, char **argv)
{
    struct rlimit core;
    struct err e;
    bool is_locked;
    char go;
    (void)argv;
    be_nobody();
    if (argc > 1 && signer_harden(&is_locked, &e) != 0)
        return 2;
    getrlimit(RLIMIT_CORE, &core);
    printf("core %s\n", core.rlim_cur == 0 && core.rlim_max == 0 ? "none" : "some");
    printf("dumpable %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    say("execve", start_a_program());
    say("connect", reach_out());
    say("datagram", send_a_datagram());
    say("process_vm_readv", look_into_another());
    say("ptrace", ptrace(PTRACE_PEEKDATA, getpid(), NULL, NULL));
    puts("end");
    fflush(stdout);
    return read(0, &go, 1) < 0;
}
