/*
 * Flow cytometry files (FCS 2.0 to 3.2): header and TEXT, no events. A file says of itself whose it is and how many events it has;
 * what share of them is positive is a person's gating, not the file's. The data must lie where the header and TEXT say, and both
 * must say the same, where both do.
 */
#include <string.h>

#include "inside.h"

#define HEADER_LEN 58
#define KEYS_MAX 4000

struct keys {
    struct reading *r;
    const char *(*pair)[2];
    size_t count;
};

bool fcs_known(struct bytes file)
{
    return file.len >= 6 && memcmp(file.data, "FCS", 3) == 0 && file.data[4] == '.';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_key(const char *x, const char *y)
{
    for (; *x != '\0' && lower(*x) == lower(*y); x++)
        y++;
    return *x == *y;
}

static const char *key_value(const struct keys *k, const char *key)
{
    for (size_t i = 0; i < k->count; i++)
        if (same_key(k->pair[i][0], key))
            return k->pair[i][1];
    return NULL;
}

/* a whole number with blanks about it; -1: it is none */
static int64_t whole(const char *text, size_t len)
{
    int64_t n = 0;
    while (len > 0 && *text == ' ')
        text++, len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0 || len > 15)
        return -1;
    for (; len > 0; text++, len--) {
        if (*text < '0' || *text > '9')
            return -1;
        n = n * 10 + (*text - '0');
    }
    return n;
}

static int64_t key_number(const struct keys *k, const char *key)
{
    const char *text = key_value(k, key);
    return text == NULL ? -1 : whole(text, strlen(text));
}

/* one token from ${i}: to the next delimiter, where two are one that is part of the token if ${escapes} */
static const char *token(const struct keys *k, struct bytes text, size_t *i, bool escapes)
{
    struct buf b = buf_new(k->r->a);
    uint8_t delimiter = text.data[0];
    for (; *i < text.len; ++*i) {
        if (text.data[*i] == delimiter && !(escapes && *i + 1 < text.len && text.data[*i + 1] == delimiter))
            break;
        *i += text.data[*i] == delimiter;
        buf_char(&b, text.data[*i] == 0 ? ' ' : (char)text.data[*i]);
    }
    ++*i;
    return b.text;
}

/* keys and values of TEXT; what stands behind the last pair is none. false: a key without a name, or too many */
static bool split(struct keys *k, struct bytes text, bool escapes)
{
    k->pair = arena_alloc(k->r->a, sizeof *k->pair * KEYS_MAX);
    k->count = 0;
    for (size_t i = 1; i < text.len;) {
        const char *key = token(k, text, &i, escapes);
        if (i >= text.len)
            return true;
        const char *value = token(k, text, &i, escapes);
        if (key[0] == '\0' || k->count == KEYS_MAX)
            return false;
        k->pair[k->count][0] = key;
        k->pair[k->count++][1] = value;
    }
    return true;
}

static bool has_names(const struct keys *k)
{
    int64_t parameters = key_number(k, "$PAR");
    for (int64_t i = 1; i <= parameters && i <= KEYS_MAX; i++)
        if (key_value(k, arena_printf(k->r->a, "$P%lldN", (long long)i)) == NULL)
            return false;
    return parameters > 0;
}

/* by the standard two delimiters are one that is meant; many instruments write them for an empty value */
static int text_read(struct keys *k, struct bytes text)
{
    if (text.len > 1 && split(k, text, true) && has_names(k))
        return 0;
    if (text.len > 1 && split(k, text, false) && has_names(k))
        return 0;
    return file_refuse(k->r, 1, HEADER_LEN + 1, "TEXT does not name the $PAR parameters");
}

static int data_check(const struct keys *k, struct bytes file)
{
    int64_t begin = whole((const char *)file.data + 26, 8), end = whole((const char *)file.data + 34, 8);
    int64_t said_begin = key_number(k, "$BEGINDATA"), said_end = key_number(k, "$ENDDATA");
    if (begin > 0 && said_begin > 0 && begin != said_begin)
        return file_refuse(k->r, 1, 27, "the header has the data from byte %lld, TEXT from %lld", (long long)begin, (long long)said_begin);
    if (begin > 0 && end > 0 && said_end > 0 && end != said_end)
        return file_refuse(k->r, 1, 35, "the header has the data to byte %lld, TEXT to %lld", (long long)end, (long long)said_end);
    begin = begin > 0 ? begin : said_begin;
    end = end > 0 ? end : said_end;
    if (begin <= 0 || end < begin || (uint64_t)end >= file.len)
        return file_refuse(k->r, 1, 27, "the data are not in the file: bytes %lld to %lld of %zu", (long long)begin, (long long)end, file.len);
    return 0;
}

static const char *sample_of(const struct keys *k)
{
    static const char *const names[] = {"$SMNO", "SAMPLE ID", "TUBE NAME", "$SRC"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = key_value(k, names[i]);
        text = text == NULL ? "" : file_part(k->r->a, text, '\1', 0);
        if (text[0] != '\0')
            return text;
    }
    return "";
}

int fcs_read(struct reading *r, struct bytes file)
{
    static const struct value_rule events = {"$TOT", "events", "events", 0};
    struct keys k = {.r = r};
    r->out->format = "fcs";
    int64_t begin = file.len < HEADER_LEN ? -1 : whole((const char *)file.data + 10, 8);
    int64_t end = file.len < HEADER_LEN ? -1 : whole((const char *)file.data + 18, 8);
    if (begin < HEADER_LEN || end <= begin || (uint64_t)end >= file.len)
        return file_refuse(r, 1, 11, "no FCS header with the place of TEXT in the file");
    int code = text_read(&k, (struct bytes){file.data + begin, (size_t)(end - begin + 1)});
    code = code != 0 ? code : data_check(&k, file);
    if (code != 0)
        return code;
    if (key_number(&k, "$TOT") < 0)
        return file_refuse(r, 1, (int)begin + 1, "TEXT does not say how many events there are ($TOT)");
    struct value_of of = {sample_of(&k), key_value(&k, "$DATE"), NULL};
    struct file_cell cell = {arena_printf(r->a, "%lld", (long long)key_number(&k, "$TOT")), 1, (int)begin + 1};
    return file_value(r, &of, &events, &cell);
}
