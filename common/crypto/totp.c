#include "crypto/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RFC 4226 §5.3: four bytes of the MAC from where its last half byte points */
unsigned totp_code(const uint8_t *key, size_t len, int64_t step, int digits)
{
    static const unsigned modulus[] = {1000000, 10000000, 100000000};
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (8 * (7 - i)));
    if (HMAC(EVP_sha1(), key, (int)len, counter, sizeof counter, mac, &mac_len) == NULL || mac_len != 20)
        abort();   /* no memory: nothing can be judged */
    const uint8_t *at = mac + (mac[19] & 0x0f);
    unsigned code = (unsigned)(at[0] & 0x7f) << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3];
    OPENSSL_cleanse(mac, sizeof mac);
    return code % modulus[digits < 6 || digits > 8 ? 0 : digits - 6];
}

bool totp_find(const uint8_t *key, size_t len, const char *text, int64_t now_ms, int64_t *ret_step)
{
    int64_t now = now_ms / TOTP_STEP_MS;
    bool found = false;
    if (strlen(text) != TOTP_DIGITS || strspn(text, "0123456789") != TOTP_DIGITS)
        return false;
    for (int64_t step = now - 1; step <= now + 1; step++) {
        char code[16];
        snprintf(code, sizeof code, "%06u", totp_code(key, len, step, TOTP_DIGITS));
        if (CRYPTO_memcmp(code, text, TOTP_DIGITS) == 0) {
            *ret_step = step;
            found = true;
        }
        OPENSSL_cleanse(code, sizeof code);
    }
    return found;
}

const char *totp_base32(struct arena *a, const uint8_t *key, size_t len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buf b = buf_new(a);
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < len; i++) {
        held = held << 8 | key[i];
        for (bits += 8; bits >= 5; bits -= 5)
            buf_char(&b, alphabet[held >> (bits - 5) & 31]);
    }
    if (bits > 0)
        buf_char(&b, alphabet[held << (5 - bits) & 31]);
    return b.text;
}
