/* Cell counters that write a report of one sample: a key and its value a line. */
#include <string.h>

#include "inside.h"

#define RULES_MAX 12

struct report {
    const char *format, *separator;
    const char *sample, *read_at;               /* keys */
    int sample_part;                            /* the sample is what stands from this part of it on, parts by '-' */
    struct value_rule rule[RULES_MAX];          /* by key; the first one also tells the format, with the sample's */
};

static const struct report reports[] = {
    {"vi_cell_xr", " : ", "Sample ID", "RunDate", 0,
     {{"Total viable cells / ml (x 10^6)", "viable_density", "cells/mL", 6}, {"Total cells / ml (x 10^6)", "total_density", "cells/mL", 6},
      {"Viability (%)", "viability", "%", 0}, {"Total cells", "total_count", "cells", 0}, {"Viable cells", "viable_count", "cells", 0},
      {"Nonviable cells", "dead_count", "cells", 0}, {"Average diameter (microns)", "diameter", "um", 0}}},
    {"nucleoview", ";", "Image", "Date time", 3,
     {{"Live (cells/ml)", "viable_density", "cells/mL", 0}, {"Total (cells/ml)", "total_density", "cells/mL", 0},
      {"Dead (cells/ml)", "dead_density", "cells/mL", 0}, {"Viability (%)", "viability", "%", 0},
      {"Estimated cell diameter (um)", "diameter", "um", 0}, {"Estimated cell diameter [um]", "diameter", "um", 0}}},
};

/* the value of line ${i} where its key is ${key} */
static bool value_of(const struct reading *r, const struct report *p, size_t i, const char *key, struct file_cell *ret)
{
    const char *text = r->line[i].text;
    size_t n = strlen(key), s = strlen(p->separator);
    if (strncmp(text, key, n) != 0 || strncmp(text + n, p->separator, s) != 0)
        return false;
    const char *value = text + n + s;
    *ret = (struct file_cell){file_part(r->a, value, p->separator[0] == ';' ? ';' : '\1', 0), (int)i + 1, (int)(n + s) + 1};
    return true;
}

static bool find(const struct reading *r, const struct report *p, const char *key, struct file_cell *ret)
{
    for (size_t i = 0; i < r->line_count; i++)
        if (value_of(r, p, i, key, ret))
            return true;
    return false;
}

static const struct report *known(const struct reading *r)
{
    struct file_cell cell;
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (find(r, &reports[i], reports[i].sample, &cell) && find(r, &reports[i], reports[i].rule[0].name, &cell))
            return &reports[i];
    return NULL;
}

bool reports_known(const struct reading *r)
{
    return known(r) != NULL;
}

/* a name that the instrument puts together ends with the sample's, which may have the same sign in it */
static const char *sample_of(const char *text, int part)
{
    for (; part > 0; part--) {
        const char *next = strchr(text, '-');
        if (next == NULL)
            return "";
        text = next + 1;
    }
    return text;
}

static const struct value_rule *rule_of(const struct reading *r, const struct report *p, size_t line, struct file_cell *ret)
{
    for (size_t k = 0; k < RULES_MAX && p->rule[k].name != NULL; k++)
        if (value_of(r, p, line, p->rule[k].name, ret))
            return &p->rule[k];
    return NULL;
}

int reports_read(struct reading *r)
{
    const struct report *p = known(r);
    struct file_cell cell, sample = {"", 1, 1}, read_at = {"", 1, 1};
    bool had[RULES_MAX] = {false};
    int code = 0;
    r->out->format = p->format;
    find(r, p, p->sample, &sample);
    find(r, p, p->read_at, &read_at);
    struct value_of of = {sample_of(sample.text, p->sample_part), read_at.text, NULL};
    for (size_t i = 0; code == 0 && i < r->line_count; i++) {
        const struct value_rule *rule = rule_of(r, p, i, &cell);
        if (rule == NULL)
            continue;
        if (had[rule - p->rule])
            return file_refuse(r, cell.line, 1, "%s stands in the report a second time", rule->name);
        had[rule - p->rule] = true;
        code = file_value(r, &of, rule, &cell);
    }
    return code;
}
