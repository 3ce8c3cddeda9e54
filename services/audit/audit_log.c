#include "audit_log.h"

#include <string.h>

#include "audit_verbs.h"
#include "db/log_source.h"
#include "ledger/bundle.h"
#include "ledger/entry.h"

enum { NEWEST, LEAVES, ROOTS, ENTRIES, ENTRY };

static const struct statement_row rows[] = {
    [NEWEST] = {"audit_log_newest", "select size, note, cosignatures from ledger.checkpoint order by size desc limit 1", 0, NULL},
    [LEAVES] = {"audit_log_leaves",
                "select count(*) as count, string_agg(leaf, ''::bytea order by leaf_index) as hashes from ledger.leaf"
                " where leaf_index >= $1 and leaf_index < $2", 2, NULL},
    [ROOTS] = {"audit_log_roots",
               "select count(*) as count, string_agg(root, ''::bytea order by n) as hashes from ledger.tile"
               " where n >= $1 and n < $2", 2, NULL},
    [ENTRIES] = {"audit_log_entries",
                 "select e.bytes, l.leaf from ledger.leaf l join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
                 " where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index", 2, NULL},
    [ENTRY] = {"audit_log_entry", "select bytes from ledger.entry where stream = $1 and seq = $2", 2, NULL},
};
const struct statement_table audit_log_statements = STATEMENT_TABLE(rows);

/* The newest checkpoint, as C2SP has it; size 0 when there is none. */
static int newest(struct db *db, struct arena *a, uint64_t *ret_size, struct bytes *ret_note, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[NEWEST], DB_NONE, &r, e);
    *ret_size = 0;
    if (code != 0 || r.rows == 0)
        return code;
    *ret_size = (uint64_t)db_cell_int(&r, 0, "size");
    *ret_note = log_proof_note(a, db_cell(&r, 0, "note"), db_cell(&r, 0, "cosignatures"));
    return 0;
}

static int hashes(struct db *db, struct arena *a, int row, uint64_t from, uint64_t to, struct bytes *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[row], DB_VALUES(db_int((int64_t)from), db_int((int64_t)to)), &r, e);
    if (code != 0)
        return code;
    *ret = db_cell(&r, 0, "hashes");
    return ret->len == (to - from) * DIGEST_LEN ? 0 : err_fault(e, "the log has a gap between %llu and %llu",
                                                                (unsigned long long)from, (unsigned long long)to);
}

/* Level 0 are the leaves, level 1 the roots of tiles, which are kept; the rest is worked out from those. */
static int tile(struct db *db, struct arena *a, const struct log_path *p, struct bytes *ret, struct err *e)
{
    uint64_t from = p->n * LOG_TILE_WIDTH, to = from + p->width;
    if (p->level < 2)
        return hashes(db, a, p->level == 0 ? LEAVES : ROOTS, from, to, ret, e);
    unsigned shift = 8 * (p->level - 1);
    struct bytes roots;
    int code = hashes(db, a, ROOTS, from << shift, to << shift, &roots, e);
    if (code != 0)
        return code;
    uint8_t (*all)[DIGEST_LEN] = arena_alloc(a, roots.len), (*made)[DIGEST_LEN] = arena_alloc(a, p->width * (size_t)DIGEST_LEN);
    memcpy(all, roots.data, roots.len);
    struct merkle_source source = merkle_array(a, (const uint8_t (*)[DIGEST_LEN])all, (to - from) << shift);
    for (unsigned i = 0; code == 0 && i < p->width; i++)
        code = source.node(source.ctx, shift, i, made[i], e);
    *ret = (struct bytes){made[0], p->width * (size_t)DIGEST_LEN};
    return code;
}

static int entries(struct db *db, struct arena *a, const struct log_path *p, struct bytes *ret, struct err *e)
{
    struct db_rows r;
    struct buf b = buf_new(a);
    uint64_t from = p->n * LOG_TILE_WIDTH;
    int code = db_query(db, a, &rows[ENTRIES], DB_VALUES(db_int((int64_t)from), db_int((int64_t)(from + p->width))), &r, e);
    if (code == 0 && (unsigned)r.rows != p->width)
        return err_fault(e, "entries of leaves %llu to %llu are missing", (unsigned long long)from, (unsigned long long)(from + p->width));
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct bytes entry = db_cell(&r, i, "bytes");
        uint8_t leaf[DIGEST_LEN];
        entry_leaf_hash(entry.data, entry.len, leaf);
        const struct bytes logged = db_cell(&r, i, "leaf");
        if (logged.len != DIGEST_LEN || memcmp(leaf, logged.data, DIGEST_LEN) != 0 || !bundle_add(&b, entry))
            return err_fault(e, "the entry at leaf %llu is not the one that was logged", (unsigned long long)from + (unsigned)i);
    }
    *ret = (struct bytes){(const uint8_t *)b.text, b.len};
    return code;
}

int audit_log_file(struct db *db, struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
    struct log_path p;
    uint64_t size = 0;
    struct bytes note;
    int code = log_path_parse(path, &p, e);
    if (code == 0)
        code = newest(db, a, &size, &note, e);
    if (code == 0 && (size == 0 || !log_path_is_in(&p, size)))
        code = err_raise(e, ERR_NOT_FOUND, "path", "", "no checkpoint covers it yet");
    if (code != 0)
        return code;
    if (p.kind == LOG_CHECKPOINT)
        *ret = note;
    else
        code = p.kind == LOG_HASHES ? tile(db, a, &p, ret, e) : entries(db, a, &p, ret, e);
    return code;
}

static int cut(struct db *db, struct arena *a, uint64_t size, struct log_proof *p, struct err *e)
{
    struct merkle_source source;
    struct checkpoint c;
    int code = log_source_new(a, db, size, &source, e);
    if (code == 0)
        code = merkle_inclusion_make(a, &source, p->index, size, &p->path, e);
    return code != 0 ? code : log_proof_verify(a, p, &c, e);
}

int audit_log_proof(struct db *db, struct arena *a, const char *stream, int64_t seq, struct log_proof *ret, struct err *e)
{
    struct db_rows r;
    uint64_t size = 0;
    *ret = (struct log_proof){.index = 0};
    int code = db_query(db, a, &rows[ENTRY], DB_VALUES(db_text(stream), db_int(seq)), &r, e);
    if (code == 0 && r.rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "seq", "", "stream %s has no entry %lld", stream, (long long)seq);
    if (code == 0)
        code = newest(db, a, &size, &ret->note, e);
    if (code == 0)
        code = log_source_index(a, db, stream, seq, &ret->index, e);
    if (code == ERR_NOT_FOUND || (code == 0 && ret->index >= size))
        return err_raise(e, ERR_UNAVAILABLE, "seq", "", "no checkpoint covers this entry yet; ask again in a minute");
    if (code != 0)
        return code;
    ret->entry = db_cell(&r, 0, "bytes");
    return cut(db, a, size, ret, e);
}

static int decide_receipt(struct call *c, struct err *e)
{
    const struct entry_key *in = c->in;
    struct log_receipt *out = c->out;
    struct log_proof proof;
    struct checkpoint checkpoint;
    int code = audit_log_proof(c->db, c->arena, in->stream, in->seq, &proof, e);
    if (code == 0)
        code = note_parse(c->arena, (const char *)proof.note.data, proof.note.len, &checkpoint, e);
    if (code != 0)
        return code;
    out->file_name = arena_printf(c->arena, "%s-%lld.tlog-proof", in->stream, (long long)in->seq);
    out->leaf_index = (int64_t)proof.index;
    out->checkpoint_size = (int64_t)checkpoint.size;
    out->file = log_proof_text(c->arena, &proof);
    return 0;
}

static int decide_log_file(struct call *c, struct err *e)
{
    const struct log_file_request *in = c->in;
    struct log_file *out = c->out;
    return audit_log_file(c->db, c->arena, in->path, &out->data, e);
}

const struct handler audit_receipt_verb = {.decide = decide_receipt};
const struct handler audit_log_file_verb = {.decide = decide_log_file};
