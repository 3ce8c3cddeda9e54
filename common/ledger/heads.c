#include "ledger/heads.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/line.h"

char *heads_line(struct arena *a, const struct head *h)
{
    char hex[DIGEST_HEX];
    return arena_printf(a, "%s %lld %s\n", h->stream, (long long)h->seq, hex_of(h->leaf, DIGEST_LEN, hex));
}

/* A space sorts before every character of an id, so ids sort as their lines do. */
static int compare(const void *x, const void *y)
{
    return strcmp(((const struct head *)x)->stream, ((const struct head *)y)->stream);
}

void heads_sort(struct head *heads, size_t count)
{
    if (count > 1)
        qsort(heads, count, sizeof *heads, compare);
}

size_t heads_find(const struct head *heads, size_t count, const char *stream)
{
    const struct head key = {.stream = stream};
    const struct head *found = count > 0 ? bsearch(&key, heads, count, sizeof *heads, compare) : NULL;
    return found != NULL ? (size_t)(found - heads) : count;
}

static int source_of(struct arena *a, const struct head *heads, size_t count, struct merkle_source *ret, struct err *e)
{
    uint8_t(*leaf)[DIGEST_LEN] = arena_alloc(a, count * DIGEST_LEN + 1);
    for (size_t i = 0; i < count; i++) {
        const char *line = heads_line(a, &heads[i]);
        if (i > 0 && compare(&heads[i - 1], &heads[i]) >= 0)
            return err_raise(e, ERR_TREE_REFUSED, "heads", NULL, "%s is out of order", heads[i].stream);
        merkle_leaf_hash(line, strlen(line), leaf[i]);
    }
    *ret = merkle_array(a, (const uint8_t(*)[DIGEST_LEN])leaf, count);
    return 0;
}

int heads_root(struct arena *a, const struct head *heads, size_t count, uint8_t ret[DIGEST_LEN], struct err *e)
{
    struct merkle_source src;
    int rc = source_of(a, heads, count, &src, e);
    return rc != 0 ? rc : merkle_root(&src, count, ret, e);
}

int heads_proof(struct arena *a, const struct head *heads, size_t count, size_t index, struct merkle_proof *ret,
                struct err *e)
{
    struct merkle_source src;
    int rc = source_of(a, heads, count, &src, e);
    return rc != 0 ? rc : merkle_inclusion_make(a, &src, index, count, ret, e);
}

struct bytes heads_body(struct arena *a, const uint8_t root[DIGEST_LEN], uint64_t size, uint64_t streams)
{
    const char *text = arena_printf(a, "{\"root\":\"%s\",\"size\":%llu,\"streams\":%llu}\n", hex_text(a, root, DIGEST_LEN),
                                    (unsigned long long)size, (unsigned long long)streams);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

int heads_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LEN], uint64_t *ret_size, uint64_t *ret_streams,
                     struct err *e)
{
    struct line_reader r = line_reader_of(body.data, body.len);
    int64_t size, streams;
    if (!line_take(&r, "{\"root\":\"") || !line_hash(&r, ret_root) || !line_take(&r, "\",\"size\":") ||
        !line_number(&r, &size) || !line_take(&r, ",\"streams\":") || !line_number(&r, &streams) ||
        !line_take(&r, "}\n") || !line_at_end(&r))
        return err_raise(e, ERR_BODY_MALFORMED, "body", NULL, "not a log.heads body");
    *ret_size = (uint64_t)size;
    *ret_streams = (uint64_t)streams;
    return 0;
}
