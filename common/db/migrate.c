#include "db/migrate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "db/db.h"

#define FILES_MAX 400
#define FILE_MAX ((long)4 << 20)

/* The lock's number is arbitrary; it only has to be ours. */
static const char PREPARE[] =
    "set statement_timeout = 0; set lock_timeout = '60s'; set client_min_messages = warning;"
    "select pg_advisory_lock(727270001);"
    "create schema if not exists house;"
    "create table if not exists house.schema_migration ("
    " version int primary key, name text not null, sha256 bytea not null check (length(sha256) = 32),"
    " applied_at timestamptz not null default now())";

enum { LIST, ADD };
static const struct statement_row ROWS[] = {
    [LIST] = {"migration_list", "select version, name, sha256 from house.schema_migration order by version", 0, NULL},
    [ADD] = {"migration_add", "insert into house.schema_migration (version, name, sha256) values ($1, $2, $3)", 3, NULL},
};
static const struct statement_table TABLE[] = {STATEMENT_TABLE(ROWS)};

struct script {
    const char *name;
    const char *text;
    int version;                     /* -1: api */
    bool is_applied;
    uint8_t sha256[DIGEST_LEN];
};

struct folder {
    struct script script[FILES_MAX];
    int count;
};

static int read_file(struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return err_fault(e, "%s cannot be read", path);
    char *text = NULL;
    long size = -1;
    if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && size <= FILE_MAX && fseek(f, 0, SEEK_SET) == 0) {
        text = arena_alloc(a, (size_t)size + 1);
        if (fread(text, 1, (size_t)size, f) != (size_t)size)
            text = NULL;
    }
    fclose(f);
    if (text == NULL)
        return err_fault(e, "%s cannot be read", path);
    *ret = (struct bytes){(const uint8_t *)text, (size_t)size};
    return 0;
}

static int is_sql(const struct dirent *d)
{
    size_t len = strlen(d->d_name);
    return d->d_name[0] != '.' && len > 4 && strcmp(d->d_name + len - 4, ".sql") == 0;
}

/* "0001_ledger.sql" is 1; -1 when the name has not this form. */
static int version_of(const char *name)
{
    return strspn(name, "0123456789") == 4 && name[4] == '_' ? (int)strtol(name, NULL, 10) : -1;
}

static int add_script(struct arena *a, const char *path, const char *name, struct folder *ret, struct err *e)
{
    struct bytes text = {NULL, 0};
    struct script *s = &ret->script[ret->count];
    int r = read_file(a, arena_printf(a, "%s/%s", path, name), &text, e);
    if (r != 0)
        return r;
    *s = (struct script){.name = arena_text(a, name), .text = (const char *)text.data, .version = version_of(name)};
    digest_sha256(text.data, text.len, s->sha256);
    ret->count++;
    return 0;
}

static int read_folder(struct arena *a, const char *path, struct folder *ret, struct err *e)
{
    struct dirent **list = NULL;
    int n = scandir(path, &list, is_sql, alphasort), r = 0;
    ret->count = 0;
    if (n < 0 || n > FILES_MAX)
        r = err_fault(e, "%s is no folder of at most %d scripts", path, FILES_MAX);
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = add_script(a, path, list[i]->d_name, ret, e);
        free(list[i]);
    }
    free(list);
    return r;
}

static int check_versions(const struct folder *f, struct err *e)
{
    for (int i = 0; i < f->count; i++) {
        if (f->script[i].version < 0)
            return err_fault(e, "%s: migrations are named NNNN_name.sql", f->script[i].name);
        if (i > 0 && f->script[i].version == f->script[i - 1].version)
            return err_fault(e, "%s: its number is taken by %s", f->script[i].name, f->script[i - 1].name);
    }
    return 0;
}

/* What was applied must be in the folder, unchanged. What was not may have any number: two people's migrations come in the
 * order in which their work is finished, and neither knows the other's. */
static int check_history(const struct db_rows *done, struct folder *f, struct err *e)
{
    for (int i = 0, at = 0; i < done->rows; i++) {
        const char *name = db_cell_text(done, i, "name");
        int64_t version = db_cell_int(done, i, "version");
        while (at < f->count && f->script[at].version < version)
            at++;
        if (at == f->count || f->script[at].version != version)
            return err_fault(e, "migration %s was applied and is missing here", name);
        if (memcmp(db_cell(done, i, "sha256").data, f->script[at].sha256, DIGEST_LEN) != 0)
            return err_fault(e, "migration %s was changed after it was applied", f->script[at].name);
        f->script[at].is_applied = true;
    }
    return 0;
}

static int run_script(struct db *db, const struct script *s, struct err *e)
{
    struct arena *a = arena_new(0);
    struct err why;
    db_begin(db);
    int r = db_sync(db, e);
    if (r == 0 && s->version != 0)
        r = db_script(db, "set local role stemma_owner", e);
    if (r == 0)
        r = db_script(db, s->text, e);
    if (r == 0 && s->version != 0)
        r = db_script(db, "reset role", e);
    if (r == 0 && s->version >= 0)
        r = db_query(db, a, &ROWS[ADD], DB_VALUES(db_int(s->version), db_text(s->name),
                     db_bytes((struct bytes){s->sha256, DIGEST_LEN})), NULL, e);
    if (r == 0)
        r = db_commit(db, e);
    if (r != 0) {
        why = *e;
        db_rollback(db);
        r = err_fault(e, "%s: %.300s", s->name, why.text);
    }
    arena_free(a);
    return r;
}

static int apply(struct arena *a, struct db *db, const char *folder, struct migrate_report *ret, struct err *e)
{
    struct folder *f = ARENA_NEW(a, struct folder);
    struct db_rows done;
    int r = read_folder(a, arena_printf(a, "%s/migrations", folder), f, e);
    r = r != 0 ? r : check_versions(f, e);
    r = r != 0 ? r : db_query(db, a, &ROWS[LIST], DB_NONE, &done, e);
    r = r != 0 ? r : check_history(&done, f, e);
    if (r != 0)
        return r;
    *ret = (struct migrate_report){.already = done.rows, .version = f->count > 0 ? f->script[f->count - 1].name : ""};
    for (int i = 0; r == 0 && i < f->count; i++) {
        if (f->script[i].is_applied)
            continue;
        r = run_script(db, &f->script[i], e);
        ret->applied += r == 0;
    }
    if (r == 0)
        r = read_folder(a, arena_printf(a, "%s/api", folder), f, e);
    for (int i = 0; r == 0 && i < f->count; i++) {
        f->script[i].version = -1;
        r = run_script(db, &f->script[i], e);
        ret->api += r == 0;
    }
    return r;
}

int migrate_run(struct arena *a, const char *conninfo, const char *folder, struct migrate_report *ret, struct err *e)
{
    struct db *lock = NULL, *db = NULL;
    int r = db_open(conninfo, "stemma-migrate lock", NULL, 0, &lock, e);
    if (r == 0)
        r = db_script(lock, PREPARE, e);
    if (r == 0)
        r = db_open(conninfo, "stemma-migrate", TABLE, 1, &db, e);
    if (r == 0)
        r = db_script(db, "set statement_timeout = 0; set client_min_messages = warning", e);
    if (r == 0)
        r = apply(a, db, folder, ret, e);
    db_close(db);
    db_close(lock);
    return r;
}

int migrate_found_log(struct arena *a, const char *conninfo, const char *origin, struct err *e)
{
    static const struct statement_row found[] = {{"migration_found", "select ledger.found($1)", 1, NULL}};
    static const struct statement_table table[] = {STATEMENT_TABLE(found)};
    struct db *db = NULL;
    int r = db_open(conninfo, "stemma-migrate", table, 1, &db, e);
    if (r == 0)
        r = db_query(db, a, &found[0], DB_VALUES(db_text(origin)), NULL, e);
    db_close(db);
    return r;
}
