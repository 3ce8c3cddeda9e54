#include <stdio.h>
#include <string.h>

#include "audit_check_walk.h"
#include "base/clock.h"
#include "db/log_source.h"

#define PAGE 5000

/* The kept root of a tile narrows a broken tree to 256 leaves. */
static void check_tile(struct check *k, struct walk *w, const char *stream, int64_t seq)
{
    uint8_t root[DIGEST_LEN];
    merkle_frontier_root(&w->tile, root);
    int64_t n = (int64_t)(w->tree.size / LOG_TILE) - 1;
    struct bytes kept = db_cell(&w->tiles, w->next_tile, "root");
    if (db_cell_int(&w->tiles, w->next_tile, "n") != n || kept.len != DIGEST_LEN || memcmp(kept.data, root, DIGEST_LEN) != 0)
        check_fault(k, stream, seq, "tree", "the kept root of leaves %lld to %lld does not fit them",
                    (long long)n * LOG_TILE, (long long)n * LOG_TILE + LOG_TILE - 1);
    w->next_tile++;
    w->tile = (struct merkle_frontier){0};
}

/* What is remembered outside of the database: the same tree, or an older one of it. */
static void check_signed(struct check *k, struct walk *w)
{
    for (size_t i = 0; i < k->task->signed_count; i++) {
        const struct audit_signed *s = &k->task->signed_trees[i];
        uint8_t root[DIGEST_LEN];
        if (s->size != (int64_t)w->tree.size)
            continue;
        merkle_frontier_root(&w->tree, root);
        if (memcmp(root, s->root, DIGEST_LEN) != 0)
            check_fault(k, w->stream[0] != '\0' ? w->stream : "SYS", w->seq, "memory",
                        "%s has signed another tree of size %lld", s->who, (long long)s->size);
    }
}

static void check_lost(struct check *k, const struct walk *w)
{
    for (size_t i = 0; i < k->task->signed_count; i++) {
        const struct audit_signed *s = &k->task->signed_trees[i];
        if (s->size > (int64_t)w->tree.size)
            check_fault(k, "SYS", (int64_t)w->tree.size, "rollback",
                        "%s has signed a log of %lld entries, here are %llu: the newest are gone, an older copy was put back",
                        s->who, (long long)s->size, (unsigned long long)w->tree.size);
    }
}

static int check_leaf(struct check *k, struct walk *w, const struct db_rows *r, int row, struct err *e)
{
    const char *stream = db_cell_text(r, row, "stream");
    int64_t index = db_cell_int(r, row, "leaf_index"), seq = db_cell_int(r, row, "seq");
    struct bytes leaf = db_cell(r, row, "leaf");
    if (!db_cell_bool(r, row, "has_entry"))
        check_fault(k, stream, seq, "leaf", "the log holds this entry as leaf %lld, the record does not", (long long)index);
    if (index != (int64_t)w->tree.size && !w->is_broken) {
        check_fault(k, stream, seq, "tree", "leaves %llu to %lld are missing before this one",
                    (unsigned long long)w->tree.size, (long long)index - 1);
        w->is_broken = true;
    }
    if (leaf.len != DIGEST_LEN)
        return 0;
    if (w->stream[0] == '\0') {
        snprintf(w->stream, sizeof w->stream, "%s", stream);
        w->seq = seq;
    }
    const struct walk_leaf next = {index, seq, stream, db_cell(r, row, "time_ms").data == NULL ? TIME_ABSENT : db_cell_int(r, row, "time_ms"),
                                   db_cell(r, row, "bytes"), db_cell(r, row, "statement")};
    int code = stamps_leaf(w->stamps, w, &next, e);
    if (code != 0)
        return code;
    merkle_append(&w->tree, leaf.data);
    merkle_append(&w->tile, leaf.data);
    if (w->tile.size == LOG_TILE)
        check_tile(k, w, stream, seq);
    check_signed(k, w);
    heads_leaf(w->heads, &next, leaf.data);
    code = stamps_reached(w->stamps, w, e);
    heads_reached(w->heads, w);
    return code;
}

/* Where an entry cannot be read, which is named already, the leaves are read without theirs. */
static int read_leaves(struct check *k, struct arena *page, int64_t from, struct db_rows *ret, struct err *e)
{
    int code = db_query(k->db, page, &audit_check_statements.rows[AUDIT_LEAVES], DB_VALUES(db_int(from), db_int(PAGE)), ret, e);
    code = check_damage(k, NULL, 0, code, e);
    return code != 1 ? code : db_query(k->db, page, &audit_check_statements.rows[AUDIT_LEAVES_ALONE],
                                       DB_VALUES(db_int(from), db_int(PAGE)), ret, e);
}

static int check_leaves(struct check *k, struct walk *w, struct err *e)
{
    struct arena *page = arena_new((size_t)256 << 20);
    struct db_rows r = {0};
    int64_t from = 0;
    int code;
    do {
        arena_reset(page);
        code = read_leaves(k, page, from, &r, e);
        for (int i = 0; code == 0 && i < r.rows; i++)
            code = check_leaf(k, w, &r, i, e);
        if (code == 0 && r.rows > 0)
            from = db_cell_int(&r, r.rows - 1, "leaf_index") + 1;
    } while (code == 0 && r.rows == PAGE);
    arena_free(page);
    return code;
}

static void check_end(struct check *k, struct walk *w, const struct db_rows *state)
{
    uint8_t root[DIGEST_LEN];
    struct bytes kept = db_cell(state, 0, "root");
    merkle_frontier_root(&w->tree, root);
    if (db_cell_int(state, 0, "size") != (int64_t)w->tree.size)
        check_fault(k, "SYS", (int64_t)w->tree.size, "tree", "the log has %llu leaves, its state says %lld",
                    (unsigned long long)w->tree.size, (long long)db_cell_int(state, 0, "size"));
    else if ((kept.len != DIGEST_LEN || memcmp(kept.data, root, DIGEST_LEN) != 0) && !w->is_broken)
        check_fault(k, w->stream[0] != '\0' ? w->stream : "SYS", w->seq, "tree",
                    "the leaves do not give the root that the log's state holds");
    if (w->next_tile < w->tiles.rows)
        check_fault(k, "SYS", (int64_t)w->tree.size, "tree", "there are tiles beyond the leaves");
    check_lost(k, w);
    k->report->tree_size = (int64_t)w->tree.size;
}

int check_log(struct check *k, struct err *e)
{
    const struct statement_row *rows = audit_check_statements.rows;
    struct arena *a = arena_new((size_t)1 << 30);
    struct walk *w = ARENA_NEW(a, struct walk);
    struct anchors anchors = {0};
    struct db_rows state;
    int code = anchors_read(k, &anchors, e);
    code = code != 0 ? code : db_query(k->db, a, &rows[AUDIT_TREE], DB_NONE, &state, e);
    code = code != 0 ? code : db_query(k->db, a, &rows[AUDIT_TILES], DB_NONE, &w->tiles, e);
    w->stamps = stamps_new(k, a, &anchors);
    w->heads = heads_new(k, a);
    code = code != 0 ? code : heads_read(w->heads, e);
    code = code != 0 ? code : check_leaves(k, w, e);
    if (code == 0)
        check_end(k, w, &state);
    code = code != 0 ? code : stamps_end(w->stamps, w, e);
    code = code != 0 ? code : check_rehash(k, w->tree.size, anchors.tsa, e);
    code = check_damage(k, "SYS", (int64_t)w->tree.size, code, e);
    stamps_free(w->stamps);
    anchors_free(&anchors);
    arena_free(a);
    return code == 1 ? 0 : code;
}
