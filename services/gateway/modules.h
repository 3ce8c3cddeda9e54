/*
 * Which modules a page's module imports, read from its own text, so that no list of them is written by hand. Only what is imported at once:
 * import("…") waits until it is wanted. Pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define MODULE_PATH_MAX 100

/** modules_next(text, len, path, at, ret): from ${at} on, the next module that ${text}, served at ${path}, imports by an address beside it
 *  ("./…"), as a path; then *${at} is behind it. False when there is none. */
bool modules_next(const char *text, size_t len, const char *path, size_t *at, char ret[MODULE_PATH_MAX]);
