/*
 * SHA-256 and HMAC-SHA256, the only digests of the record (format.md); SHA-512 for its second tree. The algorithm is fetched once and the context is
 * kept (one a thread), for with short messages fetching costs more than hashing.
 */
#pragma once
#include "base/text.h"

struct digest;

/** digest_sha256(data, len, ret): SHA-256 of ${len} bytes. */
void digest_sha256(const void *data, size_t len, uint8_t ret[DIGEST_LEN]);

/** digest_sha256_two(a, a_len, b, b_len, ret): SHA-256 of ${a} followed by ${b} (leaf and node prefixes). */
void digest_sha256_two(const void *a, size_t a_len, const void *b, size_t b_len, uint8_t ret[DIGEST_LEN]);

/** digest_hex(data, len, ret): SHA-256 as 64 lower-case hex digits and a NUL. Returns ${ret}. */
char *digest_hex(const void *data, size_t len, char ret[DIGEST_HEX]);

/** digest_new(): an incremental SHA-256. Caller frees with digest_free. */
struct digest *digest_new(void);

/** digest_add(d, data, len): hash ${len} more bytes. */
void digest_add(struct digest *d, const void *data, size_t len);

/** digest_end(d, ret): the digest of everything added; ${d} is then empty and may be used again. */
void digest_end(struct digest *d, uint8_t ret[DIGEST_LEN]);

/** digest_free(d): NULL is fine. Always returns NULL. */
struct digest *digest_free(struct digest *d);

#define DIGEST_LONG_LEN 64

/** digest_sha512_two(a, a_len, b, b_len, ret): SHA-512 of ${a} followed by ${b}; for the second tree alone. */
void digest_sha512_two(const void *a, size_t a_len, const void *b, size_t b_len, uint8_t ret[DIGEST_LONG_LEN]);

/** digest_hmac(key, key_len, data, len, ret): HMAC-SHA256 (commitments of format.md). */
void digest_hmac(const void *key, size_t key_len, const void *data, size_t len, uint8_t ret[DIGEST_LEN]);
