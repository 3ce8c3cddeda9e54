#include "ledger/proof.h"

#include <string.h>

#include "ledger/entry.h"
#include "ledger/line.h"

struct bytes log_proof_text(struct arena *a, const struct log_proof *p)
{
    struct buf b = buf_new(a);
    buf_printf(&b, PROOF_FIRST_LINE "extra %s\nindex %llu\n", base64_of(a, p->entry.data, p->entry.len),
               (unsigned long long)p->index);
    for (size_t i = 0; i < p->path.count; i++)
        buf_printf(&b, "%s\n", base64_of(a, p->path.node[i], DIGEST_LEN));
    buf_char(&b, '\n');
    buf_add(&b, p->note.data, p->note.len);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

struct bytes log_proof_note(struct arena *a, struct bytes note, struct bytes cosignatures)
{
    struct buf b = buf_new(a);
    const char *lines = cosignatures.len > 0 ? memmem(cosignatures.data, cosignatures.len, "\n\n", 2) : NULL;
    buf_add(&b, note.data, note.len);
    if (lines != NULL)
        buf_add(&b, lines + 2, (size_t)((const char *)cosignatures.data + cosignatures.len - lines - 2));
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static int malformed(const struct line_reader *r, struct err *e)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "proof", NULL, "line %zu is not of a proof", r->line);
}

static int read_path(struct arena *a, struct line_reader *r, struct merkle_proof *ret, struct err *e)
{
    struct bytes word, hash;
    *ret = (struct merkle_proof){.node = arena_alloc(a, (size_t)MERKLE_PROOF_MAX * DIGEST_LEN)};
    while (!line_end(r)) {
        if (ret->count == MERKLE_PROOF_MAX || !line_word(r, &word) || !line_end(r) ||
            !base64_to(a, (const char *)word.data, word.len, &hash) || hash.len != DIGEST_LEN)
            return malformed(r, e);
        memcpy(ret->node[ret->count++], hash.data, DIGEST_LEN);
    }
    return 0;
}

int log_proof_parse(struct arena *a, struct bytes text, struct log_proof *ret, struct err *e)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    struct bytes word;
    int64_t index;
    *ret = (struct log_proof){.index = 0};
    if (!line_take(&r, PROOF_FIRST_LINE) || !line_take(&r, "extra ") || !line_word(&r, &word) || !line_end(&r) ||
        !base64_to(a, (const char *)word.data, word.len, &ret->entry) || !line_take(&r, "index ") ||
        !line_number(&r, &index) || !line_end(&r))
        return malformed(&r, e);
    ret->index = (uint64_t)index;
    int code = read_path(a, &r, &ret->path, e);
    ret->note = (struct bytes){(const uint8_t *)r.at, (size_t)(r.end - r.at)};
    return code;
}

int log_proof_verify(struct arena *a, const struct log_proof *p, struct checkpoint *ret, struct err *e)
{
    uint8_t leaf[DIGEST_LEN];
    int code = note_parse(a, (const char *)p->note.data, p->note.len, ret, e);
    if (code != 0)
        return code;
    entry_leaf_hash(p->entry.data, p->entry.len, leaf);
    if (!merkle_inclusion_verify(leaf, p->index, ret->size, &p->path, ret->root))
        return err_raise(e, ERR_DOSSIER_REFUSED, "proof", NULL, "the entry is not proved to be leaf %llu of %llu",
                         (unsigned long long)p->index, (unsigned long long)ret->size);
    return 0;
}
