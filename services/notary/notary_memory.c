#include "notary_memory.h"

#include <inttypes.h>
#include <string.h>

#include "file/file.h"
#include "ledger/line.h"

#define FILE_MAX 8000
#define HEAD_FIRST "stemma-notary/1\n"
#define HEAD_READ "stemma-notary/2\n"

/* The subtrees of the edge that there are, the greatest first. */
static void put_edge(struct buf *b, const struct merkle_frontier *f)
{
    char hex[DIGEST_HEX];
    for (unsigned level = MERKLE_LEVELS; level-- > 0;)
        if ((f->size >> level) & 1)
            buf_printf(b, "edge %s\n", hex_of(f->node[level], DIGEST_LEN, hex));
}

static const char *memory_text(struct arena *a, const char *origin, const struct notary_memory *m)
{
    char root[DIGEST_HEX];
    struct buf b = buf_new(a);
    buf_printf(&b, "%sorigin %s\nsize %" PRIu64 "\nroot %s\n", m->edge.size > 0 ? HEAD_READ : HEAD_FIRST, origin, m->size,
               hex_of(m->root, DIGEST_LEN, root));
    put_edge(&b, &m->edge);
    if (m->is_closed)
        buf_put(&b, "closed\n");
    return b.text;
}

static bool take_edge(struct line_reader *r, uint64_t size, struct merkle_frontier *ret)
{
    ret->size = size;
    for (unsigned level = MERKLE_LEVELS; level-- > 0;)
        if (((size >> level) & 1) && !(line_take(r, "edge ") && line_hash(r, ret->node[level]) && line_end(r)))
            return false;
    return true;
}

static bool parse(const char *origin, struct bytes file, struct notary_memory *ret)
{
    struct line_reader r = line_reader_of(file.data, file.len);
    uint8_t root[DIGEST_LEN];
    int64_t size;
    bool is_read = line_take(&r, HEAD_READ);
    *ret = (struct notary_memory){0};
    if ((!is_read && !line_take(&r, HEAD_FIRST)) || !line_take(&r, "origin ") || !line_take(&r, origin) || !line_end(&r) ||
        !line_take(&r, "size ") || !line_number(&r, &size) || !line_end(&r) || !line_take(&r, "root ") || !line_hash(&r, ret->root) ||
        !line_end(&r))
        return false;
    ret->size = (uint64_t)size;
    if (is_read && (size == 0 || !take_edge(&r, ret->size, &ret->edge)))
        return false;
    ret->is_closed = line_take(&r, "closed\n");
    merkle_frontier_root(&ret->edge, root);
    return line_at_end(&r) && (!is_read || memcmp(root, ret->root, DIGEST_LEN) == 0);
}

int notary_memory_read(const char *path, const char *origin, struct notary_memory *ret, struct err *e)
{
    struct arena *a = arena_new(0);
    struct bytes file;
    int code = file_read(a, path, FILE_MAX, &file, e);
    if (code == ERR_NOT_FOUND)
        code = err_fault(e, "the memory %s is gone: without it a smaller log could be signed again", path);
    else if (code == 0 && !parse(origin, file, ret))
        code = err_fault(e, "%s is damaged, or of another log than %s", path, origin);
    arena_free(a);
    return code;
}

int notary_memory_write(const char *path, const char *origin, const struct notary_memory *m, struct err *e)
{
    struct arena *a = arena_new(0);
    const char *text = memory_text(a, origin, m);
    int code = file_replace(path, (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
    arena_free(a);
    return code;
}

int notary_memory_begin(const char *path, const char *origin, struct err *e)
{
    const struct notary_memory nothing = {0};
    struct arena *a = arena_new(0);
    const char *text = memory_text(a, origin, &nothing);
    int code = file_create(path, (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
    arena_free(a);
    return code;
}

int notary_memory_check(const struct notary_memory *m, uint64_t old_size, uint64_t size, const uint8_t root[DIGEST_LEN],
                        const struct merkle_proof *proof, struct err *e)
{
    if (m->is_closed)
        return err_raise(e, ERR_TREE_REFUSED, "origin", NULL, "this log is closed at size %" PRIu64, m->size);
    if (size == 0)
        return err_raise(e, ERR_TREE_REFUSED, "size", NULL, "an empty tree is not signed");
    if (size < m->size)
        return err_raise(e, ERR_TREE_REFUSED, "size", NULL, "size %" PRIu64 " is smaller than %" PRIu64 " signed before",
                         size, m->size);
    if (old_size != m->size)
        return err_raise(e, ERR_TREE_REFUSED, "old_size", NULL, "the last tree signed has size %" PRIu64 ", not %" PRIu64,
                         m->size, old_size);
    if (size == m->size && memcmp(root, m->root, DIGEST_LEN) != 0)
        return err_raise(e, ERR_TREE_REFUSED, "root", NULL, "another root was signed for size %" PRIu64, size);
    if ((m->size == 0 || size == m->size) && proof->count != 0)
        return err_raise(e, ERR_TREE_REFUSED, "proof", NULL, "a proof where none is needed");
    if (m->size != 0 && size > m->size && !merkle_consistency_verify(m->size, m->root, size, root, proof))
        return err_raise(e, ERR_TREE_REFUSED, "proof", NULL, "the tree of %" PRIu64 " is not proved to extend that of %" PRIu64,
                         size, m->size);
    return 0;
}
