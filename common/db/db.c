#include "db/db.h"

#include <stdlib.h>
#include <string.h>

#include "db/connection.h"
#include "record/record.h"

/* UTC and ISO dates for record_from_cells; no search path but the system's, so that every name in SQL says its schema. A
 * statement is planned once, often on an empty table, and must not read all of it once it is full: no sequential scan
 * where an index serves. Nor is it planned anew for its values, which all are keys: that took twice as long as the reading itself. */
#define SESSION                                                                                                       \
    "-c TimeZone=UTC -c DateStyle=ISO,YMD -c search_path=pg_catalog -c bytea_output=hex -c jit=off "                   \
    "-c enable_seqscan=off -c plan_cache_mode=force_generic_plan "                                                    \
    "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"

static int check_conninfo(const char *conninfo, struct err *e)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &why);
    if (options == NULL) {
        int r = err_fault(e, "database setting: %.*s", (int)strcspn(why, "\n"), why);
        PQfreemem(why);
        return r;
    }
    bool has_password = false;
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        has_password |= strcmp(o->keyword, "password") == 0 && o->val != NULL;
    PQconninfoFree(options);
    return has_password ? err_fault(e, "database setting: a password belongs in a passfile") : 0;
}

/* What the server remarks in passing is no line of a service's log; failures come with the results. */
static void ignore_notice(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

static int connect_once(struct db *db, struct err *e)
{
    const char *keys[] = {"dbname", "application_name", "options", "connect_timeout", "client_encoding", NULL};
    const char *values[] = {db->conninfo, db->application, SESSION, "5", "UTF8", NULL};
    db->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return db_failure_lost(db, e);
    PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
    if (PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1)
        return db_failure_lost(db, e);
    return 0;
}

static int check_described(const struct statement_row *row, const PGresult *r, struct err *e)
{
    if (PQnparams(r) != row->params)
        return err_fault(e, "%s: the row says %d values, the statement takes %d", row->name, row->params, PQnparams(r));
    for (int i = 0; row->out != NULL && i < PQnfields(r); i++) {
        const char *name = PQfname(r, i);
        if (record_field(row->out, name, strlen(name)) < 0)
            return err_fault(e, "%s: column %s is no field of record %s", row->name, name, row->out->name);
    }
    return 0;
}

static int prepare_tables(struct db *db, struct err *e)
{
    for (const struct statement_row *const *c = db_control_rows; *c != NULL; c++)
        db_pipeline_prepare(db, *c);
    for (size_t t = 0; t < db->table_count; t++)
        for (size_t i = 0; i < db->tables[t].count; i++) {
            db_pipeline_prepare(db, &db->tables[t].rows[i]);
            db_pipeline_describe(db, &db->tables[t].rows[i]);
        }
    int r = db_sync(db, e);
    if (r > 0)      /* nothing refuses a preparation for a person's sake */
        r = err_fault(e, "a statement does not prepare (SQLSTATE %s)", db->failure.sqlstate);
    for (int i = 0; r == 0 && i < db->count; i++)
        if (i > 0 && db->sent[i].row == db->sent[i - 1].row)
            r = check_described(db->sent[i].row, db->sent[i].result, e);
    return r;
}

static int connect_and_prepare(struct db *db, struct err *e)
{
    db_pipeline_reset(db);
    db->in_transaction = false;
    int r = connect_once(db, e);
    return r != 0 ? r : prepare_tables(db, e);
}

int db_open(const char *conninfo, const char *application, const struct statement_table *tables, size_t count,
            struct db **ret, struct err *e)
{
    int r = check_conninfo(conninfo, e);
    if (r != 0)
        return r;
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return err_fault(e, "out of memory");
    db->conninfo = strdup(conninfo);
    db->application = strdup(application);
    db->tables = tables;
    db->table_count = count;
    db->scratch = arena_new((size_t)256 << 20);
    db->keep = arena_new((size_t)256 << 20);
    db->bad_ticket = -1;
    r = db_held_find(db, e);
    r = r != 0 ? r : connect_and_prepare(db, e);
    if (r != 0) {
        db_close(db);
        return r;
    }
    *ret = db;
    return 0;
}

int db_prepare(struct db *db, const struct statement_table *table, struct err *e)
{
    struct err ignored;
    if (!db->synced)
        db_sync(db, &ignored);
    db_pipeline_reset(db);
    for (size_t i = 0; i < table->count; i++)
        db_pipeline_prepare(db, &table->rows[i]);
    return db_sync(db, e);
}

struct db *db_close(struct db *db)
{
    if (db == NULL)
        return NULL;
    db_pipeline_reset(db);
    PQfinish(db->conn);
    free(db->sent);
    free(db->conninfo);
    free(db->application);
    db_held_free(db);
    free(db->ticket);
    arena_free(db->scratch);
    arena_free(db->keep);
    free(db);
    return NULL;
}

int db_reopen(struct db *db, struct err *e)
{
    db_pipeline_reset(db);
    PQfinish(db->conn);
    db->conn = NULL;
    int r = connect_and_prepare(db, e);
    if (r != 0 && db->conn != NULL) {
        db_pipeline_reset(db);
        PQfinish(db->conn);
        db->conn = NULL;
    }
    return r;
}

const struct db_failure *db_failure(const struct db *db)
{
    return &db->failure;
}

bool db_is_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

/* Scripts hold several statements, which the extended protocol does not take: leave the pipeline for them. */
int db_script(struct db *db, const char *sql, struct err *e)
{
    static const struct statement_row script = {"script", "", 0, NULL};
    struct err ignored;
    if (!db->synced)
        db_sync(db, &ignored);
    db_pipeline_reset(db);
    if (db->conn == NULL || PQexitPipelineMode(db->conn) != 1 || PQsetnonblocking(db->conn, 0) != 0)
        return db_failure_lost(db, e);
    PGresult *result = PQexec(db->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    int r = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
                ? 0 : db_failure_of(db, -1, &script, result, e);
    PQclear(result);
    if (PQstatus(db->conn) == CONNECTION_OK && (PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1))
        return db_failure_lost(db, e);
    return r;
}
