#include <string.h>

#include "base/number.h"
#include "inside.h"
#include "record/record.h"

#define EXPONENT_MAX 30
#define DIGITS_MAX 50
#define NUMBER_SIZE (DIGITS_MAX + EXPONENT_MAX + sizeof "-0.")

/* A number under way: its digits, and how many of them stand before the point. */
struct digits {
    char text[DIGITS_MAX + 1];
    int count, before;
    bool negative;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* bytes of a no-break space, plain or narrow; 0: there is none */
static size_t group_space(const char *p)
{
    return strncmp(p, "\xc2\xa0", 2) == 0 ? 2 : strncmp(p, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

/* groups are of three digits, or they are no groups */
static const char *skip_group(const char *p)
{
    size_t n = group_space(p);
    return n > 0 && is_digit(p[n]) && is_digit(p[n + 1]) && is_digit(p[n + 2]) && !is_digit(p[n + 3]) ? p + n : p;
}

/* the digits from ${p}; NULL: there are none, or too many */
static const char *read_digits(const char *p, struct digits *ret)
{
    *ret = (struct digits){.negative = *p == '-'};
    p += ret->negative;
    if (!is_digit(*p))
        return NULL;
    for (; is_digit(*p) && ret->count < DIGITS_MAX; p = skip_group(p + 1))
        ret->text[ret->count++] = *p;
    ret->before = ret->count;
    if (*p == '.' && is_digit(p[1]))
        for (p++; is_digit(*p) && ret->count < DIGITS_MAX; p++)
            ret->text[ret->count++] = *p;
    return is_digit(*p) ? NULL : p;
}

static const char *read_exponent(const char *p, int *ret)
{
    int n = 0;
    if (*p != 'E' && *p != 'e')
        return p;
    int sign = p[1] == '-' ? -1 : 1;
    const char *q = p + 1 + (p[1] == '-' || p[1] == '+');
    if (!is_digit(*q))
        return p;
    for (; is_digit(*q) && n < 1000; q++)
        n = n * 10 + (*q - '0');
    *ret += sign * n;
    return q;
}

/* the decimal: the point moved, no zero more than is needed before it; those behind it were written and stay */
static const char *place_point(const struct digits *d, int exponent, char ret[NUMBER_SIZE])
{
    char *p = ret;
    int before = d->before + exponent, first = 0;
    bool is_zero = strspn(d->text, "0") == (size_t)d->count;
    while (first < d->count && first < before - 1 && d->text[first] == '0')
        first++;
    if (d->negative && !is_zero)
        *p++ = '-';
    for (int i = first; i < before; i++)
        *p++ = i < d->count ? d->text[i] : '0';
    if (before <= 0)
        *p++ = '0';
    if (before < d->count)
        *p++ = '.';
    for (int i = before; i < d->count; i++)
        *p++ = i < 0 ? '0' : d->text[i];
    *p = '\0';
    return is_zero && before >= d->count ? "0" : ret;
}

/* what may stand behind a number: a note in brackets */
static bool take_note(struct arena *a, const char *p, const char **ret)
{
    size_t len = strlen(p);
    while (*p == ' ')
        p++, len--;
    if (len > 2 && p[0] == '(' && p[len - 1] == ')')
        *ret = arena_dup(a, p + 1, len - 2);
    return len == 0 || *ret != NULL;
}

/* words that instruments write where they have no number */
static bool is_absence(const char *text)
{
    static const char *const words[] = {"Not determined", "N/A", "n/a", "NA", "NaN", "-", "---", "----", "Invalid", "ERROR"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

int file_number(const struct reading *r, const struct file_cell *cell, int exponent, const char **ret_value, const char **ret_note)
{
    struct digits d;
    char decimal[NUMBER_SIZE];
    const char *p = cell->text;
    char sign[2] = {*p == '<' || *p == '>' ? *p : '\0', '\0'};
    *ret_value = *ret_note = NULL;
    if (*p == '\0')
        return 0;
    if (is_absence(p)) {
        *ret_note = p;
        return 0;
    }
    for (p += sign[0] != '\0'; *p == ' ';)
        p++;
    const char *end = read_digits(p, &d);
    if (end != NULL && *end == ',' && is_digit(end[1]))
        return file_refuse(r, cell->line, cell->column, "a decimal comma in \"%.40s\": let the instrument write points (T11)", cell->text);
    end = end == NULL ? NULL : read_exponent(end, &exponent);
    if (end == NULL || !take_note(r->a, end, ret_note) || exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
        return file_refuse(r, cell->line, cell->column, "\"%.40s\" is no number", cell->text);
    *ret_value = arena_printf(r->a, "%s%s", sign, place_point(&d, exponent, decimal));
    if (!decimal_is_valid(*ret_value + (sign[0] != '\0')))
        return file_refuse(r, cell->line, cell->column, "\"%.40s\" is longer than a number may be", cell->text);
    return 0;
}

/* text of the file that is going to stand in a record */
static int keep(const struct reading *r, const struct file_cell *at, const char *text, size_t max, const char **ret)
{
    struct err why;
    *ret = NULL;
    if (text == NULL || text[0] == '\0')
        return 0;
    if (strlen(text) > max || record_check_text(text, strlen(text), "it", &why) != 0)
        return file_refuse(r, at->line, at->column, "\"%.40s\" is no text that a record takes", text);
    *ret = text;
    return 0;
}

static int add(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell,
               const char *value, const char *note)
{
    if (r->out->values.count == FILE_VALUES_MAX)
        return file_refuse(r, cell->line, cell->column, "more than %d values in one file", FILE_VALUES_MAX);
    struct instrument_value *v = record_list_add(r->a, &record_instrument_value, &r->out->values);
    v->line = cell->line;
    v->column = cell->column;
    v->quantity = rule->quantity;
    int code = keep(r, cell, of->sample, 80, &v->sample);
    code = code != 0 ? code : keep(r, cell, of->read_at, 40, &v->read_at);
    code = code != 0 ? code : keep(r, cell, value, 80, &v->value);
    code = code != 0 ? code : keep(r, cell, rule->quantity, 40, &v->quantity);
    code = code != 0 ? code : keep(r, cell, rule->unit, 20, &v->unit);
    return code != 0 ? code : keep(r, cell, note, 80, &v->note);
}

int file_value(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell)
{
    const char *value, *note;
    int code = file_number(r, cell, rule->exponent, &value, &note);
    return code != 0 || (value == NULL && note == NULL) ? code : add(r, of, rule, cell, value, note != NULL ? note : of->note);
}

int file_word(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell)
{
    return cell->text[0] == '\0' ? 0 : add(r, of, rule, cell, cell->text, of->note);
}

int file_left_out(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell)
{
    return add(r, of, rule, cell, NULL, of->note);
}
