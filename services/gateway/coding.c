#include "gateway/coding.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_WINDOW (15 + 16)     /* zlib's way to say: with a gzip head */
#define GZIP_MEMORY 9

static size_t blanks(const char *s)
{
    return strspn(s, " \t");
}

/* What stands behind a coding's name, up to the comma: nothing, or a weight, which 0 makes a refusal. */
static bool weight_takes(const char *s, size_t len)
{
    size_t at = blanks(s);
    if (at >= len)
        return true;
    if (s[at++] != ';')
        return false;
    at += blanks(s + at);
    if (len - at < 3 || strncasecmp(s + at, "q=", 2) != 0)
        return false;
    at += 2;
    if (s[at] == '1')
        return true;
    return s[at] == '0' && s[at + 1] == '.' && strspn(s + at + 2, "0123456789") > strspn(s + at + 2, "0");
}

bool coding_takes_gzip(const char *accept)
{
    bool any = false;
    while (accept && *accept) {
        accept += blanks(accept);
        size_t len = strcspn(accept, ","), name = strcspn(accept, " \t;,");
        bool takes = weight_takes(accept + name, len - name);
        if ((name == 4 && strncasecmp(accept, "gzip", 4) == 0) || (name == 6 && strncasecmp(accept, "x-gzip", 6) == 0))
            return takes;
        any = any || (name == 1 && *accept == '*' && takes);
        accept += len + (accept[len] == ',');
    }
    return any;
}

bool coding_has_tag(const char *known, const char *tag)
{
    while (known && *known) {
        known += strspn(known, " \t,");
        if (*known == '*')
            return true;
        known += strncmp(known, "W/", 2) == 0 ? 2 : 0;
        const char *end = *known == '"' ? strchr(known + 1, '"') : NULL;
        if (!end)
            return false;
        size_t len = (size_t)(end - known) + 1;
        if (len == strlen(tag) && memcmp(known, tag, len) == 0)
            return true;
        known += len;
    }
    return false;
}

size_t coding_gzip(struct arena *a, const char *data, size_t len, const char **ret)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    uLong room = deflateBound(&z, len);
    Bytef *out = arena_alloc(a, room);
    z.next_in = (const Bytef *)data;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    size_t packed = room - z.avail_out;
    deflateEnd(&z);
    *ret = (const char *)out;
    return packed;
}
