/* Formulas: read, checked for units, computed; a total language, so each ends and says a value or a reason. */
#include "fuzz.h"

#include "domain/formula.h"

static const char *value_of(void *context, const char *name, struct number *ret)
{
    (void)context;
    size_t n = strlen(name);
    return n > 12 ? "is absent" : number_from_decimal(ret, n % 2 == 0 ? "12.5" : "-3") ? NULL : "is no number";
}

static const char *unit_of(void *context, const char *name)
{
    static const char *const units[] = {"mL", "cells", "1/mL", "%"};
    (void)context;
    return units[strlen(name) % 4];
}

FUZZ(a, data, len)
{
    struct err e;
    struct formula *f;
    struct formula_scope scope = {value_of, NULL};
    struct formula_units units = {unit_of, NULL};
    struct formula_result result;
    size_t count;
    if (formula_parse(a, arena_dup(a, data, len), &f, &e) != 0)
        return;
    formula_names(f, &count);
    MUST(count <= FORMULA_NAMES_MAX);
    formula_unit_check(f, &units, "cells", &e);
    formula_evaluate(a, f, &scope, (int)(len % 8), &result);
    MUST((result.value == NULL) != (result.reason == NULL));
}
