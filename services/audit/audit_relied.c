#include "audit_relied.h"

#include <string.h>

#include "contract/contract.h"
#include "ledger/stream.h"

struct found {
    const char **ids;
    size_t *count, max;
};

static bool add(struct found *f, const char *id)
{
    for (size_t i = 0; i < *f->count; i++)
        if (strcmp(f->ids[i], id) == 0)
            return true;
    if (*f->count == f->max)
        return false;
    f->ids[(*f->count)++] = id;
    return true;
}

static bool walk(struct found *f, const struct record_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *field = &type->fields[i];
        const void *at = record_at_const(type, i, record);
        if (record_is_absent(type, i, record))
            continue;
        if (field->kind == FIELD_STREAM && (field->flags & FLAG_REFERENCE) != 0 && !add(f, *(const char *const *)at))
            return false;
        const struct list *rows = at;
        for (size_t k = 0; field->kind == FIELD_LIST && k < rows->count; k++)
            if (!walk(f, field->rows, (const char *)rows->items + k * field->rows->size))
                return false;
    }
    return true;
}

int audit_relied(struct arena *a, const struct statement *statement, const char **ids, size_t *count, size_t max,
                 struct err *e)
{
    struct found f = {ids, count, max};
    const struct verb_row *row = verb_find(statement->type);
    bool room = add(&f, statement->actor) && add(&f, statement->terminal);
    if (row != NULL && room) {
        void *record = record_new(a, row->in);
        int code = record_from_json(a, row->in, (const char *)statement->body.data, statement->body.len, RECORD_STATEMENT,
                                    record, e);
        if (code != 0)
            return code;
        room = walk(&f, row->in, record);
    }
    return room ? 0 : err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "", "the batch relies on more than %zu streams", max);
}
