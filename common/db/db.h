/*
 * The only user of libpq: one connection, its prepared statements, transactions, and a pipeline in which many
 * statements go down before the first answer comes back. There is no function that runs SQL made at run time, except
 * db_script for migrations. A refusal raised in SQL (class ZL, errors.def) comes back as that refusal; its COLUMN is
 * the field and its CONSTRAINT the rule. Conflicts on the keys of the ledger and serialisation failures are marked
 * `retry`. All else, and a lost connection above all, is a fault: the service rolls back and calls db_reopen.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "db/statement.h"

struct db;

/** What went wrong at the last db_sync, db_query or transaction call that failed. */
struct db_failure {
    int ticket;                  /* index of the queued statement that failed, -1 where it is none of them */
    char sqlstate[6];            /* "" where the server did not answer */
    char constraint[64];
    bool retry;                  /* the same work, run again from its facts, may succeed */
    bool lost;                   /* the connection is gone: db_reopen */
};

/**
 * db_open(conninfo, application, tables, count, ret, e):
 * Connect as ${conninfo} says ("host=/dir port=5433 dbname=stemma user=stemma_batch passfile=/path"; a password inside
 * is refused), set the session (UTC, statement and lock time-outs, search_path pg_catalog) and prepare every row of the
 * ${count} tables; a row that does not prepare is a fault that names it. Tables are borrowed for the connection's life.
 * Caller frees with db_close.
 */
int db_open(const char *conninfo, const char *application, const struct statement_table *tables, size_t count,
            struct db **ret, struct err *e);

/** db_prepare(db, table, e): prepare the rows of one more table, whose texts were not known at db_open; after a db_reopen
 *  they are not. ${table} is borrowed for the connection's life. */
int db_prepare(struct db *db, const struct statement_table *table, struct err *e);

/** db_close(db): end the connection, an open transaction is rolled back by the server; NULL is fine. Returns NULL. */
struct db *db_close(struct db *db);

/** db_reopen(db, e): connect again after a loss and prepare everything again; one attempt, ERR_FAULT if it fails. */
int db_reopen(struct db *db, struct err *e);

/** db_failure(db): of the last failure; valid until the next call on ${db}. Never NULL. */
const struct db_failure *db_failure(const struct db *db);

/** db_is_in_transaction(db): begun, and neither committed nor rolled back. */
bool db_is_in_transaction(const struct db *db);

/**
 * db_begin(db): open a transaction; only queued, it goes down with what follows. db_commit(db, e): queue COMMIT, wait
 * for everything queued; 0 only when the server has made it durable. db_rollback(db): forget what is queued and roll
 * back; never fails (a lost connection is rolled back already).
 */
void db_begin(struct db *db);
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/** db_queue_commit(db): only queue the COMMIT, so that db_flush sends it with the group; db_sync reports it. */
void db_queue_commit(struct db *db);

/** db_savepoint(db), db_savepoint_keep(db), db_savepoint_undo(db, e): one member of a group. The first two are only
 *  queued; the third also waits and makes the transaction usable after a failure of the member. */
void db_savepoint(struct db *db);
void db_savepoint_keep(struct db *db);
int db_savepoint_undo(struct db *db, struct err *e);

/**
 * db_queue(db, row, values, count):
 * Send ${row} without waiting and return its ticket, good until the first call that queues after the next db_sync. A wrong number of values or an unknown row is reported by db_sync as a fault of that ticket.
 */
int db_queue(struct db *db, const struct statement_row *row, const struct db_value *values, size_t count);

/** db_divide(db): what waits to be joined with others like it goes down here, before anything that is queued later. For a
 *  group whose members build on each other. */
void db_divide(struct db *db);

/** db_flush(db): end the pipeline here and send all of it without waiting; nothing may be queued until db_sync. */
void db_flush(struct db *db);

/** db_fd(db): the socket, to be polled for reading after db_flush; db_is_ready(db): db_sync would not wait. */
int db_fd(const struct db *db);
bool db_is_ready(struct db *db);

/** db_sync(db, e): wait for everything queued. 0, a refusal or a fault of the first statement that failed; those after
 *  it did not run, see db_failure. */
int db_sync(struct db *db, struct err *e);

/** db_take(db, ticket, arena, ret): the rows of ${ticket} of the last db_sync, copied into ${arena}; no rows and no
 *  columns when it did not run. */
void db_take(struct db *db, int ticket, struct arena *arena, struct db_rows *ret);

/** db_query(db, arena, row, values, count, ret, e): db_queue and db_sync of one statement, rows into ${arena}. Whatever
 *  was queued before it (db_begin) goes with it. ${ret} may be NULL. */
int db_query(struct db *db, struct arena *arena, const struct statement_row *row, const struct db_value *values,
             size_t count, struct db_rows *ret, struct err *e);

/** db_row_record(arena, type, rows, row, ret, e): row ${row} into the struct of record ${type} at ${ret}, by
 *  record_from_cells: columns are the record's fields, in order (ERR_FAULT otherwise). Strings in ${arena}. */
int db_row_record(struct arena *arena, const struct record_type *type, const struct db_rows *rows, int row, void *ret,
                  struct err *e);

/** db_script(db, sql, e): run a script of several statements, outside the pipeline. For migrations and for tests that
 *  play the table owner; ${sql} is a file of the project, never made from input. */
int db_script(struct db *db, const char *sql, struct err *e);
