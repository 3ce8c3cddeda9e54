#include <stdlib.h>
#include <string.h>

#include <uninorm.h>
#include <unistr.h>

#include "record/record.h"

static bool is_upper_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool record_stream_is_valid(const char *id)
{
    size_t letters = 0, rest = 0;
    while (id[letters] >= 'A' && id[letters] <= 'Z')
        letters++;
    if (letters < 1 || letters > 4)
        return false;
    if (id[letters] == '\0')
        return true;
    if (id[letters] != '-')
        return false;
    while (is_upper_or_digit(id[letters + 1 + rest]))
        rest++;
    return id[letters + 1 + rest] == '\0' && rest >= 1 && rest <= 27;
}

/* format.md, "Body": what could hide, reorder or end text. */
static bool is_forbidden(uint32_t c)
{
    return c <= 0x1f || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static bool is_plain_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            return false;
    return true;
}

static bool is_nfc(const char *text, size_t len)
{
    size_t made_len = 0;
    uint8_t *made = u8_normalize(UNINORM_NFC, (const uint8_t *)text, len, NULL, &made_len);
    bool same = made && made_len == len && memcmp(made, text, len) == 0;
    free(made);
    return same;
}

int record_check_text(const char *text, size_t len, const char *field, struct err *e)
{
    if (is_plain_ascii(text, len))
        return 0;
    if (!text_is_utf8(text, len))
        return err_raise(e, ERR_FIELD_TYPE, field, NULL, "%s is not well-formed UTF-8", field);
    for (size_t i = 0; i < len;) {
        ucs4_t c = 0;
        int n = u8_mbtouc(&c, (const uint8_t *)text + i, len - i);
        if (is_forbidden(c))
            return err_raise(e, ERR_FIELD_TYPE, field, NULL,
                             "%s holds the character U+%04X, which a record does not take", field, (unsigned)c);
        i += (size_t)n;
    }
    if (!is_nfc(text, len))
        return err_raise(e, ERR_FIELD_TYPE, field, NULL, "%s is not in Unicode's composed form (NFC)", field);
    return 0;
}
