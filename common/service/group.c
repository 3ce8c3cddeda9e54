#include "service/group.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/entry.h"
#include "service/clock_watch.h"
#include "service/dispatch.h"
#include "service/promise.h"

enum { LOCK_HEADS, READ_HEADS, PRINCIPALS, BY_COMMAND, LEAVES, SINCE, ATTACH, APPEND };

static const struct statement_row rows[] = {
    [LOCK_HEADS] = {"frame_lock_heads", "select stream, seq, leaf, time_ms from ledger.lock_heads($1)", 1, NULL},
    [READ_HEADS] = {"frame_read_heads", "select stream, seq, leaf, time_ms from ledger.heads($1)", 1, NULL},
    [PRINCIPALS] = {"frame_principals",
                    "select state, person_id, name, roles, terminal_id, certificate_sha256"
                    " from access.principals($1, $2, $3, $4) order by ordinal", 4, NULL},
    [BY_COMMAND] = {"frame_by_command",
                    "select command, stream, seq, leaf, time_ms, statement from ledger.by_command($1)", 1, NULL},
    [LEAVES] = {"frame_leaves", "select stream, seq, leaf from ledger.leaf_at($1, $2)", 2, NULL},
    [SINCE] = {"frame_since", "select seq, statement from ledger.chain($1, $2, 4)", 2, NULL},   /* one more than SINCE_TOLD */
    [ATTACH] = {"frame_attach", "select ledger.attach($1)", 1, NULL},
    [APPEND] = {"frame_append", "select ledger.append($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
};

const struct statement_table dispatch_statements = STATEMENT_TABLE(rows);

/* arrays of one group, in the arena of its first member */
struct columns {
    size_t n, acts;
    const char **streams, **tokens_keys;
    struct bytes *tokens, *commands;
    const char **act_streams;
    int64_t *act_seqs;
    int heads, principals, by_command, leaves;   /* tickets, -1: not asked */
};

static void (*meanwhile)(void *ctx, int fd);
static void *meanwhile_ctx;

void group_meanwhile(void (*one)(void *ctx, int fd), void *ctx)
{
    meanwhile = one;
    meanwhile_ctx = ctx;
}

/* The next requests are read, and their signatures verified, while the database works: half of an act's time. */
static int wait_flushed(struct db *db, struct err *e)
{
    while (meanwhile != NULL && !db_is_ready(db))
        meanwhile(meanwhile_ctx, db_fd(db));
    return db_sync(db, e);
}

static int wait_for(struct db *db, struct err *e)
{
    db_flush(db);
    return wait_flushed(db, e);
}

/* The receipts are signed while the database commits; should it not, they are forgotten with the group's first try. */
static int commit(struct db *db, struct work **group, size_t n, struct err *e)
{
    db_queue_commit(db);
    db_flush(db);
    for (size_t i = 0; i < n; i++)
        if (group[i]->records && !group[i]->done)
            group[i]->note = promise_note(group[i]->call.arena, group[i]->call.stream, group[i]->call.seq,
                                          group[i]->call.time_ms, group[i]->call.leaf);
    return wait_flushed(db, e);
}

static bool is_recorded(const struct work *w)
{
    return w->call.verb->kind == VERB_ACT || w->call.verb->kind == VERB_OBSERVE;
}

/* a verb that may be called without a session does not look at one */
static bool asks_who(const struct work *w)
{
    return w->request.token[0] != '\0' && (w->call.verb->flags & VERB_NO_SESSION) == 0;
}

static int compare_texts(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static struct bytes command_bytes(struct work *w)
{
    uint8_t *id = arena_alloc(w->call.arena, 16);
    hex_to(w->call.command, 32, id);
    return (struct bytes){id, 16};
}

/* Queue what every verb needs: heads, who acts, repeated commands, entries that were reviewed. Heads come first: whoever
 * moves one after it was read here, or after the facts that follow, is found by ledger.append, and the group runs again
 * with its heads locked (LOCK_HEADS). Locks cost a write each, and streams are seldom shared. */
static void ask_common(const struct service *service, struct db *db, struct work **group, size_t n, int heads,
                       struct columns *k)
{
    struct arena *a = group[0]->call.arena;
    size_t streams = 0, tokens = 0, acts = 0;
    const char **ids = ARENA_ARRAY(a, const char *, n), **keys = ARENA_ARRAY(a, const char *, n);
    const char **act_ids = ARENA_ARRAY(a, const char *, n);
    int64_t *act_seqs = ARENA_ARRAY(a, int64_t, n);
    struct bytes *hashes = ARENA_ARRAY(a, struct bytes, n), *commands = ARENA_ARRAY(a, struct bytes, n);
    for (size_t i = 0; i < n; i++) {
        struct work *w = group[i];
        if (is_recorded(w)) {
            commands[streams] = command_bytes(w);
            ids[streams++] = w->call.stream;
        }
        if (asks_who(w)) {
            digest_sha256(w->request.token, strlen(w->request.token), w->who.token_sha256);
            hashes[tokens] = (struct bytes){w->who.token_sha256, DIGEST_LEN};
            keys[tokens++] = w->request.peer_key;
        }
        if (w->call.phase == PHASE_COMMIT && w->statement.reviewed_seq >= 0) {
            act_ids[acts] = w->call.stream;
            act_seqs[acts++] = w->statement.reviewed_seq;
        }
    }
    *k = (struct columns){.heads = -1, .principals = -1, .by_command = -1, .leaves = -1};
    if (streams > 0) {
        qsort(ids, streams, sizeof *ids, compare_texts);
        k->heads = db_queue(db, &rows[heads], DB_VALUES(db_texts(ids, streams)));
        k->by_command = db_queue(db, &rows[BY_COMMAND], DB_VALUES(db_bytes_array(commands, streams)));
    }
    if (tokens > 0)
        k->principals = db_queue(db, &rows[PRINCIPALS],
                                 DB_VALUES(db_bytes_array(hashes, tokens), db_texts(keys, tokens), db_int(clock_ms()),
                                           db_int(service->config->session_idle_s)));
    if (acts > 0)
        k->leaves = db_queue(db, &rows[LEAVES], DB_VALUES(db_texts(act_ids, acts), db_ints(act_seqs, acts)));
}

void call_ask(struct call *c, const struct statement_row *row, const struct db_value *values, size_t count)
{
    struct work *w = (struct work *)((char *)c - offsetof(struct work, call));
    if (c->answer_count == CALL_ANSWERS_MAX)
        abort();
    w->tickets[c->answer_count++] = db_queue(c->db, row, values, count);
}

static int refuse_session(struct work *w, const char *state)
{
    if (state != NULL && strcmp(state, "terminal_unknown") == 0)
        return err_raise(&w->err, ERR_TERMINAL_UNKNOWN, "token", "R01", "the session belongs to another terminal");
    return err_raise(&w->err, ERR_SESSION_ENDED, "token", "R01", "the session has ended or never was");
}

/* who acts: the session's person, or for a founding act the person in the body */
static int take_principal(struct work *w, const struct db_rows *r, int row)
{
    struct call *c = &w->call;
    const char *state = row < 0 ? NULL : db_cell_text(r, row, "state");
    if (state != NULL && strcmp(state, "ok") == 0) {
        w->who.person_id = db_cell_text(r, row, "person_id");
        w->who.name = db_cell_text(r, row, "name");
        w->who.roles = roles_from_text(db_cell_text(r, row, "roles"));
        w->who.terminal_id = db_cell_text(r, row, "terminal_id");
        w->who.certificate_sha256 = db_cell_text(r, row, "certificate_sha256");
        c->who = &w->who;
    } else if ((c->verb->flags & VERB_NO_SESSION) == 0) {
        return refuse_session(w, state);
    } else if (w->handler->actor != NULL) {
        int code = w->handler->actor(c, &w->who, &w->err);
        if (code != 0)
            return code;
        c->who = &w->who;
    }
    return verb_roles_check(c->verb, c->who == NULL ? 0 : c->who->roles, &w->err);
}

static void take_head(const struct service *service, struct work *w, const struct db_rows *heads)
{
    struct call *c = &w->call;
    c->head = (struct call_head){.seq = -1, .time_ms = TIME_ABSENT};
    for (int i = 0; i < heads->rows; i++)
        if (strcmp(db_cell_text(heads, i, "stream"), c->stream) == 0) {
            struct bytes leaf = db_cell(heads, i, "leaf");
            c->head.seq = db_cell_int(heads, i, "seq");
            c->head.time_ms = db_cell_int(heads, i, "time_ms");
            if (leaf.len == DIGEST_LEN)
                memcpy(c->head.leaf, leaf.data, DIGEST_LEN);
            return;
        }
    entry_genesis_hash(service->config->origin, c->stream, c->head.leaf);
}

/* a command id that the ledger knows: the first answer again, or a refusal; true when that ends the work */
static bool take_repeated(struct work *w, const struct db_rows *known)
{
    struct call *c = &w->call;
    struct bytes id = command_bytes(w);
    for (int i = 0; i < known->rows; i++) {
        struct bytes was = db_cell(known, i, "command"), statement = db_cell(known, i, "statement"),
                     leaf = db_cell(known, i, "leaf");
        if (was.len != id.len || memcmp(was.data, id.data, id.len) != 0)
            continue;
        if (c->phase == PHASE_PREPARE || !act_same_command(w, (const char *)statement.data, statement.len)) {
            work_refuse(w, err_raise(&w->err, ERR_COMMAND_REUSED, "command", "T49", "%s was used for entry %s of %s",
                                     c->command, db_cell_text(known, i, "seq"), db_cell_text(known, i, "stream")));
            return true;
        }
        uint8_t hash[DIGEST_LEN];
        digest_sha256(statement.data, statement.len, hash);
        answer_receipt(w, db_cell_int(known, i, "seq"), db_cell_int(known, i, "time_ms"), leaf.data, hash);
        w->done = true;
        return true;
    }
    return false;
}

static struct bytes reviewed_leaf(struct work *w, const struct db_rows *leaves)
{
    for (int i = 0; i < leaves->rows; i++)
        if (strcmp(db_cell_text(leaves, i, "stream"), w->call.stream) == 0 &&
            db_cell_int(leaves, i, "seq") == w->statement.reviewed_seq)
            return db_cell(leaves, i, "leaf");
    return (struct bytes){NULL, 0};
}

/* whoever comes second is told what the others did meanwhile */
static int check_act(struct work *w, const struct db_rows *leaves)
{
    struct db_rows since;
    struct err e;
    struct bytes leaf = reviewed_leaf(w, leaves);
    int code = act_check(w, &leaf, &w->err);
    if (code != ERR_HEAD_STALE || w->statement.reviewed_seq >= w->call.head.seq)
        return code;
    int asked = db_query(w->call.db, w->call.arena, &rows[SINCE], DB_VALUES(db_text(w->call.stream), db_int(w->statement.reviewed_seq + 1)),
                         &since, &e);
    if (asked != 0) {
        w->err = e;
        return asked;
    }
    act_tell_since(w, &since);
    return code;
}

/* after the facts came back: everything of a member that needs no more of the database than its own handler asks */
static void decide(const struct service *service, struct work *w, int heads, const struct db_rows *known, const struct db_rows *leaves)
{
    struct call *c = &w->call;
    int code = 0;
    if (is_recorded(w) && take_repeated(w, known))
        return;
    if (is_recorded(w))
        code = clock_watch_refuses(&w->err);
    if (code == 0 && is_recorded(w) && c->head.seq >= 0 && c->now_ms < c->head.time_ms - 5000)
        code = err_raise(&w->err, ERR_CLOCK_REFUSED, "", "R16", "the clock is behind the last entry of %s", c->stream);
    c->reviewed_seq = c->head.seq;
    if (code == 0 && c->phase == PHASE_COMMIT)
        code = check_act(w, leaves);
    bool on_facts = code == 0 && c->phase == PHASE_COMMIT && heads == READ_HEADS;
    if (code == 0)
        code = w->handler->decide(c, &w->err);
    if (code == 0 && is_recorded(w))
        code = act_state(w, service->name, &w->err);
    if (code == 0 && is_recorded(w) && c->phase != PHASE_PREPARE) {
        code = act_enter(w, service->config->origin, &w->err);
        w->records = true;
    }
    w->unsure = on_facts && code > 0;
    if (code != 0)
        work_refuse(w, code);
    else if (c->phase == PHASE_PREPARE)
        answer_prepared(w);
    w->done = w->done || c->phase == PHASE_PREPARE;
    w->writes = !w->done && w->handler->apply != NULL;
}

static int gather(const struct service *service, struct db *db, struct work **group, size_t n, int how, struct err *e)
{
    struct columns k;
    struct db_rows heads = {0}, principals = {0}, known = {0}, leaves = {0};
    struct arena *a = group[0]->call.arena;
    ask_common(service, db, group, n, how, &k);
    for (size_t i = 0; i < n; i++) {
        group[i]->call.db = db;
        group[i]->call.answer_count = 0;
        int code = group[i]->handler->facts == NULL ? 0 : group[i]->handler->facts(&group[i]->call, &group[i]->err);
        if (code != 0)
            work_refuse(group[i], code);
    }
    int code = wait_for(db, e);
    if (code != 0)
        return code;
    if (k.heads >= 0) {
        db_take(db, k.heads, a, &heads);
        db_take(db, k.by_command, a, &known);
    }
    if (k.principals >= 0)
        db_take(db, k.principals, a, &principals);
    if (k.leaves >= 0)
        db_take(db, k.leaves, a, &leaves);
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < group[i]->call.answer_count; m++)
            db_take(db, group[i]->tickets[m], group[i]->call.arena, &group[i]->call.answers[m]);
    for (size_t i = 0, token = 0; i < n; i++) {
        struct work *w = group[i];
        int row = asks_who(w) ? (int)token++ : -1;
        if (w->done)
            continue;
        code = take_principal(w, &principals, row);
        if (code != 0) {
            work_refuse(w, code);
            continue;
        }
        if (is_recorded(w))
            take_head(service, w, &heads);
        const struct work *same = work_alike(group, i);
        w->call.out = same != NULL ? same->call.out : w->call.out;
        if (same == NULL)
            decide(service, w, how, &known, &leaves);
        if (w->code < 0 && db_failure(db)->sqlstate[0] != '\0')
            return w->code;   /* a read failed in SQL: the transaction is spoilt */
    }
    return 0;
}

static void queue_attachments(struct db *db, struct work *w)
{
    struct bytes files[CALL_ATTACHMENTS_MAX];
    for (size_t i = 0; i < w->call.attachment_count; i++)
        files[i] = w->call.attachments[i].data;
    if (w->call.attachment_count > 0)
        db_queue(db, &rows[ATTACH], DB_VALUES(db_bytes_array(files, w->call.attachment_count)));
}

/* the projections' writes, then all entries of the group in one call */
static int queue_writes(struct db *db, struct work **group, size_t n, struct err *e)
{
    struct arena *a = group[0]->call.arena;
    const char **streams = ARENA_ARRAY(a, const char *, n), **types = ARENA_ARRAY(a, const char *, n);
    int64_t *seqs = ARENA_ARRAY(a, int64_t, n), *times = ARENA_ARRAY(a, int64_t, n);
    struct bytes *leaves = ARENA_ARRAY(a, struct bytes, n), *entries = ARENA_ARRAY(a, struct bytes, n),
                 *statements = ARENA_ARRAY(a, struct bytes, n), *signatures = ARENA_ARRAY(a, struct bytes, n),
                 *commands = ARENA_ARRAY(a, struct bytes, n);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        struct work *w = group[i];
        if (w->writes) {
            int code = w->handler->apply(&w->call, &w->err);
            if (code != 0) {
                *e = w->err;
                return code;
            }
        }
        if (w->done || !w->records)
            continue;
        queue_attachments(db, w);
        streams[m] = w->call.stream;
        types[m] = w->call.verb->name;
        seqs[m] = w->call.seq;
        times[m] = w->call.time_ms;
        leaves[m] = (struct bytes){w->call.leaf, DIGEST_LEN};
        entries[m] = w->entry;
        statements[m] = w->call.statement;
        signatures[m] = w->call.signature;
        commands[m++] = command_bytes(w);
    }
    if (m > 0)
        db_queue(db, &rows[APPEND],
                 DB_VALUES(db_texts(streams, m), db_ints(seqs, m), db_bytes_array(leaves, m), db_bytes_array(entries, m),
                           db_bytes_array(statements, m), db_bytes_array(signatures, m), db_bytes_array(commands, m),
                           db_texts(types, m), db_ints(times, m)));
    return 0;
}

static void answer(struct work *w)
{
    uint8_t hash[DIGEST_LEN];
    if (w->done)
        return;
    if (w->records) {
        digest_sha256(w->call.statement.data, w->call.statement.len, hash);
        answer_receipt(w, w->call.seq, w->call.time_ms, w->call.leaf, hash);
    } else {
        answer_result(w);
    }
    w->done = true;
}

/* What was signed on the head as it is was refused for what may have been recorded after the head was read, and whoever comes second
 * is told what the others did: with the head locked it is one or the other. */
static void run_unsure(const struct service *service, struct db *db, struct work *w)
{
    int code = work_reset(w);
    if (code == 0)
        group_run_single(service, db, w);
    else
        work_refuse(w, code);
}

static void reset(struct work **group, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int code = work_reset(group[i]);
        if (code != 0)
            work_refuse(group[i], code);
    }
}

int group_run(const struct service *service, struct db *db, struct work **group, size_t n)
{
    struct err e;
    db_begin(db);
    int code = gather(service, db, group, n, READ_HEADS, &e);
    if (code == 0)
        code = queue_writes(db, group, n, &e);
    if (code == 0)
        code = commit(db, group, n, &e);
    if (code != 0) {
        db_rollback(db);
        reset(group, n);
        return code;
    }
    for (size_t i = 0; i < n; i++)
        if (group[i]->unsure)
            run_unsure(service, db, group[i]);
        else
            answer(group[i]);
    return 0;
}

/* one member inside a savepoint of the running transaction */
static int run_member(const struct service *service, struct db *db, struct work *w)
{
    struct err e;
    db_savepoint(db);
    int code = gather(service, db, &w, 1, LOCK_HEADS, &e);
    if (code == 0)
        code = queue_writes(db, &w, 1, &e);
    if (code == 0)
        code = db_sync(db, &e);
    if (code == 0) {
        db_savepoint_keep(db);
        return 0;
    }
    bool again = db_failure(db)->retry || db_failure(db)->lost;
    int undone = db_savepoint_undo(db, &w->err);
    if (undone != 0 || again)
        return ERR_FAULT;
    w->err = e;
    work_refuse(w, code);
    return 0;
}

int group_run_savepoints(const struct service *service, struct db *db, struct work **group, size_t n)
{
    struct err e;
    db_begin(db);
    int code = 0;
    for (size_t i = 0; code == 0 && i < n; i++)
        if (!group[i]->done)
            code = run_member(service, db, group[i]);
    if (code == 0)
        code = db_commit(db, &e);
    if (code != 0) {
        db_rollback(db);
        reset(group, n);
        return code;
    }
    for (size_t i = 0; i < n; i++)
        answer(group[i]);
    return 0;
}

void group_run_single(const struct service *service, struct db *db, struct work *w)
{
    for (int tries = 0; tries < 3 && !w->done; tries++) {
        struct err e;
        db_begin(db);
        int code = gather(service, db, &w, 1, LOCK_HEADS, &e);
        if (code == 0)
            code = queue_writes(db, &w, 1, &e);
        if (code == 0)
            code = db_commit(db, &e);
        if (code == 0) {
            answer(w);
            return;
        }
        bool again = db_failure(db)->retry;
        bool lost = db_failure(db)->lost;
        db_rollback(db);
        reset(&w, 1);
        if (lost)
            code = err_raise(&e, ERR_UNAVAILABLE, "", "", "the database does not answer");
        if (!again || tries == 2) {
            w->err = e;
            work_refuse(w, code);
        }
    }
}
