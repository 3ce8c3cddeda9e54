/* The fourth table: one line a correction, whatever it corrects, so that a new kind of correction is there without a line here. */
#include <string.h>

#include "exports/formats.h"

static const char *const columns[] = {"entry", "corrects", "step", "field", "was", "is", "reason", "person_id", "at", "unsigned", "stream",
                                      "findings"};

static const char *text_of(const struct facts *f, const struct fact *x, const char *name)
{
    int i = record_field(x->verb->in, name, strlen(name));
    return i < 0 || record_is_absent(x->verb->in, (size_t)i, x->record) ? NULL
        : map_field_text(f->arena, &x->verb->in->fields[i], record_at_const(x->verb->in, (size_t)i, x->record));
}

/* signatures that it left unsigned, and nobody gave anew */
static const char *open_entries(const struct facts *f, const struct fact *by)
{
    struct buf b = buf_new(f->arena);
    buf_put(&b, "");
    for (size_t i = 0; i < f->count; i++)
        if (f->fact[i].unsigned_by == by)
            buf_printf(&b, "%s%lld", b.len > 0 ? " " : "", (long long)f->fact[i].entry->entry.seq);
    return b.text;
}

static const char *joined(const struct facts *f, const struct list *texts)
{
    struct buf b = buf_new(f->arena);
    buf_put(&b, "");
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? " " : "", TEXTS_AT(*texts, i));
    return b.text;
}

static void put_line(const struct facts *f, const struct fact *x, struct tree *lines)
{
    struct tree *line = tree_at(lines, "[]");
    const char *test = text_of(f, x, "test_seq"), *field = text_of(f, x, "field");
    bool is_told = x->verb->in != &record_donor_correct;
    tree_text(line, "entry", arena_printf(f->arena, "%lld", (long long)x->entry->entry.seq));
    tree_text(line, "corrects", test != NULL ? test : text_of(f, x, "corrects"));
    tree_text(line, "step", text_of(f, x, "step"));
    tree_text(line, "field", field == NULL && test != NULL ? "result" : field);
    if (is_told) {                     /* how a donor is stays in the donor's stream */
        tree_text(line, "was", text_of(f, x, "old_value"));
        tree_text(line, "is", text_of(f, x, "new_value"));
        tree_text(line, "reason", text_of(f, x, "reason"));
    }
    tree_text(line, "person_id", x->statement->actor);
    tree_text(line, "at", x->time);
    tree_text(line, "unsigned", open_entries(f, x));
    tree_text(line, "stream", x->statement->stream);
    if (x->verb->in == &record_custody_correct)
        tree_text(line, "findings", joined(f, &((const struct custody_correct *)x->record)->findings));
}

struct bytes csv_corrections(const struct facts *f)
{
    struct tree *lines = tree_new(f->arena);
    struct buf b = buf_new(f->arena);
    for (size_t i = 0; i < f->count; i++)
        if (f->fact[i].verb != NULL && strcmp(f->fact[i].verb->meaning, "corrected") == 0 && f->fact[i].record != NULL)
            put_line(f, &f->fact[i], lines);
    for (size_t i = 0; i < f->elsewhere_count; i++)
        put_line(f, &f->elsewhere[i], lines);
    tree_to_csv(&b, lines, columns, sizeof columns / sizeof columns[0]);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}
