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
    if (row != NULL && room && strcmp(row->name, "access.training_record") != 0) {
        void *record = record_new(a, row->in);
        int code = record_from_json(a, row->in, (const char *)statement->body.data, statement->body.len, RECORD_STATEMENT,
                                    record, e);
        if (code != 0)
            return code;
        room = walk(&f, row->in, record);
    }
    return room ? 0 : err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "", "the batch relies on more than %zu streams", max);
}

/* the document that a training is on; "" for any other statement */
static int training_of(struct arena *a, const struct statement *s, const char **ret, struct err *e)
{
    struct training_record t;
    *ret = "";
    if (strcmp(s->type, "access.training_record") != 0)
        return 0;
    int code = record_from_json(a, &record_training_record, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, &t, e);
    if (code == 0)
        *ret = t.document_id;
    return code;
}

static bool is_listed(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/* a later entry of the same kind and document stood before the subject began */
static bool is_replaced(const struct dossier_stream *s, size_t at, const char *const *documents, uint64_t before)
{
    for (size_t i = at + 1; i < s->count && s->entry[i].index < before; i++)
        if (strcmp(s->entry[i].statement.type, s->entry[at].statement.type) == 0 &&
            strcmp(documents[i], documents[at]) == 0)
            return true;
    return false;
}

/* a unit's readings that were no excursion, or one from before the subject began */
static int is_calm(struct arena *a, const struct dossier_entry *entry, uint64_t before, bool *ret, struct err *e)
{
    const struct statement *s = &entry->statement;
    struct unit_readings in;
    *ret = false;
    if (strcmp(s->type, "custody.unit_readings") != 0)
        return 0;
    int code = record_from_json(a, &record_unit_readings, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, &in, e);
    *ret = code == 0 && (in.excursion != 1 || entry->index < before);
    return code;
}

static void add_cleanings(struct arena *a, const struct list *from, struct list *ret)
{
    for (size_t i = 0; i < from->count; i++)
        *(struct step_cleaning *)record_list_add(a, &record_step_cleaning, ret) = *LIST_AT(*from, const struct step_cleaning, i);
}

int audit_relied_cleanings(struct arena *a, const struct statement *s, struct list *ret, struct err *e)
{
    struct batch_step step;
    struct batch_correct correct;
    int code = 0;
    if (strcmp(s->type, "batch.step") == 0 &&
        (code = record_from_json(a, &record_batch_step, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, &step, e)) == 0)
        add_cleanings(a, &step.cleanings, ret);
    if (strcmp(s->type, "batch.correct") == 0 &&
        (code = record_from_json(a, &record_batch_correct, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, &correct, e)) == 0)
        add_cleanings(a, &correct.cleanings, ret);
    return code;
}

/* a cleaning that no step of the subject rests on: there are as many as days */
static bool is_idle(const struct dossier_stream *s, const struct dossier_entry *entry, const struct list *cleanings)
{
    if (strcmp(entry->statement.type, "batch.equipment_clean") != 0)
        return false;
    for (size_t i = 0; i < cleanings->count; i++) {
        const struct step_cleaning *k = LIST_AT(*cleanings, const struct step_cleaning, i);
        if (k->entry == entry->entry.seq && strcmp(k->equipment_id, s->id) == 0)
            return false;
    }
    return true;
}

int audit_relied_only(struct arena *a, struct dossier_stream *s, const char *const *ids, size_t count, const struct list *cleanings, uint64_t before,
                      struct err *e)
{
    const char **documents = ARENA_ARRAY(a, const char *, s->count);
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        int code = training_of(a, &s->entry[i].statement, &documents[i], e);
        if (code != 0)
            return code;
    }
    for (size_t i = 0; i < s->count; i++) {
        bool training = documents[i][0] != '\0';
        bool passes = training || strcmp(s->entry[i].statement.type, "batch.equipment_calibrate") == 0 ||
                      strcmp(s->entry[i].statement.type, "custody.unit_qualify") == 0, calm;
        int code = is_calm(a, &s->entry[i], before, &calm, e);
        if (code != 0)
            return code;
        bool drop = calm || is_idle(s, &s->entry[i], cleanings) || strcmp(s->entry[i].statement.type, "access.account_review") == 0 || (training && !is_listed(ids, count, documents[i])) || (passes && is_replaced(s, i, documents, before));
        if (!drop)
            s->entry[kept++] = s->entry[i];
    }
    s->whole = kept == s->count;
    s->count = kept;
    return 0;
}
