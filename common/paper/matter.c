/* Words for what was read. */
#include "paper/matter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "domain/identifier.h"
#include "paper/sheet.h"

#define NO_BREAK_SPACE "\xc2\xa0"

static const char *local(const struct matter *f, int64_t ms, bool exact)
{
    char text[60];
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    if (ms == TIME_ABSENT || localtime_r(&s, &tm) == NULL)
        return "";
    long offset = tm.tm_gmtoff / 60;
    size_t n = exact ? strftime(text, sizeof text, "%Y-%m-%d" NO_BREAK_SPACE "%H:%M:%S", &tm)
                     : strftime(text, sizeof text, "%Y-%m-%d" NO_BREAK_SPACE "%H:%M", &tm);
    snprintf(text + n, sizeof text - n, "%c%02ld:%02ld", offset < 0 ? '-' : '+', labs(offset) / 60, labs(offset) % 60);
    return arena_text(f->a, text);
}

const char *matter_time(const struct matter *f, int64_t ms)
{
    return local(f, ms, false);
}

const char *matter_time_exact(const struct matter *f, int64_t ms)
{
    return local(f, ms, true);
}

const char *matter_span(const struct matter *f, int64_t from_ms, int64_t to_ms)
{
    const char *from = local(f, from_ms, false), *to = local(f, to_ms, false), *clock = strstr(to, NO_BREAK_SPACE);
    size_t zone = strlen("+00:00"), day = clock == NULL ? 0 : (size_t)(clock - to), minute = strlen(from) > zone ? strlen(from) - zone : 0;
    if (day > 0 && strncmp(from, to, day) == 0 && strcmp(from + minute, to + strlen(to) - zone) == 0)
        return arena_printf(f->a, "%.*s to %s", (int)minute, from, clock + strlen(NO_BREAK_SPACE));
    return arena_printf(f->a, "%s to %s", from, to);
}

const char *matter_who(const struct matter *f, const char *id)
{
    for (size_t i = 0; id != NULL && i < f->person_count; i++)
        if (strcmp(f->person[i].id, id) == 0 && f->person[i].name != NULL)
            return arena_printf(f->a, "%s <span color=\"%s\">%s</span>", sheet_escape(f->a, f->person[i].name),
                                sheet_ink_hex(INK_QUIET), id);
    return id == NULL ? "" : id;
}

const char *matter_signed(const struct matter *f, const struct dossier_entry *entry)
{
    if (entry == NULL)
        return "";
    const char *lapsed = matter_is_lapsed(f, entry->entry.seq)
        ? arena_printf(f->a, " <span color=\"%s\"><b>unsigned until reviewed</b></span>", sheet_ink_hex(INK_WARN)) : "";
    return arena_printf(f->a, "%s, %s%s", matter_who(f, entry->statement.actor), matter_time(f, entry->entry.time_ms), lapsed);
}

const char *matter_free(const struct matter *f, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return "";
    if (f->options->redacted)
        return arena_printf(f->a, "<span color=\"%s\">[withheld]</span>", sheet_ink_hex(INK_QUIET));
    return sheet_escape(f->a, text);
}

static bool concerns(const struct matter_correction *c, int64_t corrects, int64_t step, const char *field)
{
    return c->stream == NULL && (c->corrects == corrects || (step >= 0 && c->step == step)) && c->field != NULL && strcmp(c->field, field) == 0;
}

/* a path through a step, in words; NULL: a value's name */
static const char *path_words(const struct matter *f, const char *field)
{
    struct correction_path path;
    struct err ignored;
    if (strchr(field, '.') == NULL || correction_path_read(f->a, field, &path, &ignored) != 0)
        return NULL;
    switch (path.place) {
    case CORRECTION_STARTED: return "start of the work";
    case CORRECTION_ENDED: return "end of the work";
    case CORRECTION_REASON: return "reason";
    case CORRECTION_LOT: return arena_printf(f->a, "material %s", path.row);
    case CORRECTION_QUANTITY: return arena_printf(f->a, "quantity of %s", path.row);
    case CORRECTION_EQUIPMENT: return arena_printf(f->a, "equipment %s", path.row);
    case CORRECTION_VALUE: break;
    }
    return NULL;
}

/* what people wrote in their own words, and what is a word of a list, of acts that are no steps */
static const char *const frees[] = {"step.reason", "destination", "site", "reason", "adverse_text", "anticoagulant", "courier", "container_lot"},
                  *const worded[] = {"route", "imaging"};

static bool is_one_of(const char *field, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], field) == 0)
            return true;
    return false;
}

/* A value that the procedure takes as text stays as it was typed, for a lot's number is no quantity; it is free text too. */
const char *matter_value(const struct matter *f, int64_t step, const char *field, const char *value)
{
    const struct procedure_step *of = step < 0 ? NULL : procedure_step(f->procedure, (int)step);
    const struct procedure_field *typed = of == NULL ? NULL : matter_field(of, field);
    int64_t ms;
    if (value != NULL && clock_from_text(value, strlen(value), &ms))
        return matter_time(f, ms);
    if (is_one_of(field, frees, sizeof frees / sizeof *frees))
        return matter_free(f, value);
    if (is_one_of(field, worded, sizeof worded / sizeof *worded))
        return value == NULL ? "" : matter_words(f, value);
    if (typed != NULL && typed->kind == VALUE_TEXT)
        return matter_free(f, value);
    return matter_number(f, value);
}

const char *matter_corrected(const struct matter *f, int64_t corrects, int64_t step, const char *field, const char *value)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < f->correction_count; i++) {
        const struct matter_correction *c = &f->correction[i];
        if (!concerns(c, corrects, step, field))
            continue;
        if (c->old_value != NULL)
            buf_printf(&b, "<span strikethrough=\"true\" color=\"%s\">%s</span> ", sheet_ink_hex(INK_BAD),
                       matter_value(f, step, field, c->old_value));
        buf_printf(&b, "<span size=\"75%%\" rise=\"2500\" color=\"%s\">c%zu</span> ", sheet_ink_hex(INK_BAD), c->no);
    }
    buf_put(&b, matter_value(f, step, field, matter_now(f, corrects, step, field, value)));
    return b.text;
}

const char *matter_struck(const struct matter *f, const char *text)
{
    return arena_printf(f->a, "<span strikethrough=\"true\" color=\"%s\">%s</span>", sheet_ink_hex(INK_BAD), text);
}

const struct batch_step *matter_stands(const struct matter *f, const struct batch_step *done)
{
    for (size_t i = 0; i < f->stand_count; i++)
        if (f->stands[i].step == done->step)
            return &f->stands[i];
    return done;
}

struct list matter_cleanings(struct matter *f, const struct batch_step *done)
{
    struct list now = done->cleanings;
    struct batch_correct in;
    struct correction_path path;
    struct err ignored;
    for (size_t at = 0; matter_next(f, "batch.correct", &at, &in) != NULL;)
        if (in.step == done->step && correction_path_read(f->a, in.field, &path, &ignored) == 0 &&
            (correction_is_time(path.place) || path.place == CORRECTION_EQUIPMENT))
            now = in.cleanings;
    return now;
}

static bool names_row(const struct matter_correction *c, const char *list, const char *id)
{
    size_t n = strlen(list), len = strlen(id);
    bool is_row = strncmp(c->field, list, n) == 0 && c->field[n] == '.';
    return is_row && ((strncmp(c->field + n + 1, id, len) == 0 && c->field[n + 1 + len] == '.') ||
                      (c->new_value != NULL && strcmp(c->new_value, id) == 0));
}

const char *matter_use(const struct matter *f, int64_t step, const char *list, const char *id)
{
    struct buf b = buf_new(f->a);
    buf_put(&b, "");
    for (size_t i = 0; i < f->correction_count; i++)
        if (f->correction[i].step == step && f->correction[i].field != NULL && names_row(&f->correction[i], list, id))
            buf_printf(&b, " <span size=\"75%%\" rise=\"2500\" color=\"%s\">c%zu</span>", sheet_ink_hex(INK_BAD), f->correction[i].no);
    return b.text;
}

const char *matter_remark(const struct matter *f, int64_t seq, const char *text)
{
    const char *shown = matter_free(f, text);
    for (size_t i = 0; i < f->correction_count; i++)
        if (f->correction[i].stream == NULL && f->correction[i].corrects == seq && f->correction[i].step < 0)
            shown = arena_printf(f->a, "<span strikethrough=\"true\" color=\"%s\">%s</span> "
                                 "<span size=\"75%%\" rise=\"2500\" color=\"%s\">c%zu</span> void", sheet_ink_hex(INK_BAD), shown,
                                 sheet_ink_hex(INK_BAD), f->correction[i].no);
    return shown;
}

const char *matter_now(const struct matter *f, int64_t corrects, int64_t step, const char *field, const char *value)
{
    for (size_t i = 0; i < f->correction_count; i++)
        if (concerns(&f->correction[i], corrects, step, field))
            value = f->correction[i].new_value;
    return value;
}

const char *matter_what(const struct matter *f, const struct matter_correction *c)
{
    const struct procedure_step *step = c->step < 0 ? NULL : procedure_step(f->procedure, (int)c->step);
    const char *path = c->step >= 0 ? path_words(f, c->field) : NULL;
    if (c->stream != NULL)
        return arena_printf(f->a, "%s entry %lld, %s", c->stream, (long long)c->corrects + 1, matter_words(f, c->field));
    if (path != NULL)
        return arena_printf(f->a, "step %lld, %s", (long long)c->step, path);
    if (c->step >= 0)
        return arena_printf(f->a, "step %lld, %s", (long long)c->step, matter_title(f, step, c->field));
    for (size_t i = 0; i < f->test_count; i++)
        if (f->test[i].entry->entry.seq == c->corrects && specification_test(f->specification, f->test[i].report.code) != NULL)
            return arena_printf(f->a, "%s, %s", sheet_escape(f->a, specification_test(f->specification, f->test[i].report.code)->title),
                                matter_words(f, c->field));
    return c->corrects >= 0 ? arena_printf(f->a, "entry %lld, %s", (long long)c->corrects + 1, matter_words(f, c->field))
                            : matter_words(f, c->field);
}

bool matter_is_lapsed(const struct matter *f, int64_t seq)
{
    for (size_t i = 0; i < f->lapsed_count; i++)
        if (f->lapsed[i].entry == seq)
            return true;
    return false;
}

const char *matter_donation(const struct matter *f)
{
    char text[20];
    struct din din = {.kind = DIN_FLAGS_NONE};
    struct err e;
    const char *typed = f->collection.donation_number == NULL ? NULL
        : arena_printf(f->a, "%s%s", f->collection.donation_number, f->collection.check_character);
    if (typed == NULL || din_from_typed(typed, &din, &e) != 0)
        return sheet_escape(f->a, f->collection.donation_number);
    din_print(&din, text);
    return sheet_escape(f->a, text);
}
