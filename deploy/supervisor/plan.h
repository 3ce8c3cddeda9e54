/*
 * What to run, from one INI file: folders, programs, and which program needs which others ready before it starts.
 * Refuses a file with an unknown key, a program without a command, an unknown or circular `after`. Starts nothing.
 *
 *   [supervisor]
 *   run = var/demo/run            lock and status file
 *   log = var/demo/log            one file a program, and all.log with the program's name before each line
 *   [batch]
 *   command = bin/stemma-batch --config etc/batch.ini      words are split at blanks; there is no shell
 *   after = access signer
 *   ready = notice                notice: writes READY to the descriptor in $STEMMA_READY_FD; start: ready when started
 *   ready_ms = 15000              longest wait for the notice, then it is killed and started again
 *   stop_ms = 10000               longest wait after TERM, then KILL
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define PLAN_PROGRAMS 64
#define PLAN_WORDS 32

struct plan_program {
    const char *name;
    const char *words[PLAN_WORDS + 1];   /* command, NULL-ended */
    const char *after_text;
    size_t after[PLAN_PROGRAMS];         /* indexes into the plan */
    size_t after_count;
    bool has_notice;
    int64_t ready_ms, stop_ms;
};

struct plan {
    struct arena *arena;
    const char *run_folder, *log_folder;
    struct plan_program programs[PLAN_PROGRAMS];
    size_t count;
};

/** plan_read(a, path, ret, e): the plan in the file ${path}; strings live in ${a}. Returns 0 or a fault that names the line
 *  or program and what is wrong with it. */
int plan_read(struct arena *a, const char *path, struct plan *ret, struct err *e);

/** plan_parse(a, text, ret, e): the same from a string. */
int plan_parse(struct arena *a, const char *text, struct plan *ret, struct err *e);

/** plan_may_start(p, i, is_ready): whether all that program ${i} comes after are ready (${is_ready}[index]). */
bool plan_may_start(const struct plan *p, size_t i, const bool is_ready[]);

/** plan_may_stop(p, i, is_gone): whether all that come after program ${i} are gone (${is_gone}[index]). */
bool plan_may_stop(const struct plan *p, size_t i, const bool is_gone[]);

/** plan_backoff_ms(failures): pause before the next start after so many failures in a row: 100 ms doubling to 10 s. */
int64_t plan_backoff_ms(unsigned failures);
