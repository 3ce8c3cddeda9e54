#include "paper/labels_said.h"

#include <string.h>

#include "domain/label_copy.h"

/* the record of ${entry}, which is of ${type}; false for another type */
static bool is(struct matter *f, const struct dossier_entry *entry, const char *type, void *record)
{
    size_t at = (size_t)(entry - f->batch->entry);
    return strcmp(entry->statement.type, type) == 0 && matter_next(f, type, &at, record) == entry;
}

static const char *copy_of(struct matter *f, const char *what, int64_t copy)
{
    return arena_printf(f->a, "%s, copy %lld", what, (long long)copy);
}

static const char *statements(const struct matter *f, const struct list *texts)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "\n" : "", sheet_escape(f->a, TEXTS_AT(*texts, i)));
    return b.text;
}

static const char *printed(struct matter *f, const struct label_print *in, const char **ret_where)
{
    *ret_where = in->reason != NULL ? matter_free(f, in->reason) : statements(f, &in->statements);
    return copy_of(f, "label printed", in->copy);
}

static const char *applied(struct matter *f, const struct label_apply *in, const char **ret_where)
{
    *ret_where = in->reason == NULL ? in->confirmed_how : arena_printf(f->a, "%s: %s", in->confirmed_how, matter_free(f, in->reason));
    if (in->replaces == INTEGER_ABSENT)
        return copy_of(f, "label applied", in->copy);
    return arena_printf(f->a, "<b>relabelled</b>, copy %lld for copy %lld", (long long)in->copy, (long long)in->replaces);
}

static const char *ended(struct matter *f, const struct label_end *in, const char **ret_where)
{
    const char *why = matter_free(f, in->reason);
    *ret_where = in->witness_id == NULL ? why : arena_printf(f->a, "%s; witness %s", why, matter_who(f, in->witness_id));
    return copy_of(f, arena_printf(f->a, "label %s%s", in->outcome, in->witness_id == NULL ? "" : ", to be witnessed"), in->copy);
}

bool labels_event(struct matter *f, const struct dossier_entry *entry, const char **ret_what, const char **ret_containers, const char **ret_where)
{
    struct label_print print;
    struct label_apply apply;
    struct label_end end;
    struct label_witness seen;
    const char *container = NULL;
    if (is(f, entry, "custody.label_print", &print)) {
        *ret_what = printed(f, &print, ret_where);
        container = print.container_id;
    } else if (is(f, entry, "custody.label_apply", &apply)) {
        *ret_what = applied(f, &apply, ret_where);
        container = apply.container_id;
    } else if (is(f, entry, "custody.label_end", &end)) {
        *ret_what = ended(f, &end, ret_where);
        container = end.container_id;
    } else if (is(f, entry, "custody.label_witness", &seen)) {
        *ret_what = copy_of(f, "label's destruction witnessed", seen.copy);
        *ret_where = arena_printf(f->a, "destroyed by %s", matter_who(f, seen.destroyed_by));
        container = seen.container_id;
    }
    *ret_containers = container == NULL ? NULL : sheet_escape(f->a, container);
    return container != NULL;
}

static void take_all(struct matter *f, struct label_copies *ret)
{
    label_copies_begin(f->a, f->batch->count, ret);
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct dossier_entry *entry = &f->batch->entry[i];
        const struct verb_row *verb = strncmp(entry->statement.type, "custody.label_", 14) == 0 ? verb_find(entry->statement.type) : NULL;
        void *record = verb == NULL ? NULL : record_new(f->a, verb->in);
        if (record != NULL && is(f, entry, verb->name, record))
            label_copies_take(ret, verb->name, record, entry->statement.actor);
    }
}

void labels_reconciled(struct sheet *s, struct matter *f)
{
    static const struct list none = {NULL, 0};
    struct label_copies all;
    struct label_account sum;
    take_all(f, &all);
    if (all.count == 0)
        return;
    label_reconcile(f->a, &all, &none, &sum);
    sheet_section(s, "Labels", 40);
    if (!label_copies_are_told(&all)) {
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "%d printed; what became of each was not recorded.", sum.printed));
        return;
    }
    sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "%d printed = %d applied + %d spoiled + %d destroyed + %d attached to the record%s",
        sum.printed, sum.applied, sum.spoiled, sum.destroyed, sum.specimen, sum.open.count == 0 ? "." : arena_printf(f->a, " + %zu open:", sum.open.count)));
    for (size_t i = 0; i < sum.open.count; i++)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, sheet_escape(f->a, TEXTS_AT(sum.open, i)));
}
