#include "db/rehash_source.h"

#include <string.h>

#define STEP 500

enum { ENTRIES, FILE_OF };
static const struct statement_row rows[] = {
    [ENTRIES] = {"rehash_entries",
                 "select l.leaf, e.bytes, e.statement, e.signature from ledger.leaf l"
                 " join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
                 " where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index", 2, NULL},
    [FILE_OF] = {"rehash_file", "select bytes from ledger.attachment where sha256 = $1", 1, NULL},
};
const struct statement_table rehash_source_statements = STATEMENT_TABLE(rows);

static int read_files(struct db *db, struct arena *a, const struct entry *x, struct bytes *files, struct err *e)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < x->att_count; i++) {
        struct db_rows r;
        code = db_query(db, a, &rows[FILE_OF], DB_VALUES(db_bytes((struct bytes){x->att[i].sha256, DIGEST_LEN})), &r, e);
        files[i] = code == 0 && r.rows == 1 ? db_cell(&r, 0, "bytes") : (struct bytes){(const uint8_t *)"", 0};
    }
    return code;
}

static int take(struct rehash_walk *w, struct db *db, struct arena *a, const struct db_rows *r, int row, struct err *e)
{
    struct rehash_leaf l = {.text = db_cell(r, row, "bytes"), .stmt = db_cell(r, row, "statement"), .p7s = db_cell(r, row, "signature")};
    struct entry x;
    uint8_t leaf[DIGEST_LEN];
    entry_leaf_hash(l.text.data, l.text.len, leaf);
    const struct bytes logged = db_cell(r, row, "leaf");
    if (logged.len != DIGEST_LEN || memcmp(leaf, logged.data, DIGEST_LEN) != 0)
        return err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "the entry at leaf %llu is not what was logged; run `stemma audit verify`",
                         (unsigned long long)w->tree.size);
    merkle_append(&w->read, leaf);
    int code = entry_parse(a, (const char *)l.text.data, l.text.len, &x, e);
    if (code != 0)
        return code;
    struct bytes *files = ARENA_ARRAY(a, struct bytes, x.att_count + 1);
    l.entry = &x;
    l.att = files;
    code = read_files(db, a, &x, files, e);
    if (code == 0)
        code = rehash_check(&l, e);
    if (code == 0)
        rehash_add(&w->tree, rehash_record(a, &l));
    return code;
}

int rehash_walk_step(struct db *db, struct rehash_walk *w, uint64_t to,
                     int (*each)(void *ctx, const struct rehash_walk *w, struct err *e), void *ctx, struct err *e)
{
    struct arena *a = arena_new((size_t)512 << 20);
    uint64_t from = w->tree.size, until = from + STEP < to ? from + STEP : to;
    struct db_rows r;
    int code = db_query(db, a, &rows[ENTRIES], DB_VALUES(db_int((int64_t)from), db_int((int64_t)until)), &r, e);
    if (code == 0 && (uint64_t)r.rows != until - from)
        code = err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "entries of leaves %llu to %llu are missing", (unsigned long long)from,
                         (unsigned long long)until);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        code = take(w, db, a, &r, i, e);
        if (code == 0 && each != NULL)
            code = each(ctx, w, e);
    }
    arena_free(a);
    return code;
}
