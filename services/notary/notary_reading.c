#include "notary_reading.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/bundle.h"

struct merkle_frontier notary_reading_begin(const struct notary_memory *m)
{
    return m->edge;
}

static bool has_root(const struct merkle_frontier *f, const uint8_t root[DIGEST_LEN])
{
    uint8_t is[DIGEST_LEN];
    merkle_frontier_root(f, is);
    return memcmp(is, root, DIGEST_LEN) == 0;
}

static int add(const struct notary_memory *m, struct merkle_frontier *read, struct bytes bundle, struct err *e)
{
    struct bytes entry;
    while (bundle.len > 0) {
        uint8_t leaf[DIGEST_LEN];
        if (!bundle_next(&bundle, &entry))
            return err_raise(e, ERR_FIELD_TYPE, "entries", NULL, "the page does not end with a whole entry");
        merkle_leaf_hash(entry.data, entry.len, leaf);
        merkle_append(read, leaf);
        if (read->size == m->size && !has_root(read, m->root))
            return err_raise(e, ERR_TREE_REFUSED, "entries", NULL, "the first %" PRIu64 " entries are not those that were signed", m->size);
    }
    return 0;
}

int notary_reading_add(const struct notary_memory *m, struct merkle_frontier *read, uint64_t from, struct bytes bundle, struct err *e)
{
    const struct merkle_frontier begin = notary_reading_begin(m);
    if (m->is_closed)
        return err_raise(e, ERR_TREE_REFUSED, "origin", NULL, "this log is closed at size %" PRIu64, m->size);
    if (from != read->size && from != begin.size)
        return err_raise(e, ERR_TREE_REFUSED, "first", NULL, "read up to leaf %" PRIu64 ", begun at %" PRIu64 ": %" PRIu64 " is not next",
                         read->size, begin.size, from);
    if (from != read->size)
        *read = begin;
    int code = add(m, read, bundle, e);
    if (code != 0)
        *read = begin;
    return code;
}

int notary_reading_check(const struct notary_memory *m, const struct merkle_frontier *read, uint64_t size, const uint8_t root[DIGEST_LEN],
                         struct err *e)
{
    if (size == m->edge.size && has_root(&m->edge, root))
        return 0;
    if (size != read->size)
        return err_raise(e, ERR_TREE_REFUSED, "size", NULL, "of %" PRIu64 " entries %" PRIu64 " were read: a tree is signed that was read whole",
                         size, read->size);
    if (!has_root(read, root))
        return err_raise(e, ERR_TREE_REFUSED, "root", NULL, "the %" PRIu64 " entries that were read give another root", size);
    return 0;
}
