/*
 * Tables over pages: the head stands again on each page, a row that fits on a page is kept whole, one that does not is
 * broken between lines, nothing is ever cut.
 */
#pragma once
#include "paper/sheet.h"

#define TABLE_COLUMNS_MAX 9

struct column {
    const char *title;               /* plain text */
    double share;                    /* of the width, in parts of all shares */
    bool right;                      /* set flush right */
};

struct table {
    struct sheet *sheet;
    const struct column *column;
    size_t count, rows;
    double x[TABLE_COLUMNS_MAX], width[TABLE_COLUMNS_MAX];
    enum face face;
};

/** table_begin(t, s, columns, count): the head. table_row(t, cells): one row of ${count} cells in markup (NULL: empty).
 *  table_end(t): the rule under it, and some space. Between them nothing else is drawn. */
void table_begin(struct table *t, struct sheet *s, const struct column *columns, size_t count);
void table_row(struct table *t, const char *const *cells);
void table_end(struct table *t);
