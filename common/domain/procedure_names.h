/*
 * The names a step's formulas see: its own, by name; those of earlier steps as `step<no>.name`, or by name where only one
 * step has it. Shared by the reader of procedures and their computing.
 */
#pragma once
#include "domain/procedure.h"

struct name_row {
    int step_no;
    const char *name, *unit;      /* unit NULL: no number */
};

struct names {
    struct arena *arena;
    struct name_row *rows;
    size_t count, size;
    int step_no;                  /* the step that looks */
};

/** names_new(a): no names yet. */
struct names names_new(struct arena *a);

/** names_add(names, step_no, name, unit, e): add one; a name twice in one step is refused. */
int names_add(struct names *names, int step_no, const char *name, const char *unit, struct err *e);

/** names_find(names, name): the row that ${name} means to the looking step; NULL: none, or not only one. */
const struct name_row *names_find(const struct names *names, const char *name);

/** names_unit(names, name): the unit of the number ${name}; NULL where there is no such number. */
const char *names_unit(const struct names *names, const char *name);
