#include "audit_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit_check_inside.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/entry.h"
#include "ledger/stream.h"

#define FAULTS_MAX 100
#define NOTES_MAX 20    /* what the report has room for */
#define UNREAD_MS -1    /* the time of an entry that cannot be read: nothing can be said of the end of its stream */

static const struct statement_row rows[] = {
    [AUDIT_SNAPSHOT] = {"audit_check_snapshot", "set transaction isolation level repeatable read", 0, NULL},
    /* Row by row through the keys, so that a damaged page is met only by whoever asks for what is on it. */
    [AUDIT_PLAN] = {"audit_check_plan",
        "select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),"
        " set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"
        " set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)", 0, NULL},
    [AUDIT_TOTAL] = {"audit_check_total",
        "select coalesce(sum(h.seq + 1), 0) as total, (select t.size from ledger.tree_state t) as size from ledger.head h",
        0, NULL},
    [AUDIT_ENTRIES] = {"audit_check_entries",
        "select e.stream, e.seq, e.time_ms, e.leaf, e.bytes, e.statement, e.signature, e.command, e.type, l.leaf_index,"
        " l.leaf as logged, h.seq as head_seq, h.leaf as head_leaf, h.time_ms as head_ms,"
        " exists (select from ledger.pending p where l.leaf is null and p.stream = e.stream and p.seq = e.seq"
        "         and p.leaf = e.leaf) as is_pending"
        " from (select * from ledger.entry where (stream, seq) > ($1, $2) and stream <= $3 order by stream, seq limit $4) e"
        " left join ledger.leaf l on l.stream = e.stream and l.seq = e.seq"
        " left join ledger.head h on h.stream = e.stream order by e.stream, e.seq", 4, NULL},
    [AUDIT_CHANGED] = {"audit_check_changed",
        "select h.stream from ledger.head h where h.stream <= $1 and exists (select from ledger.entry e"
        " left join ledger.leaf l on l.stream = e.stream and l.seq = e.seq"
        " where e.stream = h.stream and coalesce(l.leaf_index, $2) >= $2) order by h.stream", 2, NULL},
    [AUDIT_NEXT_KEY] = {"audit_check_next_key",
        "select stream, seq from ((select stream, seq from ledger.leaf where (stream, seq) > ($1, $2) and stream <= $3"
        " order by stream, seq limit 1) union all (select stream, seq from ledger.pending"
        " where (stream, seq) > ($1, $2) and stream <= $3 order by stream, seq limit 1)) k order by stream, seq limit 1", 3,
        NULL},
    [AUDIT_ATTACHMENT] = {"audit_check_attachment", "select bytes from ledger.attachment where sha256 = $1", 1, NULL},
    [AUDIT_HEADS_LOST] = {"audit_check_heads_lost",
        "select h.stream, h.seq from ledger.head h"
        " where not exists (select from ledger.entry e where e.stream = h.stream) order by 1 limit 100", 0, NULL},
    [AUDIT_LEAVES] = {"audit_check_leaves",
        "select l.leaf_index, l.leaf, l.stream, l.seq, e.stream is not null as has_entry, e.time_ms,"
        " case when e.stream = 'SYS' and e.type = 'log.timestamp' then e.bytes end as bytes,"
        " case when e.stream = 'SYS' and e.type = 'log.timestamp' then e.statement end as statement from ledger.leaf l"
        " left join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
        " where l.leaf_index >= $1 order by l.leaf_index limit $2", 2, NULL},
    [AUDIT_LEAVES_ALONE] = {"audit_check_leaves_alone",
        "select leaf_index, leaf, stream, seq, true as has_entry, null::bigint as time_ms, null::bytea as bytes,"
        " null::bytea as statement from ledger.leaf where leaf_index >= $1 order by leaf_index limit $2", 2, NULL},
    [AUDIT_LATER] = {"audit_check_later",
        "select l.stream, l.seq, e.time_ms from ledger.leaf l join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
        " where l.leaf_index >= $1 and l.leaf_index < $2 and e.time_ms > $3 order by l.leaf_index limit 100", 3, NULL},
    [AUDIT_TREE] = {"audit_check_tree", "select size, root from ledger.tree_state", 0, NULL},
    [AUDIT_TILES] = {"audit_check_tiles", "select n, root from ledger.tile order by n", 0, NULL},
    [AUDIT_CHECKPOINTS] = {"audit_check_checkpoints",
        "select size, root, note, cosignatures, token, token_ms from ledger.checkpoint where size > $1 order by size limit $2", 2, NULL},
    [AUDIT_CHECKPOINT_OF] = {"audit_check_checkpoint_of", "select note from ledger.checkpoint where size = $1", 1, NULL},
    [AUDIT_HEADS] = {"audit_check_heads",
        "select e.seq, e.statement, l.leaf_index from ledger.entry e left join ledger.leaf l on l.stream = e.stream and l.seq = e.seq"
        " where e.stream = 'SYS' and e.type = 'log.heads' and e.seq > $1 order by e.seq limit $2", 2, NULL},
    [AUDIT_REHASHES] = {"audit_check_rehashes",
        "select seq, bytes, statement from ledger.entry where stream = 'SYS' and type = 'log.rehash' order by seq", 0, NULL},
};
const struct statement_table audit_check_statements = STATEMENT_TABLE(rows);

/* What a tampered row says is quoted, and may be anything. */
static char *make_printable(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    return text;
}

struct audit_fault *audit_fault_add(struct arena *a, struct audit_report *report, const char *stream, int64_t seq,
                                    const char *rule, const char *text)
{
    struct list lost = {0};
    report->holds = 0;
    struct audit_fault *f = record_list_add(a, &record_audit_fault, report->faults.count < FAULTS_MAX ? &report->faults : &lost);
    if (lost.count > 0)
        report->more = report->more == INTEGER_ABSENT ? 1 : report->more + 1;
    if (stream != NULL) {
        f->stream = make_printable(arena_printf(a, "%.32s", stream));
        f->seq = seq;
    }
    f->rule = arena_text(a, rule);
    f->text = make_printable(arena_printf(a, "%.390s", text));
    return f;
}

void audit_fault_row(struct arena *a, struct audit_fault *f, const char *table, const char *key)
{
    f->table = make_printable(arena_printf(a, "%.79s", table));
    f->key = key == NULL ? NULL : make_printable(arena_printf(a, "%.190s", key));
}

void audit_note_add(struct arena *a, struct audit_report *report, const char *text)
{
    if (report->notes.count < NOTES_MAX)
        texts_add(a, &report->notes,
                  report->notes.count == NOTES_MAX - 1 ? "and others" : make_printable(arena_printf(a, "%.390s", text)));
}

void check_fault(struct check *k, const char *stream, int64_t seq, const char *rule, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    audit_fault_add(k->arena, k->report, stream, seq, rule, text);
}

static bool is_same(struct bytes b, const uint8_t digest[DIGEST_LEN])
{
    return b.len == DIGEST_LEN && memcmp(b.data, digest, DIGEST_LEN) == 0;
}

/* Position: the entry's own words against its place, its predecessor and the columns beside it. */
static void check_position(struct check *k, struct chain *c, const struct db_rows *r, int row, const struct entry *entry)
{
    const char *stream = db_cell_text(r, row, "stream");
    int64_t seq = db_cell_int(r, row, "seq");
    uint8_t before[DIGEST_LEN];
    if (c->seq >= 0)
        memcpy(before, c->leaves.text + c->leaves.len - DIGEST_LEN, DIGEST_LEN);
    else
        entry_genesis_hash(k->trust->origin, stream, before);
    if (strcmp(entry->origin, k->trust->origin) != 0)
        check_fault(k, stream, seq, "log", "the entry names log %s", entry->origin);
    if (strcmp(entry->stream, stream) != 0 || entry->seq != seq)
        check_fault(k, stream, seq, "seq", "the entry says it is %lld of %s", (long long)entry->seq, entry->stream);
    if (seq != c->seq + 1 && !c->is_broken)
        check_fault(k, stream, c->seq + 1, "seq", "entries %lld to %lld are missing", (long long)c->seq + 1,
                    (long long)seq - 1);
    else if (memcmp(entry->prev, before, DIGEST_LEN) != 0 && !c->is_broken)
        check_fault(k, stream, seq, "prev", "the entry does not link to the one before it");
    if (c->seq >= 0 && entry->time_ms <= c->time_ms)
        check_fault(k, stream, seq, "time", "the entry is not later than the one before it");
    if (entry->time_ms != db_cell_int(r, row, "time_ms"))
        check_fault(k, stream, seq, "time", "the time column differs from the entry");
}

static void check_signature(struct check *k, const struct statement *s, const struct entry *entry, struct bytes statement,
                            struct bytes signature)
{
    const struct verb_row *verb = verb_find(s->type);
    struct cms_signer signer;
    struct err why;
    uint8_t hash[DIGEST_LEN];
    if (verb != NULL && verb_meaning_check(verb, meaning_word(s->meaning), &why) != 0)
        check_fault(k, entry->stream, entry->seq, "meaning", "%.250s", why.text);
    if (!statement_is_act(s) || signature.data == NULL) {
        if (statement_is_act(s) || signature.data != NULL || entry->sig_len != 0)
            check_fault(k, entry->stream, entry->seq, "sig", "an act without signature, or a signature without act");
        return;
    }
    k->report->acts++;
    digest_sha256(signature.data, signature.len, hash);
    if (entry->sig_len != (int64_t)signature.len || memcmp(hash, entry->sig_sha256, DIGEST_LEN) != 0) {
        check_fault(k, entry->stream, entry->seq, "sig", "the signature is not the one that the entry names");
        return;
    }
    if (k->trust->lab == NULL)
        check_fault(k, entry->stream, entry->seq, "sig", "no lab root to verify with");
    else if (cms_verify(k->trust->lab, statement, signature, entry->time_ms, &signer, &why) != 0)
        check_fault(k, entry->stream, entry->seq, "sig", "%.250s", why.text);
    else if (strcmp(signer.cert_sha256, s->signer_cert) != 0 || strcmp(signer.person_id, s->signer) != 0)
        check_fault(k, entry->stream, entry->seq, "signer", "signed by %s, not by %s", signer.person_id, s->signer);
    else if (verb != NULL && verb_roles_check(verb, roles_from_text(signer.roles), &why) != 0)
        check_fault(k, entry->stream, entry->seq, "signer", "signed by %s, whose certificate says \"%s\": %.150s", signer.person_id,
                    signer.roles, why.text);
}

static void check_reviewed(struct check *k, const struct chain *c, const struct statement *s, const struct entry *entry)
{
    uint8_t genesis[DIGEST_LEN];
    const uint8_t *seen = genesis;
    if (s->reviewed_seq == REVIEWED_NONE)
        return;
    entry_genesis_hash(k->trust->origin, entry->stream, genesis);
    if (s->reviewed_seq >= 0 && ((size_t)s->reviewed_seq + 1) * DIGEST_LEN <= c->leaves.len)
        seen = (const uint8_t *)c->leaves.text + (size_t)s->reviewed_seq * DIGEST_LEN;
    else if (s->reviewed_seq >= 0)
        seen = NULL;
    if ((seen == NULL || memcmp(seen, s->reviewed_hash, DIGEST_LEN) != 0) && !c->is_broken)
        check_fault(k, entry->stream, entry->seq, "reviewed", "what was reviewed is no earlier entry of this stream");
}

static void check_statement(struct check *k, struct arena *a, const struct chain *c, const struct db_rows *r, int row,
                            const struct entry *entry)
{
    struct statement s;
    struct err why;
    uint8_t hash[DIGEST_LEN], command[16];
    struct bytes text = db_cell(r, row, "statement"), id = db_cell(r, row, "command");
    digest_sha256(text.data, text.len, hash);
    if (entry->stmt_len != (int64_t)text.len || memcmp(hash, entry->stmt_sha256, DIGEST_LEN) != 0) {
        check_fault(k, entry->stream, entry->seq, "stmt", "the statement is not the one that the entry names");
        return;
    }
    if (statement_parse(a, (const char *)text.data, text.len, &s, &why) != 0) {
        check_fault(k, entry->stream, entry->seq, "stmt", "%.250s", why.text);
        return;
    }
    hex_to(s.command, 32, command);
    if (strcmp(s.stream, entry->stream) != 0 || strcmp(s.type, db_cell_text(r, row, "type")) != 0 || id.len != 16 ||
        memcmp(id.data, command, 16) != 0)
        check_fault(k, entry->stream, entry->seq, "stmt", "the statement names another stream, type or command");
    check_reviewed(k, c, &s, entry);
    check_signature(k, &s, entry, text, db_cell(r, row, "signature"));
}

static int check_attachments(struct check *k, struct arena *a, const struct entry *entry, struct err *e)
{
    for (size_t i = 0; i < entry->att_count; i++) {
        struct db_rows r;
        uint8_t hash[DIGEST_LEN];
        const struct attachment *att = &entry->att[i];
        int code = db_query(k->db, a, &rows[AUDIT_ATTACHMENT],
                            DB_VALUES(db_bytes((struct bytes){att->sha256, DIGEST_LEN})), &r, e);
        code = check_damage(k, entry->stream, entry->seq, code, e);
        if (code != 0)
            return code == 1 ? 0 : code;
        struct bytes file = db_cell(&r, 0, "bytes");
        if (r.rows > 0)
            digest_sha256(file.data, file.len, hash);
        if (r.rows == 0 || att->len != (int64_t)file.len || memcmp(hash, att->sha256, DIGEST_LEN) != 0)
            check_fault(k, entry->stream, entry->seq, "att", "attachment %s is missing or another", att->name);
    }
    return 0;
}

static void check_place_in_log(struct check *k, struct chain *c, const struct db_rows *r, int row,
                               const uint8_t leaf[DIGEST_LEN])
{
    const char *stream = db_cell_text(r, row, "stream");
    int64_t seq = db_cell_int(r, row, "seq"), index = db_cell_int(r, row, "leaf_index");
    struct bytes logged = db_cell(r, row, "logged");
    if (logged.data == NULL) {
        if (!db_cell_bool(r, row, "is_pending"))
            check_fault(k, stream, seq, "leaf", "the entry is neither in the log nor on its way there");
        return;
    }
    if (!is_same(logged, leaf))
        check_fault(k, stream, seq, "leaf", "leaf %lld of the log is another", (long long)index);
    if (index <= c->leaf_index)
        check_fault(k, stream, seq, "leaf", "the leaf does not come after that of the entry before");
    c->leaf_index = index;
}

void check_head(struct check *k, const struct chain *c)
{
    uint8_t last[DIGEST_LEN];
    if (c->time_ms == UNREAD_MS)
        return;
    memcpy(last, c->leaves.text + c->leaves.len - DIGEST_LEN, DIGEST_LEN);
    if (!c->has_head)
        check_fault(k, c->stream, c->seq, "head", "the stream has no head");
    else if (c->head_seq > c->seq)
        check_fault(k, c->stream, c->seq + 1, "head", "the newest entries, up to %lld, are missing", (long long)c->head_seq);
    else if (c->head_seq < c->seq || memcmp(c->head, last, DIGEST_LEN) != 0 || c->head_ms != c->time_ms)
        check_fault(k, c->stream, c->seq, "head", "the head names another last entry");
}

static void take_head(struct chain *c, const struct db_rows *r, int row)
{
    struct bytes head = db_cell(r, row, "head_leaf");
    c->has_head = head.len == DIGEST_LEN;
    c->head_seq = db_cell_int(r, row, "head_seq");
    c->head_ms = db_cell_int(r, row, "head_ms");
    if (c->has_head)
        memcpy(c->head, head.data, DIGEST_LEN);
}

/* Hashes by seq, so that `reviewed` finds its place; a gap is filled with nothing that could be reviewed. */
static void chain_add(struct chain *c, int64_t seq, const uint8_t leaf[DIGEST_LEN])
{
    static const uint8_t nothing[DIGEST_LEN];
    while (c->leaves.len / DIGEST_LEN < (size_t)seq && seq < INT64_C(10000000))
        buf_add(&c->leaves, nothing, DIGEST_LEN);
    buf_add(&c->leaves, leaf, DIGEST_LEN);
    c->seq = seq;
}

void check_skip(struct chain *c, int64_t seq)
{
    static const uint8_t unread[DIGEST_LEN];
    chain_add(c, seq, unread);
    c->time_ms = UNREAD_MS;
    c->is_broken = true;
}

int check_entry(struct check *k, struct arena *a, struct chain *c, const struct db_rows *r, int row, struct err *e)
{
    struct entry entry;
    struct err why;
    uint8_t leaf[DIGEST_LEN];
    const char *stream = db_cell_text(r, row, "stream");
    int64_t seq = db_cell_int(r, row, "seq");
    struct bytes text = db_cell(r, row, "bytes");
    size_t faults = k->report->faults.count;
    int code = 0;
    k->report->entries++;
    entry_leaf_hash(text.data, text.len, leaf);
    if (entry_parse(a, (const char *)text.data, text.len, &entry, &why) != 0) {
        check_fault(k, stream, seq, "entry", "%.250s", why.text);
        entry.time_ms = db_cell_int(r, row, "time_ms");
    } else {
        if (!is_same(db_cell(r, row, "leaf"), leaf))
            check_fault(k, stream, seq, "entry", "the entry's bytes do not hash to its leaf");
        check_position(k, c, r, row, &entry);
        check_statement(k, a, c, r, row, &entry);
        check_place_in_log(k, c, r, row, leaf);
        code = check_attachments(k, a, &entry, e);
    }
    chain_add(c, seq, leaf);
    take_head(c, r, row);
    c->time_ms = entry.time_ms;
    c->is_broken |= k->report->faults.count > faults;
    return code;
}

int check_damage(struct check *k, const char *stream, int64_t seq, int code, struct err *e)
{
    const char *state = db_failure(k->db)->sqlstate;
    if (code == 0 || (strncmp(state, "XX00", 4) != 0 && strcmp(state, "58030") != 0))
        return code;
    if (stream != NULL)
        check_fault(k, stream, seq, "page", "the database cannot read it: %.200s", e->text);
    db_rollback(k->db);
    code = audit_check_begin(k->db, e);
    return code != 0 ? code : 1;
}

int audit_check_begin(struct db *db, struct err *e)
{
    db_begin(db);
    int code = db_query(db, NULL, &rows[AUDIT_SNAPSHOT], DB_NONE, NULL, e);
    return code != 0 ? code : db_query(db, NULL, &rows[AUDIT_PLAN], DB_NONE, NULL, e);
}

static int begin(struct check *k, struct err *e)
{
    struct db_rows r;
    struct audit_report *report = k->report;
    int code = db_query(k->db, k->arena, &rows[AUDIT_TOTAL], DB_NONE, &r, e);
    if (code != 0)
        return code;
    if (!k->task->resumes) {
        record_init(&record_audit_report, report);
        report->holds = 1;
        report->entries = report->acts = report->streams = report->tree_size = 0;
        report->began_at = clock_ms();
        report->log_size = db_cell_int(&r, 0, "size");
    }
    report->scope = k->task->scope != NULL ? k->task->scope : "whole";
    report->state = "running";
    report->total = db_cell_int(&r, 0, "total");
    k->begun_with = report->entries;
    return 0;
}

int audit_check(struct db *db, struct arena *a, const struct audit_trust *trust, const struct audit_task *task,
                struct audit_report *report, struct err *e)
{
    struct check k = {.db = db, .arena = a, .trust = trust, .task = task, .report = report};
    int code = begin(&k, e);
    code = code != 0 ? code : check_entries(&k, e);
    if (code == 0 && !k.stops)
        code = check_log(&k, e);
    if (code == 0)
        report->state = k.stops ? "unfinished" : "done";
    return code;
}
