/*
 * Processor time of the house's processes, from /proc: user and system, in microseconds.
 */
#pragma once
#include "base/arena.h"

struct cpu {
    double service, postgres, sequencer, client;
};

/** cpu_read(house, ret): time used so far by service batch, PostgreSQL, sequencer of ${house}, and this program. */
void cpu_read(const char *house, struct cpu *ret);
