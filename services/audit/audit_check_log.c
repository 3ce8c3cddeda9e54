#include <stdio.h>
#include <string.h>

#include "audit_check_inside.h"
#include "crypto/keys.h"
#include "crypto/tsp.h"
#include "db/log_source.h"
#include "file/file.h"
#include "ledger/note.h"

#define PAGE 5000
#define WITNESSES_MAX 16
#define ANCHOR_MAX 65536

/** Who must have signed a checkpoint. */
struct anchors {
    bool are_given;
    struct note_key log, witness[WITNESSES_MAX];
    size_t witness_count;
    struct tsp_trust *tsa;
};

/** The leaves being read, against what was said about them before. */
struct walk {
    struct merkle_frontier tree, tile;
    struct db_rows tiles, checkpoints;
    int next_tile, next_checkpoint;
    char stream[33];                  /* of the first leaf that the last good checkpoint does not cover */
    int64_t seq;
    bool is_broken;
};

static int read_anchor(struct arena *a, const char *folder, const char *name, struct bytes *ret, struct err *e)
{
    const char *path = arena_printf(a, "%s/%s", folder, name);
    int code = file_read(a, path, ANCHOR_MAX, ret, e);
    return code > 0 ? err_fault(e, "%s is not there", path) : code;
}

static int read_witnesses(struct arena *a, const char *folder, struct anchors *ret, struct err *e)
{
    struct bytes text;
    int code = read_anchor(a, folder, "witnesses.txt", &text, e);
    const char *at = (const char *)text.data, *end = code == 0 ? at + text.len : at;
    while (code == 0 && at < end) {
        size_t len = strcspn(at, "\n");
        if (len > 0 && ret->witness_count == WITNESSES_MAX)
            return err_fault(e, "more than %d witnesses", WITNESSES_MAX);
        if (len > 0)
            code = note_vkey_parse(a, at, len, &ret->witness[ret->witness_count++], e);
        at += len + 1;
    }
    return code;
}

static int read_anchors(struct check *k, struct anchors *ret, struct err *e)
{
    struct bytes pem;
    uint8_t key[NOTE_PUBLIC];
    const char *folder = k->trust->folder;
    *ret = (struct anchors){0};
    if (folder[0] == '\0') {
        audit_note_add(k->arena, k->report, "signatures of checkpoints: no folder `trust` is set");
        return 0;
    }
    int code = read_anchor(k->arena, folder, "log.pub.pem", &pem, e);
    if (code == 0)
        code = key_note_public_from_pem(pem, key, e);
    if (code == 0) {
        ret->log = note_key_make(k->arena, k->trust->origin, NOTE_KEY_ED25519, key);
        code = read_witnesses(k->arena, folder, ret, e);
    }
    if (code == 0)
        code = read_anchor(k->arena, folder, "tsa-root.pem", &pem, e);
    if (code == 0 && (ret->tsa = tsp_trust_new((const char *)pem.data, e)) == NULL)
        code = err_fault(e, "tsa-root.pem is no root");
    ret->are_given = code == 0;
    return code;
}

static int judge_anchors(struct arena *a, const struct anchors *t, const struct checkpoint *c, const struct db_rows *r,
                         int row, struct err *e)
{
    struct bytes text = db_cell(r, row, "cosignatures");
    struct checkpoint cosigned;
    int64_t at_ms;
    uint64_t at_s;
    int code = note_verify(c, &t->log, key_note_verify, e);
    if (code == 0 && t->witness_count > 0)
        code = note_parse(a, (const char *)text.data, text.len, &cosigned, e);
    if (code == 0 && t->witness_count > 0 &&
        (cosigned.body.len != c->body.len || memcmp(cosigned.body.data, c->body.data, c->body.len) != 0))
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "cosignatures", "", "the witnesses cosigned another checkpoint");
    for (size_t i = 0; code == 0 && i < t->witness_count; i++)
        code = cosignature_verify(a, &cosigned, &t->witness[i], key_note_verify, &at_s, e);
    if (code == 0)
        code = tsp_verify(t->tsa, db_cell(r, row, "note"), db_cell(r, row, "token"), &at_ms, e);
    if (code == 0 && at_ms != db_cell_int(r, row, "token_ms"))
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "token", "", "the column of the token's time differs from the token");
    return code;
}

/* A checkpoint of the size just reached: the root that was signed is the root of the leaves that are here now. */
static void check_checkpoint(struct check *k, struct walk *w, const struct anchors *t)
{
    struct arena *a = arena_new(0);
    struct checkpoint c;
    struct err why;
    uint8_t root[DIGEST_LEN];
    struct bytes note = db_cell(&w->checkpoints, w->next_checkpoint, "note");
    merkle_frontier_root(&w->tree, root);
    if (note_parse(a, (const char *)note.data, note.len, &c, &why) != 0 ||
        (t->are_given && judge_anchors(a, t, &c, &w->checkpoints, w->next_checkpoint, &why) != 0))
        check_fault(k, "SYS", (int64_t)w->tree.size, "checkpoint", "of size %llu: %.200s",
                    (unsigned long long)w->tree.size, why.text);
    else if (c.size != w->tree.size || strcmp(c.origin, k->trust->origin) != 0)
        check_fault(k, "SYS", (int64_t)w->tree.size, "checkpoint", "kept for size %llu, it says %llu of %s",
                    (unsigned long long)w->tree.size, (unsigned long long)c.size, c.origin);
    else if (memcmp(c.root, root, DIGEST_LEN) != 0 && !w->is_broken) {
        check_fault(k, w->stream, w->seq, "tree", "from this entry on the log is not the one signed at size %llu",
                    (unsigned long long)c.size);
        w->is_broken = true;
    }
    w->next_checkpoint++;
    w->stream[0] = '\0';
    arena_free(a);
}

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

static void check_leaf(struct check *k, struct walk *w, const struct anchors *t, const struct db_rows *r, int row)
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
        return;
    if (w->stream[0] == '\0') {
        snprintf(w->stream, sizeof w->stream, "%s", stream);
        w->seq = seq;
    }
    merkle_append(&w->tree, leaf.data);
    merkle_append(&w->tile, leaf.data);
    if (w->tile.size == LOG_TILE)
        check_tile(k, w, stream, seq);
    check_signed(k, w);
    while (w->next_checkpoint < w->checkpoints.rows &&
           db_cell_int(&w->checkpoints, w->next_checkpoint, "size") == (int64_t)w->tree.size)
        check_checkpoint(k, w, t);
}

static int check_leaves(struct check *k, struct walk *w, const struct anchors *t, struct err *e)
{
    struct arena *page = arena_new((size_t)256 << 20);
    struct db_rows r = {0};
    int64_t from = 0;
    int code;
    do {
        arena_reset(page);
        code = db_query(k->db, page, &audit_check_statements.rows[AUDIT_LEAVES], DB_VALUES(db_int(from), db_int(PAGE)), &r, e);
        for (int i = 0; code == 0 && i < r.rows; i++)
            check_leaf(k, w, t, &r, i);
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
    if (w->next_checkpoint < w->checkpoints.rows)
        check_fault(k, "SYS", (int64_t)w->tree.size, "checkpoint", "the log has %llu leaves, size %lld was signed",
                    (unsigned long long)w->tree.size,
                    (long long)db_cell_int(&w->checkpoints, w->next_checkpoint, "size"));
    if (w->next_tile < w->tiles.rows)
        check_fault(k, "SYS", (int64_t)w->tree.size, "tree", "there are tiles beyond the leaves");
    check_lost(k, w);
    k->report->tree_size = (int64_t)w->tree.size;
}

int check_log(struct check *k, struct err *e)
{
    const struct statement_row *rows = audit_check_statements.rows;
    struct arena *a = arena_new((size_t)512 << 20);
    struct walk *w = ARENA_NEW(a, struct walk);
    struct anchors anchors = {0};
    struct db_rows state;
    int code = read_anchors(k, &anchors, e);
    code = code != 0 ? code : db_query(k->db, a, &rows[AUDIT_TREE], DB_NONE, &state, e);
    code = code != 0 ? code : db_query(k->db, a, &rows[AUDIT_TILES], DB_NONE, &w->tiles, e);
    code = code != 0 ? code : db_query(k->db, a, &rows[AUDIT_CHECKPOINTS], DB_NONE, &w->checkpoints, e);
    code = code != 0 ? code : check_leaves(k, w, &anchors, e);
    if (code == 0)
        check_end(k, w, &state);
    code = code != 0 ? code : check_rehash(k, w->tree.size, anchors.tsa, e);
    code = check_damage(k, "SYS", (int64_t)w->tree.size, code, e);
    tsp_trust_free(anchors.tsa);
    arena_free(a);
    return code == 1 ? 0 : code;
}
