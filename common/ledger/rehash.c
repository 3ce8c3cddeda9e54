#include "ledger/rehash.h"

#include <string.h>

#include "ledger/line.h"

static bool is_same(struct bytes b, const uint8_t sha256[DIGEST_LEN], int64_t len)
{
    uint8_t hash[DIGEST_LEN];
    digest_sha256(b.data, b.len, hash);
    return (int64_t)b.len == len && memcmp(hash, sha256, DIGEST_LEN) == 0;
}

static int refuse(const struct entry *x, const char *what, struct err *e)
{
    return err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "%s of %s %lld is not what was logged; run `stemma audit verify`", what,
                     x->stream, (long long)x->seq);
}

int rehash_check(const struct rehash_leaf *l, struct err *e)
{
    if (!is_same(l->stmt, l->entry->stmt_sha256, l->entry->stmt_len))
        return refuse(l->entry, "the statement", e);
    if ((l->p7s.data != NULL) != (l->entry->sig_len > 0) ||
        (l->p7s.data != NULL && !is_same(l->p7s, l->entry->sig_sha256, l->entry->sig_len)))
        return refuse(l->entry, "the signature", e);
    for (size_t i = 0; i < l->entry->att_count; i++)
        if (!is_same(l->att[i], l->entry->att[i].sha256, l->entry->att[i].len))
            return refuse(l->entry, "an attachment", e);
    return 0;
}

static void line(struct arena *a, struct buf *b, const char *name, struct bytes data)
{
    uint8_t hash[DIGEST_LONG_LEN];
    digest_sha512_two(data.data, data.len, NULL, 0, hash);
    buf_printf(b, "%s %s %zu\n", name, hex_text(a, hash, sizeof hash), data.len);
}

struct bytes rehash_record(struct arena *a, const struct rehash_leaf *l)
{
    struct buf b = buf_new(a);
    buf_put(&b, "stemma-rehash/1\n");
    line(a, &b, "entry", l->text);
    line(a, &b, "stmt", l->stmt);
    if (l->p7s.data != NULL)
        line(a, &b, "sig", l->p7s);
    else
        buf_put(&b, "sig - 0\n");
    for (size_t i = 0; i < l->entry->att_count; i++)
        line(a, &b, arena_printf(a, "att %s", l->entry->att[i].name), l->att[i]);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static void join(const uint8_t left[DIGEST_LONG_LEN], const uint8_t right[DIGEST_LONG_LEN], uint8_t ret[DIGEST_LONG_LEN])
{
    uint8_t both[2 * DIGEST_LONG_LEN];
    memcpy(both, left, DIGEST_LONG_LEN);
    memcpy(both + DIGEST_LONG_LEN, right, DIGEST_LONG_LEN);
    digest_sha512_two("\1", 1, both, sizeof both, ret);
}

void rehash_add(struct rehash_tree *t, struct bytes record)
{
    uint8_t node[DIGEST_LONG_LEN];
    unsigned level = 0;
    digest_sha512_two("\0", 1, record.data, record.len, node);
    for (; (t->size >> level & 1) != 0; level++)
        join(t->node[level], node, node);
    memcpy(t->node[level], node, DIGEST_LONG_LEN);
    t->size++;
}

void rehash_root(const struct rehash_tree *t, uint8_t ret[DIGEST_LONG_LEN])
{
    bool any = false;
    digest_sha512_two("", 0, NULL, 0, ret);
    for (unsigned level = 0; level < REHASH_LEVELS; level++) {
        if ((t->size >> level & 1) == 0)
            continue;
        if (any)
            join(t->node[level], ret, ret);
        else
            memcpy(ret, t->node[level], DIGEST_LONG_LEN);
        any = true;
    }
}

struct bytes rehash_text(struct arena *a, const char *origin, const struct rehash_tree *t)
{
    uint8_t root[DIGEST_LONG_LEN];
    rehash_root(t, root);
    const char *text = arena_printf(a, "stemma-rehash-tree/1\nlog %s\nsize %llu\nroot %s\n", origin, (unsigned long long)t->size,
                                    hex_text(a, root, sizeof root));
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct bytes rehash_body(struct arena *a, const struct rehash_tree *t)
{
    uint8_t root[DIGEST_LONG_LEN];
    rehash_root(t, root);
    const char *text = arena_printf(a, "{\"root\":\"%s\",\"size\":%llu}\n", hex_text(a, root, sizeof root), (unsigned long long)t->size);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

int rehash_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LONG_LEN], uint64_t *ret_size, struct err *e)
{
    struct line_reader r = line_reader_of(body.data, body.len);
    int64_t size;
    if (!line_take(&r, "{\"root\":\"") || !line_hash(&r, ret_root) || !line_hash(&r, ret_root + DIGEST_LEN) ||
        !line_take(&r, "\",\"size\":") || !line_number(&r, &size) || !line_take(&r, "}\n") || !line_at_end(&r))
        return err_raise(e, ERR_BODY_MALFORMED, "body", NULL, "not a log.rehash body");
    *ret_size = (uint64_t)size;
    return 0;
}
