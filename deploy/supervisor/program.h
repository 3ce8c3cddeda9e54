/*
 * One program as a process: started, seen to be ready, seen to end. The process dies with the supervisor (parent death
 * signal), so a killed supervisor leaves nobody holding a port or a lock. Decides nothing: supervise.c does.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "output.h"
#include "plan.h"

enum program_state {
    PROGRAM_WAITING,     /* for those it comes after */
    PROGRAM_STARTING,    /* runs, has not said READY */
    PROGRAM_READY,
    PROGRAM_PAUSING,     /* ended; waits before the next start */
    PROGRAM_STOPPING,    /* has been sent TERM */
    PROGRAM_GONE,
    PROGRAM_STATE_COUNT
};

struct program {
    const struct plan_program *plan;
    struct output *output;
    enum program_state state;
    pid_t pid;                         /* 0: no process */
    int pid_fd, ready_fd, output_fd;   /* -1: none */
    unsigned failures, restarts;       /* in a row; ever */
    int64_t since_ms, deadline_ms;     /* monotonic; deadline 0: none */
    bool is_killed;
};

/** program_state_name(s): "waiting", "starting", "ready", "pausing", "stopping", "gone". */
const char *program_state_name(enum program_state s);

/** program_begin(p, now_ms, e): start the process; state becomes STARTING, or READY where no notice is awaited. Returns 0, or
 *  a fault when no process could be made. An unknown command shows as a process that ends with 127. */
int program_begin(struct program *p, int64_t now_ms, struct err *e);

/** program_signal(p, number): by process descriptor, so never to another process that got the same id. */
void program_signal(const struct program *p, int number);

/** program_read_output(p): move what the pipe holds to the log; false when the pipe has ended. */
bool program_read_output(struct program *p);

/** program_read_ready(p): whether a line READY has come; closes the descriptor when it came or can come no more. */
bool program_read_ready(struct program *p);

/** program_collect(p, ret_text, size): collect the ended process, close its descriptors, say in words how it ended. */
void program_collect(struct program *p, char *ret_text, size_t size);
