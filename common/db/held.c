#include <stdlib.h>
#include <string.h>

#include "db/connection.h"

static const struct statement_row *row_called(const struct db *db, const char *name, size_t len)
{
    for (size_t t = 0; t < db->table_count; t++)
        for (size_t i = 0; i < db->tables[t].count; i++) {
            const struct statement_row *row = &db->tables[t].rows[i];
            if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
                return row;
        }
    return NULL;
}

static int pair(struct db *db, const struct statement_row *many, struct err *e)
{
    const struct statement_row *one = row_called(db, many->name, strlen(many->name) - 1);
    if (one == NULL || one->params != many->params || one->params > DB_PARAMS_MAX)
        return err_fault(e, "%s: there is no row that it is the form for many of", many->name);
    struct held *list = realloc(db->held, sizeof *list * (size_t)(db->held_count + 1));
    if (list == NULL)
        abort();
    db->held = list;
    db->held[db->held_count++] = (struct held){.one = one, .many = many};
    return 0;
}

int db_held_find(struct db *db, struct err *e)
{
    int r = 0;
    for (size_t t = 0; t < db->table_count; t++)
        for (size_t i = 0; r == 0 && i < db->tables[t].count; i++) {
            const char *name = db->tables[t].rows[i].name;
            if (name[strlen(name) - 1] == '*')
                r = pair(db, &db->tables[t].rows[i], e);
        }
    return r;
}

void db_held_free(struct db *db)
{
    for (int i = 0; i < db->held_count; i++) {
        free(db->held[i].ticket);
        free(db->held[i].values);
    }
    free(db->held);
    db->held = NULL;
    db->held_count = 0;
}

static void grow(struct held *h)
{
    if (h->count < h->size)
        return;
    h->size = h->size != 0 ? h->size * 2 : 64;
    h->ticket = realloc(h->ticket, sizeof *h->ticket * (size_t)h->size);
    h->values = realloc(h->values, sizeof *h->values * (size_t)h->size * (size_t)(h->one->params + 1));
    if (h->ticket == NULL || h->values == NULL)
        abort();
}

/* The caller's bytes are only lent until db_queue returns. */
static struct db_value keep(struct arena *a, struct db_value v)
{
    if (v.kind == DB_TEXT)
        v.of.text = arena_text(a, v.of.text);
    else if (v.kind == DB_BYTES)
        v.of.bytes.data = (const uint8_t *)arena_dup(a, v.of.bytes.data, v.of.bytes.len);
    return v;
}

bool db_held_add(struct db *db, const struct statement_row *row, const struct db_value *values, int ticket)
{
    for (int i = 0; i < db->held_count; i++) {
        struct held *h = &db->held[i];
        if (h->one != row)
            continue;
        grow(h);
        for (int p = 0; p < row->params; p++)
            h->values[h->count * row->params + p] = keep(db->keep, values[p]);
        h->ticket[h->count++] = ticket;
        return true;
    }
    return false;
}

void db_held_take(struct db *db)
{
    for (int i = 0; i < db->held_count; i++)
        db->held[i].count = 0;
    arena_reset(db->keep);
}
