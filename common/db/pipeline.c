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
    db->count = db->got = db->ticket_count = 0;
    db_held_take(db);
    db->row_open = db->flushed = db->synced = db->judged = false;
    db->bad_ticket = -1;
}

/* What was queued before the last sync ends with the first that is queued after it. */
static void begin_anew(struct db *db)
{
    if (db->synced)
        db_pipeline_reset(db);
}

static int slot_add(struct db *db, const struct statement_row *row, int ticket)
{
    if (db->count == db->size) {
        db->size = db->size != 0 ? db->size * 2 : 64;
        db->sent = realloc(db->sent, sizeof *db->sent * (size_t)db->size);
        if (db->sent == NULL)
            abort();
    }
    db->sent[db->count] = (struct sent){row, NULL, ticket, false};
    return db->count;
}

static int ticket_add(struct db *db)
{
    if (db->ticket_count == db->ticket_size) {
        db->ticket_size = db->ticket_size != 0 ? db->ticket_size * 2 : 64;
        db->ticket = realloc(db->ticket, sizeof *db->ticket * (size_t)db->ticket_size);
        if (db->ticket == NULL)
            abort();
    }
    db->ticket[db->ticket_count] = (struct ticket){-1, 0};
    return db->ticket_count++;
}

/* Keeps ${slot} only if libpq took the command; what could not be sent is reported by db_sync. */
static void slot_keep(struct db *db, int slot, int taken, const char *why)
{
    const struct sent *s = &db->sent[slot];
    if (taken == 1) {
        db->count++;
        return;
    }
    if (db->bad_ticket < 0) {
        db->bad_ticket = s->ticket;
        snprintf(db->bad_text, sizeof db->bad_text, "%s: %.*s", s->row->name, (int)strcspn(why, "\n"), why);
    }
}

static void send_row(struct db *db, const struct statement_row *row, const struct db_value *values, int ticket)
{
    const char *data[DB_PARAMS_MAX] = {NULL};
    int len[DB_PARAMS_MAX] = {0}, format[DB_PARAMS_MAX] = {0};
    int slot = slot_add(db, row, ticket);
    for (int i = 0; i < row->params; i++)
        db_value_encode(db->scratch, &values[i], &data[i], &len[i], &format[i]);
    db->sent[slot].runs = true;
    db->ticket[ticket].sent = slot;
    int taken = PQsendQueryPrepared(db->conn, row->name, row->params, data, len, format, 0);
    slot_keep(db, slot, taken, taken == 1 ? "" : PQerrorMessage(db->conn));
    arena_reset(db->scratch);
}

static void send_many(struct db *db, const struct held *h)
{
    struct db_value arrays[DB_PARAMS_MAX];
    int params = h->one->params;
    for (int p = 0; p < params; p++)
        if (!db_value_join(db->scratch, &h->values[p], params, h->count, &arrays[p])) {
            slot_keep(db, slot_add(db, h->many, h->ticket[0]), 0, "an array in a call that is joined with others");
            return;
        }
    send_row(db, h->many, arrays, h->ticket[0]);
    for (int i = 0; i < h->count; i++)
        db->ticket[h->ticket[i]] = (struct ticket){db->ticket[h->ticket[0]].sent, i + 1};
}

static void send_held(struct db *db)
{
    for (int i = 0; i < db->held_count; i++) {
        const struct held *h = &db->held[i];
        if (h->count == 1)
            send_row(db, h->one, h->values, h->ticket[0]);
        else if (h->count > 1)
            send_many(db, h);
    }
    db_held_take(db);
}

int db_queue(struct db *db, const struct statement_row *row, const struct db_value *values, size_t count)
{
    begin_anew(db);
    int ticket = ticket_add(db);
    if (db->bad_ticket >= 0)
        return ticket;
    if (count != (size_t)row->params || count > DB_PARAMS_MAX || db->flushed)
        slot_keep(db, slot_add(db, row, ticket), 0, db->flushed ? "queued behind db_flush" : "wrong number of values");
    else if (!db_held_add(db, row, values, ticket))
        send_row(db, row, values, ticket);
    return ticket;
}

void db_divide(struct db *db)
{
    begin_anew(db);
    send_held(db);
}

/* Transaction commands divide: what waits goes down before them. */
static void queue_control(struct db *db, const struct statement_row *row)
{
    db_divide(db);
    db_queue(db, row, DB_NONE);
}

void db_pipeline_prepare(struct db *db, const struct statement_row *row)
{
    begin_anew(db);
    int slot = slot_add(db, row, ticket_add(db));
    int taken = PQsendPrepare(db->conn, row->name, row->text, 0, NULL);
    slot_keep(db, slot, taken, PQerrorMessage(db->conn));
}

void db_pipeline_describe(struct db *db, const struct statement_row *row)
{
    begin_anew(db);
    int slot = slot_add(db, row, ticket_add(db));
    int taken = PQsendDescribePrepared(db->conn, row->name);
    slot_keep(db, slot, taken, PQerrorMessage(db->conn));
}

void db_flush(struct db *db)
{
    begin_anew(db);
    if (db->flushed)
        return;
    send_held(db);
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
static int judge_commit(struct db *db, const struct sent *s, struct err *e)
{
    if (s->row != &COMMIT || !s->runs)
        return 0;
    if (strcmp(PQcmdStatus(s->result), "COMMIT") != 0) {
        db->failure = (struct db_failure){.ticket = s->ticket};
        db->in_transaction = false;
        return err_fault(e, "commit of a failed transaction");
    }
    db->in_transaction = false;
    return 0;
}

int db_sync(struct db *db, struct err *e)
{
    if (db->judged || db->conn == NULL)
        return db->conn == NULL ? db_failure_lost(db, e) : 0;
    if (!db->synced)
        db_flush(db);
    collect(db, true);
    db->judged = true;
    db->failure = (struct db_failure){.ticket = -1};
    int r = 0;
    for (int i = 0; r == 0 && i < db->count; i++) {
        const struct sent *s = &db->sent[i];
        r = is_good(s->result) ? judge_commit(db, s, e) : db_failure_of(db, s->ticket, s->row, s->result, e);
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
    const PGresult *result = NULL;
    struct ticket t = {-1, 0};
    if (db->synced && ticket >= 0 && ticket < db->ticket_count)
        t = db->ticket[ticket];
    if (t.sent >= 0 && t.sent < db->count && is_good(db->sent[t.sent].result))
        result = db->sent[t.sent].result;
    db_rows_copy(arena, result, t.ordinal, ret);
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
    queue_control(db, &BEGIN);
    db->in_transaction = true;
}

void db_queue_commit(struct db *db)
{
    queue_control(db, &COMMIT);
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
    queue_control(db, &ROLLBACK);
    db_sync(db, &ignored);
    if (db->failure.lost)
        return;
    db->failure = failure;
    db->in_transaction = false;
}

void db_savepoint(struct db *db)
{
    queue_control(db, &SAVEPOINT);
}

void db_savepoint_keep(struct db *db)
{
    queue_control(db, &KEEP);
}

int db_savepoint_undo(struct db *db, struct err *e)
{
    struct err ignored;
    if (!db->synced)
        db_sync(db, &ignored);
    queue_control(db, &UNDO);
    queue_control(db, &KEEP);
    return db_sync(db, e);
}
