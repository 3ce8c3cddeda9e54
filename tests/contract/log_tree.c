/* The sequencer's work on a real database: leaves without gap, tiles, the log's own entries, one sequencer only. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/log_source.h"
#include "ledger/entry.h"
#include "log_tree.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"

struct place {
    struct arena *a;
    struct db *batch, *log;
    struct log_tree tree;
    struct statement_table tables[2];
};

static uint64_t announced;

static void count_announced(const struct drained *d)
{
    announced += d->stream[0] == 'B';
}

static void place_begin(struct place *p)
{
    struct err e = {0};
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->a = arena_new(0);
    p->tables[0] = sequencer_statements;
    p->tables[1] = log_source_statements;
    p->batch = pg_open("stemma_batch", &pg_append_table);
    p->log = pg_open_tables("stemma_sequencer", p->tables, 2);
    /* cases run side by side, but one sequencer works */
    int code = log_tree_open(&p->tree, p->log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 600; tries++) {
        usleep(50000);
        code = log_tree_open(&p->tree, p->log, &e);
    }
    if (code != 0)
        fail_msg("%s", e.text);
    assert_int_equal(log_tree_integrate(&p->tree, NULL, &e), 0);
}

static void place_end(struct place *p)
{
    p->batch = db_close(p->batch);
    p->log = db_close(p->log);
    p->a = arena_free(p->a);
}

#define PLACE                                   \
    CLEANUP(place_end) struct place p = {0};    \
    place_begin(&p);                            \
    struct err e = {0}

static void append(struct place *p, int count)
{
    struct err e = {0};
    struct pg_entry *list = ARENA_ARRAY(p->a, struct pg_entry, count);
    for (int i = 0; i < count; i++)
        pg_entry_make(p->a, i % 10 == 0 ? pg_stream(p->a, "B") : list[i - 1].stream, "batch.reading",
                      i % 10 == 0 ? NULL : &list[i - 1], &list[i]);
    for (int i = 0; i < count; i++)
        if (pg_append(p->batch, &list[i], 1, &e) != 0)
            fail_msg("%s", e.text);
}

static void check_root(struct place *p)
{
    struct merkle_source source;
    uint8_t kept[DIGEST_LEN], root[DIGEST_LEN];
    struct err e = {0};
    merkle_frontier_root(&p->tree.frontier, kept);
    assert_int_equal(log_source_new(p->a, p->log, p->tree.frontier.size, &source, &e), 0);
    if (merkle_root(&source, p->tree.frontier.size, root, &e) != 0)
        fail_msg("%s", e.text);
    assert_memory_equal(root, kept, DIGEST_LEN);
}

CASE(integrate_takes_all_that_is_committed)
{
    PLACE;
    uint64_t before = p.tree.frontier.size;
    announced = 0;
    append(&p, 30);
    assert_int_equal(log_tree_integrate(&p.tree, count_announced, &e), 0);
    assert_true(p.tree.frontier.size >= before + 30);
    assert_true(announced >= 30);
    assert_true(p.tree.is_new);
    check_root(&p);
}

CASE(tiles_fit_their_leaves)
{
    PLACE;
    append(&p, 700);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    append(&p, 13);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_root(&p);
}

CASE(inclusion_and_consistency_from_the_database)
{
    PLACE;
    struct merkle_source source;
    struct merkle_proof proof;
    uint8_t root[DIGEST_LEN], old_root[DIGEST_LEN];
    uint64_t index = 0, old = p.tree.frontier.size;
    merkle_frontier_root(&p.tree.frontier, old_root);
    struct pg_entry x;
    append(&p, 300);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &x);
    assert_int_equal(pg_append(p.batch, &x, 1, &e), 0);
    assert_int_equal(log_source_index(p.a, p.log, x.stream, 0, &index, &e), ERR_NOT_FOUND);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    uint64_t size = p.tree.frontier.size;
    merkle_frontier_root(&p.tree.frontier, root);
    assert_int_equal(log_source_index(p.a, p.log, x.stream, 0, &index, &e), 0);
    assert_int_equal(log_source_new(p.a, p.log, size, &source, &e), 0);
    assert_int_equal(merkle_inclusion_make(p.a, &source, index, size, &proof, &e), 0);
    assert_true(merkle_inclusion_verify(x.leaf, index, size, &proof, root));
    if (old > 0) {
        assert_int_equal(merkle_consistency_make(p.a, &source, old, size, &proof, &e), 0);
        assert_true(merkle_consistency_verify(old, old_root, size, root, &proof));
    }
}

/* The log has grown twice since a checkpoint was taken: its proofs are cut at its own size and hold for its own root alone. */
CASE(L09_proofs_of_a_checkpoint_while_the_log_grows)
{
    PLACE;
    struct merkle_source source;
    uint8_t root[3][DIGEST_LEN];
    uint64_t size[3], index;
    struct pg_entry x;
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &x);
    assert_int_equal(pg_append(p.batch, &x, 1, &e), 0);
    for (int i = 0; i < 3; i++) {
        append(&p, 90);
        assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
        size[i] = p.tree.frontier.size;
        merkle_frontier_root(&p.tree.frontier, root[i]);
    }
    assert_int_equal(log_source_index(p.a, p.log, x.stream, 0, &index, &e), 0);
    for (int i = 0; i < 3; i++) {
        struct merkle_proof proof;
        assert_int_equal(log_source_new(p.a, p.log, size[i], &source, &e), 0);
        assert_int_equal(merkle_inclusion_make(p.a, &source, index, size[i], &proof, &e), 0);
        for (int k = 0; k < 3; k++)
            assert_int_equal(merkle_inclusion_verify(x.leaf, index, size[k], &proof, root[k]), i == k);
    }
}

CASE(order_in_the_log_follows_the_stream)
{
    PLACE;
    struct pg_entry list[50];
    const char *stream = pg_stream(p.a, "B");
    uint64_t last = 0;
    for (int i = 0; i < 50; i++) {
        pg_entry_make(p.a, stream, "batch.reading", i > 0 ? &list[i - 1] : NULL, &list[i]);
        assert_int_equal(pg_append(p.batch, &list[i], 1, &e), 0);
        if (i % 7 == 0)
            assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    }
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    for (int i = 0; i < 50; i++) {
        uint64_t index = 0;
        assert_int_equal(log_source_index(p.a, p.log, stream, i, &index, &e), 0);
        assert_true(i == 0 || index > last);
        last = index;
    }
}

CASE(second_sequencer_is_kept_out)
{
    PLACE;
    struct log_tree other;
    CLEANUP(pg_done) struct db *db = pg_open_tables("stemma_sequencer", p.tables, 2);
    assert_int_equal(log_tree_open(&other, db, &e), ERR_BUSY);
}

CASE(older_epoch_is_fenced)
{
    PLACE;
    int64_t epoch;
    struct merkle_frontier f;
    bool is_new;
    int64_t last_ms;
    append(&p, 1);
    assert_int_equal(store_epoch_begin(p.log, p.a, &epoch, &f, &is_new, &last_ms, &e), 0);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), ERR_TREE_REFUSED);
    assert_int_equal((int64_t)p.tree.frontier.size, (int64_t)f.size);
}

CASE(takes_over_where_the_last_one_stopped)
{
    PLACE;
    append(&p, 40);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    uint64_t size = p.tree.frontier.size;
    assert_int_equal(log_tree_open(&p.tree, p.log, &e), 0);
    assert_true(p.tree.frontier.size == size);
    check_root(&p);
}

/* Started again, it still refuses a token that is more than a second older than an entry of the run before. */
CASE(L28_takes_over_with_the_time_of_the_last_entries)
{
    PLACE;
    append(&p, 5);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    int64_t last_ms = p.tree.last_ms;
    assert_true(last_ms > 0);
    assert_int_equal(log_tree_open(&p.tree, p.log, &e), 0);
    assert_true(p.tree.last_ms >= last_ms);
}

CASE(heads_are_recorded_and_recomputed)
{
    PLACE;
    append(&p, 20);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    uint64_t size = p.tree.frontier.size;
    assert_int_equal(log_tree_add_heads(&p.tree, &e), 0);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    static const struct statement_row row = {"sys", "select statement from ledger.entry where stream = 'SYS' and type ="
                                             " 'log.heads' order by seq desc limit 1", 0, NULL};
    static const struct statement_table table = {&row, 1};
    CLEANUP(pg_done) struct db *audit = pg_open("stemma_audit", &table);
    struct db_rows r;
    struct statement s;
    struct head *heads;
    size_t n;
    uint8_t root[DIGEST_LEN], again[DIGEST_LEN];
    uint64_t said_size, said_streams;
    assert_int_equal(db_query(audit, p.a, &row, DB_NONE, &r, &e), 0);
    struct bytes text = db_cell(&r, 0, "statement");
    assert_int_equal(statement_parse(p.a, (const char *)text.data, text.len, &s, &e), 0);
    assert_int_equal(heads_body_parse(s.body, root, &said_size, &said_streams, &e), 0);
    assert_true(said_size == size);
    assert_int_equal(store_heads(p.log, p.a, size, &heads, &n, &e), 0);
    assert_true(n == said_streams);
    assert_int_equal(heads_root(p.a, heads, n, again, &e), 0);
    assert_memory_equal(root, again, DIGEST_LEN);
}

static const struct statement_row clock_rows[] = {
    {"noticed", "select ledger.clock_noticed('step', 'itself', $1)", 1, NULL},
    {"waiting", "select count(*) as count from ledger.clock_news", 0, NULL},
    {"last", "select statement from ledger.entry where stream = 'SYS' and type = 'log.clock' order by seq desc limit 1", 0, NULL}};
static const struct statement_table clock_table = STATEMENT_TABLE(clock_rows);

static int64_t waiting(struct place *p)
{
    CLEANUP(pg_done) struct db *audit = pg_open("stemma_audit", &clock_table);
    struct db_rows r;
    struct err e;
    assert_int_equal(db_query(audit, p->a, &clock_rows[1], DB_NONE, &r, &e), 0);
    return db_cell_int(&r, 0, "count");
}

CASE(R16_what_was_noticed_of_a_clock_becomes_an_entry)
{
    PLACE;
    CLEANUP(pg_done) struct db *batch = pg_open("stemma_batch", &clock_table);
    CLEANUP(pg_done) struct db *audit = pg_open("stemma_audit", &clock_table);
    struct db_rows r;
    struct statement s;
    p.tree.is_new = false;
    assert_int_equal(log_tree_add_clock(&p.tree, &e), 0);
    assert_false(p.tree.is_new);
    for (int64_t ms = -3600000; ms < -3599997; ms++)
        assert_int_equal(db_query(batch, p.a, &clock_rows[0], DB_VALUES(db_int(ms)), NULL, &e), 0);
    assert_int_equal(log_tree_add_clock(&p.tree, &e), 0);
    assert_true(p.tree.is_new);
    assert_int_equal(waiting(&p), 0);
    assert_int_equal(db_query(audit, p.a, &clock_rows[2], DB_NONE, &r, &e), 0);
    struct bytes text = db_cell(&r, 0, "statement");
    assert_int_equal(statement_parse(p.a, (const char *)text.data, text.len, &s, &e), 0);
    struct log_clock *said = record_new(p.a, &record_log_clock);
    assert_int_equal(record_from_json(p.a, &record_log_clock, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, said, &e), 0);
    assert_string_equal(said->clock, "batch");
    assert_string_equal(said->state, "step");
    assert_string_equal(said->against, "itself");
    assert_int_equal(said->ahead_ms, -3599998);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_root(&p);
}

/* The sequencer's own clock is the one that is off: its entries are refused, and nothing is forgotten. */
CASE(R16_what_was_noticed_waits_while_entries_are_refused)
{
    PLACE;
    CLEANUP(pg_done) struct db *batch = pg_open("stemma_batch", &clock_table);
    assert_int_equal(db_query(batch, p.a, &clock_rows[0], DB_VALUES(db_int(5)), NULL, &e), 0);
    clock_set(clock_ms() + 3600000);
    int code = log_tree_add_clock(&p.tree, &e);
    clock_set(TIME_ABSENT);
    assert_int_equal(code, ERR_CLOCK_REFUSED);
    assert_int_equal(waiting(&p), 1);
    assert_int_equal(log_tree_add_clock(&p.tree, &e), 0);
    assert_int_equal(waiting(&p), 0);
}

CASE(timestamp_entry_carries_its_files)
{
    PLACE;
    struct kept_checkpoint c = {.size = p.tree.frontier.size + 1, .note = {(const uint8_t *)"note", 4},
                                .token = {(const uint8_t *)"token", 5}};
    append(&p, 1);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    assert_int_equal(log_tree_add_timestamp(&p.tree, &c, &e), 0);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_root(&p);
}

CASE(rejected_drain_changes_nothing)
{
    PLACE;
    struct drained *list;
    size_t n = 0;
    append(&p, 25);
    db_begin(p.log);
    assert_int_equal(store_drain(p.log, p.a, p.tree.epoch, 10, &list, &n, &e), 0);
    assert_int_equal(n, 10);
    assert_int_equal(store_advance(p.log, p.a, &(struct tree_step){p.tree.epoch, p.tree.frontier.size + 1, NULL, 0}, &p.tree.frontier, &e),
                     ERR_TREE_REFUSED);
    db_rollback(p.log);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_root(&p);
}
