#include <string.h>

#include "record/record_inner.h"

static const struct {
    unsigned flag;
    const char *name;
} flag_names[] = {
    {FLAG_REQUIRED, "required"}, {FLAG_ASSIGNED, "assigned"},   {FLAG_COMPUTED, "computed"}, {FLAG_SECRET, "secret"},
    {FLAG_PERSONAL, "personal"}, {FLAG_REFERENCE, "reference"}, {FLAG_KEY, "key"},
    {FLAG_ATTACHED, "attached"},
};
#define FLAG_NAMES (sizeof flag_names / sizeof flag_names[0])

static void put_text(struct buf *b, const char *key, const char *text)
{
    buf_printf(b, "\"%s\":", key);
    record_write_string(b, text);
}

static void form_words(struct buf *b, const struct word_list *list)
{
    buf_put(b, ",\"words\":[");
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(b, ',');
        record_write_string(b, list->words[i]);
    }
    buf_char(b, ']');
}

static void form_record(struct buf *b, const struct record_type *type, size_t depth);

static void form_field(struct buf *b, const struct field *f, size_t depth)
{
    buf_char(b, '{');
    put_text(b, "name", f->name);
    buf_char(b, ',');
    put_text(b, "kind", field_kind_name(f->kind));
    buf_char(b, ',');
    put_text(b, "label", f->label);
    buf_char(b, ',');
    put_text(b, "unit", f->unit);
    buf_printf(b, ",\"max\":%zu", field_max(f));
    for (size_t i = 0; i < FLAG_NAMES; i++)
        if (f->flags & flag_names[i].flag)
            buf_printf(b, ",\"%s\":true", flag_names[i].name);
    if (f->words)
        form_words(b, f->words);
    if (f->rows && depth < RECORD_DEPTH_MAX) {
        buf_put(b, ",\"rows\":");
        form_record(b, f->rows, depth + 2);
    }
    buf_char(b, '}');
}

static void form_record(struct buf *b, const struct record_type *type, size_t depth)
{
    buf_char(b, '{');
    put_text(b, "record", type->name);
    buf_char(b, ',');
    put_text(b, "title", type->title);
    buf_put(b, ",\"fields\":[");
    for (size_t i = 0; i < type->count; i++) {
        if (i > 0)
            buf_char(b, ',');
        form_field(b, &type->fields[i], depth);
    }
    buf_put(b, "]}");
}

void record_form(struct buf *b, const struct record_type *type)
{
    form_record(b, type, 1);
}

static void doc_field(struct buf *b, const struct field *f)
{
    buf_printf(b, "| `%s` | %s", f->name, field_kind_name(f->kind));
    if (f->rows)
        buf_printf(b, " of [%s](#%s)", f->rows->name, f->rows->name);
    if (f->words)
        for (size_t i = 0; i < f->words->count; i++)
            buf_printf(b, "%s`%s`", i > 0 ? ", " : ": ", f->words->words[i]);
    buf_put(b, " | ");
    const char *between = "";
    for (size_t i = 0; i < FLAG_NAMES; i++) {
        if (f->flags & flag_names[i].flag) {
            buf_printf(b, "%s%s", between, flag_names[i].name);
            between = ", ";
        }
    }
    buf_printf(b, " | %zu | %s | %s |\n", field_max(f), f->unit, f->label);
}

void record_doc(struct buf *b, const struct record_type *type)
{
    buf_printf(b, "### %s\n\n%s.\n\n| field | kind | flags | max | unit | label |\n|---|---|---|--:|---|---|\n", type->name,
               type->title);
    for (size_t i = 0; i < type->count; i++)
        doc_field(b, &type->fields[i]);
    buf_char(b, '\n');
}
