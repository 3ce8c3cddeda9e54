/*
 * Reading a new secret from a person: from a descriptor that a script opened, or twice from the terminal without echo.
 * Never from an argument or the environment.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** secret_read(fd, ret, size, ret_len, e): one line from ${fd}, its LF dropped; ${fd} < 0 asks at the terminal, twice.
 *  ERR_FIELD_MISSING when there is none, ERR_FIELD_TOO_LONG, ERR_SECRET_WRONG when the two differ. The caller wipes. */
int secret_read(int fd, uint8_t *ret, size_t size, size_t *ret_len, struct err *e);
