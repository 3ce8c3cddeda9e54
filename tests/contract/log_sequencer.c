/* One integrator (ledger.md §6, 8), whatever is killed, stopped or cut off when; order without a cursor (10); nothing is
 * signed that does not read as it was written (4). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/log_source.h"
#include "ledger/entry.h"
#include "log_tree.h"
#include "notary_reading.h"
#include "reread.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"

struct place {
    struct arena *a;
    struct db *batch, *log, *audit;
    struct log_tree tree;
    struct statement_table tables[3];
};

static const struct statement_row audit_rows[] = {
    {"dense", "select count(*) as count, coalesce(max(leaf_index) + 1, 0) as next, count(distinct (stream, seq)) as positions"
              " from ledger.leaf", 0, NULL},
    {"waiting", "select count(*) as count from ledger.pending where stream = $1", 1, NULL},
    {"disorder", "select count(*) as count from (select seq, lag(seq) over (partition by stream order by leaf_index) as before"
                 " from ledger.leaf) l where before is not null and seq <> before + 1", 0, NULL},
    {"missing", "select count(*) as count from ledger.entry e where not exists (select from ledger.leaf l where l.stream ="
                " e.stream and l.seq = e.seq and l.leaf = e.leaf) and not exists (select from ledger.pending p where"
                " p.stream = e.stream and p.seq = e.seq)", 0, NULL}};
static const struct statement_table audit_table = STATEMENT_TABLE(audit_rows);

static void tables_of(struct place *p)
{
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->tables[0] = sequencer_statements;
    p->tables[1] = log_source_statements;
    p->tables[2] = reread_statements;
}

/* cases run side by side, but one sequencer works */
static void take_over(struct place *p)
{
    struct err e = {0};
    int code = log_tree_open(&p->tree, p->log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 2400; tries++) {
        usleep(50000);
        code = log_tree_open(&p->tree, p->log, &e);
    }
    if (code != 0)
        fail_msg("%s", e.text);
}

static void place_begin(struct place *p)
{
    p->a = arena_new(0);
    tables_of(p);
    p->batch = pg_open("stemma_batch", &pg_append_table);
    p->audit = pg_open("stemma_audit", &audit_table);
    p->log = pg_open_tables("stemma_sequencer", p->tables, 3);
}

static void place_end(struct place *p)
{
    p->batch = db_close(p->batch);
    p->log = db_close(p->log);
    p->audit = db_close(p->audit);
    p->a = arena_free(p->a);
}

#define PLACE                                   \
    CLEANUP(place_end) struct place p = {0};    \
    place_begin(&p);                            \
    struct err e = {0}

static int64_t ask(struct place *p, int row, const char *column)
{
    struct db_rows r;
    struct err e = {0};
    if (db_query(p->audit, p->a, &audit_rows[row], DB_NONE, &r, &e) != 0)
        fail_msg("%s", e.text);
    return db_cell_int(&r, 0, column);
}

/* Indices dense and unique, every stream in order, nothing lost, and the tree's root is that of its leaves. */
static void check_log(struct place *p)
{
    struct merkle_source source;
    uint8_t kept[DIGEST_LEN], root[DIGEST_LEN];
    struct err e = {0};
    int64_t count = ask(p, 0, "count");
    assert_int_equal(count, ask(p, 0, "next"));
    assert_int_equal(count, ask(p, 0, "positions"));
    assert_int_equal(ask(p, 2, "count"), 0);
    assert_int_equal(ask(p, 3, "count"), 0);
    assert_int_equal((int64_t)p->tree.frontier.size, count);
    merkle_frontier_root(&p->tree.frontier, kept);
    assert_int_equal(log_source_new(p->a, p->log, p->tree.frontier.size, &source, &e), 0);
    if (merkle_root(&source, p->tree.frontier.size, root, &e) != 0)
        fail_msg("%s", e.text);
    assert_memory_equal(root, kept, DIGEST_LEN);
}

static void append(struct place *p, int streams, int each)
{
    struct err e = {0};
    for (int s = 0; s < streams; s++) {
        const char *stream = pg_stream(p->a, "B");
        struct pg_entry x[2];
        for (int i = 0; i < each; i++) {
            pg_entry_make(p->a, stream, "batch.reading", i > 0 ? &x[(i - 1) % 2] : NULL, &x[i % 2]);
            if (pg_append(p->batch, &x[i % 2], 1, &e) != 0)
                fail_msg("%s", e.text);
        }
    }
}

/* Where a sequencer is killed, or stopped for good, in its round. */
enum step { LOCKED, TAKEN_OVER, DRAINED, ADVANCED, COMMITTED };

static int walk_to(struct place *p, enum step step)
{
    struct err e = {0};
    struct drained *list = NULL;
    size_t n = 0;
    int r = store_lock(p->log, p->a, &e);
    if (r == 0 && step > LOCKED)
        r = store_epoch_begin(p->log, p->a, &p->tree.epoch, &p->tree.frontier, &p->tree.is_new, &p->tree.last_ms, &e);
    if (r == 0 && step > TAKEN_OVER) {
        db_begin(p->log);
        r = store_drain(p->log, p->a, p->tree.epoch, 7, &list, &n, &e);
    }
    if (r == 0 && step > DRAINED) {
        struct merkle_frontier f = p->tree.frontier;
        struct tile tile[2];
        size_t tiles = 0;
        for (size_t i = 0; i < n; i++) {
            merkle_append(&f, list[i].leaf);
            if (f.size % LOG_TILE == 0) {
                tile[tiles].n = (int64_t)(f.size / LOG_TILE - 1);
                memcpy(tile[tiles++].root, f.node[8], DIGEST_LEN);
            }
        }
        r = tiles > 0 ? ERR_BUSY
                      : store_advance(p->log, p->a, &(struct tree_step){p->tree.epoch, p->tree.frontier.size, NULL, 0}, &f, &e);
    }
    return r == 0 && step > ADVANCED ? db_commit(p->log, &e) : r;
}

/* A process that walks to ${step}, says so, and waits for its end. */
static pid_t leader(enum step step)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = test_fork();
    if (pid == 0) {
        struct place p = {.a = arena_new(0)};
        tables_of(&p);
        p.log = pg_open_tables("stemma_sequencer", p.tables, 3);
        int r = walk_to(&p, step);
        byte = r == 0 ? 'y' : 'n';
        if (write(ready[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    if (byte != 'y') {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return -1;
    }
    return pid;
}

/* another case's process may hold the lock, or a tile boundary come: try again */
static pid_t leader_at(struct place *p, enum step step)
{
    pid_t pid = leader(step);
    for (int tries = 0; pid < 0 && tries < 600; tries++) {
        usleep(100000);
        append(p, 1, 1);
        pid = leader(step);
    }
    assert_true(pid > 0);
    return pid;
}

static void kill_at(enum step step)
{
    PLACE;
    append(&p, 3, 5);
    pid_t pid = leader_at(&p, step);
    struct log_tree other;
    assert_int_equal(log_tree_open(&other, p.log, &e), ERR_BUSY);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    take_over(&p);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_log(&p);
}

CASE(L08_leader_killed_with_the_lock)
{
    kill_at(LOCKED);
}

CASE(L08_leader_killed_after_taking_over)
{
    kill_at(TAKEN_OVER);
}

CASE(L08_leader_killed_between_drain_and_tree)
{
    kill_at(DRAINED);
}

CASE(L08_leader_killed_before_its_commit)
{
    kill_at(ADVANCED);
}

CASE(L08_leader_killed_after_its_commit)
{
    kill_at(COMMITTED);
}

/* While it is stopped it still leads; nobody else integrates. */
CASE(L08_stopped_leader_keeps_others_out)
{
    PLACE;
    append(&p, 2, 4);
    pid_t pid = leader_at(&p, DRAINED);
    struct log_tree other;
    kill(pid, SIGSTOP);
    for (int i = 0; i < 5; i++)
        assert_int_equal(log_tree_open(&other, p.log, &e), ERR_BUSY);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    take_over(&p);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_log(&p);
}

/* The leader's connection is cut, another takes over; the old one wakes and goes on with what it remembers. */
CASE(L08_leader_cut_off_and_awake_again_is_fenced)
{
    static const struct statement_row row = {"cut", "select pg_terminate_backend(pid) from pg_locks where locktype ="
                                             " 'advisory' and objid = 727270002 and granted and database = (select oid from"
                                             " pg_database where datname = current_database())", 0, NULL};
    static const struct statement_table table = {&row, 1};
    PLACE;
    append(&p, 2, 4);
    take_over(&p);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    append(&p, 2, 4);
    CLEANUP(pg_done) struct db *admin = pg_open(PG_ADMIN, &table);
    struct db_rows r;
    assert_int_equal(db_query(admin, p.a, &row, DB_NONE, &r, &e), 0);
    assert_int_equal(r.rows, 1);
    struct log_tree old = p.tree;
    struct place q = {0};
    place_begin(&q);
    take_over(&q);
    assert_int_equal(log_tree_integrate(&q.tree, NULL, &e), 0);
    append(&q, 1, 3);
    assert_int_not_equal(log_tree_integrate(&old, NULL, &e), 0);      /* its line is gone */
    assert_int_equal(db_reopen(p.log, &e), 0);
    assert_int_equal(log_tree_integrate(&old, NULL, &e), ERR_TREE_REFUSED);   /* and its epoch is over */
    struct kept_checkpoint c = {.size = old.frontier.size, .note = {(const uint8_t *)"n", 1}};
    assert_int_equal(store_checkpoint_add(p.log, p.a, old.epoch, &c, &e), ERR_TREE_REFUSED);
    assert_int_equal(log_tree_integrate(&q.tree, NULL, &e), 0);
    check_log(&q);
    place_end(&q);
}

/* Sequencers that are killed at any moment, one after another, while services append. */
CASE(L08_killed_at_random_while_services_append)
{
    PLACE;
    unsigned seed = 8;
    pid_t appender = test_fork();
    if (appender == 0) {
        struct place q = {0};
        place_begin(&q);
        append(&q, 60, 10);
        _exit(0);
    }
    for (int round = 0; round < 12; round++) {
        pid_t pid = test_fork();
        if (pid == 0) {
            struct place q = {0};
            place_begin(&q);
            take_over(&q);
            for (;;)
                log_tree_integrate(&q.tree, NULL, &e);
        }
        usleep(30000 + (useconds_t)(rand_r(&seed) % 90000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    int status = 1;
    waitpid(appender, &status, 0);
    assert_int_equal(status, 0);
    take_over(&p);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_log(&p);
}

static uint64_t index_of(struct place *p, const struct pg_entry *x)
{
    struct err e = {0};
    uint64_t index = UINT64_MAX;
    log_source_index(p->a, p->log, x->stream, x->seq, &index, &e);
    return index;
}

/* The first to take a number commits last: it is neither lost nor does it come before what was integrated already. */
CASE(L10_commits_out_of_order_lose_nothing)
{
    PLACE;
    struct pg_entry first, second, next;
    CLEANUP(pg_done) struct db *slow = pg_open("stemma_batch", &pg_append_table);
    take_over(&p);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &first);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &second);
    db_begin(slow);
    assert_int_equal(pg_append(slow, &first, 1, &e), 0);
    assert_int_equal(pg_append(p.batch, &second, 1, &e), 0);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    uint64_t taken = index_of(&p, &second);
    assert_true(taken != UINT64_MAX);
    assert_true(index_of(&p, &first) == UINT64_MAX);
    assert_int_equal(db_commit(slow, &e), 0);
    pg_entry_make(p.a, first.stream, "batch.reading", &first, &next);
    assert_int_equal(pg_append(p.batch, &next, 1, &e), 0);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    assert_true(index_of(&p, &first) != UINT64_MAX && index_of(&p, &first) > taken);
    assert_true(index_of(&p, &next) > index_of(&p, &first));
    assert_true(index_of(&p, &second) == taken);
    check_log(&p);
}

CASE(L10_rolled_back_append_leaves_no_gap)
{
    PLACE;
    struct pg_entry x, y;
    CLEANUP(pg_done) struct db *other = pg_open("stemma_batch", &pg_append_table);
    take_over(&p);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &x);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &y);
    db_begin(other);
    assert_int_equal(pg_append(other, &x, 1, &e), 0);
    assert_int_equal(pg_append(p.batch, &y, 1, &e), 0);
    db_rollback(other);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    assert_true(index_of(&p, &x) == UINT64_MAX && index_of(&p, &y) != UINT64_MAX);
    check_log(&p);
}

/* A session that sits in a transaction for ever, with a snapshot and a number of its own, holds nobody up. */
CASE(L10_idle_in_transaction_does_not_stall)
{
    PLACE;
    struct pg_entry held, x[20];
    CLEANUP(pg_done) struct db *idle = pg_open("stemma_batch", &pg_append_table);
    take_over(&p);
    pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &held);
    db_begin(idle);
    assert_int_equal(pg_append(idle, &held, 1, &e), 0);
    for (int i = 0; i < 20; i++) {
        pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &x[i]);
        assert_int_equal(pg_append(p.batch, &x[i], 1, &e), 0);
        assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
        assert_true(index_of(&p, &x[i]) != UINT64_MAX);
    }
    db_rollback(idle);
    check_log(&p);
}

/* Eight services commit in whatever order they like; the log is drained all the while. */
CASE(L10_eight_appenders_while_integrating)
{
    PLACE;
    pid_t pid[8];
    take_over(&p);
    for (int i = 0; i < 8; i++)
        if ((pid[i] = test_fork()) == 0) {
            struct place q = {0};
            place_begin(&q);
            append(&q, 8, 6);
            _exit(0);
        }
    for (int left = 8; left > 0;) {
        int status = 0;
        assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended > 0) {
            assert_int_equal(status, 0);
            left--;
        }
    }
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    check_log(&p);
}

/* What lies on the disk, shown page by page; the notary's verdict over the tree in memory. */
static int show(struct place *p, uint64_t size)
{
    const struct notary_memory empty = {0};
    struct merkle_frontier read = notary_reading_begin(&empty);
    uint8_t root[DIGEST_LEN];
    struct err e = {0};
    int code = 0;
    for (uint64_t at = 0; code == 0 && at < size;) {
        struct buf page = buf_new(p->a);
        uint64_t from = at;
        code = reread_page(p->log, p->a, &at, size, 20000, &page, &e);
        assert_true(page.len <= 20000 && (code != 0 || at > from));
        if (code == 0)
            code = notary_reading_add(&empty, &read, from, (struct bytes){(const uint8_t *)page.text, page.len}, &e);
    }
    merkle_frontier_root(&p->tree.frontier, root);
    return code != 0 ? code : notary_reading_check(&empty, &read, size, root, &e);
}

enum { BY_THE_NOTARY = 1, BY_ITS_ENTRY = 2, BY_ITS_TILE = 4 };

/* One bit is turned where it lies; who finds it before anything is signed? */
static void flip(const char *what, const char *column, const char *where, int found_by)
{
    PLACE;
    take_over(&p);
    append(&p, 60, 10);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    uint64_t size = p.tree.frontier.size;
    CLEANUP(pg_done) struct db *admin = pg_open(PG_ADMIN, NULL);
    const char *turn = arena_printf(p.a, "set session_replication_role = replica; update ledger.%s set %s = set_byte(%s, length(%s) - 3,"
                                    " get_byte(%s, length(%s) - 3) # 1) where %s", what, column, column, column, column, column, where);
    for (int turned = 0; turned <= 2; turned++) {
        int notary = show(&p, size), entry = reread_entries(p.log, p.a, 0, size, &e), tile = reread_tiles(p.log, 0, size, &e);
        if (turned < 2)
            assert_int_equal(db_script(admin, turn, &e), 0);
        int found = turned == 1 ? found_by : 0;
        assert_int_equal(notary, (found & BY_THE_NOTARY) != 0 ? ERR_TREE_REFUSED : 0);
        assert_int_equal(entry, (found & BY_ITS_ENTRY) != 0 ? ERR_TREE_REFUSED : 0);
        assert_int_equal(tile, (found & BY_ITS_TILE) != 0 ? ERR_TREE_REFUSED : 0);
    }
    check_log(&p);
}

CASE(L04_flipped_bit_in_an_entry_is_found_before_signing)
{
    flip("entry", "bytes", "(stream, seq) = (select stream, seq from ledger.leaf where leaf_index = 100)", BY_THE_NOTARY | BY_ITS_ENTRY);
}

CASE(L04_flipped_bit_in_a_leaf_is_found_before_signing)
{
    flip("leaf", "leaf", "leaf_index = 200", BY_ITS_ENTRY | BY_ITS_TILE);
}

CASE(L04_flipped_bit_in_a_tile_is_found_before_signing)
{
    flip("tile", "root", "n = 1", BY_ITS_TILE);
}
