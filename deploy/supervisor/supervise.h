/*
 * The loop: starts each program when those it comes after are ready, starts again what ended (pausing longer each time),
 * and on TERM stops all, last started first. HUP goes to every program. Refuses to run twice on one folder.
 */
#pragma once
#include "base/error.h"
#include "plan.h"

/** supervise_run(plan, e): run ${plan} until TERM or INT has come and every program is gone. Returns 0, ERR_EXISTS when a
 *  supervisor already runs on the plan's folder, or a fault. Programs that fail never end it. */
int supervise_run(const struct plan *plan, struct err *e);
