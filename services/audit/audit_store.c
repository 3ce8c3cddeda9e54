#include "audit_store.h"

#include <string.h>

enum { CHECKPOINT, LEAVES, STREAM, SYS_ALL, SYS_LAST, HEADS, ATTACHMENT, CHAIN, ONE, KNOWN };

#define POSITION                                                                                            \
    "select l.leaf_index, e.seq, e.bytes, e.statement, e.signature from ledger.entry e"                      \
    " join ledger.leaf l on l.stream = e.stream and l.seq = e.seq where e.stream = $1 and l.leaf_index < $2"

static const struct statement_row rows[] = {
    [CHECKPOINT] = {"audit_checkpoint",
                    "select size, note, cosignatures, token, token_ms from ledger.checkpoint where is_seal order by size desc limit 1",
                    0, NULL},
    [LEAVES] = {"audit_leaves",
                "select string_agg(leaf, ''::bytea order by leaf_index) as leaves from ledger.leaf where leaf_index < $1", 1,
                NULL},
    [STREAM] = {"audit_stream", POSITION " order by e.seq", 2, NULL},
    [SYS_ALL] = {"audit_sys_all", POSITION " and e.type = $3 order by e.seq", 3, NULL},
    [SYS_LAST] = {"audit_sys_last", POSITION " and e.type = $3 order by e.seq desc limit 1", 3, NULL},
    [HEADS] = {"audit_heads", "select stream, seq, leaf from ledger.heads_at($1)", 1, NULL},
    [ATTACHMENT] = {"audit_attachment", "select bytes from ledger.attachment where sha256 = $1", 1, NULL},
    [CHAIN] = {"audit_chain",
               "select c.seq, c.time_ms, c.leaf, c.statement, c.signature, coalesce(b.seq, s.correction_seq, d.seq) as unsigned_by,"
               " case when b.seq is null then s.stream_id end as unsigned_in from ledger.chain($1, $2, 1000) c"
               " left join lateral (select max(l.correction_seq) as seq from batch.lapse_facts l where l.batch_id = $1"
               " and l.entry = c.seq and l.renewed_seq is null) b on true"
               " left join lateral (select l.stream_id, l.correction_seq from release.lapse_facts l where l.batch_id = $1"
               " and l.entry = c.seq order by l.stream_id desc, l.correction_seq desc limit 1) s on true"
               " left join lateral (select max(k.seq) as seq from source.correction_facts k where k.stream_id = $1"
               " and c.seq in (k.determined_seq, k.receipt_seq)) d on true order by c.seq", 2, NULL},
    [ONE] = {"audit_one", "select bytes, statement, signature from ledger.chain($1, $2, 1) where seq = $2", 2, NULL},
    [KNOWN] = {"audit_known", "select from ledger.entry where stream = $1 limit 1", 1, NULL},
};

const struct statement_table audit_statements = STATEMENT_TABLE(rows);

int audit_store_checkpoint(struct db *db, struct arena *a, struct audit_checkpoint *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[CHECKPOINT], DB_NONE, &r, e);
    if (code == 0 && r.rows == 0)
        code = err_raise(e, ERR_UNAVAILABLE, "", "", "the log has no checkpoint yet");
    if (code == 0)
        *ret = (struct audit_checkpoint){(uint64_t)db_cell_int(&r, 0, "size"), db_cell(&r, 0, "note"),
                                         db_cell(&r, 0, "cosignatures"), db_cell(&r, 0, "token"), db_cell_int(&r, 0, "token_ms")};
    return code;
}

int audit_store_known(struct db *db, struct arena *a, const char *batch_id, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[KNOWN], DB_VALUES(db_text(batch_id)), &r, e);
    return code == 0 && r.rows == 0 ? err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no batch %s", batch_id) : code;
}

int audit_store_leaves(struct db *db, struct arena *a, uint64_t size, struct bytes *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[LEAVES], DB_VALUES(db_int((int64_t)size)), &r, e);
    if (code != 0)
        return code;
    *ret = db_cell(&r, 0, "leaves");
    return ret->len == size * DIGEST_LEN ? 0 : err_fault(e, "the log has gaps below leaf %llu", (unsigned long long)size);
}

static int take_entry(struct arena *a, const struct db_rows *r, int row, struct dossier_entry *ret, struct err *e)
{
    ret->text = db_cell(r, row, "bytes");
    ret->stmt = db_cell(r, row, "statement");
    ret->p7s = db_cell(r, row, "signature");
    ret->index = (uint64_t)db_cell_int(r, row, "leaf_index");
    entry_leaf_hash(ret->text.data, ret->text.len, ret->leaf);
    int code = entry_parse(a, (const char *)ret->text.data, ret->text.len, &ret->entry, e);
    if (code == 0)
        code = statement_parse(a, (const char *)ret->stmt.data, ret->stmt.len, &ret->statement, e);
    return code;
}

static int take_stream(struct arena *a, const char *id, const struct db_rows *r, struct dossier_stream *ret, struct err *e)
{
    *ret = (struct dossier_stream){.id = arena_text(a, id), .whole = true, .count = (size_t)r->rows,
                                   .entry = ARENA_ARRAY(a, struct dossier_entry, r->rows)};
    for (int i = 0; i < r->rows; i++) {
        int code = take_entry(a, r, i, &ret->entry[i], e);
        if (code != 0)
            return err_fault(e, "entry %d of %s cannot be read: the record is damaged; run `stemma audit verify`", i, id);
    }
    return r->rows > 0 ? 0 : err_raise(e, ERR_NOT_FOUND, "stream", "", "stream %s has no entry in the log yet", id);
}

int audit_store_stream(struct db *db, struct arena *a, const char *id, uint64_t size, struct dossier_stream *ret,
                       struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[STREAM], DB_VALUES(db_text(id), db_int((int64_t)size)), &r, e);
    return code != 0 ? code : take_stream(a, id, &r, ret, e);
}

int audit_store_sys(struct db *db, struct arena *a, const char *type, uint64_t size, bool newest, struct dossier_stream *ret,
                    struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[newest ? SYS_LAST : SYS_ALL],
                        DB_VALUES(db_text("SYS"), db_int((int64_t)size), db_text(type)), &r, e);
    return code != 0 ? code : take_stream(a, "SYS", &r, ret, e);
}

int audit_store_heads(struct db *db, struct arena *a, uint64_t size, struct head **ret, size_t *ret_count, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[HEADS], DB_VALUES(db_int((int64_t)size)), &r, e);
    if (code != 0)
        return code;
    struct head *heads = ARENA_ARRAY(a, struct head, r.rows);
    for (int i = 0; i < r.rows; i++) {
        heads[i].stream = db_cell_text(&r, i, "stream");
        heads[i].seq = db_cell_int(&r, i, "seq");
        memcpy(heads[i].leaf, db_cell(&r, i, "leaf").data, DIGEST_LEN);
    }
    heads_sort(heads, (size_t)r.rows);
    *ret = heads;
    *ret_count = (size_t)r.rows;
    return 0;
}

int audit_store_attachment(struct db *db, struct arena *a, const uint8_t sha256[DIGEST_LEN], struct bytes *ret,
                           struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[ATTACHMENT], DB_VALUES(db_bytes((struct bytes){sha256, DIGEST_LEN})), &r, e);
    if (code == 0 && r.rows == 0)
        code = err_raise(e, ERR_NOT_FOUND, "attachment", "", "attachment %s is missing", hex_text(a, sha256, DIGEST_LEN));
    if (code == 0)
        *ret = db_cell(&r, 0, "bytes");
    return code;
}

int audit_store_entries(struct call *c, const char *stream, int64_t from_seq, struct list *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, &rows[CHAIN], DB_VALUES(db_text(stream), db_int(from_seq)), &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct statement s;
        struct bytes text = db_cell(&r, i, "statement");
        struct entry_row *row = record_list_add(c->arena, &record_entry_row, ret);
        code = statement_parse(c->arena, (const char *)text.data, text.len, &s, e);
        if (code != 0)
            return err_fault(e, "entry %d of %s cannot be read", i, stream);
        row->seq = db_cell_int(&r, i, "seq");
        row->type = s.type;
        row->meaning = meaning_word(s.meaning);
        row->person_id = s.actor;
        row->is_signed = db_cell(&r, i, "signature").data != NULL;
        row->unsigned_by = db_cell(&r, i, "unsigned_by").data == NULL ? INTEGER_ABSENT : db_cell_int(&r, i, "unsigned_by");
        row->unsigned_in = db_cell_text(&r, i, "unsigned_in");
        row->time = db_cell_int(&r, i, "time_ms");
        row->leaf = hex_text(c->arena, db_cell(&r, i, "leaf").data, DIGEST_LEN);
    }
    return code;
}

int audit_store_statement(struct call *c, const char *stream, int64_t seq, struct statement_show *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, &rows[ONE], DB_VALUES(db_text(stream), db_int(seq)), &r, e);
    if (code == 0 && r.rows == 0)
        code = err_raise(e, ERR_NOT_FOUND, "seq", "", "stream %s has no entry %lld", stream, (long long)seq);
    if (code != 0)
        return code;
    ret->statement = db_cell_text(&r, 0, "statement");
    ret->entry = db_cell_text(&r, 0, "bytes");
    ret->signature = db_cell(&r, 0, "signature");
    return 0;
}
