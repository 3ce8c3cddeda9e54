/* common/db against a real server: values, pipeline, failures, transactions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/contract.h"
#include "support/pg.h"
#include "support/test.h"

enum { ECHO_TEXT, ECHO_BYTES, ECHO_ARRAYS, DIVIDE, REFUSE, SLOW, MANY, RECORD, KILL };
static const struct statement_row rows[] = {
    [ECHO_TEXT] = {"echo_text", "select $1::text as t, $2::bigint as n, $3::boolean as b, $4::text as nothing", 4, NULL},
    [ECHO_BYTES] = {"echo_bytes", "select $1::bytea as b, length($1) as n", 1, NULL},
    [ECHO_ARRAYS] = {"echo_arrays",
        "select array_to_string($1::text[], ',', '?') as t, $2::bigint[] as n, cardinality($3::bytea[]) as c,"
        " ($3::bytea[])[2] as second, ($3::bytea[])[1] is null as gap", 3, NULL},
    [DIVIDE] = {"divide", "select 1 / $1::int as q", 1, NULL},
    [REFUSE] = {"refuse", "select ledger.found($1)", 1, NULL},
    [SLOW] = {"slow", "select pg_sleep($1::double precision)", 1, NULL},
    [MANY] = {"many", "select i, repeat('x', $2::int) as t from generate_series(1, $1::int) i order by i", 2, NULL},
    [RECORD] = {"notary_state", "select 7::bigint as size, 'ab' as root, 5::bigint as read_from, null::bigint as read_to", 0, &record_notary_state},
    [KILL] = {"kill", "select pg_terminate_backend(pg_backend_pid())", 0, NULL},
};

static const struct statement_table plain = STATEMENT_TABLE(rows);
static const struct statement_row kept_rows[] = {{"keep", "insert into public.test_kept (n) values ($1)", 1, NULL},
                                                 {"count", "select count(*) as n from public.test_kept", 0, NULL},
                                                 {"clear", "delete from public.test_kept", 0, NULL}};
static const struct statement_table kept = STATEMENT_TABLE(kept_rows);

/* A query and an insert with their forms for many. */
enum { ASK, ASK_MANY, PUT, PUT_MANY, ALL };
static const struct statement_row joined_rows[] = {
    [ASK] = {"ask", "select $1::text as t, $2::bigint as n, $3::bytea as b, 'one' as form", 3, NULL},
    [ASK_MANY] = {"ask*", "select u.ordinal, t, n, b, 'many' as form from unnest($1::text[], $2::bigint[], $3::bytea[])"
                  " with ordinality as u (t, n, b, ordinal) where n is distinct from 13 order by u.ordinal desc", 3, NULL},
    [PUT] = {"put", "insert into public.test_kept (n) values ($1)", 1, NULL},
    [PUT_MANY] = {"put*", "insert into public.test_kept (n) select unnest($1::bigint[])", 1, NULL},
    [ALL] = {"all", "select count(*) as n, sum(n) as sum from public.test_kept", 0, NULL},
};
static const struct statement_table joined = STATEMENT_TABLE(joined_rows);

#define SCOPE(tables)                                                      \
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);                 \
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, tables);            \
    __attribute__((unused)) struct db_rows r = {0};                        \
    __attribute__((unused)) struct err e = {0}

static struct db *open_kept(void)
{
    struct err e = {0};
    struct db *db = pg_open(PG_ADMIN, NULL);
    assert_int_equal(db_script(db, "create table if not exists public.test_kept (n int primary key)", &e), 0);
    db_close(db);
    db = pg_open(PG_ADMIN, &kept);
    /* cases run side by side: take turns */
    assert_int_equal(db_script(db, "set lock_timeout = '60s'; select pg_advisory_lock(99)", &e), 0);
    assert_int_equal(db_query(db, NULL, &kept_rows[2], DB_NONE, NULL, &e), 0);
    return db;
}

#define KEPT                                                               \
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);                 \
    CLEANUP(pg_done) struct db *db = open_kept();                          \
    __attribute__((unused)) struct db_rows r = {0};                        \
    __attribute__((unused)) struct err e = {0}

static int64_t kept_count(struct db *db, struct arena *a)
{
    struct db_rows r;
    struct err e = {0};
    assert_int_equal(db_query(db, a, &kept_rows[1], DB_NONE, &r, &e), 0);
    return db_cell_int(&r, 0, "n");
}

CASE(scalars_go_and_come_back)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[ECHO_TEXT],
                              DB_VALUES(db_text("größe ' \""), db_int(INT64_MIN), db_bool(true), db_null()), &r, &e), 0);
    assert_string_equal(db_cell_text(&r, 0, "t"), "größe ' \"");
    assert_true(db_cell_int(&r, 0, "n") == INT64_MIN);
    assert_true(db_cell_bool(&r, 0, "b"));
    assert_null(db_cell_text(&r, 0, "nothing"));
}

CASE(bytes_with_every_value)
{
    SCOPE(&plain);
    uint8_t all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    assert_int_equal(db_query(db, a, &rows[ECHO_BYTES], DB_VALUES(db_bytes((struct bytes){all, 256})), &r, &e), 0);
    assert_int_equal(db_cell(&r, 0, "b").len, 256);
    assert_memory_equal(db_cell(&r, 0, "b").data, all, 256);
}

CASE(empty_bytes_are_not_null)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[ECHO_BYTES], DB_VALUES(db_bytes((struct bytes){(const uint8_t *)"", 0})), &r, &e), 0);
    assert_non_null(db_cell(&r, 0, "b").data);
    assert_int_equal(db_cell(&r, 0, "b").len, 0);
}

CASE(arrays_in_binary)
{
    SCOPE(&plain);
    const char *const texts[] = {"one", NULL, "", "f,o{u}r\""};
    const int64_t numbers[] = {0, -1, INT64_MAX, INT64_MIN};
    const struct bytes bytes[] = {{NULL, 0}, {(const uint8_t *)"\0\xff", 2}};
    assert_int_equal(db_query(db, a, &rows[ECHO_ARRAYS], DB_VALUES(db_texts(texts, 4), db_ints(numbers, 4),
                              db_bytes_array(bytes, 2)), &r, &e), 0);
    assert_string_equal(db_cell_text(&r, 0, "t"), "one,?,,f,o{u}r\"");
    assert_string_equal(db_cell_text(&r, 0, "n"), "{0,-1,9223372036854775807,-9223372036854775808}");
    assert_int_equal(db_cell(&r, 0, "second").len, 2);
    assert_true(db_cell_bool(&r, 0, "gap"));
}

CASE(arrays_without_elements)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[ECHO_ARRAYS], DB_VALUES(db_texts(NULL, 0), db_ints(NULL, 0),
                              db_bytes_array(NULL, 0)), &r, &e), 0);
    assert_string_equal(db_cell_text(&r, 0, "n"), "{}");
    assert_int_equal(db_cell_int(&r, 0, "c"), 0);
}

CASE(cells_of_no_row_or_column_are_absent)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[DIVIDE], DB_VALUES(db_int(1)), &r, &e), 0);
    assert_null(db_cell_text(&r, 1, "q"));
    assert_null(db_cell_text(&r, 0, "other"));
    assert_int_equal(db_cell_int(&r, -1, "q"), 0);
}

CASE(pipeline_of_a_thousand)
{
    SCOPE(&plain);
    int ticket[1000];
    for (int i = 0; i < 1000; i++)
        ticket[i] = db_queue(db, &rows[ECHO_TEXT], DB_VALUES(db_text("x"), db_int(i), db_bool(false), db_null()));
    assert_int_equal(db_sync(db, &e), 0);
    for (int i = 0; i < 1000; i++) {
        db_take(db, ticket[i], a, &r);
        assert_int_equal(db_cell_int(&r, 0, "n"), i);
    }
}

CASE(pipeline_with_full_buffers_both_ways)
{
    SCOPE(&plain);
    static char big[200000];
    memset(big, 'y', sizeof big - 1);
    static const struct statement_row row[] = {{"echo", "select repeat($1::text, 3) as t", 1, NULL}};
    static const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *wide = pg_open(PG_ADMIN, &table);
    for (int i = 0; i < 50; i++)
        db_queue(wide, row, DB_VALUES(db_text(big)));
    assert_int_equal(db_sync(wide, &e), 0);
    db_take(wide, 49, a, &r);
    assert_int_equal(db_cell(&r, 0, "t").len, 3 * (sizeof big - 1));
}

CASE(pipeline_failure_names_its_ticket)
{
    SCOPE(&plain);
    int good = db_queue(db, &rows[DIVIDE], DB_VALUES(db_int(1)));
    int bad = db_queue(db, &rows[DIVIDE], DB_VALUES(db_int(0)));
    int after = db_queue(db, &rows[DIVIDE], DB_VALUES(db_int(2)));
    assert_int_equal(db_sync(db, &e), ERR_FAULT);
    assert_int_equal(db_failure(db)->ticket, bad);
    assert_string_equal(db_failure(db)->sqlstate, "22012");
    assert_false(db_failure(db)->retry);
    assert_non_null(strstr(e.text, "divide"));
    db_take(db, good, a, &r);
    assert_int_equal(r.rows, 1);
    db_take(db, after, a, &r);
    assert_int_equal(r.rows, 0);
    assert_int_equal(db_query(db, a, &rows[DIVIDE], DB_VALUES(db_int(1)), &r, &e), 0);
}

CASE(wrong_number_of_values_is_a_fault_of_that_ticket)
{
    SCOPE(&plain);
    int bad = db_queue(db, &rows[DIVIDE], DB_NONE);
    assert_int_equal(db_sync(db, &e), ERR_FAULT);
    assert_int_equal(db_failure(db)->ticket, bad);
    assert_int_equal(db_query(db, a, &rows[DIVIDE], DB_VALUES(db_int(1)), &r, &e), 0);
}

CASE(flush_then_ready_then_sync)
{
    SCOPE(&plain);
    int ticket = db_queue(db, &rows[SLOW], DB_VALUES(db_text("0.2")));
    db_flush(db);
    assert_false(db_is_ready(db));
    int polls = 0;
    while (!db_is_ready(db))
        polls++;
    assert_true(polls > 0);
    assert_int_equal(db_sync(db, &e), 0);
    db_take(db, ticket, a, &r);
    assert_int_equal(r.rows, 1);
}

/* Whoever asks whether all is there has not been told yet what came of it: an acknowledged act is a recorded one. */
CASE(failure_is_told_by_sync_also_when_all_was_there_before)
{
    SCOPE(&plain);
    db_begin(db);
    int bad = db_queue(db, &rows[DIVIDE], DB_VALUES(db_int(0)));
    db_queue_commit(db);
    db_flush(db);
    while (!db_is_ready(db))
        ;
    assert_int_equal(db_sync(db, &e), ERR_FAULT);
    assert_int_equal(db_failure(db)->ticket, bad);
    assert_int_equal(db_sync(db, &e), 0);            /* said once */
    db_rollback(db);
    assert_int_equal(db_query(db, a, &rows[DIVIDE], DB_VALUES(db_int(1)), &r, &e), 0);
}

CASE(refusal_of_our_own_class)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[REFUSE], DB_VALUES(db_text("other.example")), &r, &e), ERR_RECORD_APPEND_ONLY);
    assert_string_equal(e.field, "origin");
    assert_string_equal(db_failure(db)->sqlstate, "ZL048");
}

CASE(statement_timeout_is_busy)
{
    SCOPE(&plain);
    assert_int_equal(db_script(db, "set statement_timeout = '50ms'", &e), 0);
    assert_int_equal(db_query(db, a, &rows[SLOW], DB_VALUES(db_text("5")), &r, &e), ERR_BUSY);
}

CASE(key_conflict_is_exists)
{
    KEPT;
    assert_int_equal(db_query(db, a, kept_rows, DB_VALUES(db_int(1)), &r, &e), 0);
    assert_int_equal(r.affected, 1);
    assert_int_equal(db_query(db, a, kept_rows, DB_VALUES(db_int(1)), &r, &e), ERR_EXISTS);
    assert_string_equal(db_failure(db)->constraint, "test_kept_pkey");
}

CASE(rollback_forgets)
{
    KEPT;
    db_begin(db);
    assert_int_equal(db_query(db, a, kept_rows, DB_VALUES(db_int(1)), &r, &e), 0);
    assert_true(db_is_in_transaction(db));
    db_rollback(db);
    assert_false(db_is_in_transaction(db));
    assert_int_equal(kept_count(db, a), 0);
}

CASE(rollback_of_what_was_only_queued)
{
    KEPT;
    db_begin(db);
    db_queue(db, kept_rows, DB_VALUES(db_int(1)));
    db_rollback(db);
    assert_int_equal(kept_count(db, a), 0);
}

CASE(commit_in_one_round_trip)
{
    KEPT;
    db_begin(db);
    db_queue(db, kept_rows, DB_VALUES(db_int(1)));
    assert_int_equal(db_commit(db, &e), 0);
    assert_false(db_is_in_transaction(db));
    assert_int_equal(kept_count(db, a), 1);
}

CASE(commit_of_a_failed_transaction_is_never_success)
{
    KEPT;
    db_begin(db);
    db_queue(db, kept_rows, DB_VALUES(db_int(1)));
    db_queue(db, kept_rows, DB_VALUES(db_int(1)));
    assert_int_equal(db_sync(db, &e), ERR_EXISTS);
    assert_int_equal(db_commit(db, &e), ERR_FAULT);
    db_rollback(db);
    assert_int_equal(kept_count(db, a), 0);
}

CASE(savepoint_saves_the_other_members)
{
    KEPT;
    db_begin(db);
    for (int i = 0; i < 4; i++) {
        db_savepoint(db);
        db_queue(db, kept_rows, DB_VALUES(db_int(i == 2 ? 0 : i)));
        if (db_sync(db, &e) == 0)
            db_savepoint_keep(db);
        else
            assert_int_equal(db_savepoint_undo(db, &e), 0);
    }
    assert_int_equal(db_commit(db, &e), 0);
    assert_int_equal(kept_count(db, a), 3);
}

CASE(lost_connection_is_a_fault_and_reopens)
{
    SCOPE(&plain);
    db_begin(db);
    assert_int_equal(db_query(db, a, &rows[KILL], DB_NONE, &r, &e), ERR_FAULT);
    assert_true(db_failure(db)->lost);
    assert_false(db_is_in_transaction(db));
    db_rollback(db);
    assert_int_equal(db_reopen(db, &e), 0);
    assert_int_equal(db_query(db, a, &rows[SLOW], DB_VALUES(db_text("0")), &r, &e), 0);
}

CASE(many_rows_copied)
{
    SCOPE(&plain);
    assert_int_equal(db_query(db, a, &rows[MANY], DB_VALUES(db_int(5000), db_int(100)), &r, &e), 0);
    assert_int_equal(r.rows, 5000);
    assert_int_equal(db_cell_int(&r, 4999, "i"), 5000);
    assert_int_equal(db_cell(&r, 4999, "t").len, 100);
}

CASE(row_becomes_record)
{
    SCOPE(&plain);
    struct notary_state *signed_last = record_new(a, &record_notary_state);
    assert_int_equal(db_query(db, a, &rows[RECORD], DB_NONE, &r, &e), 0);
    assert_int_equal(db_row_record(a, &record_notary_state, &r, 0, signed_last, &e), 0);
    assert_int_equal(signed_last->size, 7);
    assert_string_equal(signed_last->root, "ab");
    assert_int_equal(signed_last->read_from, 5);
    assert_int_equal(signed_last->read_to, INTEGER_ABSENT);
    assert_int_equal(db_row_record(a, &record_notary_state, &r, 1, signed_last, &e), ERR_FAULT);
}

static int open_one(const struct statement_row *row, struct err *e)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    const struct statement_table table = {row, 1};
    struct db *db = NULL;
    int code = db_open(pg_conninfo(a, PG_ADMIN), "test", &table, 1, &db, e);
    db_close(db);
    return code;
}

CASE(open_names_the_row_that_does_not_prepare)
{
    static const struct statement_row row = {"misspelt", "select colour from ledger.head", 0, NULL};
    struct err e = {0};
    assert_int_equal(open_one(&row, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "misspelt"));
}

CASE(open_refuses_wrong_parameter_count)
{
    static const struct statement_row row = {"one_too_few", "select $1::int + $2::int", 1, NULL};
    struct err e = {0};
    assert_int_equal(open_one(&row, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "one_too_few"));
}

CASE(open_refuses_column_that_is_no_field)
{
    static const struct statement_row row = {"no_field", "select 1::bigint as size, 'x' as colour", 0, &record_notary_state};
    struct err e = {0};
    assert_int_equal(open_one(&row, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "colour"));
}

CASE(open_refuses_password_in_conninfo)
{
    struct db *db = NULL;
    struct err e = {0};
    assert_int_equal(db_open("host=/nowhere password=secret", "test", NULL, 0, &db, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "passfile"));
    assert_null(strstr(e.text, "secret"));
}

CASE(open_of_no_server_is_a_fault)
{
    struct db *db = NULL;
    struct err e = {0};
    assert_int_equal(db_open("host=/nonexistent dbname=x user=y", "test", NULL, 0, &db, &e), ERR_FAULT);
    assert_null(db);
}

CASE(many_calls_go_down_as_one)
{
    SCOPE(&joined);
    int ticket[20];
    char text[20];
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "t%d", i);              /* lent only until db_queue returns */
        ticket[i] = db_queue(db, &joined_rows[ASK], DB_VALUES(db_text(i % 3 == 0 ? NULL : text), db_int(i),
                             db_bytes((struct bytes){(const uint8_t *)text, i % 2 == 0 ? 2 : 0})));
    }
    assert_int_equal(db_sync(db, &e), 0);
    for (int i = 0; i < 20; i++) {
        db_take(db, ticket[i], a, &r);
        if (i == 13) {
            assert_int_equal(r.rows, 0);
            continue;
        }
        assert_int_equal(r.rows, 1);
        assert_int_equal(r.columns, 4);
        assert_string_equal(db_cell_text(&r, 0, "form"), "many");
        assert_int_equal(db_cell_int(&r, 0, "n"), i);
        snprintf(text, sizeof text, "t%d", i);
        if (i % 3 == 0)
            assert_null(db_cell_text(&r, 0, "t"));
        else
            assert_string_equal(db_cell_text(&r, 0, "t"), text);
        assert_int_equal(db_cell(&r, 0, "b").len, i % 2 == 0 ? 2 : 0);
    }
}

CASE(many_of_one_is_the_one)
{
    SCOPE(&joined);
    assert_int_equal(db_query(db, a, &joined_rows[ASK], DB_VALUES(db_text("x"), db_int(13), db_null()), &r, &e), 0);
    assert_int_equal(r.rows, 1);
    assert_string_equal(db_cell_text(&r, 0, "form"), "one");
}

CASE(many_of_nothing_but_null)
{
    SCOPE(&joined);
    int first = db_queue(db, &joined_rows[ASK], DB_VALUES(db_null(), db_null(), db_null()));
    int second = db_queue(db, &joined_rows[ASK], DB_VALUES(db_null(), db_null(), db_null()));
    assert_int_equal(db_sync(db, &e), 0);
    for (int t = first; t <= second; t++) {
        db_take(db, t, a, &r);
        assert_int_equal(r.rows, 1);
        assert_null(db_cell_text(&r, 0, "n"));
    }
}

CASE(many_stay_inside_their_savepoint)
{
    KEPT;
    CLEANUP(pg_done) struct db *d = pg_open(PG_ADMIN, &joined);
    db_begin(d);
    for (int member = 0; member < 3; member++) {
        db_savepoint(d);
        db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(member)));
        db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(member == 1 ? 1 : member + 10)));
        if (db_sync(d, &e) == 0)
            db_savepoint_keep(d);
        else
            assert_int_equal(db_savepoint_undo(d, &e), 0);
    }
    assert_int_equal(db_commit(d, &e), 0);
    assert_int_equal(db_query(d, a, &joined_rows[ALL], DB_NONE, &r, &e), 0);
    assert_int_equal(db_cell_int(&r, 0, "n"), 4);
    assert_int_equal(db_cell_int(&r, 0, "sum"), 0 + 10 + 2 + 12);
}

CASE(many_go_down_before_what_is_queued_behind_a_division)
{
    KEPT;
    CLEANUP(pg_done) struct db *d = pg_open(PG_ADMIN, &joined);
    db_begin(d);
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(5)));
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(6)));
    int before = db_queue(d, &joined_rows[ALL], DB_NONE);
    db_divide(d);
    int after = db_queue(d, &joined_rows[ALL], DB_NONE);
    db_divide(d);
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(7)));
    assert_int_equal(db_sync(d, &e), 0);
    db_take(d, before, a, &r);
    assert_int_equal(db_cell_int(&r, 0, "n"), 0);
    db_take(d, after, a, &r);
    assert_int_equal(db_cell_int(&r, 0, "n"), 2);
    assert_int_equal(db_commit(d, &e), 0);
    assert_int_equal(db_query(d, a, &joined_rows[ALL], DB_NONE, &r, &e), 0);
    assert_int_equal(db_cell_int(&r, 0, "sum"), 5 + 6 + 7);
}

CASE(many_that_fail_name_the_first_ticket)
{
    KEPT;
    CLEANUP(pg_done) struct db *d = pg_open(PG_ADMIN, &joined);
    db_begin(d);
    db_queue(d, &joined_rows[ASK], DB_VALUES(db_null(), db_null(), db_null()));
    int first = db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(5)));
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(5)));
    assert_int_equal(db_commit(d, &e), ERR_EXISTS);
    assert_int_equal(db_failure(d)->ticket, first);
    db_rollback(d);
    assert_int_equal(kept_count(db, a), 0);
}

CASE(many_forgotten_by_rollback)
{
    KEPT;
    CLEANUP(pg_done) struct db *d = pg_open(PG_ADMIN, &joined);
    db_begin(d);
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(1)));
    db_queue(d, &joined_rows[PUT], DB_VALUES(db_int(2)));
    db_rollback(d);
    assert_int_equal(kept_count(db, a), 0);
}

CASE(open_refuses_a_form_for_many_of_nothing)
{
    static const struct statement_row row = {"orphan*", "select $1::text[]", 1, NULL};
    struct err e = {0};
    assert_int_equal(open_one(&row, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "orphan*"));
}
