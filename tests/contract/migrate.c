/* Migrations: the project's own apply twice; history that was edited is refused. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/migrate.h"
#include "support/pg.h"
#include "support/test.h"

/** A database and a folder of scripts of this case's own. */
struct place {
    struct arena *a;
    char name[40], folder[64];
    const char *conninfo;
};

static void script(const struct place *p, const char *sql)
{
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, NULL);
    struct err e = {0};
    if (db_script(db, arena_printf(p->a, "%s %s", sql, p->name), &e) != 0)
        fail_msg("%s", e.text);
}

static void place_begin(struct place *p)
{
    uint8_t random[6];
    random_fill(random, sizeof random);
    p->a = arena_new(0);
    snprintf(p->name, sizeof p->name, "m_%s", hex_text(p->a, random, sizeof random));
    snprintf(p->folder, sizeof p->folder, "/tmp/stemma-migrate-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    mkdir(arena_printf(p->a, "%s/migrations", p->folder), 0700);
    mkdir(arena_printf(p->a, "%s/api", p->folder), 0700);
    script(p, "create database");
    p->conninfo = arena_printf(p->a, "%s dbname=%s", pg_conninfo(p->a, PG_ADMIN), p->name);
}

static void folder_empty(const struct place *p, const char *name)
{
    const char *path = arena_printf(p->a, "%s/%s", p->folder, name);
    DIR *d = opendir(path);
    for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
        unlink(arena_printf(p->a, "%s/%s", path, f->d_name));
    closedir(d);
    rmdir(path);
}

static void place_end(struct place *p)
{
    script(p, "drop database");
    folder_empty(p, "migrations");
    folder_empty(p, "api");
    rmdir(p->folder);
    p->a = arena_free(p->a);
}

static void put(const struct place *p, const char *name, const char *sql)
{
    FILE *f = fopen(arena_printf(p->a, "%s/%s", p->folder, name), "w");
    assert_non_null(f);
    fputs(sql, f);
    fclose(f);
}

#define PLACE                                              \
    CLEANUP(place_end) struct place p = {0};               \
    place_begin(&p);                                       \
    struct migrate_report r = {0};                         \
    struct err e = {0};                                    \
    put(&p, "migrations/0000_a.sql", "create schema s authorization stemma_owner; grant create on schema s to stemma_owner"); \
    put(&p, "migrations/0001_b.sql", "create table s.t (n int)")

CASE(project_migrations_apply_twice)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    struct migrate_report r = {0};
    struct err e = {0};
    int code = migrate_run(a, pg_conninfo(a, PG_ADMIN), getenv("STEMMA_SQL"), &r, &e);
    if (code != 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.applied, 0);
    assert_true(r.already >= 2);
    assert_true(r.api >= 1);
}

CASE(applies_in_order_then_api_every_time)
{
    PLACE;
    put(&p, "api/x.sql", "create or replace function s.f() returns int language sql as 'select count(*)::int from s.t'");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(r.applied, 2);
    assert_int_equal(r.api, 1);
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(r.applied, 0);
    assert_int_equal(r.already, 2);
    assert_string_equal(r.version, "0001_b.sql");
}

CASE(changed_history_refused)
{
    PLACE;
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    put(&p, "migrations/0001_b.sql", "create table s.t (n bigint)");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "0001_b.sql was changed"));
}

CASE(missing_history_refused)
{
    PLACE;
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    remove(arena_printf(p.a, "%s/migrations/0001_b.sql", p.folder));
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "0001_b.sql"));
}

CASE(lower_number_that_comes_later_is_applied_once)
{
    PLACE;
    put(&p, "migrations/0002_c.sql", "create table s.late (n int)");
    remove(arena_printf(p.a, "%s/migrations/0001_b.sql", p.folder));
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    put(&p, "migrations/0001_b.sql", "create table s.t (n int)");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(r.applied, 1);
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(r.applied, 0);
    assert_int_equal(r.already, 3);
}

CASE(failed_script_leaves_nothing)
{
    PLACE;
    put(&p, "migrations/0002_c.sql", "create table s.half (n int); select 1 / 0");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "0002_c.sql"));
    put(&p, "migrations/0002_c.sql", "create table s.half (n int)");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(r.applied, 1);
}

CASE(odd_name_refused)
{
    PLACE;
    put(&p, "migrations/odd.sql", "select 1");
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "odd.sql"));
}

CASE(tables_belong_to_the_owner_role)
{
    PLACE;
    static const struct statement_row row = {"owner", "select tableowner as who from pg_tables where schemaname = 's'", 0, NULL};
    static const struct statement_table table = {&row, 1};
    struct db *db = NULL;
    struct db_rows rows;
    assert_int_equal(migrate_run(p.a, p.conninfo, p.folder, &r, &e), 0);
    assert_int_equal(db_open(p.conninfo, "test", &table, 1, &db, &e), 0);
    assert_int_equal(db_query(db, p.a, &row, DB_NONE, &rows, &e), 0);
    assert_string_equal(db_cell_text(&rows, 0, "who"), "stemma_owner");
    db_close(db);
}

CASE(log_is_named_once)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    struct err e = {0};
    assert_int_equal(migrate_found_log(a, pg_conninfo(a, PG_ADMIN), PG_ORIGIN, &e), 0);
    assert_int_equal(migrate_found_log(a, pg_conninfo(a, PG_ADMIN), "other.example/1", &e), ERR_RECORD_APPEND_ONLY);
}

/* the project's own scripts of a folder, those before ${number} only */
static void before(const struct place *p, const char *folder, const char *number)
{
    const char *from = arena_printf(p->a, "%s/%s", getenv("STEMMA_SQL"), folder);
    DIR *d = opendir(from);
    assert_non_null(d);
    for (const struct dirent *f; (f = readdir(d)) != NULL;)
        if (f->d_name[0] != '.' && strcmp(f->d_name, number) < 0 && strcmp(f->d_name, "label_fsm.sql") != 0)      /* that machine came with 0117 */
            assert_int_equal(symlink(arena_printf(p->a, "%s/%s", from, f->d_name), arena_printf(p->a, "%s/%s/%s", p->folder, folder, f->d_name)), 0);
    closedir(d);
}

/* ${sql} is written into a house as it was before migration ${number}, the others are applied, and then ${question} has ${answer} */
static void mended(const char *number, const char *sql, const char *question, const char *answer)
{
    CLEANUP(place_end) struct place p = {0};
    struct migrate_report r = {0};
    struct err e = {0};
    struct db *db = NULL;
    struct db_rows rows;
    place_begin(&p);
    before(&p, "migrations", number);
    before(&p, "api", "~");
    const struct statement_row row = {"mended", question, 0, NULL};
    const struct statement_table table = {&row, 1};
    if (migrate_run(p.a, p.conninfo, p.folder, &r, &e) != 0 || db_open(p.conninfo, "test", NULL, 0, &db, &e) != 0 || db_script(db, sql, &e) != 0)
        fail_msg("%s", e.text);
    db_close(db);
    if (migrate_run(p.a, p.conninfo, getenv("STEMMA_SQL"), &r, &e) != 0 || db_open(p.conninfo, "test", &table, 1, &db, &e) != 0 ||
        db_query(db, p.a, &row, DB_NONE, &rows, &e) != 0)
        fail_msg("%s", e.text);
    assert_string_equal((const char *)rows.cells[0].data, answer);
    db_close(db);
}

CASE(L31_what_was_unpacked_before_mismatches_were_kept_is_as_its_replay_makes_it)
{
    mended("0106", "insert into custody.shipment (batch_id, transfer_id, seq, state, containers, shipper_id, logger_id, seal_number, receiver_id,"
           " carrier, waybill, due_ms, qualified_seq, allowed_min, gap_min, person_id, time_ms, unpacked_seq) values"
           " ('B-OLD', 'TR-1', 4, 'unpacked', '{K-1}', 'E-1', 'E-2', 'S', 'U-2', 'C', 'W', 9, 0, 0, 1, 'U-1', 1, 5),"
           " ('B-OLD', 'TR-2', 6, 'packed', '{K-1}', 'E-1', 'E-2', 'S', 'U-2', 'C', 'W', 9, 0, 0, 1, 'U-1', 1, null)",
           "select string_agg(coalesce(mismatches::text, 'null'), ' ' order by transfer_id) from custody.shipment", "{} null");
}
