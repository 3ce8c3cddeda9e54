/*
 * A closed loop of terminals: each has its own CURVE socket, sends one request, waits for the answer, sends the next.
 */
#pragma once
#include "append_lab.h"

enum load_kind { LOAD_OBSERVATIONS, LOAD_ACTS, LOAD_FIRST, LOAD_KIND_COUNT };

struct load_plan {
    enum load_kind kind;           /* LOAD_FIRST: one observation on every batch, then done */
    size_t terminals;
    int seconds;
    size_t acts_max;               /* signed before the clock starts */
};

struct load_result {
    size_t done, refused;
    double seconds;
    double p50_ms, p99_ms;
    double cpu_service, cpu_postgres, cpu_sequencer, cpu_client;   /* µs an event */
};

/** load_run(l, plan, ret, e): one measured run. */
int load_run(struct lab *l, const struct load_plan *plan, struct load_result *ret, struct err *e);
