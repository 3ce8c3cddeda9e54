/*
 * No table is left out of the replay: whatever a migration makes is a projection that the auditor may read and that replay
 * compares row by row, or says of itself that it is none. Whoever adds a table and forgets one of it fails here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrate.h"
#include "support/pg.h"
#include "support/test.h"

/* Tables of the services. The record itself (ledger) is what `audit verify` reads to the byte; house is the migrator's, public
 * the other cases'. */
#define TABLES                                                                                                          \
    " from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm', 'f')"             \
    " and n.nspname not in ('ledger', 'house', 'public', 'pg_catalog', 'pg_toast', 'information_schema') and n.nspname not like 'pg@_temp%' escape '@'"
#define IS_PROJECTION " and obj_description(c.oid, 'pg_class') like 'no projection: %' is not true"

static const struct statement_row rows[] = {
    {"unread", "select string_agg(c.oid::regclass::text, ' ' order by 1) as list" TABLES IS_PROJECTION
     " and not has_table_privilege('stemma_audit', c.oid, 'select')", 0, NULL},
    {"written", "select string_agg(c.oid::regclass::text, ' ' order by 1) as list" TABLES
     " and has_table_privilege('stemma_audit', c.oid, 'insert, update, delete, truncate')", 0, NULL},
    {"keyless", "select string_agg(c.oid::regclass::text, ' ' order by 1) as list" TABLES IS_PROJECTION
     " and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)", 0, NULL},
    {"unknown", "select string_agg(k.tab, ' ' order by 1) as list from (select n.nspname || '.' || c.relname as tab" TABLES
     IS_PROJECTION " and n.nspname <> 'replay') k where not exists (select from replay.tables t join pg_trigger g"
     " on g.tgrelid = t.quoted::regclass and g.tgname = 'replay_touch' where t.tab = k.tab and t.is_projection)", 0, NULL},
};
static const struct statement_table table = STATEMENT_TABLE(rows);

static void expect_none(struct db *db, int row, const char *what)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    struct db_rows r;
    struct err e = {0};
    if (db_query(db, a, &rows[row], DB_NONE, &r, &e) != 0)
        fail_msg("%s", e.text);
    const char *list = db_cell_text(&r, 0, "list");
    if (list != NULL && list[0] != '\0')
        fail_msg("%s: %s", what, list);
}

static const struct statement_table three = {rows, 3};

CASE(L31_auditor_may_read_every_projection)
{
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, &three);
    expect_none(db, 0, "grant select to stemma_audit, or comment on table ... is 'no projection: ...'");
}

CASE(L31_auditor_may_change_nothing)
{
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, &three);
    expect_none(db, 1, "the auditor writes");
}

CASE(L31_every_projection_has_a_key_to_be_named_by)
{
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, &three);
    expect_none(db, 2, "no primary key");
}

static void admin(const char *conninfo, const char *sql)
{
    struct db *db = NULL;
    struct err e = {0};
    if (db_open(conninfo, "test", NULL, 0, &db, &e) != 0 || db_script(db, sql, &e) != 0)
        fail_msg("%s", e.text);
    db_close(db);
}

/* What replay itself walks, in a database made as its scratch database is: a schema or table that it does not know of. */
CASE(L31_replay_walks_every_projection)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    uint8_t random[6];
    random_fill(random, sizeof random);
    const char *name = arena_printf(a, "r_%s", hex_text(a, random, sizeof random));
    const char *here = pg_conninfo(a, PG_ADMIN), *there = arena_printf(a, "%s dbname=%s", here, name);
    admin(here, arena_printf(a, "create database %s template template0", name));
    char *scratch = test_read(arena_printf(a, "%s/replay/scratch.sql", getenv("STEMMA_SQL")), NULL);
    assert_non_null(scratch);
    struct db *db = NULL;
    struct migrate_report report;
    struct err e = {0};
    if (migrate_run(a, there, getenv("STEMMA_SQL"), &report, &e) != 0)
        fail_msg("%s", e.text);
    admin(there, scratch);
    free(scratch);
    assert_int_equal(db_open(there, "test", &table, 1, &db, &e), 0);
    expect_none(db, 3, "replay does not know");
    db_close(db);
    admin(here, arena_printf(a, "drop database %s", name));
}
