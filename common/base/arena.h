/*
 * Memory of one request: everything a request builds comes from its arena and ends with it. Running out of memory, or
 * over the arena's cap, stops the program: its transaction was not committed, so nothing is half done.
 */
#pragma once
#include <stddef.h>

struct arena;

/** arena_new(cap): a fresh arena that refuses to grow over ${cap} bytes (0: 64 MiB). Caller frees with arena_free. */
struct arena *arena_new(size_t cap);

/** arena_free(a): give all memory back; NULL is fine. Always returns NULL. */
struct arena *arena_free(struct arena *a);

/** arena_reset(a): forget everything allocated, keep the first block for the next request. */
void arena_reset(struct arena *a);

/** arena_alloc(a, size): ${size} zeroed bytes, aligned for any type, living as long as ${a}. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/** arena_dup(a, data, len): a copy of ${len} bytes with a NUL added behind them, in ${a}. */
char *arena_dup(struct arena *a, const void *data, size_t len);

/** arena_text(a, s): a copy of the string ${s} in ${a}; NULL gives NULL. */
char *arena_text(struct arena *a, const char *s);

/** arena_printf(a, format, ...): a formatted string in ${a}. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))
