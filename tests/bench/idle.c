/*
 * What an idle log costs when many batches are open: CPU of the sequencer's round and of its PostgreSQL process, with few
 * streams and with 100,000 more (ledger.md §6, 29). Fails when idling grows with the streams. Right after so many entries
 * a round still passes over the room that they took in ledger.pending, until autovacuum has been there (within a minute);
 * that cost is printed too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "db/log_source.h"
#include "log_tree.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"

#define STREAMS 100000
#define GROUP 500
#define ROUNDS 500
#define RATIO_MOST 3

static const struct statement_row pid_row = {"pid", "select pg_backend_pid() as pid", 0, NULL};
static const struct statement_table pid_table = {&pid_row, 1};

struct cost {
    int64_t own_ns, postgres_ns;
};

static int64_t run_ns(int64_t pid)
{
    char path[64], text[100] = "";
    snprintf(path, sizeof path, "/proc/%" PRId64 "/schedstat", pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    return strtoll(text, NULL, 10);
}

static int64_t own_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ROUNDS rounds with nothing to do: a second's worth is five. */
static struct cost idle(struct log_tree *tree, int64_t pid)
{
    struct err e = {0};
    struct cost from = {own_ns(), run_ns(pid)};
    for (int i = 0; i < ROUNDS; i++)
        assert_int_equal(log_tree_integrate(tree, NULL, &e), 0);
    return (struct cost){own_ns() - from.own_ns, run_ns(pid) - from.postgres_ns};
}

static int64_t round_us(struct cost c)
{
    return (c.own_ns + c.postgres_ns) / 1000 / ROUNDS;
}

static void open_streams(struct db *db, int64_t count)
{
    struct err e = {0};
    for (int64_t done = 0; done < count; done += GROUP) {
        CLEANUP(pg_arena_done) struct arena *a = arena_new((size_t)256 << 20);
        struct pg_entry *list = ARENA_ARRAY(a, struct pg_entry, GROUP);
        for (int i = 0; i < GROUP; i++)
            pg_entry_make(a, pg_stream(a, "B"), "batch.reading", NULL, &list[i]);
        if (pg_append(db, list, GROUP, &e) != 0)
            fail_msg("%s", e.text);
    }
}

CASE(L29_a_hundred_thousand_open_batches_cost_nothing_idle)
{
    const struct statement_table tables[] = {sequencer_statements, log_source_statements, pid_table};
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_done) struct db *log = pg_open_tables("stemma_sequencer", tables, 3);
    CLEANUP(pg_done) struct db *batch = pg_open("stemma_batch", &pg_append_table);
    CLEANUP(pg_done) struct db *admin = pg_open(PG_ADMIN, NULL);
    struct log_tree tree;
    struct db_rows r;
    struct err e = {0};
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    assert_int_equal(log_tree_open(&tree, log, &e), 0);
    assert_int_equal(db_query(log, a, &pid_row, DB_NONE, &r, &e), 0);
    int64_t pid = db_cell_int(&r, 0, "pid");
    open_streams(batch, GROUP);
    assert_int_equal(log_tree_integrate(&tree, NULL, &e), 0);
    idle(&tree, pid);
    struct cost few = idle(&tree, pid);
    open_streams(batch, STREAMS);
    int64_t from_us = clock_monotonic_us();
    assert_int_equal(log_tree_integrate(&tree, NULL, &e), 0);
    int64_t drain_us = clock_monotonic_us() - from_us;
    int64_t at_once_us = round_us(idle(&tree, pid));
    assert_int_equal(db_script(admin, "vacuum ledger.pending", &e), 0);
    int64_t few_us = round_us(few), many_us = round_us(idle(&tree, pid));
    printf("idle round, CPU: %" PRId64 " us with %d streams, %" PRId64 " us with %d more (%" PRId64 " us before the vacuum); at five"
           " rounds a second %" PRId64 " ppm of a core; drained %" PRId64 " entries/s\n", few_us, GROUP, many_us, STREAMS, at_once_us,
           many_us * 5, (int64_t)STREAMS * 1000000 / drain_us);
    assert_true(many_us <= RATIO_MOST * few_us + 100);
}
