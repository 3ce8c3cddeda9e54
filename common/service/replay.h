/*
 * Replay of a service's own statements, by the very handlers that it serves with: `stemma-x --replay CONFIG CONNINFO`
 * applies what comes on standard input to the projections in a scratch database. Nothing is decided, signed or appended,
 * nobody is served; statements were accepted when they were recorded. `stemma-audit replay` feeds one such process a
 * service, in the order of the log, and compares what comes out.
 *
 * In:  entry STREAM SEQ TIME_MS LENGTH, then the statement's bytes; as many as fit a group; then commit
 * Out: fault STREAM SEQ TEXT for each entry that could not be applied, then done COUNT
 */
#pragma once
#include "service/service.h"

/** replay_main(service, config, conninfo): settings from ${config}, but for the database. Returns the exit status when
 *  standard input ends. */
int replay_main(const struct service *service, const char *config, const char *conninfo);
