#include "notary_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file/file.h"
#include "ledger/stream.h"

#define FILE_MAX 1000

static const char *memory_text(struct arena *a, const char *origin, const struct notary_memory *m)
{
    char root[DIGEST_HEX];
    return arena_printf(a, "stemma-notary/1\norigin %s\nsize %" PRIu64 "\nroot %s\n%s", origin, m->size,
                        hex_of(m->root, DIGEST_LEN, root), m->is_closed ? "closed\n" : "");
}

/* a file is good if writing what was read gives its bytes again */
static bool parse(struct arena *a, const char *origin, struct bytes file, struct notary_memory *ret)
{
    const char *size = strstr((const char *)file.data, "\nsize ");
    char root[DIGEST_HEX] = "";
    if (size == NULL || sscanf(size, "\nsize %" SCNu64 "\nroot %64[0-9a-f]\n", &ret->size, root) != 2 ||
        strlen(root) != 2 * DIGEST_LEN || !hex_to(root, 2 * DIGEST_LEN, ret->root))
        return false;
    ret->is_closed = file.len > 8 && memcmp(file.data + file.len - 8, "\nclosed\n", 8) == 0;
    const char *again = memory_text(a, origin, ret);
    return strlen(again) == file.len && memcmp(again, file.data, file.len) == 0;
}

int notary_memory_read(const char *path, const char *origin, struct notary_memory *ret, struct err *e)
{
    struct arena *a = arena_new(0);
    struct bytes file;
    int code = file_read(a, path, FILE_MAX, &file, e);
    if (code == ERR_NOT_FOUND)
        code = err_fault(e, "the memory %s is gone: without it a smaller log could be signed again", path);
    else if (code == 0 && !parse(a, origin, file, ret))
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
