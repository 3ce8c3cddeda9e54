#include "log_tree.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "db/log_source.h"
#include "ledger/entry.h"
#include "ledger/heads.h"
#include "ledger/rehash.h"
#include "ledger/stamps.h"
#include "ledger/statement.h"
#include "ledger/stream.h"
#include "sequencer.h"

#define DRAIN_MAX 20000

int log_tree_open(struct log_tree *t, struct db *db, struct err *e)
{
    struct arena *a = arena_new(0);
    *t = (struct log_tree){.db = db};
    int r = store_lock(db, a, e);
    if (r == 0)
        r = store_epoch_begin(db, a, &t->epoch, &t->frontier, &t->is_new, &t->last_ms, e);
    arena_free(a);
    return r;
}

/* The frontier below level 8 is that of the tile under way: tiles need no memory of their own. */
static void add_leaf(struct merkle_frontier *f, const uint8_t leaf[DIGEST_LEN], struct tile *tiles, size_t *count)
{
    if ((f->size + 1) % LOG_TILE == 0) {
        struct merkle_frontier part = *f;
        part.size %= LOG_TILE;
        merkle_append(&part, leaf);
        tiles[*count].n = (int64_t)(f->size / LOG_TILE);
        merkle_frontier_root(&part, tiles[*count].root);
        (*count)++;
    }
    merkle_append(f, leaf);
}

static int place(struct log_tree *t, struct arena *a, struct drained *list, size_t n, struct merkle_frontier *f,
                 struct err *e)
{
    struct tile *tiles = ARENA_ARRAY(a, struct tile, n / LOG_TILE + 2);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].index != f->size)
            return err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "leaf %llu came where %llu is next",
                             (unsigned long long)list[i].index, (unsigned long long)f->size);
        add_leaf(f, list[i].leaf, tiles, &count);
    }
    return store_advance(t->db, a, &(struct tree_step){t->epoch, t->frontier.size, tiles, count}, f, e);
}

static int integrate_some(struct log_tree *t, log_tree_announce *announce, size_t *ret_count, struct err *e)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct merkle_frontier f = t->frontier;
    struct drained *list = NULL;
    db_begin(t->db);
    int r = store_drain(t->db, a, t->epoch, DRAIN_MAX, &list, ret_count, e);
    if (r == 0 && *ret_count > 0)
        r = place(t, a, list, *ret_count, &f, e);
    if (r == 0)
        r = db_commit(t->db, e);
    if (r != 0)
        db_rollback(t->db);
    else
        t->frontier = f;
    for (size_t i = 0; r == 0 && i < *ret_count; i++) {
        t->is_new |= strcmp(list[i].stream, STREAM_SYS) != 0 || strcmp(list[i].type, "log.export") == 0;
        t->last_ms = list[i].time_ms > t->last_ms ? list[i].time_ms : t->last_ms;
        if (announce != NULL)
            announce(&list[i]);
    }
    arena_free(a);
    return r;
}

int log_tree_integrate(struct log_tree *t, log_tree_announce *announce, struct err *e)
{
    size_t count = 0;
    int r;
    do
        r = integrate_some(t, announce, &count, e);
    while (r == 0 && count > 0);
    return r;
}

/* A statement of the log about itself: an observation of the sequencer in stream SYS. */
static int build(struct arena *a, struct sys_entry *s, const uint8_t prev[DIGEST_LEN], struct bytes body,
                 const struct attachment *att, size_t att_count, struct err *e)
{
    char command[COMMAND_HEX];
    command_new(command);
    s->command = arena_text(a, command);
    struct statement statement = {.type = s->type, .stream = STREAM_SYS, .actor = sequencer_config.terminal,
                                  .terminal = sequencer_config.terminal, .signer = "sequencer",
                                  .meaning = MEANING_RECORDED, .reviewed_seq = REVIEWED_NONE, .at_ms = clock_ms(),
                                  .command = s->command, .body = body};
    int r = statement_build(a, &statement, &s->statement, e);
    if (r != 0)
        return r;
    struct entry entry = {.origin = sequencer_config.common.origin, .stream = STREAM_SYS, .seq = s->seq,
                          .time_ms = s->time_ms, .stmt_len = (int64_t)s->statement.len, .att = att,
                          .att_count = att_count};
    memcpy(entry.prev, prev, DIGEST_LEN);
    digest_sha256(s->statement.data, s->statement.len, entry.stmt_sha256);
    r = entry_build(a, &entry, &s->entry, e);
    if (r == 0)
        entry_leaf_hash(s->entry.data, s->entry.len, s->leaf);
    return r;
}

/* attachments of an entry of the log's own, names ascending */
struct sys_files {
    const char *const *names;
    const struct bytes *data;
    size_t count;
};

static int enter_sys(struct log_tree *t, struct arena *a, const char *type, struct bytes body, const struct sys_files *files,
                     struct err *e)
{
    struct sys_entry s = {.type = type, .attachments = files->data, .attachment_count = files->count};
    struct attachment att[2] = {0};
    uint8_t prev[DIGEST_LEN];
    int64_t seq, time_ms = TIME_ABSENT;
    for (size_t i = 0; i < files->count; i++) {
        att[i].name = files->names[i];
        att[i].len = (int64_t)files->data[i].len;
        digest_sha256(files->data[i].data, files->data[i].len, att[i].sha256);
    }
    int r = store_sys_head(t->db, a, &seq, &time_ms, prev, e);
    if (r == 0 && seq < 0)
        entry_genesis_hash(sequencer_config.common.origin, STREAM_SYS, prev);
    if (r == 0) {
        s.seq = seq + 1;
        s.time_ms = entry_time_after(time_ms, clock_ms());
        r = build(a, &s, prev, body, att, files->count, e);
    }
    return r != 0 ? r : store_append(t->db, &s, e);
}

/* The transaction of the log's own entries ends as ${r} says. */
static int end_sys(struct log_tree *t, int r, struct err *e)
{
    if (r == 0)
        r = db_commit(t->db, e);
    if (r != 0)
        db_rollback(t->db);
    return r;
}

static int add_sys(struct log_tree *t, struct arena *a, const char *type, struct bytes body, const struct sys_files *files,
                   struct err *e)
{
    db_begin(t->db);
    return end_sys(t, enter_sys(t, a, type, body, files, e), e);
}

int log_tree_add_heads(struct log_tree *t, struct err *e)
{
    struct arena *a = arena_new((size_t)1 << 30);
    struct head *list = NULL;
    size_t n = 0;
    uint8_t root[DIGEST_LEN];
    int r = store_heads(t->db, a, t->frontier.size, &list, &n, e);
    if (r == 0)
        r = heads_root(a, list, n, root, e);
    if (r == 0)
        r = add_sys(t, a, HEADS_TYPE, heads_body(a, root, t->frontier.size, n), &(struct sys_files){0}, e);
    arena_free(a);
    return r;
}

static int enter_timestamp(struct log_tree *t, struct arena *a, const struct kept_checkpoint *c, struct err *e)
{
    static const char *const names[] = {STAMP_ATT_CHECKPOINT, STAMP_ATT_TOKEN};
    const struct bytes data[] = {c->note, c->token};
    const struct sys_files files = {names, data, 2};
    return enter_sys(t, a, STAMP_TYPE, stamps_body(a, c->root, c->size), &files, e);
}

int log_tree_add_timestamp(struct log_tree *t, const struct kept_checkpoint *c, struct err *e)
{
    struct arena *a = arena_new(0);
    db_begin(t->db);
    int r = end_sys(t, enter_timestamp(t, a, c, e), e);
    arena_free(a);
    return r;
}

int log_tree_keep_stamped(struct log_tree *t, const struct kept_checkpoint *c, struct err *e)
{
    struct arena *a = arena_new(0);
    db_begin(t->db);
    int r = store_checkpoint_add(t->db, a, t->epoch, c, e);
    r = end_sys(t, r != 0 ? r : enter_timestamp(t, a, c, e), e);
    if (r == 0)
        t->is_new = false;
    arena_free(a);
    return r;
}

int log_tree_add_rehash(struct log_tree *t, struct bytes body, struct bytes text, struct bytes token, struct err *e)
{
    static const char *const names[] = {REHASH_ATT_TREE, REHASH_ATT_TOKEN};
    const struct bytes data[] = {text, token};
    const struct sys_files files = {names, data, 2};
    struct arena *a = arena_new(0);
    int r = add_sys(t, a, REHASH_TYPE, body, &files, e);
    arena_free(a);
    return r;
}

int log_tree_add_clock(struct log_tree *t, struct err *e)
{
    static const struct sys_files none = {NULL, NULL, 0};
    struct arena *a = arena_new(0);
    struct log_clock *news = NULL;
    size_t count = 0;
    db_begin(t->db);
    int r = store_clock_news(t->db, a, &news, &count, e);
    for (size_t i = 0; r == 0 && i < count; i++) {
        struct buf body = buf_new(a);
        record_to_json(&body, &record_log_clock, &news[i], RECORD_STATEMENT);
        buf_char(&body, '\n');
        r = enter_sys(t, a, "log.clock", (struct bytes){(const uint8_t *)body.text, body.len}, &none, e);
    }
    r = end_sys(t, r, e);
    if (r == 0)
        t->is_new |= count > 0;
    arena_free(a);
    return r;
}

int log_tree_add(struct log_tree *t, const char *type, struct bytes body, struct err *e)
{
    struct arena *a = arena_new(0);
    int r = add_sys(t, a, type, body, &(struct sys_files){0}, e);
    arena_free(a);
    return r;
}
