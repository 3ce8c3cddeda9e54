/* Cedex Bio HT: an analyte of a sample a line, by tabulators; the order of columns changed after software 5. */
#include <string.h>

#include "inside.h"

enum { TYPE, TIME, VERSION = 8 };

struct order {
    size_t sample, analyte, unit, flag, value;
};

bool bioht_known(const struct reading *r)
{
    return strncmp(r->line[0].text, "0\t", 2) == 0 && strstr(r->line[0].text, "\t#ARC-FILE#\t") != NULL;
}

/* "< 0.100" is a number; a flag beside a whole one says that the instrument doubts it */
static int line_read(struct reading *r, const struct order *o, const struct file_cell *cell)
{
    const char *flag = cell[o->flag].text;
    bool is_censored = cell[o->value].text[0] == '<' || cell[o->value].text[0] == '>';
    struct value_of of = {cell[o->sample].text, cell[TIME].text, flag[0] == '\0' || is_censored ? NULL : flag};
    struct value_rule rule = {"", cell[o->analyte].text, cell[o->unit].text, 0};
    return file_value(r, &of, &rule, &cell[o->value]);
}

int bioht_read(struct reading *r)
{
    static const struct order old = {5, 2, 7, 8, 9}, new = {2, 6, 8, 9, 10};
    struct file_cell cell[FILE_CELLS_MAX];
    size_t count = file_cells(r, 0, '\t', cell);
    const struct order *o = count > VERSION && strncmp(cell[VERSION].text, "5.", 2) == 0 ? &old : &new;
    int code = 0;
    r->out->format = "cedex_bioht";
    for (size_t i = 1; code == 0 && i < r->line_count; i++) {
        if (r->line[i].len == 0)
            continue;
        count = file_cells(r, i, '\t', cell);
        if (strcmp(cell[TYPE].text, "40") != 0)
            continue;
        code = count > o->value ? line_read(r, o, cell) : file_refuse(r, (int)i + 1, 1, "a result with %zu columns", count);
    }
    return code;
}
