/*
 * Bytes and text: a growing buffer in an arena, hex, base64, UUIDv7, random bytes, cleanup at scope end.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define DIGEST_LEN 32            /* SHA-256 */
#define DIGEST_HEX 65            /* its hex and a NUL */
#define COMMAND_HEX 33           /* UUIDv7 without dashes and a NUL */

struct bytes {
    const uint8_t *data;         /* NULL: absent */
    size_t len;
};

/** A buffer that grows in its arena; always NUL-ended so that `text` reads as a string. */
struct buf {
    struct arena *arena;
    char *text;
    size_t len, size;
};

/** buf_new(a): an empty buffer living in ${a}. */
struct buf buf_new(struct arena *a);
/** buf_add(b, data, len), buf_put(b, s), buf_char(b, c), buf_printf: append bytes, a string, a character, formatted text. */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_put(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** hex_of(data, len, ret): lower-case hex and a NUL; ${ret} has 2·len+1 bytes. Returns ${ret}. */
char *hex_of(const void *data, size_t len, char *ret);
/** text_index(words, word, absent): which of ${words}, NULL behind the last, ${word} is; ${absent} when it is none of them, or NULL. */
int text_index(const char *const *words, const char *word, int absent);

/** hex_text(a, data, len): the same in arena ${a}. */
char *hex_text(struct arena *a, const void *data, size_t len);
/** hex_to(hex, len, ret): ${len} lower-case hex digits to len/2 bytes; false on any other character or odd ${len}. */
bool hex_to(const char *hex, size_t len, void *ret);

/** base64_of(a, data, len): standard alphabet with padding, one line, in ${a}. */
char *base64_of(struct arena *a, const void *data, size_t len);
/** base64_to(a, text, len, ret): strict decoding (padding needed, no white space, no stray bits); false otherwise. */
bool base64_to(struct arena *a, const char *text, size_t len, struct bytes *ret);

/** text_is_utf8(s, len): well-formed UTF-8 (no overlong form, surrogate, or code point above U+10FFFF). */
bool text_is_utf8(const char *s, size_t len);

/** text_same_secret(a, b, len): compare in constant time. */
bool text_same_secret(const void *a, const void *b, size_t len);

/** random_fill(ret, len): bytes from the kernel; stops the program if there are none. */
void random_fill(void *ret, size_t len);

/** command_new(ret): a fresh command id, UUIDv7 (RFC 9562 §5.7) as 32 hex digits. */
void command_new(char ret[COMMAND_HEX]);
/** command_is_valid(s): 32 lower-case hex digits with version 7 and variant 10. */
bool command_is_valid(const char *s);

/** Scope-exit: `CLEANUP(fn) type x` calls fn(&x) when x goes out of scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
