#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/connection.h"

static const struct statement_row BEGIN = {"db_begin", "begin", 0, NULL};
static const struct statement_row COMMIT = {"db_commit", "commit", 0, NULL};
static const struct statement_row ROLLBACK = {"db_rollback", "rollback", 0, NULL};
static const struct statement_row SAVEPOINT = {"db_savepoint", "savepoint member", 0, NULL};
static const struct statement_row KEEP = {"db_savepoint_keep", "release savepoint member", 0, NULL};
static const struct statement_row UNDO = {"db_savepoint_undo", "rollback to savepoint member", 0, NULL};

const struct statement_row *const db_control_rows[] = {&BEGIN, &COMMIT, &ROLLBACK, &SAVEPOINT, &KEEP, &UNDO, NULL};

void db_pipeline_reset(struct db *db)
{
    for (int i = 0; i < db->count; i++) {
        PQclear(db->sent[i].result);
        db->sent[i].result = NULL;
    }
    db->count = db->got = 0;
    db->row_open = db->flushed = db->synced = false;
    db->bad_ticket = -1;
}

/* The place of one more command; results of the sync before end here. */
static int slot_add(struct db *db, const struct statement_row *row)
{
    if (db->synced)
        db_pipeline_reset(db);
    if (db->count == db->size) {
        db->size = db->size != 0 ? db->size * 2 : 64;
        db->sent = realloc(db->sent, sizeof *db->sent * (size_t)db->size);
        if (db->sent == NULL)
            abort();
    }
    db->sent[db->count] = (struct sent){row, NULL, false};
    return db->count;
}

/* Keeps ${slot} only if libpq took the command; what could not be sent is reported by db_sync. */
static void slot_keep(struct db *db, int slot, int taken, const char *why)
{
    if (taken == 1) {
        db->count++;
        return;
    }
    if (db->bad_ticket < 0) {
        db->bad_ticket = slot;
        snprintf(db->bad_text, sizeof db->bad_text, "%s: %.*s", db->sent[slot].row->name, (int)strcspn(why, "\n"), why);
    }
}

int db_queue(struct db *db, const struct statement_row *row, const struct db_value *values, size_t count)
{
    const char *data[DB_PARAMS_MAX] = {NULL};
    int len[DB_PARAMS_MAX] = {0}, format[DB_PARAMS_MAX] = {0};
    int slot = slot_add(db, row);
    if (db->bad_ticket >= 0)
        return slot;
    if (count != (size_t)row->params || count > DB_PARAMS_MAX || db->flushed) {
        slot_keep(db, slot, 0, db->flushed ? "queued behind db_flush" : "wrong number of values");
        return slot;
    }
    arena_reset(db->scratch);
    for (size_t i = 0; i < count; i++)
        db_value_encode(db->scratch, &values[i], &data[i], &len[i], &format[i]);
    db->sent[slot].runs = true;
    int taken = PQsendQueryPrepared(db->conn, row->name, (int)count, data, len, format, 0);
    slot_keep(db, slot, taken, taken == 1 ? "" : PQerrorMessage(db->conn));
    return slot;
}

void db_pipeline_prepare(struct db *db, const struct statement_row *row)
{
    int slot = slot_add(db, row);
    int taken = PQsendPrepare(db->conn, row->name, row->text, 0, NULL);
    slot_keep(db, slot, taken, PQerrorMessage(db->conn));
}

void db_pipeline_describe(struct db *db, const struct statement_row *row)
{
    int slot = slot_add(db, row);
    int taken = PQsendDescribePrepared(db->conn, row->name);
    slot_keep(db, slot, taken, PQerrorMessage(db->conn));
}

void db_flush(struct db *db)
{
    if (db->synced)
        db_pipeline_reset(db);
    if (db->flushed)
        return;
    db->flushed = true;
    if (PQpipelineSync(db->conn) != 1)
        return;
    /* Both sides may have full buffers: keep reading while sending. */
    while (PQflush(db->conn) == 1) {
        struct pollfd p = {PQsocket(db->conn), POLLIN | POLLOUT, 0};
        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return;
        if ((p.revents & POLLIN) != 0 && PQconsumeInput(db->conn) != 1)
            return;
    }
}

/* Takes results as they come; true when all have, or when none will. */
static bool collect(struct db *db, bool wait)
{
    while (!db->synced) {
        if (PQstatus(db->conn) == CONNECTION_BAD) {
            db->synced = true;
            break;
        }
        if (!wait && PQisBusy(db->conn))
            return false;
        PGresult *r = PQgetResult(db->conn);
        if (db->row_open) {
            if (r == NULL) {
                db->row_open = false;
                db->got++;
            }
            PQclear(r);
        } else if (db->got < db->count) {
            db->sent[db->got].result = r;
            if (r == NULL)
                db->synced = true;           /* only a connection that is gone answers so */
            db->row_open = true;
        } else {
            db->synced = true;               /* PGRES_PIPELINE_SYNC */
            PQclear(r);
        }
    }
    return true;
}

int db_fd(const struct db *db)
{
    return PQsocket(db->conn);
}

bool db_is_ready(struct db *db)
{
    if (!db->flushed || db->synced)
        return true;
    if (PQconsumeInput(db->conn) != 1)
        return true;
    return collect(db, false);
}

static bool is_good(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A COMMIT that the server turned into a ROLLBACK must never look durable. */
static int judge_commit(struct db *db, const struct sent *s, int i, struct err *e)
{
    if (s->row != &COMMIT || !s->runs)
        return 0;
    if (strcmp(PQcmdStatus(s->result), "COMMIT") != 0) {
        db->failure = (struct db_failure){.ticket = i};
        db->in_transaction = false;
        return err_fault(e, "commit of a failed transaction");
    }
    db->in_transaction = false;
    return 0;
}

int db_sync(struct db *db, struct err *e)
{
    if (db->synced || db->conn == NULL)
        return db->conn == NULL ? db_failure_lost(db, e) : 0;
    db_flush(db);
    collect(db, true);
    db->failure = (struct db_failure){.ticket = -1};
    int r = 0;
    for (int i = 0; r == 0 && i < db->count; i++) {
        const struct sent *s = &db->sent[i];
        r = is_good(s->result) ? judge_commit(db, s, i, e) : db_failure_of(db, i, s->row, s->result, e);
    }
    if (PQstatus(db->conn) == CONNECTION_BAD)
        return db_failure_lost(db, e);
    if (r == 0 && db->bad_ticket >= 0) {
        db->failure = (struct db_failure){.ticket = db->bad_ticket};
        r = err_fault(e, "%s", db->bad_text);
    }
    return r;
}

void db_take(struct db *db, int ticket, struct arena *arena, struct db_rows *ret)
{
    bool has = db->synced && ticket >= 0 && ticket < db->count && is_good(db->sent[ticket].result);
    db_rows_copy(arena, has ? db->sent[ticket].result : NULL, ret);
}

int db_query(struct db *db, struct arena *arena, const struct statement_row *row, const struct db_value *values,
             size_t count, struct db_rows *ret, struct err *e)
{
    int ticket = db_queue(db, row, values, count);
    int r = db_sync(db, e);
    if (r == 0 && ret != NULL)
        db_take(db, ticket, arena, ret);
    return r;
}

void db_begin(struct db *db)
{
    db_queue(db, &BEGIN, DB_NONE);
    db->in_transaction = true;
}

void db_queue_commit(struct db *db)
{
    db_queue(db, &COMMIT, DB_NONE);
}

int db_commit(struct db *db, struct err *e)
{
    db_queue_commit(db);
    return db_sync(db, e);
}

void db_rollback(struct db *db)
{
    struct err ignored;
    struct db_failure failure = db->failure;
    if (db->conn == NULL || !db->in_transaction)
        return;
    if (!db->synced)
        db_sync(db, &ignored);
    db_queue(db, &ROLLBACK, DB_NONE);
    db_sync(db, &ignored);
    if (db->failure.lost)
        return;
    db->failure = failure;
    db->in_transaction = false;
}

void db_savepoint(struct db *db)
{
    db_queue(db, &SAVEPOINT, DB_NONE);
}

void db_savepoint_keep(struct db *db)
{
    db_queue(db, &KEEP, DB_NONE);
}

int db_savepoint_undo(struct db *db, struct err *e)
{
    struct err ignored;
    if (!db->synced)
        db_sync(db, &ignored);
    db_queue(db, &UNDO, DB_NONE);
    db_queue(db, &KEEP, DB_NONE);
    return db_sync(db, e);
}
