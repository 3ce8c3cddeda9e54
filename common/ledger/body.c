#include "ledger/body.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

struct reader {
    const char *start, *at, *end;
    const char *why;             /* what was refused, at `at` */
};

static bool read_value(struct reader *r, int depth);

static bool refuse(struct reader *r, const char *why)
{
    if (r->why == NULL)
        r->why = why;
    return false;
}

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* format.md: U+0000-001F, 007F-009F, 200B-200F, 202A-202E, 2060-2069, FEFF, noncharacters, surrogates */
static bool code_point_is_allowed(uint32_t c)
{
    static const struct { uint32_t from, to; } forbidden[] = {
        {0x0000, 0x001F}, {0x007F, 0x009F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069},
        {0xD800, 0xDFFF}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (c >= forbidden[i].from && c <= forbidden[i].to)
            return false;
    return (c & 0xFFFE) != 0xFFFE;
}

static bool is_plain_ascii(char c)
{
    return c >= 0x20 && c < 0x7F;
}

/* One code point outside ASCII; its bytes must be well-formed UTF-8. */
static bool read_code_point(struct reader *r)
{
    ucs4_t c;
    int used = u8_mbtoucr(&c, (const uint8_t *)r->at, (size_t)(r->end - r->at));
    if (used <= 0)
        return refuse(r, "not UTF-8");
    if (!code_point_is_allowed(c))
        return refuse(r, "forbidden code point");
    r->at += used;
    return true;
}

/* Below U+0300, whose UTF-8 begins with CC, nothing combines and nothing decomposes to be put together otherwise. */
static bool is_low(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((uint8_t)text[i] >= 0xcc)
            return false;
    return true;
}

static bool is_nfc(const char *text, size_t len)
{
    size_t out = 0;
    if (is_low(text, len))
        return true;
    uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)text, len, NULL, &out);
    bool same = normal != NULL && out == len && memcmp(normal, text, len) == 0;
    free(normal);
    return same;
}

/* Behind the opening quote, up to and with the closing one. */
static bool read_string_rest(struct reader *r)
{
    const char *from = r->at;
    bool ascii = true;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\\') {
            r->at++;
            if (r->at == r->end || (*r->at != '"' && *r->at != '\\'))
                return refuse(r, "an escape other than \\\" and \\\\");
            r->at++;
        } else if (is_plain_ascii(*r->at)) {
            r->at++;
        } else if ((unsigned char)*r->at < 0x80) {
            return refuse(r, "control character");
        } else {
            ascii = false;
            if (!read_code_point(r))
                return false;
        }
    }
    if (r->at == r->end)
        return refuse(r, "string without end");
    if (!ascii && !is_nfc(from, (size_t)(r->at - from)))
        return refuse(r, "not in Unicode normal form C");
    r->at++;
    return true;
}

static bool read_integer(struct reader *r)
{
    bool negative = take(r, '-');
    const char *from = r->at;
    int64_t value = 0;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        value = value * 10 + (*r->at++ - '0');
        if (value > BODY_INTEGER_MAX)
            return refuse(r, "integer beyond 2^53-1");
    }
    if (r->at == from)
        return refuse(r, "a value is missing");
    if (*from == '0' && (r->at - from > 1 || negative))
        return refuse(r, "leading zero or minus zero");
    return true;
}

static bool read_literal(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return refuse(r, "a value is missing");
    r->at += len;
    return true;
}

static bool read_array(struct reader *r, int depth)
{
    if (take(r, ']'))
        return true;
    do {
        if (!read_value(r, depth + 1))
            return false;
    } while (take(r, ','));
    return take(r, ']') || refuse(r, "a comma or ] is missing");
}

static int compare_keys(struct bytes a, struct bytes b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool read_key(struct reader *r, struct bytes *last)
{
    if (!take(r, '"'))
        return refuse(r, "a key is missing");
    const char *from = r->at;
    while (r->at < r->end && *r->at != '"')
        r->at++;
    struct bytes key = {(const uint8_t *)from, (size_t)(r->at - from)};
    if (!take(r, '"') || !body_key_is_valid(from, key.len))
        return refuse(r, "malformed key");
    if (last->data != NULL && compare_keys(*last, key) >= 0)
        return refuse(r, "keys not strictly ascending");
    *last = key;
    return take(r, ':') || refuse(r, "a colon is missing");
}

static bool read_object(struct reader *r, int depth)
{
    struct bytes last = {NULL, 0};
    if (take(r, '}'))
        return true;
    do {
        if (!read_key(r, &last) || !read_value(r, depth + 1))
            return false;
    } while (take(r, ','));
    return take(r, '}') || refuse(r, "a comma or } is missing");
}

static bool read_value(struct reader *r, int depth)
{
    if (r->at == r->end)
        return refuse(r, "a value is missing");
    char c = *r->at;
    if ((c == '{' || c == '[') && depth > BODY_DEPTH)
        return refuse(r, "nested too deep");
    switch (c) {
    case '{':
        r->at++;
        return read_object(r, depth);
    case '[':
        r->at++;
        return read_array(r, depth);
    case '"':
        r->at++;
        return read_string_rest(r);
    case 't':
        return read_literal(r, "true");
    case 'f':
        return read_literal(r, "false");
    case 'n':
        return read_literal(r, "null");
    default:
        return read_integer(r);
    }
}

int body_check(const char *text, size_t len, struct err *e)
{
    struct reader r = {text, text, text + len, NULL};
    bool good = len > 0 && *text == '{' && read_value(&r, 1);
    if (good && !take(&r, '\n'))
        good = refuse(&r, "no LF behind the object");
    if (good && r.at != r.end)
        good = refuse(&r, "bytes behind the body");
    if (good)
        return 0;
    return err_raise(e, ERR_BODY_MALFORMED, "body", NULL, "byte %zu: %s", (size_t)(r.at - r.start),
                     r.why != NULL ? r.why : "not an object");
}

bool body_key_is_valid(const char *key, size_t len)
{
    if (len < 1 || len > BODY_KEY_MAX || key[0] < 'a' || key[0] > 'z')
        return false;
    for (size_t i = 1; i < len; i++)
        if (!((key[i] >= 'a' && key[i] <= 'z') || (key[i] >= '0' && key[i] <= '9') || key[i] == '_'))
            return false;
    return true;
}

bool body_text_is_valid(const char *text, size_t len)
{
    struct reader r = {text, text, text + len, NULL};
    bool ascii = true;
    while (r.at < r.end) {
        if (is_plain_ascii(*r.at)) {
            r.at++;
        } else {
            ascii = false;
            if ((unsigned char)*r.at < 0x80 || !read_code_point(&r))
                return false;
        }
    }
    return ascii || is_nfc(text, len);
}

void body_put_text(struct buf *b, const char *text, size_t len)
{
    const char *from = text, *end = text + len;
    buf_char(b, '"');
    for (const char *p = text; p < end; p++)
        if (*p == '"' || *p == '\\') {
            buf_add(b, from, (size_t)(p - from));
            buf_char(b, '\\');
            from = p;
        }
    buf_add(b, from, (size_t)(end - from));
    buf_char(b, '"');
}
