#include "ledger/stream.h"

#include <string.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool stream_is_valid(const char *id, size_t len)
{
    size_t letters = 0;
    if (len > STREAM_MAX)
        return false;
    while (letters < len && is_upper(id[letters]))
        letters++;
    if (letters < 1 || letters > 4)
        return false;
    if (letters == len)
        return true;
    if (id[letters] != '-' || len - letters - 1 < 1 || len - letters - 1 > 27)
        return false;
    for (size_t i = letters + 1; i < len; i++)
        if (!is_upper(id[i]) && !is_digit(id[i]))
            return false;
    return true;
}

bool stream_is_kind(const char *id, const char *letters)
{
    size_t n = strlen(letters);
    return strncmp(id, letters, n) == 0 && id[n] == '-' && stream_is_valid(id, strlen(id));
}

bool stream_origin_is_valid(const char *origin, size_t len)
{
    bool in_part = false;
    for (size_t i = 0; i < len; i++) {
        char c = origin[i];
        if (c == '/') {
            if (!in_part)
                return false;
            in_part = false;
        } else if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-') {
            in_part = true;
        } else {
            return false;
        }
    }
    return in_part;
}
