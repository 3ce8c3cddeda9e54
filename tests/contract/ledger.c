/* The record's functions and rights in PostgreSQL: append, its refusals, who may do what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/pg.h"
#include "support/test.h"

#define SCOPE                                                                     \
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);                        \
    CLEANUP(pg_done) struct db *db = pg_open("stemma_batch", &pg_append_table);   \
    struct err e = {0}

static int64_t number(const char *role, const char *sql)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    const struct statement_row row[] = {{"number", sql, 0, NULL}};
    const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *db = pg_open(role, &table);
    struct db_rows rows;
    struct err e = {0};
    assert_int_equal(db_query(db, a, row, DB_NONE, &rows, &e), 0);
    return strtoll((const char *)rows.cells[0].data, NULL, 10);
}

static int append_each(struct db *db, const struct pg_entry *list, int n, struct err *e)
{
    int r = 0;
    for (int i = 0; r == 0 && i < n; i++)
        r = pg_append(db, &list[i], 1, e);
    return r;
}

static void chain(struct arena *a, struct pg_entry *list, int n)
{
    const char *stream = pg_stream(a, "B");
    for (int i = 0; i < n; i++)
        pg_entry_make(a, stream, "batch.reading", i > 0 ? &list[i - 1] : NULL, &list[i]);
}

/* Runs ${sql} as ${role} and returns the SQLSTATE it was refused with, "" when it was not. */
static const char *refused(const char *role, const char *sql)
{
    static char state[6];
    CLEANUP(pg_done) struct db *db = pg_open(role, NULL);
    struct err e = {0};
    db_begin(db);
    state[0] = '\0';
    if (db_sync(db, &e) == 0 && db_script(db, sql, &e) != 0)
        memcpy(state, db_failure(db)->sqlstate, sizeof state);
    db_rollback(db);
    return state;
}

CASE(append_first_and_next)
{
    SCOPE;
    struct pg_entry list[3];
    chain(a, list, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pg_append(db, &list[i], 1, &e), 0);
    const char *sql = arena_printf(a, "select seq from ledger.head where stream = '%s'", list[0].stream);
    assert_int_equal(number("stemma_audit", sql), 2);
}

CASE(append_group_of_many_streams)
{
    SCOPE;
    struct pg_entry list[64];
    for (int i = 0; i < 64; i++)
        pg_entry_make(a, pg_stream(a, "B"), "batch.reading", NULL, &list[i]);
    assert_int_equal(pg_append(db, list, 64, &e), 0);
    for (int i = 0; i < 64; i++) {
        struct pg_entry next;
        pg_entry_make(a, list[i].stream, "batch.reading", &list[i], &next);
        list[i] = next;
    }
    assert_int_equal(pg_append(db, list, 64, &e), 0);
}

CASE(append_group_takes_a_stream_once)
{
    SCOPE;
    struct pg_entry list[3];
    chain(a, list, 3);
    assert_int_equal(pg_append(db, list, 1, &e), 0);
    assert_int_equal(pg_append(db, list + 1, 2, &e), ERR_HEAD_STALE);
    const char *sql = arena_printf(a, "select seq from ledger.head where stream = '%s'", list[0].stream);
    assert_int_equal(number("stemma_audit", sql), 0);
}

CASE(append_gap_is_stale)
{
    SCOPE;
    struct pg_entry list[3];
    chain(a, list, 3);
    assert_int_equal(pg_append(db, &list[0], 1, &e), 0);
    assert_int_equal(pg_append(db, &list[2], 1, &e), ERR_HEAD_STALE);
    assert_true(db_failure(db)->retry);
}

CASE(append_same_seq_again_is_stale)
{
    SCOPE;
    struct pg_entry list[2], other;
    chain(a, list, 2);
    assert_int_equal(append_each(db, list, 2, &e), 0);
    pg_entry_make(a, list[0].stream, "batch.reading", &list[0], &other);
    assert_int_equal(pg_append(db, &other, 1, &e), ERR_HEAD_STALE);
    assert_true(db_failure(db)->retry);
}

CASE(append_without_first_is_stale)
{
    SCOPE;
    struct pg_entry list[2];
    chain(a, list, 2);
    assert_int_equal(pg_append(db, &list[1], 1, &e), ERR_HEAD_STALE);
}

CASE(append_second_first_entry_is_stale)
{
    SCOPE;
    struct pg_entry first, other;
    const char *stream = pg_stream(a, "B");
    pg_entry_make(a, stream, "batch.reading", NULL, &first);
    pg_entry_make(a, stream, "batch.reading", NULL, &other);
    assert_int_equal(pg_append(db, &first, 1, &e), 0);
    assert_int_equal(pg_append(db, &other, 1, &e), ERR_HEAD_STALE);
    assert_true(db_failure(db)->retry);
}

CASE(L34_append_command_twice)
{
    SCOPE;
    struct pg_entry list[2];
    chain(a, list, 2);
    memcpy(list[1].command, list[0].command, 16);
    assert_int_equal(pg_append(db, &list[0], 1, &e), 0);
    assert_int_equal(pg_append(db, &list[1], 1, &e), ERR_COMMAND_REUSED);
    assert_true(db_failure(db)->retry);
}

CASE(append_refusal_keeps_nothing_of_the_group)
{
    SCOPE;
    struct pg_entry list[3];
    chain(a, list, 1);
    chain(a, list + 1, 2);
    list[1] = list[2];                        /* its first entry is missing */
    assert_int_equal(pg_append(db, list, 2, &e), ERR_HEAD_STALE);
    const char *sql = arena_printf(a, "select count(*) from ledger.entry where stream = '%s'", list[0].stream);
    assert_int_equal(number("stemma_audit", sql), 0);
}

/* The second entry of a fresh stream, spoilt by ${spoil}, must not go in. */
static void refuse_spoilt(void (*spoil)(struct arena *a, const struct pg_entry *before, struct pg_entry *x))
{
    SCOPE;
    struct pg_entry list[2];
    chain(a, list, 2);
    assert_int_equal(pg_append(db, &list[0], 1, &e), 0);
    spoil(a, &list[0], &list[1]);
    int r = pg_append(db, &list[1], 1, &e);
    if (r != ERR_STATEMENT_MALFORMED && r != ERR_HEAD_STALE)
        fail_msg("%d: %s", r, e.text);
}

#define SPOIL(name) static void spoil_##name(__attribute__((unused)) struct arena *a, \
    __attribute__((unused)) const struct pg_entry *before, struct pg_entry *x)

SPOIL(leaf_that_is_not_the_hash)
{
    x->leaf[0] ^= 1;
}
CASE(append_refuses_leaf_that_is_not_the_hash)
{
    refuse_spoilt(spoil_leaf_that_is_not_the_hash);
}



SPOIL(wrong_link)
{
    x->prev[3] ^= 1;
    pg_entry_seal(a, x);
}
CASE(append_refuses_wrong_link)
{
    refuse_spoilt(spoil_wrong_link);
}

SPOIL(time_not_after)
{
    x->time_ms = before->time_ms;
    pg_entry_seal(a, x);
}
CASE(append_refuses_time_not_after)
{
    refuse_spoilt(spoil_time_not_after);
}


SPOIL(other_stream_column)
{
    x->stream = pg_stream(a, "B");
}
CASE(append_refuses_other_stream_column)
{
    refuse_spoilt(spoil_other_stream_column);
}

SPOIL(other_service)
{
    x->type = "release.sign";
}
CASE(append_refuses_other_service)
{
    refuse_spoilt(spoil_other_service);
}

SPOIL(log_stream)
{
    x->stream = "SYS";
}
CASE(append_refuses_log_stream)
{
    refuse_spoilt(spoil_log_stream);
}


CASE(append_keeps_signature)
{
    SCOPE;
    struct pg_entry x;
    pg_entry_make(a, pg_stream(a, "B"), "batch.reading", NULL, &x);
    x.signature = (struct bytes){(const uint8_t *)"0123456789", 10};
    pg_entry_seal(a, &x);
    assert_int_equal(pg_append(db, &x, 1, &e), 0);
    const char *sql = arena_printf(a, "select length(signature) from ledger.entry where stream = '%s'", x.stream);
    assert_int_equal(number("stemma_audit", sql), 10);
}

CASE(append_refusal_of_a_time_not_after_the_head_is_stale)
{
    SCOPE;
    struct pg_entry list[2];
    chain(a, list, 2);
    assert_int_equal(pg_append(db, &list[0], 1, &e), 0);
    list[1].time_ms = list[0].time_ms;
    pg_entry_seal(a, &list[1]);
    assert_int_equal(pg_append(db, &list[1], 1, &e), ERR_HEAD_STALE);
}

CASE(append_refuses_wrong_genesis)
{
    SCOPE;
    struct pg_entry x;
    pg_entry_make(a, pg_stream(a, "B"), "batch.reading", NULL, &x);
    x.prev[0] ^= 1;
    pg_entry_seal(a, &x);
    assert_int_equal(pg_append(db, &x, 1, &e), ERR_HEAD_STALE);
}

CASE(append_only_sequencer_writes_SYS)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_done) struct db *db = pg_open("stemma_sequencer", &pg_append_table);
    struct err e = {0};
    struct pg_entry x;
    pg_entry_make(a, pg_stream(a, "B"), "log.heads", NULL, &x);
    assert_int_equal(pg_append(db, &x, 1, &e), ERR_STATEMENT_MALFORMED);
}

/* Appends ${each} entries to the three streams in turn, trying again whenever another process was first. */
static int append_many(const char *const streams[3], int each, int turn)
{
    static const struct statement_row rows[] = {{"head", "select seq, leaf, time_ms from ledger.heads($1)", 1, NULL}};
    static const struct statement_table more = STATEMENT_TABLE(rows);
    struct db *db = pg_open("stemma_batch", &pg_append_table), *read = pg_open("stemma_batch", &more);
    struct arena *a = arena_new(0);
    struct err e = {0};
    int good = 0;
    for (int tries = 0; good < each && tries < 100000; tries++) {
        struct pg_entry before = {0}, x;
        struct db_rows r;
        const char *stream = streams[(good + turn) % 3];
        arena_reset(a);
        if (db_query(read, a, rows, DB_VALUES(db_texts(&stream, 1)), &r, &e) != 0)
            return 2;
        if (r.rows == 1) {
            before.seq = db_cell_int(&r, 0, "seq");
            before.time_ms = db_cell_int(&r, 0, "time_ms");
            memcpy(before.leaf, db_cell(&r, 0, "leaf").data, DIGEST_LEN);
        }
        pg_entry_make(a, stream, "batch.reading", r.rows == 1 ? &before : NULL, &x);
        int code = pg_append(db, &x, 1, &e);
        if (code == 0)
            good++;
        else if (!db_failure(db)->retry)
            return 3;
    }
    return good == each ? 0 : 4;
}

CASE(eight_appenders_never_fork)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    const char *const streams[3] = {pg_stream(a, "B"), pg_stream(a, "B"), pg_stream(a, "B")};
    enum { EACH = 40 };
    pid_t pid[8];
    for (int p = 0; p < 8; p++)
        if ((pid[p] = fork()) == 0)
            _exit(append_many(streams, EACH, p));
    for (int p = 0; p < 8; p++) {
        int status = 0;
        assert_int_equal(waitpid(pid[p], &status, 0), pid[p]);
        assert_int_equal(status, 0);
    }
    const char *in = arena_printf(a, "('%s', '%s', '%s')", streams[0], streams[1], streams[2]);
    assert_int_equal(number("stemma_audit", arena_printf(a,
        "select count(*) from ledger.entry where stream in %s", in)), 8 * EACH);
    assert_int_equal(number("stemma_audit", arena_printf(a,
        "select sum(seq + 1) from ledger.head where stream in %s", in)), 8 * EACH);
}

CASE(by_command_answers_the_first)
{
    SCOPE;
    static const struct statement_row row[] = {{"known", "select seq, stream from ledger.by_command($1)", 1, NULL}};
    static const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *read = pg_open("stemma_batch", &table);
    struct pg_entry list[2];
    struct db_rows r;
    chain(a, list, 2);
    assert_int_equal(append_each(db, list, 2, &e), 0);
    struct bytes ids[2] = {{list[1].command, 16}, {(const uint8_t *)"no such command!", 16}};
    assert_int_equal(db_query(read, a, row, DB_VALUES(db_bytes_array(ids, 2)), &r, &e), 0);
    assert_int_equal(r.rows, 1);
    assert_int_equal(db_cell_int(&r, 0, "seq"), 1);
    assert_string_equal(db_cell_text(&r, 0, "stream"), list[0].stream);
}

CASE(lock_heads_keeps_others_out)
{
    SCOPE;
    static const struct statement_row row[] = {{"lock", "select stream, seq from ledger.lock_heads($1)", 1, NULL}};
    static const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *holder = pg_open("stemma_batch", &table), *other = pg_open("stemma_batch", &table);
    struct pg_entry x;
    struct db_rows r;
    pg_entry_make(a, pg_stream(a, "B"), "batch.reading", NULL, &x);
    assert_int_equal(pg_append(db, &x, 1, &e), 0);
    db_begin(holder);
    assert_int_equal(db_query(holder, a, row, DB_VALUES(db_texts(&x.stream, 1)), &r, &e), 0);
    assert_int_equal(r.rows, 1);
    assert_int_equal(db_script(other, "set lock_timeout = '50ms'", &e), 0);
    assert_int_equal(db_query(other, a, row, DB_VALUES(db_texts(&x.stream, 1)), &r, &e), ERR_BUSY);
    assert_true(db_failure(other)->retry);
    db_rollback(holder);
    assert_int_equal(db_query(other, a, row, DB_VALUES(db_texts(&x.stream, 1)), &r, &e), 0);
}

/* An administrator who is no superuser, but owns the tables, is refused by the triggers as well. */
#define OWNER "set role stemma_owner; "

CASE(owner_update_of_entry_refused)
{
    assert_string_equal(refused(PG_ADMIN, OWNER "update ledger.entry set statement = 'x'"), "ZL048");
}

CASE(owner_delete_of_entry_refused)
{
    assert_string_equal(refused(PG_ADMIN, OWNER "delete from ledger.entry"), "ZL048");
}

CASE(owner_truncate_of_record_refused)
{
    assert_string_equal(refused(PG_ADMIN, OWNER "truncate ledger.entry"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "truncate ledger.leaf"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "truncate ledger.pending"), "ZL048");
}

CASE(owner_change_of_log_refused)
{
    assert_string_equal(refused(PG_ADMIN, OWNER "update ledger.leaf set leaf = sha256('')"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "delete from ledger.checkpoint"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "update ledger.attachment set bytes = ''"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "update ledger.log set origin = 'x'"), "ZL048");
    assert_string_equal(refused(PG_ADMIN, OWNER "delete from ledger.head"), "ZL048");
}

CASE(other_origin_refused)
{
    assert_string_equal(refused(PG_ADMIN, "select ledger.found('another.example/1')"), "ZL048");
}

static const char *const services[] = {"stemma_access", "stemma_source", "stemma_batch", "stemma_quality",
                                       "stemma_custody", "stemma_release", "stemma_sequencer", "stemma_audit"};

CASE(services_have_no_write_right_on_the_record)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        const char *sql = arena_printf(a, "select count(*) from pg_class"
            " where relnamespace = 'ledger'::regnamespace and relkind = 'r' and has_table_privilege('%s', oid,"
            " 'insert, update, delete, truncate, trigger, references')", services[i]);
        assert_int_equal(number(PG_ADMIN, sql), 0);
    }
}

CASE(services_own_nothing)
{
    assert_int_equal(number(PG_ADMIN, "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'ledger' and r.rolname <> 'stemma_owner'"), 0);
}

CASE(nobody_but_services_executes)
{
    assert_int_equal(number(PG_ADMIN, "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'ledger' and has_function_privilege('public', p.oid, 'execute')"), 0);
}

CASE(functions_with_owner_rights_fix_their_search_path)
{
    assert_int_equal(number(PG_ADMIN, "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname not in ('pg_catalog', 'information_schema') and prosecdef"
        " and not exists (select from unnest(proconfig) c where c like 'search_path=%')"), 0);
}

CASE(audit_may_not_append)
{
    assert_string_equal(refused("stemma_audit", "select ledger.append(null, null, null, null, null, null, null, null, null)"),
                        "42501");
}

CASE(batch_may_not_integrate)
{
    assert_string_equal(refused("stemma_batch", "select * from ledger.drain(1, 1)"), "42501");
    assert_string_equal(refused("stemma_batch", "select * from ledger.entry"), "42501");
}

CASE(batch_insert_refused)
{
    assert_string_equal(refused("stemma_batch", "insert into ledger.pending (stream, seq, leaf) values ('B-1', 1, '')"),
                        "42501");
}

CASE(attachment_kept_once)
{
    SCOPE;
    static const struct statement_row rows[] = {
        {"attach", "select ledger.attach($1)", 1, NULL},
        {"attached", "select ledger.attachment_get(sha256($1)) as bytes", 1, NULL},
    };
    static const struct statement_table table = STATEMENT_TABLE(rows);
    CLEANUP(pg_done) struct db *b = pg_open("stemma_batch", &table);
    struct bytes file[2] = {{(const uint8_t *)"file one", 8}, {(const uint8_t *)"file one", 8}};
    struct db_rows r;
    assert_int_equal(db_query(b, a, &rows[0], DB_VALUES(db_bytes_array(file, 2)), NULL, &e), 0);
    assert_int_equal(db_query(b, a, &rows[0], DB_VALUES(db_bytes_array(file, 1)), NULL, &e), 0);
    assert_int_equal(db_query(b, a, &rows[1], DB_VALUES(db_bytes(file[0])), &r, &e), 0);
    assert_int_equal(db_cell(&r, 0, "bytes").len, 8);
}
