#include "ledger/paths.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define PATH_LEN_MAX 100

/* x001/x234/067 is 1234067 */
static void put_number(struct buf *b, uint64_t n)
{
    char part[8];
    unsigned parts[7];
    size_t count = 0;
    do {
        parts[count++] = (unsigned)(n % 1000);
        n /= 1000;
    } while (n > 0);
    while (count-- > 0) {
        part[0] = 'x';
        for (unsigned i = 0, v = parts[count]; i < 3; i++, v /= 10)
            part[3 - i] = (char)('0' + v % 10);
        buf_add(b, count > 0 ? part : part + 1, count > 0 ? 4 : 3);
        if (count > 0)
            buf_char(b, '/');
    }
}

const char *log_path_text(struct arena *a, const struct log_path *p)
{
    struct buf b = buf_new(a);
    if (p->kind == LOG_CHECKPOINT)
        return "checkpoint";
    if (p->kind == LOG_ENTRIES)
        buf_put(&b, "tile/entries/");
    else
        buf_printf(&b, "tile/%u/", p->level);
    put_number(&b, p->n);
    if (p->width < LOG_TILE_WIDTH)
        buf_printf(&b, ".p/%u", p->width);
    return b.text;
}

static bool take(const char **at, const char *literal)
{
    size_t len = strlen(literal);
    if (strncmp(*at, literal, len) != 0)
        return false;
    *at += len;
    return true;
}

static bool take_digits(const char **at, size_t most, uint64_t *ret)
{
    size_t n = strspn(*at, "0123456789");
    *ret = 0;
    for (size_t i = 0; i < n && n <= most; i++)
        *ret = *ret * 10 + (uint64_t)((*at)[i] - '0');
    *at += n;
    return n > 0 && n <= most;
}

static bool take_number(const char **at, uint64_t *ret)
{
    uint64_t part;
    *ret = 0;
    for (int i = 0; i < 5; i++) {
        bool more = take(at, "x");
        if (!take_digits(at, 3, &part))
            return false;
        *ret = *ret * 1000 + part;
        if (!more)
            return true;
        if (!take(at, "/"))
            return false;
    }
    return false;
}

/* What was read is a name if writing it gives the same again. */
static bool parse(struct arena *a, const char *path, struct log_path *ret)
{
    const char *at = path;
    uint64_t level = 0, width = LOG_TILE_WIDTH;
    *ret = (struct log_path){.kind = LOG_CHECKPOINT};
    if (strcmp(path, "checkpoint") == 0)
        return true;
    ret->kind = LOG_HASHES;
    if (take(&at, "tile/entries/"))
        ret->kind = LOG_ENTRIES;
    else if (!take(&at, "tile/") || !take_digits(&at, 2, &level) || !take(&at, "/"))
        return false;
    if (!take_number(&at, &ret->n) || (take(&at, ".p/") && !take_digits(&at, 3, &width)))
        return false;
    ret->level = (unsigned)level;
    ret->width = (unsigned)width;
    bool partial = strstr(path, ".p/") != NULL;
    return *at == '\0' && level <= LOG_LEVEL_MAX && width >= 1 && width <= LOG_TILE_WIDTH && partial == (width < LOG_TILE_WIDTH) &&
           strcmp(log_path_text(a, ret), path) == 0;
}

int log_path_parse(const char *path, struct log_path *ret, struct err *e)
{
    struct arena *a = arena_new(0);
    bool ok = strlen(path) <= PATH_LEN_MAX && parse(a, path, ret);
    arena_free(a);
    return ok ? 0 : err_raise(e, ERR_NOT_FOUND, "path", NULL, "the log has no such file");
}

bool log_path_is_in(const struct log_path *p, uint64_t size)
{
    unsigned shift = 8 * p->level;
    uint64_t there = shift < 64 ? size >> shift : 0;
    return p->kind == LOG_CHECKPOINT || (p->n < (UINT64_MAX >> 9) && p->n * LOG_TILE_WIDTH + p->width <= there);
}
