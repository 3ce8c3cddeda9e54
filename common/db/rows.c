#include <stdlib.h>
#include <string.h>

#include "db/connection.h"
#include "record/record.h"

#define OID_BYTEA 17

int db_column(const struct db_rows *rows, const char *name)
{
    for (int i = 0; i < rows->columns; i++)
        if (strcmp(rows->names[i], name) == 0)
            return i;
    return -1;
}

struct bytes db_cell(const struct db_rows *rows, int row, const char *name)
{
    int column = db_column(rows, name);
    if (column < 0 || row < 0 || row >= rows->rows)
        return (struct bytes){NULL, 0};
    return rows->cells[(size_t)row * (size_t)rows->columns + (size_t)column];
}

const char *db_cell_text(const struct db_rows *rows, int row, const char *name)
{
    return (const char *)db_cell(rows, row, name).data;
}

int64_t db_cell_int(const struct db_rows *rows, int row, const char *name)
{
    const char *text = db_cell_text(rows, row, name);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

bool db_cell_bool(const struct db_rows *rows, int row, const char *name)
{
    const char *text = db_cell_text(rows, row, name);
    return text != NULL && strcmp(text, "t") == 0;
}

static struct bytes cell_copy(struct arena *a, const PGresult *r, int row, int column, bool is_bytea)
{
    if (PQgetisnull(r, row, column))
        return (struct bytes){NULL, 0};
    const char *text = PQgetvalue(r, row, column);
    size_t len = (size_t)PQgetlength(r, row, column);
    if (is_bytea && len >= 2 && text[0] == '\\' && text[1] == 'x') {
        uint8_t *data = arena_alloc(a, (len - 2) / 2 + 1);
        if (hex_to(text + 2, len - 2, data))
            return (struct bytes){data, (len - 2) / 2};
    }
    return (struct bytes){(const uint8_t *)arena_dup(a, text, len), len};
}

static bool is_ordinal(const PGresult *r, int row, int ordinal)
{
    return ordinal == 0 || strtol(PQgetvalue(r, row, 0), NULL, 10) == ordinal;
}

void db_rows_copy(struct arena *a, const PGresult *r, int ordinal, struct db_rows *ret)
{
    *ret = (struct db_rows){0};
    if (r == NULL)
        return;
    int skip = ordinal != 0 && PQnfields(r) > 0, columns = PQnfields(r) - skip, rows = 0;
    const char **names = ARENA_ARRAY(a, const char *, columns);
    bool *is_bytea = ARENA_ARRAY(a, bool, columns);
    for (int c = 0; c < columns; c++) {
        names[c] = arena_text(a, PQfname(r, c + skip));
        is_bytea[c] = PQftype(r, c + skip) == OID_BYTEA;
    }
    for (int i = 0; i < PQntuples(r); i++)
        rows += is_ordinal(r, i, skip != 0 ? ordinal : 0);
    struct bytes *cells = ARENA_ARRAY(a, struct bytes, (size_t)columns * (size_t)rows), *at = cells;
    for (int i = 0; i < PQntuples(r); i++)
        if (is_ordinal(r, i, skip != 0 ? ordinal : 0))
            for (int c = 0; c < columns; c++)
                *at++ = cell_copy(a, r, i, c + skip, is_bytea[c]);
    /* libpq counts the rows of a SELECT too; those are ${rows}. */
    const char *affected = PQcmdTuples((PGresult *)(uintptr_t)r);
    *ret = (struct db_rows){columns, rows, strtoll(affected, NULL, 10), names, is_bytea, cells};
}

int db_row_record(struct arena *arena, const struct record_type *type, const struct db_rows *rows, int row, void *ret,
                  struct err *e)
{
    if (row < 0 || row >= rows->rows)
        return err_fault(e, "no row %d of %d for record %s", row, rows->rows, type->name);
    size_t n = (size_t)rows->columns;
    const struct bytes *cells = rows->cells + (size_t)row * n;
    const char **texts = ARENA_ARRAY(arena, const char *, n);
    for (size_t c = 0; c < n; c++) {
        texts[c] = (const char *)cells[c].data;
        if (texts[c] != NULL && rows->is_bytea[c])
            texts[c] = arena_printf(arena, "\\x%s", hex_text(arena, cells[c].data, cells[c].len));
    }
    return record_from_cells(arena, type, rows->names, texts, n, ret, e);
}
