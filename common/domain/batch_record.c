#include "domain/batch_record.h"

#include <string.h>

static size_t add_values(struct procedure_value *values, size_t n, const struct batch_step *step)
{
    for (size_t i = 0; i < step->values.count; i++) {
        const struct step_value *v = LIST_AT(step->values, const struct step_value, i);
        values[n++] = (struct procedure_value){(int)step->step, v->name, v->value, NULL};
    }
    return n;
}

void batch_record_entry(struct arena *a, const struct procedure *doc, const struct batch_step *earlier, size_t n,
    const struct batch_step *step, struct procedure_entry *ret)
{
    size_t count = step->values.count;
    for (size_t i = 0; i < n; i++)
        count += earlier[i].values.count;
    struct procedure_value *values = ARENA_ARRAY(a, struct procedure_value, count + 1);
    count = 0;
    for (size_t i = 0; i < n; i++)
        count = add_values(values, count, &earlier[i]);
    count = add_values(values, count, step);
    *ret = (struct procedure_entry){doc, (int)step->step, values, count, step->reason};
}

/* at most 200 characters, and no character cut in two */
static const char *cut(struct arena *a, const char *text)
{
    size_t bytes = 0, chars = 0;
    for (; text[bytes] != '\0'; bytes++) {
        chars += ((unsigned char)text[bytes] & 0xC0) != 0x80;
        if (chars > 200)
            break;
    }
    return arena_dup(a, text, bytes);
}

void batch_record_results(struct arena *a, const struct procedure_outcome *outcome, struct list *ret)
{
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < outcome->result_count; i++) {
        const struct procedure_result *r = &outcome->results[i];
        struct step_result *row = record_list_add(a, &record_step_result, ret);
        row->name = r->name;
        row->value = r->value;
        row->unit = r->unit;
        row->cannot_evaluate = r->value == NULL && r->reason != NULL ? cut(a, r->reason) : NULL;
    }
}

void batch_record_compute(struct arena *a, const struct procedure *doc, const struct batch_step *earlier, size_t n,
    const struct batch_step *step, struct list *ret)
{
    struct procedure_entry entry;
    struct procedure_outcome outcome = {0};
    batch_record_entry(a, doc, earlier, n, step, &entry);
    procedure_step_compute(a, &entry, &outcome);
    batch_record_results(a, &outcome, ret);
}
