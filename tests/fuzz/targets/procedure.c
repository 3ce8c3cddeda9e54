/* Procedures, and what their steps compute from values that a bench typed. */
#include "fuzz.h"

#include "domain/procedure.h"

#define VALUES_MAX 64

static size_t values_of(const struct procedure *p, const char *value, struct procedure_value ret[VALUES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < p->steps.count; i++) {
        const struct procedure_step *step = &((const struct procedure_step *)p->steps.items)[i];
        const struct procedure_field *fields = step->fields.items;
        for (size_t k = 0; k < step->fields.count && n < VALUES_MAX; k++)
            ret[n++] = (struct procedure_value){step->no, fields[k].name, value, "typed so"};
    }
    return n;
}

FUZZ(a, data, len)
{
    static const char *const typed[] = {"1", "12.5", "-0.001", "n/a", "true", "99999999999999999999.5"};
    struct err e;
    struct procedure *p;
    struct procedure_outcome outcome;
    struct procedure_value values[VALUES_MAX];
    if (procedure_parse(a, (const char *)data, len, &p, &e) != 0)
        return;
    for (size_t t = 0; t < sizeof typed / sizeof typed[0]; t++)
        for (size_t i = 0; i < p->steps.count; i++) {
            const struct procedure_step *step = procedure_step(p, (int)i + 1);
            MUST(step != NULL);
            size_t n = values_of(p, typed[t], values);
            procedure_step_check(step, values, n, NULL, &e);
            procedure_step_compute(a, &(struct procedure_entry){p, (int)i + 1, values, n, NULL}, &outcome);
            MUST(outcome.result_count == step->computed.count);
        }
}
