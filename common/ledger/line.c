#include "ledger/line.h"

#include <string.h>

#define NUMBER_MAX 9007199254740991LL

struct line_reader line_reader_of(const void *text, size_t len)
{
    return (struct line_reader){text, (const char *)text + len, 1};
}

bool line_at_end(const struct line_reader *r)
{
    return r->at == r->end;
}

bool line_take(struct line_reader *r, const char *literal)
{
    size_t len = strlen(literal);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, literal, len) != 0)
        return false;
    r->at += len;
    if (len > 0 && literal[len - 1] == '\n')
        r->line++;
    return true;
}

bool line_word(struct line_reader *r, struct bytes *ret)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at != ' ' && *r->at != '\n')
        r->at++;
    *ret = (struct bytes){(const uint8_t *)from, (size_t)(r->at - from)};
    return ret->len > 0;
}

bool line_number(struct line_reader *r, int64_t *ret)
{
    const char *from = r->at;
    int64_t value = 0;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        value = value * 10 + (*r->at - '0');
        if (value > NUMBER_MAX)
            return false;
        r->at++;
    }
    *ret = value;
    return r->at > from && (*from != '0' || r->at - from == 1);
}

bool line_hash(struct line_reader *r, uint8_t ret[DIGEST_LEN])
{
    if ((size_t)(r->end - r->at) < 2 * (size_t)DIGEST_LEN || !hex_to(r->at, 2 * (size_t)DIGEST_LEN, ret))
        return false;
    r->at += 2 * (size_t)DIGEST_LEN;
    return true;
}

bool line_end(struct line_reader *r)
{
    return line_take(r, "\n");
}
