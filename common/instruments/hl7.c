/* HL7 v2 results (ORU^R01): OBR-3 names the sample, OBX has the result; SPM is not read. Columns are numbered as the standard numbers fields. */
#include <string.h>

#include "inside.h"

#define WORD_MAX 80

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
    if (strlen(cell[5].text) <= WORD_MAX)
        return file_word(r, &of, &rule, &cell[5]);
    of.note = arena_printf(r->a, "longer than %d bytes, left out", WORD_MAX);
    return file_left_out(r, &of, &rule, &cell[5]);
}

/* with another patient or message the sample before is over: a result that names none is of none. Whatever stands in PID-5 is a name,
   in its first repetition or another */
static int segment_read(struct reading *r, const char **sample, struct file_cell *cell, size_t count)
{
    const char *type = cell[0].text;
    if (strcmp(type, "MSH") == 0 || strcmp(type, "PID") == 0)
        *sample = "";
    if (strcmp(type, "PID") == 0 && field(cell, count, 5)[0] != '\0')
        r->out->person = arena_printf(r->a, "line %d (PID-5)", cell[0].line);
    if (strcmp(type, "OBR") == 0)
        *sample = file_part(r->a, field(cell, count, 3), '^', 0);
    return strcmp(type, "OBX") == 0 ? observation_read(r, *sample, cell, count) : 0;
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
        code = segment_read(r, &sample, cell, count);
    }
    return code;
}
