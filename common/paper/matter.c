/* Words for what was read. */
#include "paper/matter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "domain/identifier.h"
#include "paper/sheet.h"

int paper_zone(const char *name, struct err *e)
{
    char path[200];
    int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    if (n < 0 || (size_t)n >= sizeof path || strstr(name, "..") != NULL || name[0] == '/' || access(path, R_OK) != 0)
        return err_raise(e, ERR_FIELD_TYPE, "zone", "", "%.80s is no zone of this machine (package tzdata)", name);
    setenv("TZ", name, 1);
    tzset();
    return 0;
}

static const char *local(const struct matter *f, int64_t ms, bool exact)
{
    char text[60];
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    if (ms == TIME_ABSENT || localtime_r(&s, &tm) == NULL)
        return "";
    long offset = tm.tm_gmtoff / 60;
    size_t n = exact ? strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm) : strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
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

const char *matter_words(const struct matter *f, const char *word)
{
    char *text = arena_text(f->a, sheet_escape(f->a, word));
    for (char *p = text; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
    return text;
}

const char *matter_label(const struct matter *f, const char *name)
{
    char *text = arena_text(f->a, matter_words(f, name));
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    return text;
}

const char *matter_unit(const struct matter *f, const char *unit)
{
    static const char *const printed[][2] = {{"1", ""}, {"degC", "°C"}, {"uL", "µL"}, {"cm2", "cm²"}, {"cells/cm2", "cells/cm²"},
                                             {"mg/cm2", "mg/cm²"}, {"ug", "µg"}};
    for (size_t i = 0; unit != NULL && i < sizeof printed / sizeof *printed; i++)
        if (strcmp(unit, printed[i][0]) == 0)
            return printed[i][1];
    return sheet_escape(f->a, unit);
}

const char *matter_mark(const struct matter *f, const char *word)
{
    static const struct {
        const char *word, *mark;
        enum ink ink;
    } marks[] = {
        {"pass", "✓", INK_GOOD},     {"fail", "✗", INK_BAD},          {"cannot_evaluate", "○", INK_WARN},
        {"pending", "○", INK_WARN},  {"missing", "○", INK_WARN},      {"holds", "✓", INK_GOOD},
        {"open", "✗", INK_BAD},      {"not_applicable", "–", INK_QUIET}, {"good", "✓", INK_GOOD},
        {"damaged", "✗", INK_BAD},   {"doubtful", "○", INK_WARN},     {"covered", "–", INK_QUIET},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (word != NULL && strcmp(word, marks[i].word) == 0)
            return arena_printf(f->a, "<span color=\"%s\"><b>%s</b> %s</span>", sheet_ink_hex(marks[i].ink), marks[i].mark,
                                matter_words(f, word));
    return matter_words(f, word);
}

const char *matter_corrected(const struct matter *f, int64_t corrects, int64_t step, const char *field, const char *value)
{
    struct buf b = buf_new(f->a);
    const char *now = value;
    for (size_t i = 0; i < f->correction_count; i++) {
        const struct matter_correction *c = &f->correction[i];
        bool is_ours = c->corrects == corrects || (step >= 0 && c->step == step);
        if (!is_ours || c->field == NULL || strcmp(c->field, field) != 0)
            continue;
        if (c->old_value != NULL)
            buf_printf(&b, "<span strikethrough=\"true\" color=\"%s\">%s</span> ", sheet_ink_hex(INK_BAD),
                       sheet_escape(f->a, c->old_value));
        buf_printf(&b, "<span size=\"75%%\" rise=\"2500\" color=\"%s\">c%zu</span> ", sheet_ink_hex(INK_BAD), i + 1);
        now = c->new_value;
    }
    buf_put(&b, sheet_escape(f->a, now));
    return b.text;
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

const char *matter_limit(const struct matter *f, const struct specification_test *test)
{
    static const char *const signs[SPEC_OP_COUNT] = {[SPEC_AT_LEAST] = "≥ ", [SPEC_AT_MOST] = "≤ ", [SPEC_ABOVE] = "&gt; ",
                                                     [SPEC_BELOW] = "&lt; ", [SPEC_EQUALS] = ""};
    const char *unit = matter_unit(f, test->unit);
    if (test->op == SPEC_NEGATIVE)
        return "negative";
    if (test->op == SPEC_REPORT)
        return "report";
    if (test->op == SPEC_BETWEEN)
        return arena_printf(f->a, "%s to %s %s", test->limit, test->limit_high, unit);
    return arena_printf(f->a, "%s%s %s", signs[test->op], sheet_escape(f->a, test->limit), unit);
}
