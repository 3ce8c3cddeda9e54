/*
 * SQL as tables: a service lists its statements once, on top of its x_store.c; every row is prepared when a connection
 * opens, so that a misspelt column stops the start and not a release at night. Values travel as parameters, never as
 * text inside SQL. Names are unique over a connection. Where `out` is given the columns are checked against its fields.
 *
 * A row whose name is another's with `*` behind it is that one's form for many: it takes the same values as arrays, and
 * as a query gives first a column `ordinal`, from 1. Queued calls of the one then go down together as one call of the
 * many, with the next db_sync, db_flush or transaction command: what 64 calls in a group cost is then hardly more than
 * what one costs. Only for rows whose order among the other statements of the transaction does not matter.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct record_type;

struct statement_row {
    const char *name, *text;
    int params;
    const struct record_type *out;   /* NULL: the rows are read cell by cell */
};

struct statement_table {
    const struct statement_row *rows;
    size_t count;
};

/** DB_TIME(column): SQL text: UTC milliseconds of a table as the timestamptz that a record's TIME is read from. */
#define DB_TIME(column) "timestamptz 'epoch' + " column " * interval '1 millisecond'"

#define STATEMENT_TABLE(array) {(array), sizeof(array) / sizeof((array)[0])}

enum db_kind { DB_NULL, DB_TEXT, DB_BYTES, DB_INT, DB_BOOL, DB_TEXTS, DB_BYTES_ARRAY, DB_INTS, DB_JOINED };

/** One parameter. Texts, numbers and booleans go as text (the server knows the type), bytes and arrays go in binary:
 *  bytea, text[], bytea[] and int8[]. Borrows what it points at until db_queue or db_query has returned. */
struct db_value {
    enum db_kind kind, joined;       /* DB_JOINED, inside of common/db only: scalars of kind `joined` as one array */
    union {
        const char *text;
        struct bytes bytes;
        int64_t number;
        const char *const *texts;    /* a NULL inside an array is an SQL NULL */
        const struct bytes *bytes_array;   /* data NULL: an SQL NULL */
        const int64_t *numbers;
    } of;
    size_t count;                    /* of an array */
};

/** db_null(), db_text(s), db_int(n), db_bool(b), db_bytes(b): one scalar; a NULL text and NULL bytes are SQL NULL. */
static inline struct db_value db_null(void) { return (struct db_value){.kind = DB_NULL}; }
static inline struct db_value db_text(const char *s)
{
    return (struct db_value){.kind = s != NULL ? DB_TEXT : DB_NULL, .of.text = s};
}
static inline struct db_value db_int(int64_t n) { return (struct db_value){.kind = DB_INT, .of.number = n}; }
static inline struct db_value db_bool(bool b) { return (struct db_value){.kind = DB_BOOL, .of.number = b}; }
static inline struct db_value db_bytes(struct bytes b)
{
    return (struct db_value){.kind = b.data != NULL ? DB_BYTES : DB_NULL, .of.bytes = b};
}
/** db_texts(list, n), db_bytes_array(list, n), db_ints(list, n): text[], bytea[] and int8[] of ${n} elements. */
static inline struct db_value db_texts(const char *const *list, size_t n)
{
    return (struct db_value){.kind = DB_TEXTS, .of.texts = list, .count = n};
}
static inline struct db_value db_bytes_array(const struct bytes *list, size_t n)
{
    return (struct db_value){.kind = DB_BYTES_ARRAY, .of.bytes_array = list, .count = n};
}
static inline struct db_value db_ints(const int64_t *list, size_t n)
{
    return (struct db_value){.kind = DB_INTS, .of.numbers = list, .count = n};
}

/** DB_VALUES(db_text(id), db_int(5)): the two arguments "values, count" of db_query and db_queue; DB_NONE: no values. */
#define DB_VALUES(...) ((const struct db_value[]){__VA_ARGS__}), \
    (sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))
#define DB_NONE NULL, 0

struct db_rows {
    int columns, rows;
    int64_t affected;                /* of an INSERT, UPDATE, DELETE */
    const char *const *names;
    const bool *is_bytea;            /* column by column */
    const struct bytes *cells;       /* row by row; NULL data: SQL NULL; bytea is decoded; a NUL follows every cell */
};

/** db_column(rows, name): its index, or -1. */
int db_column(const struct db_rows *rows, const char *name);
/** db_cell(rows, row, name): the cell; data NULL when it is SQL NULL or there is no such row or column. */
struct bytes db_cell(const struct db_rows *rows, int row, const char *name);
/** db_cell_text(rows, row, name): the cell as a string, NULL when SQL NULL or absent. Lives with ${rows}. */
const char *db_cell_text(const struct db_rows *rows, int row, const char *name);
/** db_cell_int(rows, row, name): the cell as a whole number; 0 when SQL NULL, absent or no number. */
int64_t db_cell_int(const struct db_rows *rows, int row, const char *name);
/** db_cell_bool(rows, row, name): true when the cell is SQL true. */
bool db_cell_bool(const struct db_rows *rows, int row, const char *name);
