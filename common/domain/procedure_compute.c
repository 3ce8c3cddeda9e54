#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/procedure_limits.h"
#include "domain/procedure_names.h"
#include "domain/reason.h"

/* the exact number behind a name, or why there is none; in the order of names.rows */
struct cell {
    struct number value;
    const char *reason;
};

struct sheet {
    struct arena *arena;
    const struct procedure_entry *entry;
    struct names names;
    struct cell *cells;
};

static const char *cell_find(void *context, const char *name, struct number *ret)
{
    struct sheet *s = context;
    const struct name_row *row = names_find(&s->names, name);
    if (row == NULL)
        return "a name that means nothing here";
    const struct cell *cell = &s->cells[row - s->names.rows];
    if (cell->reason == NULL)
        mpq_set(ret->q, cell->value.q);
    return cell->reason;
}

static struct cell *cell_add(struct sheet *s, int step_no, const char *name)
{
    struct err e = {0};
    names_add(&s->names, step_no, name, NULL, &e);
    struct cell *cell = &s->cells[s->names.count - 1];
    number_init(&cell->value);
    return cell;
}

/* a time counts its minutes, exactly */
static bool time_read(struct number *ret, const char *text)
{
    int64_t ms;
    if (!clock_from_text(text, strlen(text), &ms))
        return false;
    mpq_set_si(ret->q, (long)ms, 60000);
    mpq_canonicalize(ret->q);
    return true;
}

static bool field_read(struct number *ret, const struct procedure_field *f, const char *text)
{
    if (f->kind == VALUE_TIME)
        return time_read(ret, text);
    return (f->kind == VALUE_DECIMAL || f->kind == VALUE_INTEGER) && number_from_decimal(ret, text);
}

static void field_enter(struct sheet *s, int step_no, const struct procedure_field *f)
{
    struct cell *cell = cell_add(s, step_no, f->name);
    const struct procedure_entry *entry = s->entry;
    cell->reason = arena_printf(s->arena, "%s of step %d is not recorded", f->name, step_no);
    for (size_t i = 0; i < entry->value_count; i++) {
        const struct procedure_value *v = &entry->values[i];
        if (v->step_no != step_no || strcmp(v->name, f->name) != 0)
            continue;
        cell->reason = field_read(&cell->value, f, v->value) ? NULL : arena_printf(s->arena, "%s of step %d is \"%.60s\"", f->name, step_no, v->value);
        return;
    }
}

/* a computed value keeps its exact number for later formulas; only what is shown is rounded (T03) */
static void computed_enter(struct sheet *s, int step_no, const struct procedure_computed *c)
{
    CLEANUP(number_done) struct number value;
    struct formula_scope scope = {cell_find, s};
    number_init(&value);
    const char *reason = formula_number(s->arena, c->parsed, &scope, &value);
    struct cell *cell = cell_add(s, step_no, c->name);
    cell->reason = reason == NULL ? NULL : arena_printf(s->arena, "%s: %s", c->name, reason);
    mpq_set(cell->value.q, value.q);
}

static void step_enter(struct sheet *s, const struct procedure_step *step)
{
    const struct procedure_field *fields = step->fields.items;
    const struct procedure_computed *computed = step->computed.items;
    s->names.step_no = step->no;
    for (size_t i = 0; i < step->fields.count; i++)
        field_enter(s, step->no, &fields[i]);
    for (size_t i = 0; i < step->computed.count; i++)
        computed_enter(s, step->no, &computed[i]);
}

static void results_take(struct sheet *s, const struct procedure_step *step, struct procedure_outcome *ret)
{
    const struct procedure_computed *computed = step->computed.items;
    ret->results = ARENA_ARRAY(s->arena, struct procedure_result, step->computed.count + 1);
    ret->result_count = step->computed.count;
    for (size_t i = 0; i < step->computed.count; i++) {
        const struct cell *cell = &s->cells[names_find(&s->names, computed[i].name) - s->names.rows];
        struct procedure_result *r = &ret->results[i];
        *r = (struct procedure_result){computed[i].name, computed[i].unit, NULL, cell->reason};
        if (cell->reason != NULL)
            continue;
        r->value = number_to_decimal(s->arena, &cell->value, computed[i].decimals);
        if (strlen(r->value) > DECIMAL_MAX)
            *r = (struct procedure_result){r->name, r->unit, NULL, "the value has more digits than the record holds"};
    }
}

static const char *side_sum(struct sheet *s, const struct document_list *names, struct number *ret)
{
    CLEANUP(number_done) struct number x;
    number_init(&x);
    for (size_t i = 0; i < names->count; i++) {
        const char *reason = cell_find(s, ((const char *const *)names->items)[i], &x);
        if (reason != NULL)
            return reason;
        mpq_add(ret->q, ret->q, x.q);
    }
    return NULL;
}

/* enough decimals to show any entered volume exactly */
#define BALANCE_DECIMALS 6

static void balance_take(struct sheet *s, const struct procedure_balance *b, struct procedure_balance_result *ret)
{
    CLEANUP(number_done) struct number in, out, tolerance, least;
    number_init(&in);
    number_init(&out);
    number_init(&tolerance);
    number_init(&least);
    *ret = (struct procedure_balance_result){.name = b->name, .reason = side_sum(s, &b->in, &in)};
    if (ret->reason == NULL)
        ret->reason = side_sum(s, &b->out, &out);
    if (ret->reason != NULL)
        return;
    number_from_decimal(&tolerance, b->tolerance_percent);
    mpq_mul(tolerance.q, tolerance.q, in.q);
    mpq_abs(tolerance.q, tolerance.q);
    mpz_mul_ui(mpq_denref(tolerance.q), mpq_denref(tolerance.q), 100);
    mpq_canonicalize(tolerance.q);
    number_from_decimal(&least, b->tolerance_min);
    if (number_compare(&tolerance, &least) < 0)
        mpq_set(tolerance.q, least.q);
    ret->in = number_to_decimal(s->arena, &in, BALANCE_DECIMALS);
    ret->out = number_to_decimal(s->arena, &out, BALANCE_DECIMALS);
    ret->tolerance = number_to_decimal(s->arena, &tolerance, BALANCE_DECIMALS);
    mpq_sub(out.q, in.q, out.q);
    ret->difference = number_to_decimal(s->arena, &out, BALANCE_DECIMALS);
    mpq_abs(out.q, out.q);
    ret->is_closed = number_compare(&out, &tolerance) <= 0;
}

static void warnings_take(struct sheet *s, const struct procedure_step *step, struct procedure_outcome *ret)
{
    const struct procedure_field *fields = step->fields.items;
    const struct procedure_computed *computed = step->computed.items;
    const struct procedure_entry *entry = s->entry;
    ret->warnings = ARENA_ARRAY(s->arena, const char *, step->fields.count + step->computed.count + 1);
    for (size_t i = 0; i < step->fields.count; i++)
        for (size_t k = 0; k < entry->value_count; k++) {
            const struct procedure_value *v = &entry->values[k];
            struct limits limits = limits_of_field(&fields[i]);
            if (v->step_no == step->no && strcmp(v->name, fields[i].name) == 0 && decimal_is_valid(v->value)
                && limits_judge(s->arena, &limits, v->value, &ret->warnings[ret->warning_count]) != LIMITS_WITHIN)
                ret->warning_count++;
        }
    for (size_t i = 0; i < step->computed.count; i++) {
        struct limits limits = limits_of_computed(&computed[i]);
        if (ret->results[i].value != NULL
            && limits_judge(s->arena, &limits, ret->results[i].value, &ret->warnings[ret->warning_count]) != LIMITS_WITHIN)
            ret->warning_count++;
    }
}

static size_t cells_needed(const struct procedure *doc, int step_no)
{
    size_t n = 1;
    for (int no = 1; no <= step_no; no++)
        n += procedure_step(doc, no)->fields.count + procedure_step(doc, no)->computed.count;
    return n;
}

void procedure_step_compute(struct arena *a, const struct procedure_entry *entry, struct procedure_outcome *ret)
{
    const struct procedure_step *step = procedure_step(entry->doc, entry->step_no);
    struct sheet s = {.arena = a, .entry = entry, .names = names_new(a)};
    *ret = (struct procedure_outcome){0};
    if (step == NULL)
        return;
    s.cells = ARENA_ARRAY(a, struct cell, cells_needed(entry->doc, entry->step_no));
    for (int no = 1; no <= entry->step_no; no++)
        step_enter(&s, procedure_step(entry->doc, no));
    results_take(&s, step, ret);
    warnings_take(&s, step, ret);
    const struct procedure_balance *balances = step->balance.items;
    ret->balances = ARENA_ARRAY(a, struct procedure_balance_result, step->balance.count + 1);
    ret->balance_count = step->balance.count;
    for (size_t i = 0; i < step->balance.count; i++)
        balance_take(&s, &balances[i], &ret->balances[i]);
    for (size_t i = 0; i < s.names.count; i++)
        number_done(&s.cells[i].value);
}

static int results_check(struct arena *a, const struct procedure_step *step, const struct procedure_entry *entry,
    const struct procedure_outcome *outcome, struct err *e)
{
    const struct procedure_computed *computed = step->computed.items;
    for (size_t i = 0; i < step->computed.count; i++) {
        struct limits limits = limits_of_computed(&computed[i]);
        const char *sentence;
        if (outcome->results[i].value == NULL)
            continue;
        enum limits_verdict verdict = limits_judge(a, &limits, outcome->results[i].value, &sentence);
        if (verdict == LIMITS_HARD)
            return err_raise(e, ERR_LIMIT_HARD, computed[i].name, "R22", "%s", sentence);
        if (verdict == LIMITS_WARN && !reason_is_valid(entry->reason))
            return err_raise(e, ERR_LIMIT_WARN, computed[i].name, "R22", "%s", sentence);
    }
    return 0;
}

int procedure_step_perform(struct arena *a, const struct procedure_entry *entry, struct procedure_outcome *ret,
    struct err *e)
{
    const struct procedure_step *step = procedure_step(entry->doc, entry->step_no);
    if (step == NULL)
        return err_raise(e, ERR_NOT_FOUND, "step", "R09", "%s has no step %d", entry->doc->id, entry->step_no);
    int code = procedure_step_check(step, entry->values, entry->value_count, entry->reason, e);
    if (code != 0)
        return code;
    procedure_step_compute(a, entry, ret);
    if ((code = results_check(a, step, entry, ret, e)) != 0)
        return code;
    for (size_t i = 0; i < ret->balance_count; i++) {
        const struct procedure_balance_result *b = &ret->balances[i];
        if (b->reason != NULL)
            return err_raise(e, ERR_BALANCE_OPEN, b->name, "R33", "%s cannot be balanced: %s", b->name, b->reason);
        if (!b->is_closed)
            return err_raise(e, ERR_BALANCE_OPEN, b->name, "R33", "%s: in %s, out %s, difference %s, tolerance %s", b->name, b->in, b->out,
                b->difference, b->tolerance);
    }
    return 0;
}
