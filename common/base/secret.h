/*
 * Reading a secret from a person: a line of a descriptor that a script opened, or typed at the terminal without echo.
 * Never from an argument or the environment; never cut: what is too long is refused. The caller wipes what was read.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** secret_read(fd, prompt, ret, size, ret_len, e): one line from ${fd}, its LF dropped; ${fd} < 0 asks with ${prompt} at the
 *  terminal. At most ${size} bytes; of a longer line nothing is left for the next reader. ERR_FIELD_MISSING when there is
 *  none, ERR_FIELD_TOO_LONG.
 *  secret_read_new: a new one is asked for twice at the terminal. ERR_SECRET_WRONG when the two differ. */
int secret_read(int fd, const char *prompt, uint8_t *ret, size_t size, size_t *ret_len, struct err *e);
int secret_read_new(int fd, const char *prompt, uint8_t *ret, size_t size, size_t *ret_len, struct err *e);
