/*
 * The record's texts are lines of fields with one space between them. This reads them strictly, field by field: no
 * second space, no sign, no leading zero, no upper-case hex, no missing last LF. A field that is not there or is
 * malformed leaves the cursor unusable; callers report the line and stop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/** A cursor over a text. `line` counts from 1 and names the place in refusals. */
struct line_reader {
    const char *at, *end;
    size_t line;
};

/** line_reader_of(text, len): a cursor at the beginning of ${text}. */
struct line_reader line_reader_of(const void *text, size_t len);

/** line_at_end(r): nothing is left. */
bool line_at_end(const struct line_reader *r);

/** line_take(r, literal): true, and behind it, if the text goes on with exactly ${literal}. */
bool line_take(struct line_reader *r, const char *literal);

/** line_word(r, ret): the characters up to the next space or LF, at least one. */
bool line_word(struct line_reader *r, struct bytes *ret);

/** line_number(r, ret): a decimal without leading zeros, at most 2^53-1. */
bool line_number(struct line_reader *r, int64_t *ret);

/** line_hash(r, ret): 64 lower-case hex digits. */
bool line_hash(struct line_reader *r, uint8_t ret[DIGEST_LEN]);

/** line_end(r): an LF. */
bool line_end(struct line_reader *r);
