/* Words, numbers and limits of the record for people. */
#include <ctype.h>
#include <string.h>

#include "paper/matter.h"
#include "paper/sheet.h"

#define THIN_SPACE "\xe2\x80\xaf"      /* U+202F: no line is broken there */

const char *matter_words(const struct matter *f, const char *word)
{
    bool is_conditional = word != NULL && strncmp(word, "cond_", 5) == 0;      /* cond_received: conditionally received */
    bool is_exceptional = word != NULL && strncmp(word, "except_", 7) == 0;
    char *text = arena_printf(f->a, "%s%s", is_conditional ? "conditionally " : is_exceptional ? "exceptionally " : "",
                              sheet_escape(f->a, is_conditional ? word + 5 : is_exceptional ? word + 7 : word));
    for (char *p = text; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
    return text;
}

const char *matter_number(const struct matter *f, const char *text)
{
    const char *digits = text == NULL ? "" : text + strspn(text, "-<>≤≥ ");
    size_t whole = strspn(digits, "0123456789"), rest = whole + (digits[whole] == '.' ? 1 + strspn(digits + whole + 1, "0123456789") : 0);
    struct buf b = buf_new(f->a);
    if (whole < 5 || digits[0] == '0' || digits[rest] != '\0')
        return sheet_escape(f->a, text);
    buf_put(&b, sheet_escape(f->a, arena_printf(f->a, "%.*s", (int)(digits - text), text)));
    for (size_t i = 0; i < whole; i++)
        buf_printf(&b, "%s%c", i > 0 && (whole - i) % 3 == 0 ? THIN_SPACE : "", digits[i]);
    buf_put(&b, digits + whole);
    return b.text;
}

const char *matter_unit(const struct matter *f, const char *unit)
{
    static const char *const printed[][2] = {{"1", ""}, {"degC", "°C"}, {"degC/min", "°C/min"}, {"uL", "µL"}, {"cm2", "cm²"},
                                             {"cells/cm2", "cells/cm²"}, {"mg/cm2", "mg/cm²"}, {"ug", "µg"}, {"xg", "× g"}};
    for (size_t i = 0; unit != NULL && i < sizeof printed / sizeof *printed; i++)
        if (strcmp(unit, printed[i][0]) == 0)
            return printed[i][1];
    return sheet_escape(f->a, unit);
}

/* The end of a name that only says the unit, which stands in its own column: `_ml`, `_percent`, `_degc`, `_mg` of mg/cm2. */
static bool says_unit(const char *word, const char *unit)
{
    size_t n = strlen(word);
    if (strcmp(word, "percent") == 0)
        return strcmp(unit, "%") == 0;
    return strncasecmp(word, unit, n) == 0 && (unit[n] == '\0' || unit[n] == '/');
}

static const char *spoken(const char *word)
{
    static const char *const words[][2] = {{"conc", "concentration"}, {"co2", "CO₂"}, {"temp", "temperature"}, {"tvc", "viable cells"},
                                           {"tnc", "nucleated cells"}, {"rcf", "centrifugal force"}, {"min", "minimum"}, {"max", "maximum"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i][0]) == 0)
            return words[i][1];
    return word;
}

const char *matter_label(const struct matter *f, const char *name, const char *unit)
{
    struct buf b = buf_new(f->a);
    for (const char *word = name, *next; word != NULL && *word != '\0'; word = next) {
        size_t n = strcspn(word, "_");
        const char *one = sheet_escape(f->a, arena_printf(f->a, "%.*s", (int)n, word));
        next = word[n] == '_' ? word + n + 1 : word + n;
        bool is_unit = *next == '\0' && b.len > 0 && unit != NULL && says_unit(one, unit);
        if (is_unit && (strcmp(one, "cells") != 0 || strstr(b.text, "cells") != NULL))
            continue;
        buf_printf(&b, "%s%s", b.len > 0 ? " " : "", spoken(one));
    }
    if (b.len == 0)
        return "";
    b.text[0] = (char)toupper((unsigned char)b.text[0]);
    return b.text;
}

const char *matter_quantity(const struct matter *f, const char *name)
{
    static const char *const ends[][2] = {{"_c", "°C"}, {"_degc", "°C"}, {"_percent", "%"}, {"_ml", "mL"}, {"_pa", "Pa"}, {"_h", "h"}};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i][0]);
        if (n > end && strcmp(name + n - end, ends[i][0]) == 0)
            return arena_printf(f->a, "%s, %s", matter_label(f, arena_printf(f->a, "%.*s", (int)(n - end), name), NULL), ends[i][1]);
    }
    return matter_label(f, name, NULL);
}

const struct procedure_field *matter_field(const struct procedure_step *step, const char *name)
{
    const struct procedure_field *fields = step->fields.items;
    for (size_t i = 0; i < step->fields.count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

const struct procedure_computed *matter_computed(const struct procedure_step *step, const char *name)
{
    const struct procedure_computed *computed = step->computed.items;
    for (size_t i = 0; i < step->computed.count; i++)
        if (strcmp(computed[i].name, name) == 0)
            return &computed[i];
    return NULL;
}

const char *matter_title(const struct matter *f, const struct procedure_step *step, const char *name)
{
    const struct procedure_field *field = step == NULL ? NULL : matter_field(step, name);
    const struct procedure_computed *computed = step == NULL ? NULL : matter_computed(step, name);
    const char *label = field != NULL ? field->label : computed != NULL ? computed->label : NULL;
    const char *unit = field != NULL ? field->unit : computed != NULL ? computed->unit : NULL;
    return label != NULL ? sheet_escape(f->a, label) : matter_label(f, name, unit);
}

const char *matter_range(const struct matter *f, const char *min, const char *max)
{
    if (min != NULL && max != NULL)
        return arena_printf(f->a, "%s to %s", matter_number(f, min), matter_number(f, max));
    return min != NULL ? arena_printf(f->a, "≥ %s", matter_number(f, min))
                       : max != NULL ? arena_printf(f->a, "≤ %s", matter_number(f, max)) : "";
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
        {"excepted", "○", INK_WARN},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (word != NULL && strcmp(word, marks[i].word) == 0)
            return arena_printf(f->a, "<span color=\"%s\"><b>%s</b>\xc2\xa0%s</span>", sheet_ink_hex(marks[i].ink), marks[i].mark,
                                matter_words(f, word));
    return matter_words(f, word);
}

const char *matter_limit(const struct matter *f, const struct specification_test *test)
{
    static const char *const signs[SPEC_OP_COUNT] = {[SPEC_AT_LEAST] = "≥" THIN_SPACE, [SPEC_AT_MOST] = "≤" THIN_SPACE,
                                                     [SPEC_ABOVE] = "&gt;" THIN_SPACE, [SPEC_BELOW] = "&lt;" THIN_SPACE,
                                                     [SPEC_EQUALS] = ""};
    const char *unit = matter_unit(f, test->unit);
    if (test->op == SPEC_NEGATIVE)
        return "negative";
    if (test->op == SPEC_REPORT)
        return "report";
    if (test->op == SPEC_BETWEEN)
        return arena_printf(f->a, "%s to %s %s", matter_number(f, test->limit), matter_number(f, test->limit_high), unit);
    return arena_printf(f->a, "%s%s %s", signs[test->op], matter_number(f, test->limit), unit);
}
