#include "sequencer_store.h"

#include <string.h>


enum { LOCK, EPOCH, DRAIN, ADVANCE, HEADS, SYS_HEAD, ATTACH, APPEND, CHECKPOINT_ADD, CHECKPOINT_LAST, PENDING,
       NOW, MEASURED, NOTICED, NEWS, HALT, RESUME, RECOVERED, PROGRAMS, PROGRAM_LOGGED, SEAL_LAST };

static const struct statement_row rows[] = {
    [LOCK] = {"sequencer_lock", "select pg_try_advisory_lock(727270002) as got", 0, NULL},
    [EPOCH] = {"sequencer_epoch", "select epoch, size, root, frontier, is_new, last_ms from ledger.epoch_begin()", 0, NULL},
    [DRAIN] = {"sequencer_drain", "select leaf_index, leaf, stream, seq, type, time_ms from ledger.drain($1, $2)", 2, NULL},
    [ADVANCE] = {"sequencer_advance", "select ledger.tree_advance($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [HEADS] = {"sequencer_heads", "select stream, seq, leaf from ledger.heads_at($1)", 1, NULL},
    [SYS_HEAD] = {"sequencer_sys_head", "select seq, time_ms, leaf from ledger.lock_heads(array['SYS'])", 0, NULL},
    [ATTACH] = {"sequencer_attach", "select ledger.attach($1)", 1, NULL},
    [APPEND] = {"sequencer_append",
                "select ledger.append(array['SYS'], array[$1::bigint], array[$2::bytea], array[$3::bytea],"
                " array[$4::bytea], array[null::bytea], array[$5::bytea], array[$6::text], array[$7::bigint])", 7, NULL},
    [CHECKPOINT_ADD] = {"sequencer_checkpoint_add", "select ledger.checkpoint_add($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    [CHECKPOINT_LAST] = {"sequencer_checkpoint_last",
                         "select size, root, note, cosignatures, token, token_ms, is_seal from ledger.checkpoint"
                         " order by size desc limit 1", 0, NULL},
    /* what is in no dossier spoils no seal: who took one, and that this was stamped */
    [SEAL_LAST] = {"sequencer_seal_last",
                   "select c.size, c.root, c.note, c.cosignatures, c.token, c.token_ms, c.is_seal, not exists (select from ledger.leaf l"
                   " join ledger.entry x on x.stream = l.stream and x.seq = l.seq where l.leaf_index >= c.size and (l.stream <> 'SYS'"
                   " or x.type not in ('log.export', 'log.timestamp'))) as holds from ledger.checkpoint c where c.is_seal"
                   " order by c.size desc limit 1", 0, NULL},
    [PENDING] = {"sequencer_pending", "select count(*) as count from ledger.pending", 0, NULL},
    [NOW] = {"sequencer_now", "select here_ms from ledger.clock_now()", 0, NULL},
    [MEASURED] = {"sequencer_clock_measured", "select ledger.clock_measured($1, $2)", 2, NULL},
    [NOTICED] = {"sequencer_clock_noticed", "select ledger.clock_noticed($1, 'authority', $2)", 2, NULL},
    [NEWS] = {"sequencer_clock_news", "select clock, state, against, ahead_ms, seen_ms from ledger.clock_news_take(16)", 0, NULL},
    [HALT] = {"sequencer_halt", "select ledger.halt($1, $2)", 2, NULL},
    [RESUME] = {"sequencer_resume", "select ledger.resume($1)", 1, NULL},
    [PROGRAMS] = {"sequencer_programs",
                  "select service, instance, began_ms, version, encode(program_sha256, 'hex') as program_sha256,"
                  " encode(settings_sha256, 'hex') as settings_sha256 from ledger.program where not is_logged order by began_ms", 0, NULL},
    [PROGRAM_LOGGED] = {"sequencer_program_logged", "select ledger.program_logged($1, $2, $3, $4)", 4, NULL},
    [RECOVERED] = {"sequencer_recovered",
                   "select exists (select from ledger.entry where stream = 'SYS' and seq = 0 and type = 'sequencer.recover') as is_there",
                   0, NULL},
};
const struct statement_table sequencer_statements = STATEMENT_TABLE(rows);

static int take_digest(const struct db_rows *r, int row, const char *column, uint8_t ret[DIGEST_LEN], struct err *e)
{
    struct bytes b = db_cell(r, row, column);
    if (b.len != DIGEST_LEN)
        return err_fault(e, "%s is no digest", column);
    memcpy(ret, b.data, DIGEST_LEN);
    return 0;
}

int store_lock(struct db *db, struct arena *a, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[LOCK], DB_NONE, &r, e);
    if (code == 0 && !db_cell_bool(&r, 0, "got"))
        code = err_raise(e, ERR_BUSY, "", "", "another sequencer works on this database");
    return code;
}

/* The nodes of the set bits of size, lowest first: what merkle_frontier holds, and nothing else. */
static struct bytes frontier_to_bytes(struct arena *a, const struct merkle_frontier *f)
{
    struct buf b = buf_new(a);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if ((f->size >> level & 1) != 0)
            buf_add(&b, f->node[level], DIGEST_LEN);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static int frontier_from_bytes(struct bytes bytes, uint64_t size, struct merkle_frontier *ret, struct err *e)
{
    size_t at = 0;
    *ret = (struct merkle_frontier){.size = size};
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if ((size >> level & 1) != 0) {
            if (at + DIGEST_LEN > bytes.len)
                return err_fault(e, "the tree's frontier is cut off");
            memcpy(ret->node[level], bytes.data + at, DIGEST_LEN);
            at += DIGEST_LEN;
        }
    return at == bytes.len ? 0 : err_fault(e, "the tree's frontier does not fit its size");
}

int store_epoch_begin(struct db *db, struct arena *a, int64_t *ret_epoch, struct merkle_frontier *ret, bool *ret_new,
                      int64_t *ret_last_ms, struct err *e)
{
    struct db_rows r;
    uint8_t kept[DIGEST_LEN], root[DIGEST_LEN];
    int code = db_query(db, a, &rows[EPOCH], DB_NONE, &r, e);
    if (code == 0)
        code = frontier_from_bytes(db_cell(&r, 0, "frontier"), (uint64_t)db_cell_int(&r, 0, "size"), ret, e);
    if (code == 0)
        code = take_digest(&r, 0, "root", kept, e);
    if (code != 0)
        return code;
    merkle_frontier_root(ret, root);
    if (memcmp(root, kept, DIGEST_LEN) != 0)
        return err_raise(e, ERR_TREE_REFUSED, "root", "", "the tree's root does not fit its frontier");
    *ret_epoch = db_cell_int(&r, 0, "epoch");
    *ret_new = db_cell_bool(&r, 0, "is_new");
    *ret_last_ms = db_cell_int(&r, 0, "last_ms");
    return 0;
}

int store_drain(struct db *db, struct arena *a, int64_t epoch, int64_t at_most, struct drained **ret, size_t *ret_count,
                struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[DRAIN], DB_VALUES(db_int(epoch), db_int(at_most)), &r, e);
    if (code != 0)
        return code;
    struct drained *list = ARENA_ARRAY(a, struct drained, r.rows);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        list[i] = (struct drained){.index = (uint64_t)db_cell_int(&r, i, "leaf_index"),
                                   .stream = db_cell_text(&r, i, "stream"), .type = db_cell_text(&r, i, "type"),
                                   .seq = db_cell_int(&r, i, "seq"), .time_ms = db_cell_int(&r, i, "time_ms")};
        code = take_digest(&r, i, "leaf", list[i].leaf, e);
    }
    *ret = list;
    *ret_count = (size_t)r.rows;
    return code;
}

int store_advance(struct db *db, struct arena *a, const struct tree_step *step, const struct merkle_frontier *f,
                  struct err *e)
{
    size_t count = step->count;
    uint8_t root[DIGEST_LEN];
    int64_t *n = ARENA_ARRAY(a, int64_t, count);
    struct bytes *roots = ARENA_ARRAY(a, struct bytes, count);
    for (size_t i = 0; i < count; i++) {
        n[i] = step->tiles[i].n;
        roots[i] = (struct bytes){step->tiles[i].root, DIGEST_LEN};
    }
    merkle_frontier_root(f, root);
    return db_query(db, a, &rows[ADVANCE],
                    DB_VALUES(db_int(step->epoch), db_int((int64_t)step->old_size), db_int((int64_t)f->size),
                              db_bytes((struct bytes){root, DIGEST_LEN}), db_bytes(frontier_to_bytes(a, f)),
                              db_ints(n, count), db_bytes_array(roots, count)), NULL, e);
}

int store_heads(struct db *db, struct arena *a, uint64_t size, struct head **ret, size_t *ret_count, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[HEADS], DB_VALUES(db_int((int64_t)size)), &r, e);
    if (code != 0)
        return code;
    struct head *list = ARENA_ARRAY(a, struct head, r.rows);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        list[i] = (struct head){.stream = db_cell_text(&r, i, "stream"), .seq = db_cell_int(&r, i, "seq")};
        code = take_digest(&r, i, "leaf", list[i].leaf, e);
    }
    heads_sort(list, (size_t)r.rows);
    *ret = list;
    *ret_count = (size_t)r.rows;
    return code;
}

int store_sys_head(struct db *db, struct arena *a, int64_t *ret_seq, int64_t *ret_time_ms, uint8_t ret_leaf[DIGEST_LEN],
                   struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[SYS_HEAD], DB_NONE, &r, e);
    *ret_seq = -1;
    if (code != 0 || r.rows == 0)
        return code;
    *ret_seq = db_cell_int(&r, 0, "seq");
    *ret_time_ms = db_cell_int(&r, 0, "time_ms");
    return take_digest(&r, 0, "leaf", ret_leaf, e);
}

int store_append(struct db *db, const struct sys_entry *s, struct err *e)
{
    uint8_t command[16];
    hex_to(s->command, 32, command);
    if (s->attachment_count > 0)
        db_queue(db, &rows[ATTACH], DB_VALUES(db_bytes_array(s->attachments, s->attachment_count)));
    db_queue(db, &rows[APPEND],
             DB_VALUES(db_int(s->seq), db_bytes((struct bytes){s->leaf, DIGEST_LEN}), db_bytes(s->entry),
                       db_bytes(s->statement), db_bytes((struct bytes){command, sizeof command}), db_text(s->type),
                       db_int(s->time_ms)));
    return db_sync(db, e);
}

int store_checkpoint_add(struct db *db, struct arena *a, int64_t epoch, const struct kept_checkpoint *c, struct err *e)
{
    return db_query(db, a, &rows[CHECKPOINT_ADD],
                    DB_VALUES(db_int(epoch), db_int((int64_t)c->size), db_bytes((struct bytes){c->root, DIGEST_LEN}),
                              db_bytes(c->note), db_bytes(c->cosignatures), db_bytes(c->token), db_int(c->token_ms),
                              db_bool(c->is_seal)), NULL, e);
}

static int take_checkpoint(const struct db_rows *r, struct kept_checkpoint *ret, struct err *e)
{
    *ret = (struct kept_checkpoint){0};
    if (r->rows == 0)
        return 0;
    *ret = (struct kept_checkpoint){.size = (uint64_t)db_cell_int(r, 0, "size"), .note = db_cell(r, 0, "note"),
                                    .cosignatures = db_cell(r, 0, "cosignatures"), .token = db_cell(r, 0, "token"),
                                    .token_ms = db_cell_int(r, 0, "token_ms"), .is_seal = db_cell_bool(r, 0, "is_seal")};
    return take_digest(r, 0, "root", ret->root, e);
}

int store_checkpoint_last(struct db *db, struct arena *a, struct kept_checkpoint *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[CHECKPOINT_LAST], DB_NONE, &r, e);
    return code != 0 ? code : take_checkpoint(&r, ret, e);
}

int store_seal_last(struct db *db, struct arena *a, struct kept_checkpoint *ret, bool *ret_holds, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[SEAL_LAST], DB_NONE, &r, e);
    *ret_holds = code == 0 && r.rows > 0 && db_cell_bool(&r, 0, "holds");
    return code != 0 ? code : take_checkpoint(&r, ret, e);
}

int store_pending(struct db *db, struct arena *a, int64_t *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[PENDING], DB_NONE, &r, e);
    if (code == 0)
        *ret = db_cell_int(&r, 0, "count");
    return code;
}

int store_now(struct db *db, struct arena *a, int64_t *ret_ms, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[NOW], DB_NONE, &r, e);
    if (code == 0)
        *ret_ms = db_cell_int(&r, 0, "here_ms");
    return code;
}

int store_clock_measured(struct db *db, struct arena *a, int64_t epoch, int64_t ahead_ms, struct err *e)
{
    return db_query(db, a, &rows[MEASURED], DB_VALUES(db_int(epoch), db_int(ahead_ms)), NULL, e);
}

int store_clock_noticed(struct db *db, struct arena *a, const char *state, int64_t ahead_ms, struct err *e)
{
    return db_query(db, a, &rows[NOTICED], DB_VALUES(db_text(state), db_int(ahead_ms)), NULL, e);
}

int store_clock_news(struct db *db, struct arena *a, struct log_clock **ret, size_t *ret_count, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[NEWS], DB_NONE, &r, e);
    if (code != 0)
        return code;
    struct log_clock *list = ARENA_ARRAY(a, struct log_clock, r.rows + 1);
    for (int i = 0; i < r.rows; i++) {
        record_init(&record_log_clock, &list[i]);
        list[i].clock = db_cell_text(&r, i, "clock");
        list[i].state = db_cell_text(&r, i, "state");
        list[i].against = db_cell_text(&r, i, "against");
        list[i].ahead_ms = db_cell_int(&r, i, "ahead_ms");
        list[i].seen_at = db_cell_int(&r, i, "seen_ms");
    }
    *ret = list;
    *ret_count = (size_t)r.rows;
    return 0;
}

int store_halt(struct db *db, int64_t epoch, const char *why, struct err *e)
{
    return db_query(db, NULL, &rows[HALT], DB_VALUES(db_int(epoch), db_text(why)), NULL, e);
}

int store_resume(struct db *db, int64_t epoch, struct err *e)
{
    return db_query(db, NULL, &rows[RESUME], DB_VALUES(db_int(epoch)), NULL, e);
}

int store_recovered(struct db *db, struct arena *a, bool *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[RECOVERED], DB_NONE, &r, e);
    if (code == 0)
        *ret = db_cell_bool(&r, 0, "is_there");
    return code;
}

int store_programs(struct db *db, struct arena *a, struct list *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(db, a, &rows[PROGRAMS], DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct log_program *p = record_list_add(a, &record_log_program, ret);
        *p = (struct log_program){.service = db_cell_text(&r, i, "service"), .instance = db_cell_text(&r, i, "instance"),
                                  .began_at = db_cell_int(&r, i, "began_ms"), .version = db_cell_text(&r, i, "version"),
                                  .program_sha256 = db_cell_text(&r, i, "program_sha256"),
                                  .settings_sha256 = db_cell_text(&r, i, "settings_sha256")};
    }
    return code;
}

int store_program_logged(struct db *db, int64_t epoch, const struct log_program *p, struct err *e)
{
    return db_query(db, NULL, &rows[PROGRAM_LOGGED],
                    DB_VALUES(db_int(epoch), db_text(p->service), db_text(p->instance), db_int(p->began_at)), NULL, e);
}
