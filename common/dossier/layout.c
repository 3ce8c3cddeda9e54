#include "dossier/layout.h"

#include <string.h>

#include "ledger/line.h"
#include "ledger/stream.h"

#define ENTRY_LEN_MIN 200        /* three hashes alone are more than 192 */
#define INDEX_PREFIX "stemma-dossier/1\n"

static struct bytes bytes_of(const struct buf *b)
{
    return (struct bytes){(const uint8_t *)b->text, b->len};
}

static void put_hashes(struct buf *b, const struct merkle_proof *proof)
{
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < proof->count; i++)
        buf_printf(b, " %s", hex_of(proof->node[i], DIGEST_LEN, hex));
    buf_char(b, '\n');
}

/* The hashes up to the end of the line. */
static bool read_hashes(struct arena *a, struct line_reader *r, struct merkle_proof *ret)
{
    uint8_t node[MERKLE_PROOF_MAX][DIGEST_LEN];
    size_t n = 0;
    while (line_take(r, " ")) {
        if (n == MERKLE_PROOF_MAX || !line_hash(r, node[n]))
            return false;
        n++;
    }
    ret->count = n;
    ret->node = arena_alloc(a, n * DIGEST_LEN + 1);
    memcpy(ret->node, node, n * DIGEST_LEN);
    return line_end(r);
}

static bool read_size(struct line_reader *r, uint64_t *ret)
{
    int64_t n;
    if (!line_number(r, &n))
        return false;
    *ret = (uint64_t)n;
    return true;
}

static bool read_id(struct arena *a, struct line_reader *r, const char **ret)
{
    struct bytes w;
    if (!line_word(r, &w) || !stream_is_valid((const char *)w.data, w.len))
        return false;
    *ret = arena_dup(a, w.data, w.len);
    return true;
}

struct bytes layout_index(struct arena *a, const struct dossier *d)
{
    struct buf b = buf_new(a);
    buf_printf(&b, INDEX_PREFIX "subject %s\ncheckpoint %llu\n", d->subject, (unsigned long long)d->size);
    for (size_t i = 0; i < d->stream_count; i++)
        buf_printf(&b, "%s %s %zu\n", d->stream[i].whole ? "whole" : "part", d->stream[i].id, d->stream[i].count);
    return bytes_of(&b);
}

static bool read_stream_line(struct arena *a, struct line_reader *r, size_t bytes_max, struct dossier_stream *ret)
{
    int64_t count;
    ret->whole = line_take(r, "whole ");
    if ((!ret->whole && !line_take(r, "part ")) || !read_id(a, r, &ret->id) || !line_take(r, " ") ||
        !line_number(r, &count) || !line_end(r) || count < 1 || (size_t)count > bytes_max)
        return false;
    ret->count = (size_t)count;
    return true;
}

int layout_index_read(struct arena *a, struct bytes text, struct dossier *ret, struct err *e)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    struct dossier_stream *stream = ARENA_ARRAY(a, struct dossier_stream, ZIP_MEMBERS_MAX);
    size_t n = 0;
    bool good = line_take(&r, INDEX_PREFIX "subject ") && read_id(a, &r, &ret->subject) &&
                line_take(&r, "\ncheckpoint ") && read_size(&r, &ret->size) && line_end(&r);
    while (good && !line_at_end(&r)) {
        good = n < ZIP_MEMBERS_MAX && read_stream_line(a, &r, 1000000, &stream[n]) &&
               (n == 0 || strcmp(stream[n - 1].id, stream[n].id) < 0);
        n++;
    }
    if (!good)
        return err_raise(e, ERR_DOSSIER_REFUSED, "dossier.txt", "5", "malformed, or streams out of order");
    ret->stream = stream;
    ret->stream_count = n;
    return 0;
}

struct bytes layout_chain(struct arena *a, const struct dossier_stream *s)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < s->count; i++) {
        if (i > 0)
            buf_char(&b, '\n');
        buf_add(&b, s->entry[i].text.data, s->entry[i].text.len);
    }
    return bytes_of(&b);
}

/* The next entry: up to and with the LF before an empty line or the end. */
static struct bytes cut_entry(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *gap = memmem(at, (size_t)(end - at), "\n\n", 2);
    return (struct bytes){at, gap != NULL ? (size_t)(gap + 1 - at) : (size_t)(end - at)};
}

int layout_chain_read(struct arena *a, struct bytes text, struct dossier_stream *s, int64_t *ret_seq, struct err *e)
{
    const uint8_t *at = text.data, *end = text.data + text.len;
    *ret_seq = -1;
    if (s->count > text.len / ENTRY_LEN_MIN)         /* before memory is taken at the word of dossier.txt */
        return err_raise(e, ERR_DOSSIER_REFUSED, "chain.txt", "5", "fewer entries than dossier.txt says");
    s->entry = ARENA_ARRAY(a, struct dossier_entry, s->count);
    for (size_t i = 0; i < s->count; i++) {
        struct dossier_entry *d = &s->entry[i];
        if (i > 0 && (at == end || *at++ != '\n'))
            return err_raise(e, ERR_DOSSIER_REFUSED, "chain.txt", "5", "fewer entries than dossier.txt says");
        d->text = cut_entry(at, end);
        at += d->text.len;
        int rc = entry_parse(a, (const char *)d->text.data, d->text.len, &d->entry, e);
        if (rc != 0)
            return rc;
        entry_leaf_hash(d->text.data, d->text.len, d->leaf);
        *ret_seq = d->entry.seq;
    }
    if (at != end)
        return err_raise(e, ERR_DOSSIER_REFUSED, "chain.txt", "5", "more entries than dossier.txt says");
    return 0;
}

struct bytes layout_proofs(struct arena *a, const struct dossier_stream *s)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < s->count; i++) {
        buf_printf(&b, "proof %lld %llu", (long long)s->entry[i].entry.seq, (unsigned long long)s->entry[i].index);
        put_hashes(&b, &s->entry[i].proof);
    }
    return bytes_of(&b);
}

int layout_proofs_read(struct arena *a, struct bytes text, struct dossier_stream *s, int64_t *ret_seq, struct err *e)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    for (size_t i = 0; i < s->count; i++) {
        struct dossier_entry *d = &s->entry[i];
        int64_t seq;
        *ret_seq = d->entry.seq;
        if (!line_take(&r, "proof ") || !line_number(&r, &seq) || seq != d->entry.seq || !line_take(&r, " ") ||
            !read_size(&r, &d->index) || !read_hashes(a, &r, &d->proof))
            return err_raise(e, ERR_DOSSIER_REFUSED, "proofs.txt", "8", "no well-formed proof of this entry");
    }
    if (!line_at_end(&r))
        return err_raise(e, ERR_DOSSIER_REFUSED, "proofs.txt", "8", "more proofs than entries");
    return 0;
}

struct bytes layout_heads(struct arena *a, const struct dossier_heads *h)
{
    struct buf b = buf_new(a);
    char hex[DIGEST_HEX];
    buf_printf(&b, "heads %lld %llu %llu %s\n", (long long)h->sys_seq, (unsigned long long)h->size,
               (unsigned long long)h->streams, hex_of(h->root, DIGEST_LEN, hex));
    buf_printf(&b, "line %llu %s", (unsigned long long)h->index, heads_line(a, &h->line));
    buf_printf(&b, "proof %llu", (unsigned long long)h->index);
    put_hashes(&b, &h->proof);
    return bytes_of(&b);
}

int layout_heads_read(struct arena *a, struct bytes text, struct dossier_heads *ret, struct err *e)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    uint64_t again = 0;
    bool good = line_take(&r, "heads ") && line_number(&r, &ret->sys_seq) && line_take(&r, " ") &&
                read_size(&r, &ret->size) && line_take(&r, " ") && read_size(&r, &ret->streams) &&
                line_take(&r, " ") && line_hash(&r, ret->root) && line_end(&r);
    good = good && line_take(&r, "line ") && read_size(&r, &ret->index) && line_take(&r, " ") &&
           read_id(a, &r, &ret->line.stream) && line_take(&r, " ") && line_number(&r, &ret->line.seq) &&
           line_take(&r, " ") && line_hash(&r, ret->line.leaf) && line_end(&r);
    good = good && line_take(&r, "proof ") && read_size(&r, &again) && again == ret->index &&
           read_hashes(a, &r, &ret->proof) && line_at_end(&r);
    return good ? 0 : err_raise(e, ERR_DOSSIER_REFUSED, "log/heads.txt", "10", "malformed");
}

struct bytes layout_stamps(struct arena *a, const struct dossier *d)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < d->stamp_count; i++) {
        const struct dossier_stamp *s = &d->stamp[i];
        buf_printf(&b, "stamp %lld %llu\nconsistency %llu", (long long)s->sys_seq, (unsigned long long)s->size,
                   (unsigned long long)s->size);
        put_hashes(&b, &s->consistency);
    }
    return bytes_of(&b);
}

static bool read_stamp(struct arena *a, struct line_reader *r, struct dossier_stamp *ret)
{
    uint64_t again = 0;
    return line_take(r, "stamp ") && line_number(r, &ret->sys_seq) && line_take(r, " ") && read_size(r, &ret->size) &&
           line_take(r, "\nconsistency ") && read_size(r, &again) && again == ret->size &&
           read_hashes(a, r, &ret->consistency);
}

int layout_stamps_read(struct arena *a, struct bytes text, struct dossier *ret, struct err *e)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    size_t max = text.len / 16 + 1;
    ret->stamp = ARENA_ARRAY(a, struct dossier_stamp, max);
    while (!line_at_end(&r)) {
        struct dossier_stamp *s = &ret->stamp[ret->stamp_count];
        if (ret->stamp_count == max || !read_stamp(a, &r, s) || (ret->stamp_count > 0 && s[-1].size >= s->size))
            return err_raise(e, ERR_DOSSIER_REFUSED, "log/stamps.txt", "10", "line %zu is malformed or out of order",
                             r.line);
        ret->stamp_count++;
    }
    return 0;
}
