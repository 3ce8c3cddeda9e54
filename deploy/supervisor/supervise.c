#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "output.h"
#include "program.h"
#include "status.h"

#define STEADY_MS 10000      /* one that ran this long is forgiven its earlier failures */
#define STATUS_EVERY_MS 2000

struct house {
    const struct plan *plan;
    struct program programs[PLAN_PROGRAMS];
    int signal_fd;
    bool is_stopping, is_changed;
};

static int64_t now_ms(void)
{
    return clock_monotonic_us() / 1000;
}

static void move(struct house *h, struct program *p, enum program_state to)
{
    p->state = to;
    h->is_changed = true;
}

static void pause_program(struct house *h, struct program *p, int64_t now)
{
    if (now - p->since_ms > STEADY_MS)
        p->failures = 0;
    p->failures++;
    p->restarts++;
    int64_t ms = plan_backoff_ms(p->failures);
    p->since_ms = now;
    p->deadline_ms = now + ms;
    output_note(p->output, "starts again in %lld ms", (long long)ms);
    move(h, p, PROGRAM_PAUSING);
}

static void begin(struct house *h, struct program *p, int64_t now)
{
    struct err e = {0};
    if (program_begin(p, now, &e) == 0) {
        output_note(p->output, "process %d", (int)p->pid);
        h->is_changed = true;
        return;
    }
    output_note(p->output, "%s", e.text);
    pause_program(h, p, now);
}

static void start_what_may(struct house *h, int64_t now)
{
    bool is_ready[PLAN_PROGRAMS];
    for (size_t i = 0; i < h->plan->count; i++)
        is_ready[i] = h->programs[i].state == PROGRAM_READY;
    for (size_t i = 0; i < h->plan->count; i++) {
        struct program *p = &h->programs[i];
        if (p->state == PROGRAM_WAITING && plan_may_start(h->plan, i, is_ready))
            begin(h, p, now);
        else if (p->state == PROGRAM_PAUSING && now >= p->deadline_ms)
            begin(h, p, now);
    }
}

static void stop_what_may(struct house *h, int64_t now)
{
    bool is_gone[PLAN_PROGRAMS];
    for (size_t i = 0; i < h->plan->count; i++)
        is_gone[i] = h->programs[i].state == PROGRAM_GONE;
    for (size_t i = 0; i < h->plan->count; i++) {
        struct program *p = &h->programs[i];
        if (p->pid == 0 && p->state != PROGRAM_GONE) {
            p->deadline_ms = 0;
            move(h, p, PROGRAM_GONE);
        } else if (p->pid != 0 && p->state != PROGRAM_STOPPING && plan_may_stop(h->plan, i, is_gone)) {
            program_signal(p, SIGTERM);
            p->deadline_ms = now + p->plan->stop_ms;
            move(h, p, PROGRAM_STOPPING);
        }
    }
}

/* Too slow to get ready, or to stop: KILL; the process's end is then handled like any other. */
static void kill_the_late(struct house *h, int64_t now)
{
    for (size_t i = 0; i < h->plan->count; i++) {
        struct program *p = &h->programs[i];
        bool is_timed = p->state == PROGRAM_STARTING || p->state == PROGRAM_STOPPING;
        if (!is_timed || p->is_killed || p->deadline_ms == 0 || now < p->deadline_ms)
            continue;
        output_note(p->output, "%s for too long: killed", program_state_name(p->state));
        program_signal(p, SIGKILL);
        p->is_killed = true;
    }
}

static void on_end(struct house *h, struct program *p, int64_t now)
{
    char how[64];
    program_collect(p, how, sizeof how);
    output_note(p->output, "%s", how);
    if (h->is_stopping)
        move(h, p, PROGRAM_GONE);
    else
        pause_program(h, p, now);
}

static void on_signal(struct house *h)
{
    struct signalfd_siginfo info;
    if (read(h->signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    if (info.ssi_signo != SIGHUP) {
        h->is_stopping = true;
        return;
    }
    for (size_t i = 0; i < h->plan->count; i++)
        program_signal(&h->programs[i], SIGHUP);
}

static int timeout_ms(const struct house *h, int64_t now)
{
    int64_t least = STATUS_EVERY_MS;
    for (size_t i = 0; i < h->plan->count; i++) {
        const struct program *p = &h->programs[i];
        if (p->deadline_ms == 0 || p->is_killed || p->state == PROGRAM_READY)
            continue;
        int64_t left = p->deadline_ms > now ? p->deadline_ms - now : 0;
        least = left < least ? left : least;
    }
    return (int)least;
}

static void on_program(struct house *h, struct program *p, const struct pollfd fds[3], int64_t now)
{
    if (fds[0].revents != 0 && !program_read_output(p)) {
        close(p->output_fd);
        p->output_fd = -1;
    }
    if (fds[1].revents != 0 && program_read_ready(p) && p->state == PROGRAM_STARTING) {
        output_note(p->output, "ready after %lld ms", (long long)(now - p->since_ms));
        p->deadline_ms = 0;
        move(h, p, PROGRAM_READY);
    }
    if (fds[2].revents != 0)
        on_end(h, p, now);
}

static void wait_and_handle(struct house *h)
{
    struct pollfd fds[1 + 3 * PLAN_PROGRAMS];
    size_t n = h->plan->count;
    fds[0] = (struct pollfd){h->signal_fd, POLLIN, 0};
    for (size_t i = 0; i < n; i++) {
        const struct program *p = &h->programs[i];
        fds[1 + 3 * i] = (struct pollfd){p->output_fd, POLLIN, 0};
        fds[2 + 3 * i] = (struct pollfd){p->ready_fd, POLLIN, 0};
        fds[3 + 3 * i] = (struct pollfd){p->pid_fd, POLLIN, 0};
    }
    if (poll(fds, (nfds_t)(1 + 3 * n), timeout_ms(h, now_ms())) < 0)
        return;
    int64_t now = now_ms();
    if (fds[0].revents != 0)
        on_signal(h);
    for (size_t i = 0; i < n; i++)
        on_program(h, &h->programs[i], &fds[1 + 3 * i], now);
}

static bool is_all_gone(const struct house *h)
{
    for (size_t i = 0; i < h->plan->count; i++)
        if (h->programs[i].state != PROGRAM_GONE)
            return false;
    return true;
}

static void loop(struct house *h)
{
    int64_t written = 0;
    while (!(h->is_stopping && is_all_gone(h))) {
        int64_t now = now_ms();
        if (h->is_stopping)
            stop_what_may(h, now);
        else
            start_what_may(h, now);
        kill_the_late(h, now);
        if (h->is_changed || now - written >= STATUS_EVERY_MS) {
            status_write(h->plan->run_folder, h->programs, h->plan->count, now);
            h->is_changed = false;
            written = now;
        }
        if (!(h->is_stopping && is_all_gone(h)))
            wait_and_handle(h);
    }
    status_write(h->plan->run_folder, h->programs, h->plan->count, now_ms());
}

static int folders_make(const struct plan *plan, struct err *e)
{
    if ((mkdir(plan->run_folder, 0750) != 0 && errno != EEXIST) || (mkdir(plan->log_folder, 0750) != 0 && errno != EEXIST))
        return err_fault(e, "folders %s, %s: %s", plan->run_folder, plan->log_folder, strerror(errno));
    return 0;
}

static int house_open(struct house *h, struct err *e)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    h->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (h->signal_fd < 0)
        return err_fault(e, "signalfd: %s", strerror(errno));
    for (size_t i = 0; i < h->plan->count; i++) {
        struct program *p = &h->programs[i];
        *p = (struct program){.plan = &h->plan->programs[i], .pid_fd = -1, .ready_fd = -1, .output_fd = -1,
                              .since_ms = now_ms()};
        p->output = output_new(h->plan->log_folder, p->plan->name);
        if (p->output == NULL)
            return err_fault(e, "log of %s: %s", p->plan->name, strerror(errno));
    }
    return 0;
}

int supervise_run(const struct plan *plan, struct err *e)
{
    struct house h = {.plan = plan, .signal_fd = -1};
    int r = folders_make(plan, e);
    if (r == 0)
        r = status_lock(plan->run_folder, e);
    if (r == 0)
        r = house_open(&h, e);
    if (r == 0)
        loop(&h);
    for (size_t i = 0; i < plan->count; i++)
        output_free(h.programs[i].output);
    if (h.signal_fd >= 0)
        close(h.signal_fd);
    return r;
}
