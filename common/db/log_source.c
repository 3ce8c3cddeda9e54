#include "db/log_source.h"

#include <string.h>

enum { TILES, LEAVES, INDEX };
static const struct statement_row rows[] = {
    [TILES] = {"log_source_tiles", "select n, root from ledger.tile where n < $1 order by n", 1, NULL},
    [LEAVES] = {"log_source_leaves",
                "select count(*) as count, string_agg(leaf, ''::bytea order by leaf_index) as leaves"
                " from ledger.leaf where leaf_index >= $1 and leaf_index < $2", 2, NULL},
    [INDEX] = {"log_source_index", "select leaf_index from ledger.leaf where stream = $1 and seq = $2", 2, NULL},
};
const struct statement_table log_source_statements = STATEMENT_TABLE(rows);

struct log_source {
    struct arena *arena;
    struct db *db;
    uint64_t size;
    struct merkle_source upper;      /* over the roots of the full tiles */
    struct merkle_source *tile;      /* read when first asked; node NULL: not yet */
};

static int read_tile(struct log_source *s, uint64_t n, struct err *e)
{
    struct db_rows r;
    uint64_t from = n * LOG_TILE, to = from + LOG_TILE < s->size ? from + LOG_TILE : s->size;
    int code = db_query(s->db, s->arena, &rows[LEAVES], DB_VALUES(db_int((int64_t)from), db_int((int64_t)to)), &r, e);
    if (code != 0)
        return code;
    struct bytes all = db_cell(&r, 0, "leaves");
    if (all.len != (to - from) * DIGEST_LEN || (uint64_t)db_cell_int(&r, 0, "count") != to - from)
        return err_fault(e, "leaves %llu to %llu are not all there", (unsigned long long)from, (unsigned long long)to);
    uint8_t (*leaves)[DIGEST_LEN] = arena_alloc(s->arena, all.len);
    memcpy(leaves, all.data, all.len);
    s->tile[n] = merkle_array(s->arena, (const uint8_t (*)[DIGEST_LEN])leaves, to - from);
    return 0;
}

static int node(void *ctx, unsigned level, uint64_t index, uint8_t ret[DIGEST_LEN], struct err *e)
{
    struct log_source *s = ctx;
    if (level >= 8)
        return s->upper.node(s->upper.ctx, level - 8, index, ret, e);
    uint64_t first = index << level, n = first / LOG_TILE;
    if (first + (UINT64_C(1) << level) > s->size)
        return err_fault(e, "node %u/%llu is outside the tree", level, (unsigned long long)index);
    int code = s->tile[n].node == NULL ? read_tile(s, n, e) : 0;
    return code != 0 ? code : s->tile[n].node(s->tile[n].ctx, level, (first % LOG_TILE) >> level, ret, e);
}

int log_source_new(struct arena *a, struct db *db, uint64_t size, struct merkle_source *ret, struct err *e)
{
    struct log_source *s = ARENA_NEW(a, struct log_source);
    struct db_rows r;
    uint64_t full = size / LOG_TILE;
    int code = db_query(db, a, &rows[TILES], DB_VALUES(db_int((int64_t)full)), &r, e);
    if (code != 0)
        return code;
    if ((uint64_t)r.rows != full)
        return err_fault(e, "of %llu tiles %d are there", (unsigned long long)full, r.rows);
    uint8_t (*roots)[DIGEST_LEN] = arena_alloc(a, full * DIGEST_LEN + 1);
    for (int i = 0; i < r.rows; i++)
        memcpy(roots[i], db_cell(&r, i, "root").data, DIGEST_LEN);
    *s = (struct log_source){.arena = a, .db = db, .size = size};
    s->upper = merkle_array(a, (const uint8_t (*)[DIGEST_LEN])roots, full);
    s->tile = ARENA_ARRAY(a, struct merkle_source, full + 1);
    *ret = (struct merkle_source){node, s};
    return 0;
}

int log_source_index(struct arena *a, struct db *db, const char *stream, int64_t seq, uint64_t *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[INDEX], DB_VALUES(db_text(stream), db_int(seq)), &r, e);
    if (code != 0)
        return code;
    if (r.rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "seq", "", "entry %lld of %s is not in the log yet", (long long)seq, stream);
    *ret = (uint64_t)db_cell_int(&r, 0, "leaf_index");
    return 0;
}
