/*
 * What a running supervisor lets others know: a lock that names its process, and a status file that is replaced whole, one
 * line a program. A second supervisor on the same folder is refused; a killed one leaves a lock nobody holds.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "program.h"

/** status_lock(folder, e): take the folder's lock for this process's life. Returns 0, ERR_EXISTS while another holds it, or
 *  a fault. The lock ends with the process, however that ends. */
int status_lock(const char *folder, struct err *e);

/** status_holder(folder): the process that holds the folder's lock, or 0. */
pid_t status_holder(const char *folder);

/** status_write(folder, programs, count, now_ms): replace the status file: "<name> <state> <pid> <restarts> <seconds>". */
void status_write(const char *folder, const struct program *programs, size_t count, int64_t now_ms);

/** status_print(folder, plan): print it to standard output. Returns 0 when every program is ready, 1 when some are not, 3
 *  when no supervisor runs. */
int status_print(const char *folder);

/** status_stop(folder, wait_ms): ask the running supervisor to stop and wait until it is gone; after ${wait_ms} it is killed,
 *  and its programs with it. Returns 0 when nothing runs any more, a fault otherwise. */
int status_stop(const char *folder, int64_t wait_ms, struct err *e);
