/*
 * Inside of common/db only: what one connection holds. The pipeline is a list of sent commands; each keeps its result
 * until something is queued after the sync that brought it.
 */
#pragma once
#include <libpq-fe.h>

#include "db/db.h"

#define DB_PARAMS_MAX 32

/** One command on its way, in the order of sending. */
struct sent {
    const struct statement_row *row;
    PGresult *result;
    int ticket;                  /* the first that it answers */
    bool runs;                   /* false: only prepared or described */
};

/** One db_queue: which command answers it; of a form for many, the rows with this ordinal (0: all rows). */
struct ticket {
    int sent, ordinal;
};

/** A row with a form for many, and the calls that wait to go down together; their values lie one after another. */
struct held {
    const struct statement_row *one, *many;
    int count, size;
    int *ticket;
    struct db_value *values;
};

struct db {
    PGconn *conn;
    char *conninfo, *application;
    const struct statement_table *tables;
    size_t table_count;
    struct arena *scratch;       /* encoded parameters of one statement */
    struct sent *sent;
    int count, size;             /* of ${sent} */
    struct ticket *ticket;
    int ticket_count, ticket_size;
    struct held *held;
    int held_count;
    struct arena *keep;          /* values that wait */
    int got;                     /* results taken so far */
    bool row_open;               /* the NULL behind the result of ${got} is still to come */
    bool flushed, synced;
    bool judged;                 /* db_sync has said what came of it */
    bool in_transaction;
    int bad_ticket;              /* a statement that could not be sent, -1 */
    char bad_text[200];
    struct db_failure failure;
};

/** db_value_encode(a, v, ret_data, ret_len, ret_format): one parameter as libpq takes it. */
void db_value_encode(struct arena *a, const struct db_value *v, const char **ret_data, int *ret_len, int *ret_format);

/** db_value_join(a, values, stride, count, ret): ${count} scalars, ${stride} apart, as one array parameter; false for a
 *  kind that is an array already. */
bool db_value_join(struct arena *a, const struct db_value *values, int stride, int count, struct db_value *ret);

/** db_rows_copy(a, result, ordinal, ret): a result's names and cells into ${a}, all rows or those whose first column is
 *  ${ordinal}, without that column; NULL ${result} gives no rows. */
void db_rows_copy(struct arena *a, const PGresult *result, int ordinal, struct db_rows *ret);

/** db_held_find(db, e): pair the rows of the tables with their forms for many. db_held_free(db). */
int db_held_find(struct db *db, struct err *e);
void db_held_free(struct db *db);

/** db_held_add(db, row, values, ticket): true if ${row} has a form for many: its values are copied and wait.
 *  db_held_take(db): nothing waits any more. */
bool db_held_add(struct db *db, const struct statement_row *row, const struct db_value *values, int ticket);
void db_held_take(struct db *db);

/** db_failure_of(db, ticket, row, result, e): fill db->failure and ${e} from a failed ${result}; NULL: nothing came. */
int db_failure_of(struct db *db, int ticket, const struct statement_row *row, const PGresult *result, struct err *e);

/** db_failure_lost(db, e): the connection is gone. */
int db_failure_lost(struct db *db, struct err *e);

/** Transaction commands, prepared beside the tables; NULL-ended. */
extern const struct statement_row *const db_control_rows[];

/** db_pipeline_reset(db): forget everything queued and every result, without talking to the server. */
void db_pipeline_reset(struct db *db);

/** db_pipeline_prepare(db, row), db_pipeline_describe(db, row): queue the preparation, the description of ${row}. */
void db_pipeline_prepare(struct db *db, const struct statement_row *row);
void db_pipeline_describe(struct db *db, const struct statement_row *row);
