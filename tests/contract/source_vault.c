/* The vault against PostgreSQL, as the source service's own role: what it may read, and what goes by which statement. */
#include <string.h>

#include "support/pg.h"
#include "support/test.h"

#define HASH "decode(repeat('ab', 32), 'hex')"
#define OTHER "decode(repeat('cd', 32), 'hex')"

static const struct statement_row rows[] = {
    {"t_put", "insert into source.vault (commitment, subject, name, value, salt, retention) values (" HASH ", 'D-T', 'mother_name',"
              " 'Ada Vogel', decode(repeat('01', 32), 'hex'), 'traceability'), (" OTHER ", 'D-T', 'hobby', 'chess',"
              " decode(repeat('02', 32), 'hex'), 'extra')", 0, NULL},
    {"t_find", "select donor_id from source.vault_find('mother_name', $1)", 1, NULL},
    {"t_open", "select name, value, salt from source.vault_open('D-T', 7)", 0, NULL},
    {"t_disclose", "insert into source.disclosure values ('D-T', 7, " HASH ", 'mother_name', 'the authority', 'an inspection',"
                   " 'U-ELENA', 1)", 0, NULL},
    {"t_erasure", "insert into source.erasure values (" OTHER ", 'D-T', 8, 'hobby', 'asked for it', 1)", 0, NULL},
    {"t_erase", "select source.vault_erase($1)", 1, NULL},
    {"t_left", "select count(*) as n from source.vault where subject = 'D-T'", 0, NULL},
    {"t_value", "select value from source.vault", 0, NULL},
    {"t_delete", "delete from source.vault", 0, NULL},
    {"t_update", "update source.erasure set reason = 'another'", 0, NULL},
    {"t_looks", "select count(*) from source.vault_look", 0, NULL},
    {"t_purge", "insert into source.purge (donor_id, seq, reason, proposed_by, proposed_ms, approved_by, approved_seq, approved_ms)"
                " values ('D-T', 9, 'r', 'U-ELENA', 1, 'U-ELENA', 10, 2)", 0, NULL},
};
enum { PUT, FIND, OPEN, DISCLOSE, ERASURE, ERASE, LEFT, VALUE, DELETE, UPDATE, LOOKS, PURGE };
static const struct statement_table table = STATEMENT_TABLE(rows);

static struct arena *arena;
static struct db *db;
static struct err err;
static struct db_rows got;

static void begin(void)
{
    arena = arena_new(0);
    db = pg_open_tables("stemma_source", &table, 1);
    db_begin(db);
}

static void end(void)
{
    db_rollback(db);
    db = db_close(db);
    arena = arena_free(arena);
}

static int run(int row)
{
    return db_query(db, arena, &rows[row], DB_NONE, &got, &err);
}

static int run_with(int row, const char *text)
{
    return db_query(db, arena, &rows[row], DB_VALUES(db_text(text)), &got, &err);
}

CASE(T38_a_value_is_found_by_who_knows_it)
{
    begin();
    assert_int_equal(run(PUT), 0);
    assert_int_equal(run_with(FIND, "ada vogel"), 0);
    assert_int_equal(got.rows, 1);
    assert_string_equal(db_cell_text(&got, 0, "donor_id"), "D-T");
    assert_int_equal(run_with(FIND, "ada"), 0);
    assert_int_equal(got.rows, 0);
    assert_int_equal(run_with(FIND, "%"), 0);
    assert_int_equal(got.rows, 0);
    end();
}

CASE(T38_a_value_comes_out_after_a_disclosure_alone)
{
    begin();
    assert_int_equal(run(PUT), 0);
    assert_int_equal(run(OPEN), 0);
    assert_int_equal(got.rows, 0);
    assert_int_equal(run(DISCLOSE), 0);
    assert_int_equal(run(OPEN), 0);
    assert_int_equal(got.rows, 1);
    assert_string_equal(db_cell_text(&got, 0, "value"), "Ada Vogel");
    end();
}

CASE(S3_6_what_no_erasure_names_stays)
{
    begin();
    assert_int_equal(run(PUT), 0);
    assert_int_equal(run_with(ERASE, "D-T"), 0);
    assert_int_equal(run(LEFT), 0);
    assert_int_equal(db_cell_int(&got, 0, "n"), 2);
    assert_int_equal(run(ERASURE), 0);
    assert_int_equal(run_with(ERASE, "D-OTHER"), 0);
    assert_int_equal(run(LEFT), 0);
    assert_int_equal(db_cell_int(&got, 0, "n"), 2);
    assert_int_equal(run_with(ERASE, "D-T"), 0);
    assert_int_equal(run(LEFT), 0);
    assert_int_equal(db_cell_int(&got, 0, "n"), 1);
    end();
}

CASE(R12_the_service_reads_deletes_and_changes_nothing_by_itself)
{
    static const int forbidden[] = {VALUE, DELETE, UPDATE, LOOKS};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        begin();
        assert_int_equal(run(forbidden[i]), ERR_FAULT);
        assert_string_equal(db_failure(db)->sqlstate, "42501");
        end();
    }
}

CASE(S3_6_two_people_purge_by_the_table_too)
{
    begin();
    assert_int_not_equal(run(PURGE), 0);
    assert_string_equal(db_failure(db)->sqlstate, "23514");
    end();
}
