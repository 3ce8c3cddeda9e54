#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

struct buf buf_new(struct arena *a)
{
    struct buf b = {a, NULL, 0, 256};
    b.text = arena_alloc(a, b.size);
    return b;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
    if (b->len + len + 1 > b->size) {
        size_t size = b->size * 2 > b->len + len + 1 ? b->size * 2 : b->len + len + 1;
        char *text = arena_alloc(b->arena, size);
        memcpy(text, b->text, b->len);
        b->text = text;
        b->size = size;
    }
    if (len > 0)
        memcpy(b->text + b->len, data, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void buf_put(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if ((size_t)n < sizeof small) {
        buf_add(b, small, (size_t)n);
    } else {
        char *big = arena_alloc(b->arena, (size_t)n + 1);
        vsnprintf(big, (size_t)n + 1, format, again);
        buf_add(b, big, (size_t)n);
    }
    va_end(again);
}

char *hex_of(const void *data, size_t len, char *ret)
{
    static const char digit[] = "0123456789abcdef";
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = digit[p[i] >> 4];
        ret[2 * i + 1] = digit[p[i] & 15];
    }
    ret[2 * len] = '\0';
    return ret;
}

int text_index(const char *const *words, const char *word, int absent)
{
    for (int i = 0; word != NULL && words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return absent;
}

char *hex_text(struct arena *a, const void *data, size_t len)
{
    return hex_of(data, len, arena_alloc(a, 2 * len + 1));
}

/* A digit's value and one, so that every other character is 0. */
static const uint8_t hex_value[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* Chains, proofs and whatever comes out of the database are mostly this: one look at the end tells whether all were digits,
 * for 0 less one has bits that no digit has. */
bool hex_to(const char *hex, size_t len, void *ret)
{
    const uint8_t *in = (const uint8_t *)hex;
    uint8_t *out = ret;
    unsigned all = 0;
    if (len % 2 != 0)
        return false;
    for (size_t i = 0; i < len / 2; i++) {
        unsigned high = hex_value[in[2 * i]] - 1U, low = hex_value[in[2 * i + 1]] - 1U;
        all |= high | low;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return all <= 0xf;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_of(struct arena *a, const void *data, size_t len)
{
    const uint8_t *p = data;
    char *out = arena_alloc(a, (len + 2) / 3 * 4 + 1), *o = out;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < len ? p[i + 2] : 0);
        *o++ = alphabet[v >> 18];
        *o++ = alphabet[v >> 12 & 63];
        *o++ = i + 1 < len ? alphabet[v >> 6 & 63] : '=';
        *o++ = i + 2 < len ? alphabet[v & 63] : '=';
    }
    return out;
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_to(struct arena *a, const char *text, size_t len, struct bytes *ret)
{
    if (len % 4 != 0)
        return false;
    size_t pad = len == 0 ? 0 : text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
    uint8_t *out = arena_alloc(a, len / 4 * 3 + 1), *o = out;
    for (size_t i = 0; i < len; i += 4) {
        size_t n = i + 4 == len ? 4 - pad : 4;
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k < n ? base64_digit(text[i + k]) : 0;
            if (d < 0)
                return false;
            v = v << 6 | (uint32_t)d;
        }
        if ((n == 3 && (v & 0xff) != 0) || (n == 2 && (v & 0xffff) != 0))
            return false;
        *o++ = (uint8_t)(v >> 16);
        if (n > 2)
            *o++ = (uint8_t)(v >> 8);
        if (n > 3)
            *o++ = (uint8_t)v;
    }
    *ret = (struct bytes){out, (size_t)(o - out)};
    return true;
}

bool text_is_utf8(const char *s, size_t len)
{
    const uint8_t *p = (const uint8_t *)s, *end = p + len;
    while (p < end) {
        if (*p < 0x80) {
            p++;
            continue;
        }
        int n = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
        if (*p < 0xc2 || *p > 0xf4 || end - p <= n)
            return false;
        uint32_t c = *p & (0x3fu >> n);
        for (int i = 1; i <= n; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return false;
            c = c << 6 | (p[i] & 0x3f);
        }
        if ((n == 2 && c < 0x800) || (n == 3 && (c < 0x10000 || c > 0x10ffff)) || (c >= 0xd800 && c <= 0xdfff))
            return false;
        p += n + 1;
    }
    return true;
}

bool text_same_secret(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t diff = 0;
    for (size_t i = 0; i < len; i++)
        diff |= (uint8_t)(x[i] ^ y[i]);
    return diff == 0;
}

void random_fill(void *ret, size_t len)
{
    uint8_t *p = ret;
    while (len > 0) {
        ssize_t n = getrandom(p, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            abort();
        p += n;
        len -= (size_t)n;
    }
}

void command_new(char ret[COMMAND_HEX])
{
    uint8_t id[16];
    int64_t ms = clock_ms();
    random_fill(id, sizeof id);
    for (int i = 0; i < 6; i++)
        id[i] = (uint8_t)(ms >> (40 - 8 * i));
    id[6] = (uint8_t)(0x70 | (id[6] & 15));
    id[8] = (uint8_t)(0x80 | (id[8] & 63));
    hex_of(id, sizeof id, ret);
}

bool command_is_valid(const char *s)
{
    uint8_t id[16];
    return s != NULL && strlen(s) == 32 && hex_to(s, 32, id) && id[6] >> 4 == 7 && id[8] >> 6 == 2;
}
