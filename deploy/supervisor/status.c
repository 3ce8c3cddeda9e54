#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_BYTES 4096

static int lock_open(const char *folder, int flags)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/supervisor.lock", folder);
    return open(path, flags | O_RDWR | O_CLOEXEC, 0640);
}

int status_lock(const char *folder, struct err *e)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = lock_open(folder, O_CREAT);
    if (fd < 0)
        return err_fault(e, "%s: %s", folder, strerror(errno));
    if (fcntl(fd, F_SETLK, &whole) == 0)
        return 0;   /* the descriptor stays open: closing it would give the lock back */
    close(fd);
    return err_raise(e, ERR_EXISTS, "supervisor", NULL, "another supervisor runs on %s", folder);
}

pid_t status_holder(const char *folder)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = lock_open(folder, 0);
    if (fd < 0)
        return 0;
    int r = fcntl(fd, F_GETLK, &whole);
    close(fd);
    return r == 0 && whole.l_type != F_UNLCK ? whole.l_pid : 0;
}

void status_write(const char *folder, const struct program *programs, size_t count, int64_t now_ms)
{
    char path[PATH_BYTES], fresh[PATH_BYTES];
    snprintf(path, sizeof path, "%s/status", folder);
    snprintf(fresh, sizeof fresh, "%s/status.new", folder);
    FILE *f = fopen(fresh, "we");
    if (f == NULL)
        return;   /* status is for people; programs run on without it */
    for (size_t i = 0; i < count; i++)
        fprintf(f, "%-12s %-9s %7d %4u %8lld\n", programs[i].plan->name, program_state_name(programs[i].state),
                (int)programs[i].pid, programs[i].restarts, (long long)((now_ms - programs[i].since_ms) / 1000));
    if (fclose(f) == 0)
        rename(fresh, path);
}

int status_print(const char *folder)
{
    char path[PATH_BYTES], line[256], name[64], state[16];
    int result = 0;
    if (status_holder(folder) == 0) {
        puts("not running");
        return 3;
    }
    snprintf(path, sizeof path, "%s/status", folder);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 1;
    puts("program      state         pid runs  seconds");
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%63s %15s", name, state) == 2 && strcmp(state, "ready") != 0)
            result = 1;
        fputs(line, stdout);
    }
    fclose(f);
    return result;
}

static bool is_gone_within(int pid_fd, int64_t wait_ms)
{
    struct pollfd p = {.fd = pid_fd, .events = POLLIN};
    return poll(&p, 1, (int)wait_ms) == 1;
}

int status_stop(const char *folder, int64_t wait_ms, struct err *e)
{
    pid_t pid = status_holder(folder);
    if (pid == 0)
        return 0;
    int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pid_fd < 0)
        return errno == ESRCH ? 0 : err_fault(e, "supervisor %d: %s", (int)pid, strerror(errno));
    syscall(SYS_pidfd_send_signal, pid_fd, SIGTERM, NULL, 0);
    bool is_gone = is_gone_within(pid_fd, wait_ms);
    if (!is_gone) {
        syscall(SYS_pidfd_send_signal, pid_fd, SIGKILL, NULL, 0);
        is_gone = is_gone_within(pid_fd, 5000);
    }
    close(pid_fd);
    return is_gone ? 0 : err_fault(e, "supervisor %d does not end", (int)pid);
}
