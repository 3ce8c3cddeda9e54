/*
 * The log's public files by name (c2sp.org/tlog-tiles): `checkpoint`, `tile/<level>/<n>[.p/<width>]` and
 * `tile/entries/<n>[.p/<width>]`. A name has one spelling; what a name stands for never changes but for the checkpoint.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define LOG_TILE_WIDTH 256
#define LOG_LEVEL_MAX 63

enum log_file_kind { LOG_CHECKPOINT, LOG_HASHES, LOG_ENTRIES };

struct log_path {
    enum log_file_kind kind;
    unsigned level;              /* of hashes: each stands for 256^level leaves */
    uint64_t n;                  /* number of the tile in its level */
    unsigned width;              /* 1 to 256; fewer than 256: a partial tile */
};

/** log_path_parse(path, ret, e): ${path} without a slash before it. ERR_NOT_FOUND for what is no name, or another spelling
 *  of one. */
int log_path_parse(const char *path, struct log_path *ret, struct err *e);

/** log_path_text(a, p): the name, in ${a}. */
const char *log_path_text(struct arena *a, const struct log_path *p);

/** log_path_is_in(p, size): all of it is in the tree of ${size} leaves. */
bool log_path_is_in(const struct log_path *p, uint64_t size);
