#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/procedure_limits.h"
#include "domain/reason.h"

#define VALUE_CHARS_MAX 400

static bool is_absent(const char *value)
{
    return strcmp(value, "n/a") == 0 || strcmp(value, "not done") == 0;
}

static const struct procedure_field *field_find(const struct procedure_step *step, const char *name)
{
    const struct procedure_field *fields = step->fields.items;
    for (size_t i = 0; i < step->fields.count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static int form_refuse(const struct procedure_field *f, const char *value, const char *needs, struct err *e)
{
    return err_raise(e, ERR_FIELD_TYPE, f->name, "R22", "%.80s is not %s", value, needs);
}

static int number_check(const struct procedure_field *f, const char *value, struct err *e)
{
    if (!decimal_is_valid(value))
        return form_refuse(f, value, "a decimal with a point and without blanks", e);
    if (decimal_decimals(value) <= f->decimals)
        return 0;
    return err_raise(e, ERR_FIELD_TYPE, f->name, "T11", "%s has more than %d decimals", value, f->decimals);
}

static int choice_check(const struct procedure_field *f, const char *value, struct err *e)
{
    for (size_t i = 0; i < f->choices.count; i++)
        if (strcmp(((const char *const *)f->choices.items)[i], value) == 0)
            return 0;
    return form_refuse(f, value, "one of its choices", e);
}

static int form_check(const struct procedure_field *f, const char *value, struct err *e)
{
    int64_t ms;
    if (*value == '\0' || strlen(value) > VALUE_CHARS_MAX)
        return form_refuse(f, value, "a value of 1 to 400 characters", e);
    if (f->kind == VALUE_DECIMAL || f->kind == VALUE_INTEGER)
        return number_check(f, value, e);
    if (f->kind == VALUE_CHOICE)
        return choice_check(f, value, e);
    if (f->kind == VALUE_TIME && !clock_from_text(value, strlen(value), &ms))
        return form_refuse(f, value, "a time YYYY-MM-DDTHH:MM:SS.mmmZ", e);
    if (f->kind == VALUE_BOOL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return form_refuse(f, value, "true or false", e);
    return 0;
}

/* one entered value: its form, its limits, its reason */
static int value_check(const struct procedure_field *f, const struct procedure_value *v, const char *reason, struct err *e)
{
    bool reasoned = reason_is_valid(v->reason) || reason_is_valid(reason);
    const char *sentence;
    if (is_absent(v->value))
        return reasoned ? 0 : err_raise(e, ERR_REASON_MISSING, f->name, "R28", "%s is \"%s\": say why", f->name, v->value);
    int code = form_check(f, v->value, e);
    if (code != 0 || (f->kind != VALUE_DECIMAL && f->kind != VALUE_INTEGER))
        return code;
    struct limits limits = limits_of_field(f);
    struct arena *a = arena_new(0);
    enum limits_verdict verdict = limits_judge(a, &limits, v->value, &sentence);
    if (verdict == LIMITS_HARD)
        code = err_raise(e, ERR_LIMIT_HARD, f->name, "R22", "%s", sentence);
    else if (verdict == LIMITS_WARN && !reasoned)
        code = err_raise(e, ERR_LIMIT_WARN, f->name, "R22", "%s", sentence);
    arena_free(a);
    return code;
}

int procedure_step_check(const struct procedure_step *step, const struct procedure_value *values, size_t n,
    const char *reason, struct err *e)
{
    const struct procedure_field *fields = step->fields.items;
    const struct procedure_value *seen[64] = {0};
    for (size_t i = 0; i < n; i++) {
        if (values[i].step_no != step->no)
            continue;
        const struct procedure_field *f = field_find(step, values[i].name);
        if (f == NULL)
            return err_raise(e, ERR_FIELD_UNKNOWN, values[i].name, "R22", "step %d has no field %.40s", step->no, values[i].name);
        if (seen[f - fields] != NULL)
            return err_raise(e, ERR_FIELD_TYPE, f->name, "R22", "%s is given twice", f->name);
        seen[f - fields] = &values[i];
    }
    for (size_t i = 0; i < step->fields.count; i++) {
        if (seen[i] == NULL && fields[i].required)
            return err_raise(e, ERR_FIELD_MISSING, fields[i].name, "R28", "step %d needs %s", step->no, fields[i].name);
        int code = seen[i] == NULL ? 0 : value_check(&fields[i], seen[i], reason, e);
        if (code != 0)
            return code;
    }
    return 0;
}
