#include "reread.h"

#include <string.h>

#include "db/log_source.h"
#include "ledger/bundle.h"

#define PAGE_ENTRIES 1000

enum { PAGE, WRONG, TILE };
static const struct statement_row rows[] = {
    [PAGE] = {"reread_page",
              "select l.leaf_index, e.bytes from ledger.leaf l left join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
              " where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index", 2, NULL},
    [WRONG] = {"reread_wrong",
               "select count(*) as count, min(l.leaf_index) filter (where e.leaf is distinct from l.leaf"
               " or sha256('\\x00'::bytea || e.bytes) is distinct from l.leaf) as wrong"
               " from ledger.leaf l left join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
               " where l.leaf_index >= $1 and l.leaf_index < $2", 2, NULL},
    [TILE] = {"reread_tile",
              "select t.root, (select string_agg(l.leaf, ''::bytea order by l.leaf_index) from ledger.leaf l"
              " where l.leaf_index >= t.n * 256 and l.leaf_index < (t.n + 1) * 256) as leaves from ledger.tile t where t.n = $1", 1, NULL},
};
const struct statement_table reread_statements = STATEMENT_TABLE(rows);

static int refuse(const char *what, uint64_t at, struct err *e)
{
    return err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "%s %llu is not what was logged; run `stemma audit verify`", what,
                     (unsigned long long)at);
}

int reread_page(struct db *db, struct arena *a, uint64_t *from, uint64_t size, size_t most, struct buf *ret, struct err *e)
{
    struct db_rows r;
    uint64_t to = size - *from > PAGE_ENTRIES ? *from + PAGE_ENTRIES : size;
    int code = db_query(db, a, &rows[PAGE], DB_VALUES(db_int((int64_t)*from), db_int((int64_t)to)), &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct bytes entry = db_cell(&r, i, "bytes");
        if (ret->len > 0 && ret->len + 2 + entry.len > most)
            return 0;
        if ((uint64_t)db_cell_int(&r, i, "leaf_index") != *from || !bundle_add(ret, entry))
            return refuse("the entry at leaf", *from, e);
        (*from)++;
    }
    return code != 0 || *from == to ? code : refuse("the number of leaves below", to, e);
}

int reread_entries(struct db *db, struct arena *a, uint64_t from, uint64_t size, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[WRONG], DB_VALUES(db_int((int64_t)from), db_int((int64_t)size)), &r, e);
    if (code != 0)
        return code;
    if (db_cell(&r, 0, "wrong").data != NULL)
        return refuse("the entry at leaf", (uint64_t)db_cell_int(&r, 0, "wrong"), e);
    return (uint64_t)db_cell_int(&r, 0, "count") == size - from ? 0 : refuse("the number of leaves below", size, e);
}

static int check_tile(struct db *db, uint64_t n, struct err *e)
{
    struct arena *a = arena_new(0);
    struct db_rows r;
    struct merkle_frontier f = {0};
    uint8_t root[DIGEST_LEN];
    int code = db_query(db, a, &rows[TILE], DB_VALUES(db_int((int64_t)n)), &r, e);
    struct bytes leaves = code == 0 && r.rows == 1 ? db_cell(&r, 0, "leaves") : (struct bytes){NULL, 0};
    for (size_t at = 0; at + DIGEST_LEN <= leaves.len; at += DIGEST_LEN)
        merkle_append(&f, leaves.data + at);
    merkle_frontier_root(&f, root);
    if (code == 0 && (f.size != LOG_TILE || db_cell(&r, 0, "root").len != DIGEST_LEN || memcmp(root, db_cell(&r, 0, "root").data, DIGEST_LEN) != 0))
        code = refuse("tile", n, e);
    arena_free(a);
    return code;
}

int reread_tiles(struct db *db, uint64_t from, uint64_t size, struct err *e)
{
    int code = 0;
    for (uint64_t n = from / LOG_TILE; code == 0 && n < size / LOG_TILE; n++)
        code = check_tile(db, n, e);
    return code;
}
