/* Clocks that are off: what they would record is refused (ledger.md §2.8 and §6, 7). */
#include <string.h>

#include "base/clock.h"
#include "support/pg.h"
#include "support/test.h"

#define SCOPE                                                                     \
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);                        \
    CLEANUP(pg_done) struct db *db = pg_open("stemma_batch", &pg_append_table);   \
    struct err e = {0}

/* What a service whose clock is off by ${off_ms} appends to ${stream} after ${before}. */
static int append_off(struct arena *a, struct db *db, const char *stream, int64_t off_ms, const struct pg_entry *before,
                      struct pg_entry *ret, struct err *e)
{
    clock_set(TIME_ABSENT);
    clock_set(clock_ms() + off_ms);
    pg_entry_make(a, stream, "batch.reading", before, ret);
    clock_set(TIME_ABSENT);
    return pg_append(db, ret, 1, e);
}

CASE(L07_clock_an_hour_behind_is_refused)
{
    SCOPE;
    struct pg_entry x;
    assert_int_equal(append_off(a, db, pg_stream(a, "B"), -3600000, NULL, &x, &e), ERR_CLOCK_REFUSED);
}

CASE(L07_clock_an_hour_ahead_is_refused)
{
    SCOPE;
    struct pg_entry x;
    assert_int_equal(append_off(a, db, pg_stream(a, "B"), 3600000, NULL, &x, &e), ERR_CLOCK_REFUSED);
}

CASE(L07_clock_a_second_off_records)
{
    SCOPE;
    struct pg_entry x[2];
    const char *stream = pg_stream(a, "B");
    assert_int_equal(append_off(a, db, stream, 1000, NULL, &x[0], &e), 0);
    assert_int_equal(append_off(a, db, stream, -1000, &x[0], &x[1], &e), 0);
    assert_true(x[1].time_ms > x[0].time_ms);
}

CASE(L07_clock_steps_back_and_the_stream_still_rises)
{
    SCOPE;
    struct pg_entry x[3];
    const char *stream = pg_stream(a, "B");
    assert_int_equal(append_off(a, db, stream, 0, NULL, &x[0], &e), 0);
    assert_int_equal(append_off(a, db, stream, -30000, &x[0], &x[1], &e), 0);
    assert_int_equal(append_off(a, db, stream, 0, &x[1], &x[2], &e), 0);
    assert_true(x[1].time_ms == x[0].time_ms + 1 && x[2].time_ms > x[1].time_ms);
}

/* A leap second: the machine's clock shows the last second of the day twice. Each entry is later than the one before it, by the
 * millisecond where the clock went back, and none is of a second 60. */
CASE(L07_second_that_comes_twice_and_the_stream_still_rises)
{
    SCOPE;
    static const int off_ms[] = {-500, -2, -900, -500, -2, 0};     /* ... 23:59:59.998, 23:59:59.100, ... */
    struct pg_entry x[6];
    const char *stream = pg_stream(a, "B");
    for (int i = 0; i < 6; i++) {
        assert_int_equal(append_off(a, db, stream, off_ms[i], i > 0 ? &x[i - 1] : NULL, &x[i], &e), 0);
        const char *time = memmem(x[i].bytes.data, x[i].bytes.len, "\ntime ", 6);
        assert_non_null(time);
        assert_true(memcmp(time + 6 + strlen("2026-11-21T10:00:"), "60", 2) < 0);
        assert_true(i == 0 || x[i].time_ms > x[i - 1].time_ms);
    }
    assert_true(x[2].time_ms == x[1].time_ms + 1);
}

/* Two services five seconds apart write one stream in turn: order holds, or the one ahead is refused. */
CASE(L07_two_services_five_seconds_apart)
{
    SCOPE;
    struct pg_entry last, x;
    const char *stream = pg_stream(a, "B");
    assert_int_equal(append_off(a, db, stream, 0, NULL, &last, &e), 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(append_off(a, db, stream, 5000, &last, &x, &e), ERR_CLOCK_REFUSED);
        assert_int_equal(append_off(a, db, stream, 0, &last, &x, &e), 0);
        assert_true(x.time_ms > last.time_ms && x.time_ms <= clock_ms() + 10);
        last = x;
    }
    assert_int_equal(append_off(a, db, stream, -5000, &last, &x, &e), 0);
    assert_true(x.time_ms == last.time_ms + 1);
}

/* In one transaction that is rolled back: a time-stamp of ${ahead_ms} from now, then an entry of the log itself. */
static int append_after_stamp(int64_t ahead_ms)
{
    static const struct statement_row rows[] = {
        {"stamp", "select ledger.checkpoint_add((select epoch from ledger.epoch_begin()), 0, sha256(''), '', '', '', $1, false)", 1, NULL},
        {"head", "select seq, leaf, time_ms from ledger.lock_heads(array['SYS'])", 0, NULL}};
    const struct statement_table tables[] = {pg_append_table, STATEMENT_TABLE(rows)};
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_done) struct db *db = pg_open_tables("stemma_sequencer", tables, 2);
    struct pg_entry before = {0}, x;
    struct db_rows r;
    struct err e = {0};
    db_begin(db);
    assert_int_equal(db_query(db, a, &rows[0], DB_VALUES(db_int(clock_ms() + ahead_ms)), NULL, &e), 0);
    assert_int_equal(db_query(db, a, &rows[1], DB_NONE, &r, &e), 0);
    if (r.rows == 1) {
        before.seq = db_cell_int(&r, 0, "seq");
        before.time_ms = db_cell_int(&r, 0, "time_ms");
        memcpy(before.leaf, db_cell(&r, 0, "leaf").data, DIGEST_LEN);
    }
    pg_entry_make(a, "SYS", "log.heads", r.rows == 1 ? &before : NULL, &x);
    int code = pg_append(db, &x, 1, &e);
    db_rollback(db);
    return code;
}

CASE(L07_entry_before_the_last_time_stamp_is_refused)
{
    assert_int_equal(append_after_stamp(3000), ERR_CLOCK_REFUSED);
}

CASE(L07_entry_within_two_seconds_of_the_last_time_stamp_records)
{
    assert_int_equal(append_after_stamp(1000), 0);
    assert_int_equal(append_after_stamp(-60000), 0);
}
