/* Consent, withdrawal and the hold that follows, as the tables give them to the source service's own role. */
#include <string.h>

#include "support/pg.h"
#include "support/test.h"

static const struct statement_row rows[] = {
    {"t_donor", "insert into source.donor (donor_id, tissue, use, subject, registered_ms) values ('D-T', 'marrow', $1, 'donor', 1)",
     1, NULL},
    {"t_consent", "insert into source.consent values ('D-T', $1::text::bigint, 'F 1', string_to_array($2, ','), 1, 1)", 2,
     NULL},
    {"t_withdraw", "insert into source.withdrawal values ('D-T', $1::text::bigint, string_to_array($2, ','), 1, null, 1)",
     2, NULL},
    {"t_now", "select array_to_string(scopes, ',') as scopes from source.consent_now where donor_id = 'D-T'", 0, NULL},
    {"t_held", "select count(*) as n from source.donor_hold where donor_id = 'D-T'", 0, NULL},
    {"t_facts", "select consent_treatment, consent_research, consent_storage from source.donor_facts where donor_id = 'D-T'", 0,
     NULL},
    {"t_forget", "delete from source.withdrawal", 0, NULL},
};
enum { DONOR, CONSENT, WITHDRAW, NOW, HELD, FACTS, FORGET };
static const struct statement_table table = STATEMENT_TABLE(rows);

static struct arena *arena;
static struct db *db;
static struct err err;
static struct db_rows got;

static void begin(const char *use)
{
    arena = arena_new(0);
    db = pg_open_tables("stemma_source", &table, 1);
    db_begin(db);
    assert_int_equal(db_query(db, arena, &rows[DONOR], DB_VALUES(db_text(use)), &got, &err), 0);
}

static void end(void)
{
    db_rollback(db);
    db = db_close(db);
    arena = arena_free(arena);
}

static void record(int row, const char *seq, const char *scopes)
{
    assert_int_equal(db_query(db, arena, &rows[row], DB_VALUES(db_text(seq), db_text(scopes)), &got, &err), 0);
}

static bool held(void)
{
    assert_int_equal(db_query(db, arena, &rows[HELD], DB_NONE, &got, &err), 0);
    return db_cell_int(&got, 0, "n") == 1;
}

static const char *scopes_now(void)
{
    assert_int_equal(db_query(db, arena, &rows[NOW], DB_NONE, &got, &err), 0);
    return got.rows == 0 ? NULL : db_cell_text(&got, 0, "scopes");
}

CASE(S1_1_a_withdrawal_takes_its_scopes_and_no_others)
{
    begin("allogeneic");
    assert_null(scopes_now());
    record(CONSENT, "1", "treatment,research,storage");
    record(WITHDRAW, "2", "research");
    assert_string_equal(scopes_now(), "treatment,storage");
    assert_false(held());
    record(WITHDRAW, "3", "storage,treatment");
    assert_string_equal(scopes_now(), "");
    assert_true(held());
    assert_int_equal(db_query(db, arena, &rows[FACTS], DB_NONE, &got, &err), 0);
    assert_false(db_cell_bool(&got, 0, "consent_treatment"));
    assert_false(db_cell_bool(&got, 0, "consent_storage"));
    end();
}

CASE(S7_3_a_donor_is_held_by_the_scope_that_the_cells_are_for)
{
    begin("research");
    record(CONSENT, "1", "treatment,research");
    record(WITHDRAW, "2", "treatment");
    assert_false(held());
    record(WITHDRAW, "3", "research");
    assert_true(held());
    end();
}

CASE(S7_3_only_a_later_consent_to_the_same_lifts_the_hold)
{
    begin("autologous");
    record(CONSENT, "1", "treatment");
    record(WITHDRAW, "2", "treatment");
    record(CONSENT, "3", "storage");
    assert_true(held());
    record(CONSENT, "4", "treatment");
    assert_false(held());
    assert_string_equal(scopes_now(), "treatment");
    end();
}

CASE(S7_3_without_a_withdrawal_nobody_is_held)
{
    begin("allogeneic");
    assert_false(held());
    end();
}

CASE(R12_a_withdrawal_is_not_taken_back_by_the_table)
{
    begin("allogeneic");
    assert_int_equal(db_query(db, arena, &rows[FORGET], DB_NONE, &got, &err), ERR_FAULT);
    assert_string_equal(db_failure(db)->sqlstate, "42501");
    end();
}
