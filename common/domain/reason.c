#include "domain/reason.h"

#include <string.h>

bool reason_is_valid(const char *text)
{
    size_t chars = 0, words = 0;
    bool varied = false, in_word = false;
    char first = '\0';
    if (text == NULL || strlen(text) > REASON_CHARS_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        bool blank = *p == ' ' || *p == '\n' || *p == '\t';
        words += !blank && !in_word;
        in_word = !blank;
        if (blank)
            continue;
        first = chars == 0 ? *p : first;
        varied |= *p != first;
        chars += ((unsigned char)*p & 0xC0) != 0x80;
    }
    return chars >= REASON_CHARS_MIN && words >= 2 && varied;
}

int reason_check(const char *field, const char *text, struct err *e)
{
    if (reason_is_valid(text))
        return 0;
    return err_raise(e, ERR_REASON_MISSING, field, "R13", "a reason has at least %d characters and two words",
        REASON_CHARS_MIN);
}
