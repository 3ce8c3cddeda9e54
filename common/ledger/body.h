/*
 * The body of a statement: one JSON object that can be read in one way only (format.md, "Statement", Body). The grammar
 * admits exactly one byte form of each value, so accepting a body is the same as re-emitting it and finding the same
 * bytes. Refuses everything else; it repairs nothing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

#define BODY_DEPTH 8             /* nested objects and arrays, the outer object being 1 */
#define BODY_INTEGER_MAX 9007199254740991LL   /* 2^53-1 */
#define BODY_KEY_MAX 40          /* characters of a key */

/** body_check(text, len, e): 0 if ${text} is a body: the object and the LF behind it, nothing else. Refusal
 *  ERR_BODY_MALFORMED names the byte offset. */
int body_check(const char *text, size_t len, struct err *e);

/** body_key_is_valid(key, len): `[a-z][a-z0-9_]{0,39}`. */
bool body_key_is_valid(const char *key, size_t len);

/** body_text_is_valid(text, len): may stand in a body as a string: UTF-8, NFC, no forbidden code point. */
bool body_text_is_valid(const char *text, size_t len);

/** body_put_text(b, text, len): append the string with its quotes and the two escapes. ${text} must be valid. */
void body_put_text(struct buf *b, const char *text, size_t len);
