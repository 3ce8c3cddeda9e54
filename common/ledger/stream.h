/*
 * Names in the record: stream ids and log origins (format.md, "Streams" and "Entry"). A stream is the life of one thing;
 * its id holds one hyphen at most, behind the letters that say what kind of thing it is, and never personal data.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define STREAM_MAX 32            /* characters of a stream id */
#define STREAM_SYS "SYS"         /* the log's own stream */

/** stream_is_valid(id, len): `[A-Z]{1,4}(-[A-Z0-9]{1,27})?`, at most STREAM_MAX characters. */
bool stream_is_valid(const char *id, size_t len);

/** stream_is_kind(id, letters): a valid id that starts with ${letters} and a hyphen: stream_is_kind("U-7", "U"). */
bool stream_is_kind(const char *id, const char *letters);

/** stream_origin_is_valid(origin, len): `[a-z0-9.-]+(/[a-z0-9.-]+)*`, the name of one log. */
bool stream_origin_is_valid(const char *origin, size_t len);
