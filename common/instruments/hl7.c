/* HL7 v2 results (ORU^R01): OBR and SPM name the sample, OBX has the result. Columns are numbered as the standard numbers fields. */
#include <string.h>

#include "inside.h"

bool hl7_known(const struct reading *r)
{
    return strncmp(r->line[0].text, "MSH|^~\\&|", 9) == 0;
}

static const char *field(const struct file_cell *cell, size_t count, size_t n)
{
    return n < count ? cell[n].text : "";
}

/* SN is a sign, a number: "<^10" */
static const char *structured(struct arena *a, const char *text)
{
    return arena_printf(a, "%.1s%.60s", file_part(a, text, '^', 0), file_part(a, text, '^', 1));
}

static int observation_read(struct reading *r, const char *sample, struct file_cell *cell, size_t count)
{
    const char *kind = field(cell, count, 2), *status = field(cell, count, 11);
    struct value_of of = {sample, field(cell, count, 14), NULL};
    struct value_rule rule = {"", file_part(r->a, field(cell, count, 3), '^', 0), file_part(r->a, field(cell, count, 6), '^', 0), 0};
    if (count < 6)
        return file_refuse(r, cell[0].line, 1, "an OBX without its value");
    if (strcmp(status, "F") != 0 && strcmp(status, "C") != 0)
        of.note = arena_printf(r->a, "status %.20s", status[0] != '\0' ? status : "is not said");
    if (strcmp(kind, "SN") == 0)
        cell[5].text = structured(r->a, cell[5].text);
    if (strcmp(kind, "NM") == 0 || strcmp(kind, "SN") == 0)
        return file_value(r, &of, &rule, &cell[5]);
    cell[5].text = file_part(r->a, cell[5].text, '^', 0);
    return strlen(cell[5].text) > 80 ? 0 : file_word(r, &of, &rule, &cell[5]);
}

int hl7_read(struct reading *r)
{
    struct file_cell cell[FILE_CELLS_MAX];
    const char *sample = "";
    int code = 0;
    r->out->format = "hl7";
    for (size_t i = 0; code == 0 && i < r->line_count; i++) {
        size_t count = file_cells(r, i, '|', cell);
        for (size_t k = 0; k < count; k++)
            cell[k].column = (int)k;
        const char *type = cell[0].text;
        if (strcmp(type, "PID") == 0 && file_part(r->a, field(cell, count, 5), '~', 0)[0] != '\0')
            r->out->person = arena_printf(r->a, "line %zu (PID-5)", i + 1);
        else if (strcmp(type, "OBR") == 0)
            sample = file_part(r->a, field(cell, count, 3), '^', 0);
        else if (strcmp(type, "OBX") == 0)
            code = observation_read(r, sample, cell, count);
    }
    return code;
}
