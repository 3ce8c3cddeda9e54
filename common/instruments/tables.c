/* Cell counters that write a table: a header line, then a line a sample. A row a column that is read; others are left alone. */
#include <string.h>

#include "inside.h"

#define HEADER_WITHIN 20        /* lines that some write before the header */
#define RULES_MAX 10

struct table {
    const char *format;
    const char *sample, *read_at, *note;        /* headers; NULL: none */
    const char *note_ok;                        /* what the note's column says where there is nothing to note */
    struct value_rule rule[RULES_MAX];          /* by header; the first one also tells the format */
};

static const struct table tables[] = {
    {"vi_cell_blu", "Sample ID", "Analysis date/time", NULL, NULL,
     {{"Viable (x10^6) cells/mL", "viable_density", "cells/mL", 6}, {"Total (x10^6) cells/mL", "total_density", "cells/mL", 6},
      {"Viability (%)", "viability", "%", 0}, {"Cell count", "total_count", "cells", 0}, {"Viable cells", "viable_count", "cells", 0},
      {"Average diameter (um)", "diameter", "um", 0}, {"Average viable diameter (um)", "viable_diameter", "um", 0}}},
    {"nc_view", "SAMPLE ID", NULL, "STATUS", "OK",
     {{"LIVE (cells/ml)", "viable_density", "cells/mL", 0}, {"TOTAL (cells/ml)", "total_density", "cells/mL", 0},
      {"DEAD (cells/ml)", "dead_density", "cells/mL", 0}, {"VIABILITY (%)", "viability", "%", 0}, {"DIAMETER (um)", "diameter", "um", 0}}},
    {"cellaca", "Well Name", NULL, "Errors", "",
     {{"Live Concentration (E6)", "viable_density", "cells/mL", 6}, {"Total Concentration (E6)", "total_density", "cells/mL", 6},
      {"Dead Concentration (E6)", "dead_density", "cells/mL", 6}, {"Viability (%)", "viability", "%", 0},
      {"Live Count", "viable_count", "cells", 0}, {"Dead Count", "dead_count", "cells", 0}, {"Total Count", "total_count", "cells", 0},
      {"Live Diameter", "viable_diameter", "um", 0}, {"Dead Diameter", "dead_diameter", "um", 0}}},
    {"cedex_hires", "Sample identifer", "Date finished", NULL, NULL,
     {{"Viable Cell Conc.", "viable_density", "cells/mL", 0}, {"Total Cell Conc.", "total_density", "cells/mL", 0},
      {"Dead Cell Conc.", "dead_density", "cells/mL", 0}, {"Viability", "viability", "%", 0},
      {"Viable Cell Count", "viable_count", "cells", 0}, {"Dead Cell Count", "dead_count", "cells", 0},
      {"Total Cell Count", "total_count", "cells", 0}, {"Avg Diameter", "diameter", "um", 0}}},
};

/* the micro sign, either of the two, as u */
static bool is_header(const char *text, const char *header)
{
    for (; *header != '\0'; header++) {
        size_t n = *header == 'u' && (strncmp(text, "\xce\xbc", 2) == 0 || strncmp(text, "\xc2\xb5", 2) == 0) ? 2 : 1;
        if (n == 1 && *text != *header)
            return false;
        text += n;
    }
    return *text == '\0';
}

/* which cell has this header; SIZE_MAX: none */
static size_t find(const struct file_cell *cell, size_t count, const char *header)
{
    for (size_t i = 0; header != NULL && i < count; i++)
        if (is_header(cell[i].text, header))
            return i;
    return SIZE_MAX;
}

/* the format whose header is among the first lines, and where that is */
static const struct table *known(const struct reading *r, size_t *ret_line, struct file_cell *ret_header, size_t *ret_count)
{
    for (*ret_line = 0; *ret_line < r->line_count && *ret_line < HEADER_WITHIN; ++*ret_line) {
        *ret_count = file_cells(r, *ret_line, ',', ret_header);
        for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
            if (find(ret_header, *ret_count, tables[t].sample) != SIZE_MAX &&
                find(ret_header, *ret_count, tables[t].rule[0].name) != SIZE_MAX)
                return &tables[t];
    }
    return NULL;
}

bool tables_known(const struct reading *r)
{
    struct file_cell header[FILE_CELLS_MAX];
    size_t line, count;
    return known(r, &line, header, &count) != NULL;
}

static bool is_empty(const struct file_cell *cell, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cell[i].text[0] != '\0')
            return false;
    return true;
}

static const char *text_at(const struct file_cell *cell, size_t i)
{
    return i == SIZE_MAX ? NULL : cell[i].text;
}

static int row_read(struct reading *r, const struct table *t, const struct file_cell *header, const struct file_cell *cell, size_t count)
{
    const char *note = text_at(cell, find(header, count, t->note));
    struct value_of of = {text_at(cell, find(header, count, t->sample)), text_at(cell, find(header, count, t->read_at)),
                          note == NULL || strcmp(note, t->note_ok) == 0 ? NULL : note};
    int code = 0;
    for (size_t i = 0; code == 0 && i < RULES_MAX && t->rule[i].name != NULL; i++) {
        size_t at = find(header, count, t->rule[i].name);
        code = at == SIZE_MAX ? 0 : file_value(r, &of, &t->rule[i], &cell[at]);
    }
    return code;
}

int tables_read(struct reading *r)
{
    struct file_cell header[FILE_CELLS_MAX], cell[FILE_CELLS_MAX];
    size_t line, columns;
    const struct table *t = known(r, &line, header, &columns);
    int code = 0;
    r->out->format = t->format;
    for (size_t i = line + 1; code == 0 && i < r->line_count; i++) {
        size_t count = file_cells(r, i, ',', cell);
        if (is_empty(cell, count))
            continue;
        if (count != columns)
            return file_refuse(r, (int)i + 1, cell[count - 1].column, "%zu columns, the header has %zu (a decimal comma, a quote?)", count,
                               columns);
        code = row_read(r, t, header, cell, count);
    }
    return code;
}
