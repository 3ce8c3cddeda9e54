#include "domain/procedure_names.h"

#include <stdlib.h>
#include <string.h>

struct names names_new(struct arena *a)
{
    return (struct names){.arena = a};
}

int names_add(struct names *names, int step_no, const char *name, const char *unit, struct err *e)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->rows[i].step_no == step_no && strcmp(names->rows[i].name, name) == 0)
            return err_raise(e, ERR_DOCUMENT_REFUSED, name, "R24", "step %d has %s twice", step_no, name);
    if (!formula_name_is_valid(name))
        return err_raise(e, ERR_DOCUMENT_REFUSED, name, "R24", "%s is the name of a function", name);
    if (names->count == names->size) {
        size_t size = names->size == 0 ? 64 : names->size * 2;
        struct name_row *rows = ARENA_ARRAY(names->arena, struct name_row, size);
        if (names->count > 0)
            memcpy(rows, names->rows, names->count * sizeof *rows);
        names->rows = rows;
        names->size = size;
    }
    names->rows[names->count++] = (struct name_row){step_no, name, unit};
    return 0;
}

const struct name_row *names_find(const struct names *names, const char *name)
{
    const char *point = strchr(name, '.');
    const char *plain = point == NULL ? name : point + 1;
    int wanted = point == NULL ? 0 : (int)strtol(name + 4, NULL, 10);
    const struct name_row *found = NULL;
    bool twice = false;
    for (size_t i = 0; i < names->count; i++) {
        const struct name_row *row = &names->rows[i];
        if (strcmp(row->name, plain) != 0 || (wanted != 0 && row->step_no != wanted))
            continue;
        if (row->step_no == names->step_no)
            return row;
        twice |= found != NULL;
        found = row;
    }
    return twice ? NULL : found;
}

const char *names_unit(const struct names *names, const char *name)
{
    const struct name_row *row = names_find(names, name);
    return row == NULL ? NULL : row->unit;
}
