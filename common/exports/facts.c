#include "exports/facts.h"

#include <string.h>

#include "domain/pool.h"
#include "domain/source_record.h"

static const char *time_text(struct arena *a, int64_t ms)
{
    char *text = arena_alloc(a, CLOCK_TEXT);
    clock_to_text(ms, text);
    return text;
}

static int read_fact(struct arena *a, const struct dossier_entry *entry, struct fact *ret, struct err *e)
{
    struct statement *s = ARENA_NEW(a, struct statement);
    int code = statement_parse(a, (const char *)entry->stmt.data, entry->stmt.len, s, e);
    if (code != 0)
        return code;
    *ret = (struct fact){.entry = entry, .statement = s, .verb = verb_find(s->type), .time = time_text(a, entry->entry.time_ms),
                         .at = time_text(a, s->at_ms)};
    if (ret->verb == NULL)
        return 0;
    void *record = record_new(a, ret->verb->in);
    code = record_from_json(a, ret->verb->in, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, record, e);
    ret->record = record;
    return code;
}

/* the last statement of ${type} in another stream */
static int read_last(struct facts *f, const char *stream, const char *type, struct fact *ret, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(f->dossier, stream);
    int code = 0;
    for (size_t i = 0; s != NULL && i < s->count && code == 0; i++) {
        struct fact x;
        code = read_fact(f->arena, &s->entry[i], &x, e);
        if (code == 0 && strcmp(x.statement->type, type) == 0)
            *ret = x;
    }
    return code;
}

static int64_t number_of(const struct fact *x, const char *field)
{
    int i = record_field(x->verb->in, field, strlen(field));
    return i < 0 ? INTEGER_ABSENT : *(const int64_t *)record_at_const(x->verb->in, (size_t)i, x->record);
}

/* the document authored as ${version} in ${stream}; NULL if it is not there */
static int read_document(struct facts *f, const char *stream, const char *type, int64_t version, const char **ret, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(f->dossier, stream);
    int code = 0;
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        struct fact x;
        code = read_fact(f->arena, &s->entry[i], &x, e);
        if (code != 0)
            return code;
        if (strcmp(x.statement->type, type) == 0 && number_of(&x, "version") == version) {
            *ret = *(const char *const *)record_at_const(x.verb->in, (size_t)record_field(x.verb->in, "document", 8), x.record);
            return 0;
        }
    }
    return err_raise(e, ERR_DOSSIER_REFUSED, "document", "", "%s version %lld is not there", stream, (long long)version);
}

static int read_documents(struct facts *f, struct err *e)
{
    struct procedure *procedure = NULL;
    struct specification *specification = NULL;
    const char *text = NULL;
    int code = read_document(f, f->open->procedure_id, "batch.procedure_author", f->open->procedure_version, &text, e);
    if (code == 0)
        code = procedure_parse(f->arena, text, strlen(text), &procedure, e);
    if (code == 0)
        code = read_document(f, f->open->specification_id, "quality.specification_author", f->open->specification_version,
                             &text, e);
    if (code == 0)
        code = specification_parse(f->arena, text, strlen(text), &specification, e);
    f->procedure = procedure;
    f->specification = specification;
    return code;
}

/* what was corrected of the batch's donor or collection */
static int read_elsewhere(struct facts *f, const char *stream, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(f->dossier, stream);
    struct fact *all = ARENA_ARRAY(f->arena, struct fact, f->elsewhere_count + (s != NULL ? s->count : 0) + 1);
    int code = 0;
    for (size_t i = 0; i < f->elsewhere_count; i++)
        all[i] = f->elsewhere[i];
    f->elsewhere = all;
    for (size_t i = 0; s != NULL && i < s->count && code == 0; i++) {
        struct fact x;
        code = read_fact(f->arena, &s->entry[i], &x, e);
        if (code == 0 && x.record != NULL && strcmp(x.verb->meaning, "corrected") == 0)
            f->elsewhere[f->elsewhere_count++] = x;
    }
    return code;
}

/* the last statement of ${type} of the collection, as its corrections leave it */
static int read_collected(struct facts *f, const char *type, struct fact *ret, struct err *e)
{
    int code = read_last(f, f->open->collection_id, type, ret, e);
    for (size_t i = 0; code == 0 && ret->record != NULL && i < f->elsewhere_count; i++) {
        const struct fact *by = &f->elsewhere[i];
        const struct collection_correct *in = by->record;
        if (strcmp(by->statement->type, "source.collection_correct") != 0 || in->corrects != ret->entry->entry.seq)
            continue;
        void *stands = arena_alloc(f->arena, ret->verb->in->size);
        memcpy(stands, ret->record, ret->verb->in->size);
        ret->was = ret->was != NULL ? ret->was : ret->record;
        ret->record = stands;
        code = source_record_put(f->arena, type, stands, &(struct source_words){in->corrects, in->field, in->old_value, in->new_value}, e);
    }
    return code;
}

/* by what was signed, so before corrections change it */
static int read_standing(struct facts *f, struct err *e)
{
    const struct dossier_stream *donor = dossier_stream(f->dossier, f->open->donor_id);
    int code = 0;
    standing_begin(f->arena, f->specification, f->count, &f->standing);
    for (size_t i = 0; i < f->count; i++)
        standing_take(&f->standing, f->fact[i].entry->entry.seq, f->fact[i].statement->type, f->fact[i].record);
    for (size_t i = 0; donor != NULL && i < donor->count && code == 0; i++) {
        struct fact x;
        code = read_fact(f->arena, &donor->entry[i], &x, e);
        if (code == 0)
            standing_take_donor(&f->standing, x.statement->type, x.record);
    }
    return code;
}

int facts_read(struct arena *a, const struct dossier *d, struct facts *ret, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(d, d->subject);
    *ret = (struct facts){.arena = a, .dossier = d, .batch = d->subject};
    if (s == NULL || s->count == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "", "%s has no entries", d->subject);
    ret->base = arena_printf(a, "https://%s", s->entry[0].entry.origin);
    ret->fact = ARENA_ARRAY(a, struct fact, s->count);
    for (; ret->count < s->count; ret->count++) {
        int code = read_fact(a, &s->entry[ret->count], &ret->fact[ret->count], e);
        if (code != 0)
            return code;
    }
    const struct fact *opened = facts_next(ret, "batch.open", 0);
    if (opened == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "", "%s was never opened as a batch", d->subject);
    ret->open = opened->record;
    int code = read_documents(ret, e);
    if (code == 0)
        code = read_standing(ret, e);
    if (code == 0)
        code = read_elsewhere(ret, ret->open->donor_id, e);
    if (code == 0)
        code = read_elsewhere(ret, ret->open->collection_id, e);
    if (code == 0)
        code = read_collected(ret, "source.collection_record", &ret->collection, e);
    if (code == 0)
        code = read_collected(ret, "source.receipt_record", &ret->receipt, e);
    if (code == 0)
        code = facts_correct(ret, e);
    if (code == 0)
        code = read_last(ret, ret->open->donor_id, "source.eligibility_determine", &ret->determination, e);
    return code;
}

const struct fact *facts_next(const struct facts *f, const char *type, size_t from)
{
    for (size_t i = from; i < f->count; i++)
        if (strcmp(f->fact[i].statement->type, type) == 0)
            return &f->fact[i];
    return NULL;
}

size_t facts_place(const struct facts *f, const struct fact *fact) { return (size_t)(fact - f->fact); }

const struct fact *facts_last(const struct facts *f, const char *type)
{
    const struct fact *last = NULL;
    FACTS_EACH(f, x, type)
        last = x;
    return last;
}

const struct fact *facts_about(const struct facts *f, const char *type, const char *field, int64_t number)
{
    const struct fact *last = NULL;
    FACTS_EACH(f, x, type)
        if (number_of(x, field) == number)
            last = x;
    return last;
}

const char *facts_uri(const struct facts *f, const char *id) { return arena_printf(f->arena, "%s/%s", f->base, id); }

bool facts_is_void(const struct facts *f, const struct fact *x)
{
    return facts_about(f, "batch.void", "corrects", x->entry->entry.seq) != NULL;
}

static const struct procedure_field *entered(const struct facts *f, int64_t no, const char *name)
{
    const struct procedure_step *step = procedure_step(f->procedure, (int)no);
    const struct procedure_field *fields = step != NULL ? step->fields.items : NULL;
    for (size_t i = 0; fields != NULL && i < step->fields.count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

const char *facts_step_unit(const struct facts *f, int64_t no, const char *name)
{
    const struct procedure_field *field = entered(f, no, name);
    const struct procedure_step *step = procedure_step(f->procedure, (int)no);
    const struct procedure_computed *computed = step != NULL ? step->computed.items : NULL;
    if (field != NULL)
        return field->unit != NULL ? field->unit : "";
    for (size_t i = 0; computed != NULL && i < step->computed.count; i++)
        if (strcmp(computed[i].name, name) == 0 && computed[i].unit != NULL)
            return computed[i].unit;
    return "";
}

enum value_kind facts_step_kind(const struct facts *f, int64_t no, const char *name)
{
    const struct procedure_field *field = entered(f, no, name);
    return field != NULL ? (enum value_kind)field->kind : VALUE_DECIMAL;
}

const char *facts_reading_unit(const char *quantity)
{
    static const char *const units[][2] = {{"temperature_c", "degC"}, {"pressure_pa", "Pa"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(quantity, units[i][0]) == 0)
            return units[i][1];
    return "%";
}

const struct specification_test *facts_test(const struct facts *f, const char *code)
{
    return specification_test(f->specification, code);
}

struct list facts_samples(const struct fact *x)
{
    struct list ret = {NULL, 0};
    int at = strncmp(x->statement->type, "custody.sample_", 15) == 0 && x->record != NULL ? record_field(x->verb->in, "samples", 7) : -1;
    if (at >= 0)
        memcpy(&ret, record_at_const(x->verb->in, (size_t)at, x->record), sizeof ret);
    return ret;
}

struct list facts_containers(const struct facts *f, const struct fact *x)
{
    struct list ret = {NULL, 0};
    int at = strncmp(x->statement->type, "custody.", 8) == 0 && x->record != NULL ? record_field(x->verb->in, "containers", 10) : -1;
    if (at < 0)
        return ret;
    if (x->verb->in->fields[at].kind == FIELD_TEXTS) {
        memcpy(&ret, record_at_const(x->verb->in, (size_t)at, x->record), sizeof ret);
        return ret;
    }
    const struct record_type *row = x->verb->in->fields[at].rows;      /* listed with what is said of each */
    int id = record_field(row, "container_id", 12);
    struct list rows;
    memcpy(&rows, record_at_const(x->verb->in, (size_t)at, x->record), sizeof rows);
    for (size_t i = 0; id >= 0 && i < rows.count; i++)
        texts_add(f->arena, &ret, *(const char *const *)record_at_const(row, (size_t)id, (const char *)rows.items + i * row->size));
    return ret;
}
