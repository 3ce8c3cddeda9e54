/*
 * Settings of a service: an INI file read through a table of rows, so that `--describe settings` and the reader cannot
 * differ. A setting that is unknown, missing or mistyped stops the start and is named.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "service/service.h"

/** settings_common(): the rows that every service has, over struct settings; ${ret_count} their number. */
const struct setting *settings_common(size_t *ret_count);

/** settings_read(a, path, rows, count, config, e): fill ${config} (and its leading struct settings) from ${path}.
 *  Relative SETTING_PATH values are taken from the file's folder. Strings live in ${a}. ERR_FAULT naming file and line. */
int settings_read(struct arena *a, const char *path, const struct setting *rows, size_t count, void *config,
                  struct err *e);
