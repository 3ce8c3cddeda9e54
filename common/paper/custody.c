/* Containers and their way: filled, labelled, stored, handed over, received. And the corrections, each with its reason. */
#include <string.h>

#include "paper/chapters.h"
#include "paper/table.h"

static void containers(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Container", 34, false}, {"Volume, mL", 14, true}, {"Viable cells", 18, true},
                                            {"Expires", 27, false}, {"Filled by", 27, false}};
    struct batch_fill fill;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "batch.fill", &at, &fill)) != NULL;) {
        struct table t;
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN,
                   arena_printf(f->a, "Volume formulated %s mL, samples %s mL, waste %s mL (entry %lld).", fill.volume_in_ml,
                                fill.samples_ml, fill.waste_ml, (long long)entry->entry.seq + 1));
        sheet_gap(s, 4);
        table_begin(&t, s, columns, 5);
        for (size_t i = 0; i < fill.containers.count; i++) {
            const struct fill_container *c = LIST_AT(fill.containers, const struct fill_container, i);
            table_row(&t, (const char *[]){sheet_escape(f->a, c->container_id), c->volume_ml, matter_number(f, c->cells), matter_time(f, fill.expires_at),
                                           matter_who(f, entry->statement.actor)});
        }
        table_end(&t);
    }
}

static const char *joined(const struct matter *f, const struct list *texts)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "\n" : "", sheet_escape(f->a, TEXTS_AT(*texts, i)));
    return b.text;
}

struct event {
    const char *what, *containers, *where;
};

static bool event_of(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    const char *type = entry->statement.type;
    struct label_print label;
    struct container_store store;
    struct hand_over given;
    struct receive taken;
    size_t at = (size_t)(entry - f->batch->entry);
    if (strcmp(type, "custody.label_print") == 0 && matter_next(f, type, &at, &label) == entry)
        *ret = (struct event){arena_printf(f->a, "label printed, copy %lld", (long long)label.copy), sheet_escape(f->a, label.container_id),
                              label.reason != NULL ? matter_free(f, label.reason) : joined(f, &label.statements)};
    else if (strcmp(type, "custody.container_store") == 0 && matter_next(f, type, &at, &store) == entry)
        *ret = (struct event){"stored", sheet_escape(f->a, store.container_id),
                              arena_printf(f->a, "%s, %s", store.equipment_id, sheet_escape(f->a, store.position))};
    else if (strcmp(type, "custody.hand_over") == 0 && matter_next(f, type, &at, &given) == entry)
        *ret = (struct event){arena_printf(f->a, "<b>handed over</b>, transfer %s\n%s", sheet_escape(f->a, given.transfer_id),
                                           matter_mark(f, given.condition)), joined(f, &given.containers),
                              arena_printf(f->a, "to %s, %s; seal %s, %s °C", matter_who(f, given.receiver_id),
                                           matter_free(f, given.destination), sheet_escape(f->a, given.seal_number), given.temperature_c)};
    else if (strcmp(type, "custody.receive") == 0 && matter_next(f, type, &at, &taken) == entry)
        *ret = (struct event){arena_printf(f->a, "<b>received</b>, transfer %s\n%s", sheet_escape(f->a, taken.transfer_id),
                                           matter_mark(f, taken.condition)), joined(f, &taken.containers),
                              arena_printf(f->a, "seal found %s; same digest %.16s", sheet_escape(f->a, taken.seal_number),
                                           taken.transfer_sha256)};
    else
        return false;
    return true;
}

static void events(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Event", 24, false}, {"Containers", 27, false}, {"Where, to whom", 27, false},
                                            {"Signed by", 27, false}};
    struct table t;
    bool begun = false;
    for (size_t i = 0; i < f->batch->count; i++) {
        struct event x;
        if (!event_of(f, &f->batch->entry[i], &x))
            continue;
        if (!begun) {
            sheet_section(s, "Labels, storage, hand-over", 60);
            table_begin(&t, s, columns, 5);
            begun = true;
        }
        table_row(&t, (const char *[]){arena_printf(f->a, "%zu", i + 1), x.what, x.containers, x.where,
                                       matter_signed(f, &f->batch->entry[i])});
    }
    if (begun)
        table_end(&t);
    else
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, "No container was labelled, stored or handed over yet.");
}

void chapter_custody(struct sheet *s, struct matter *f)
{
    sheet_chapter(s, "Containers and custody");
    containers(s, f);
    events(s, f);
}

void chapter_corrections(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"No.", 6, false}, {"Entry", 7, true}, {"What", 22, false}, {"Was", 16, true}, {"Is", 16, true},
                                            {"Reason", 30, false}, {"Corrected by", 26, false}};
    struct table t;
    if (f->correction_count == 0)
        return;
    sheet_chapter(s, "Corrections");
    table_begin(&t, s, columns, 7);
    for (size_t i = 0; i < f->correction_count; i++) {
        const struct matter_correction *c = &f->correction[i];
        const char *was = c->old_value == NULL ? "" : arena_printf(f->a, "<span strikethrough=\"true\">%s</span>",
                                                                   matter_value(f, c->step, c->field, c->old_value));
        const char *is = c->new_value == NULL ? "no value" : matter_value(f, c->step, c->field, c->new_value);
        if (c->follows)
            table_row(&t, (const char *[]){"", "", arena_printf(f->a, "<i>%s</i>", matter_what(f, c)), was, is,
                                           arena_printf(f->a, "follows from c%zu", c->no), ""});
        else
            table_row(&t, (const char *[]){arena_printf(f->a, "<b>c%zu</b>", c->no), arena_printf(f->a, "%lld", (long long)c->seq + 1),
                                           matter_what(f, c), was, is, matter_free(f, c->reason),
                                           arena_printf(f->a, "%s, %s", matter_who(f, c->actor), matter_time(f, c->time_ms))});
    }
    table_end(&t);
}
