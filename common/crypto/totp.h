/*
 * One-time codes of a second factor: TOTP (RFC 6238) over HMAC-SHA-1 with steps of thirty seconds, as every authenticator
 * shows them. SHA-1 serves here for HOTP's truncated MAC alone (RFC 4226 §B); nothing of the record rests on it.
 */
#pragma once
#include "base/arena.h"
#include "base/text.h"

#define TOTP_KEY_LEN 20
#define TOTP_STEP_MS 30000
#define TOTP_DIGITS 6

/** totp_code(key, len, step, digits): the code of the ${step}th thirty seconds since 1970, of 6 to 8 ${digits}. */
unsigned totp_code(const uint8_t *key, size_t len, int64_t step, int digits);

/** totp_find(key, len, text, now_ms, ret_step): is ${text} (TOTP_DIGITS digits) the code of now, of the step before or of
 *  the one after (clocks differ)? Its step then; compared in constant time. */
bool totp_find(const uint8_t *key, size_t len, const char *text, int64_t now_ms, int64_t *ret_step);

/** totp_base32(a, key, len): the key as people type it into a device (RFC 4648 without padding), in ${a}. */
const char *totp_base32(struct arena *a, const uint8_t *key, size_t len);
