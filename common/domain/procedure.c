#include "domain/procedure.h"

#include <string.h>

#include "base/text.h"
#include "domain/late.h"
#include "domain/procedure_names.h"

const char *const stage_words[] = {"collection", "receipt", "isolation", "wash", "concentration", "expansion", "formulation",
    "fill", "cryopreservation", "storage", "thaw", "label", NULL};
const char *const value_kind_words[] = {"decimal", "integer", "text", "choice", "time", "bool", NULL};
const char *const use_words[] = {"autologous", "allogeneic", "directed", "related", "research", NULL};
const char *const clearance_words[] = {"none", "performed", "verified", NULL};
const char *const tissue_words[] = {"marrow", "adipose", "umbilical_cord", "cord_blood", "placenta", NULL};

#define F(member) offsetof(struct procedure_field, member)
static const struct document_key FIELD_KEYS[] = {
    {"name", DOC_NAME, true, 1, 40, F(name), NULL, NULL},
    {"label", DOC_TEXT, false, 1, 80, F(label), NULL, NULL},
    {"unit", DOC_TEXT, false, 1, 24, F(unit), NULL, NULL},
    {"kind", DOC_WORD, true, 0, 0, F(kind), value_kind_words, NULL},
    {"decimals", DOC_INTEGER, false, 0, 9, F(decimals), NULL, NULL},
    {"required", DOC_BOOL, false, 0, 0, F(required), NULL, NULL},
    {"critical", DOC_BOOL, false, 0, 0, F(critical), NULL, NULL},
    {"hard_min", DOC_DECIMAL, false, 0, 0, F(hard_min), NULL, NULL},
    {"hard_max", DOC_DECIMAL, false, 0, 0, F(hard_max), NULL, NULL},
    {"warn_min", DOC_DECIMAL, false, 0, 0, F(warn_min), NULL, NULL},
    {"warn_max", DOC_DECIMAL, false, 0, 0, F(warn_max), NULL, NULL},
    {"typical", DOC_DECIMAL, false, 0, 0, F(typical), NULL, NULL},
    {"choices", DOC_TEXTS, false, 2, 20, F(choices), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct procedure_computed, member)
static const struct document_key COMPUTED_KEYS[] = {
    {"name", DOC_NAME, true, 1, 40, F(name), NULL, NULL},
    {"label", DOC_TEXT, false, 1, 80, F(label), NULL, NULL},
    {"unit", DOC_TEXT, true, 1, 24, F(unit), NULL, NULL},
    {"decimals", DOC_INTEGER, true, 0, 9, F(decimals), NULL, NULL},
    {"formula", DOC_TEXT, true, 1, FORMULA_TEXT_MAX, F(formula), NULL, NULL},
    {"hard_min", DOC_DECIMAL, false, 0, 0, F(hard_min), NULL, NULL},
    {"hard_max", DOC_DECIMAL, false, 0, 0, F(hard_max), NULL, NULL},
    {"warn_min", DOC_DECIMAL, false, 0, 0, F(warn_min), NULL, NULL},
    {"warn_max", DOC_DECIMAL, false, 0, 0, F(warn_max), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct procedure_balance, member)
static const struct document_key BALANCE_KEYS[] = {
    {"name", DOC_NAME, true, 1, 40, F(name), NULL, NULL},
    {"unit", DOC_TEXT, true, 1, 24, F(unit), NULL, NULL},
    {"in", DOC_TEXTS, true, 1, 12, F(in), NULL, NULL},
    {"out", DOC_TEXTS, true, 1, 12, F(out), NULL, NULL},
    {"tolerance_percent", DOC_DECIMAL, true, 0, 0, F(tolerance_percent), NULL, NULL},
    {"tolerance_min", DOC_DECIMAL, true, 0, 0, F(tolerance_min), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct procedure_class, member)
static const struct document_key CLASS_KEYS[] = {
    {"name", DOC_NAME, true, 1, 40, F(name), NULL, NULL},
    {"label", DOC_TEXT, false, 1, 80, F(label), NULL, NULL},
    {"required", DOC_BOOL, true, 0, 0, F(required), NULL, NULL},
};
static const struct document_key PLACE_KEYS[] = {
    {"name", DOC_NAME, true, 1, 40, F(name), NULL, NULL},
    {"label", DOC_TEXT, false, 1, 80, F(label), NULL, NULL},
    {"required", DOC_BOOL, true, 0, 0, F(required), NULL, NULL},
    {"line_clearance", DOC_WORD, false, 0, 0, F(line_clearance), clearance_words, NULL},
    {"clean_within_h", DOC_INTEGER, false, 1, 8760, F(clean_within_h), NULL, NULL},
    {"qualified", DOC_BOOL, false, 0, 0, F(qualified), NULL, NULL},
};
#undef F
#define SHAPE(type, keys) {sizeof(struct type), sizeof keys / sizeof keys[0], keys}
static const struct document_shape FIELD = SHAPE(procedure_field, FIELD_KEYS);
static const struct document_shape COMPUTED = SHAPE(procedure_computed, COMPUTED_KEYS);
static const struct document_shape BALANCE = SHAPE(procedure_balance, BALANCE_KEYS);
static const struct document_shape CLASS = SHAPE(procedure_class, CLASS_KEYS);
static const struct document_shape PLACE = SHAPE(procedure_class, PLACE_KEYS);

#define F(member) offsetof(struct procedure_step, member)
static const struct document_key STEP_KEYS[] = {
    {"no", DOC_INTEGER, true, 1, 200, F(no), NULL, NULL},
    {"name", DOC_TEXT, true, 1, 80, F(name), NULL, NULL},
    {"stage", DOC_WORD, true, 0, 0, F(stage), stage_words, NULL},
    {"instruction", DOC_TEXT, true, 1, 1000, F(instruction), NULL, NULL},
    {"verify", DOC_BOOL, true, 0, 0, F(verify), NULL, NULL},
    {"scan_to_confirm", DOC_BOOL, false, 0, 0, F(scan_to_confirm), NULL, NULL},
    {"max_hold_h", DOC_DECIMAL, false, 0, 0, F(max_hold_h), NULL, NULL},
    {"fields", DOC_OBJECTS, true, 0, 40, F(fields), NULL, &FIELD},
    {"computed", DOC_OBJECTS, false, 0, 30, F(computed), NULL, &COMPUTED},
    {"balance", DOC_OBJECTS, false, 0, 4, F(balance), NULL, &BALANCE},
    {"materials", DOC_OBJECTS, false, 0, 20, F(materials), NULL, &CLASS},
    {"equipment", DOC_OBJECTS, false, 0, 20, F(equipment), NULL, &PLACE},
};
#undef F
static const struct document_shape STEP = SHAPE(procedure_step, STEP_KEYS);

#define F(member) offsetof(struct procedure, member)
static const struct document_key PROCEDURE_KEYS[] = {
    {"id", DOC_TEXT, true, 3, 32, F(id), NULL, NULL},
    {"version", DOC_INTEGER, true, 1, 9999, F(version), NULL, NULL},
    {"title", DOC_TEXT, true, 1, 160, F(title), NULL, NULL},
    {"product", DOC_TEXT, true, 1, 80, F(product), NULL, NULL},
    {"product_code", DOC_TEXT, true, 8, 8, F(product_code), NULL, NULL},
    {"sources", DOC_TEXTS, true, 1, TISSUE_COUNT, F(sources), NULL, NULL},
    {"use", DOC_WORD, true, 0, 0, F(use), use_words, NULL},
    {"specification", DOC_TEXT, true, 3, 32, F(specification), NULL, NULL},
    {"storage", DOC_TEXT, true, 1, 120, F(storage), NULL, NULL},
    {"shelf_life_h", DOC_DECIMAL, false, 0, 0, F(shelf_life_h), NULL, NULL},
    {"shelf_life_months", DOC_INTEGER, false, 1, 360, F(shelf_life_months), NULL, NULL},
    {"post_thaw_h", DOC_DECIMAL, false, 0, 0, F(post_thaw_h), NULL, NULL},
    {"pooling", DOC_WORD, false, 0, 0, F(pooling), clearance_words, NULL},
    {"late_entry_min", DOC_INTEGER, false, 1, 10080, F(late_entry_min), NULL, NULL},
    {"reconcile_labels", DOC_BOOL, false, 0, 0, F(reconcile_labels), NULL, NULL},
    {"references", DOC_TEXTS, false, 0, 20, F(references), NULL, NULL},
    {"steps", DOC_OBJECTS, true, 1, 60, F(steps), NULL, &STEP},
};
#undef F
static const struct document_shape PROCEDURE = SHAPE(procedure, PROCEDURE_KEYS);

static int refuse(struct err *e, const char *field, const char *rule, const char *why)
{
    return err_raise(e, ERR_DOCUMENT_REFUSED, field, rule, "%s: %s", field, why);
}

/* hard_min <= warn_min <= typical <= warn_max <= hard_max, those that are there */
static int limits_check(const char *name, const char *const ladder[], size_t n, struct err *e)
{
    CLEANUP(number_done) struct number low, high;
    const char *last = NULL;
    number_init(&low);
    number_init(&high);
    for (size_t i = 0; i < n; i++) {
        if (ladder[i] == NULL)
            continue;
        number_from_decimal(&high, ladder[i]);
        if (last != NULL && number_compare(&low, &high) > 0)
            return refuse(e, name, "R22", "limits are not in order");
        last = ladder[i];
        mpq_set(low.q, high.q);
    }
    return 0;
}

static bool kind_is_number(int kind)
{
    return kind == VALUE_DECIMAL || kind == VALUE_INTEGER;
}

static int field_check(const struct procedure_field *f, struct err *e)
{
    const char *const ladder[] = {f->hard_min, f->warn_min, f->typical, f->warn_max, f->hard_max};
    bool limited = false;
    for (size_t i = 0; i < 5; i++)
        limited |= ladder[i] != NULL;
    struct unit unit;
    if (kind_is_number(f->kind) && (f->unit == NULL || !unit_parse(f->unit, &unit)))
        return refuse(e, f->name, "T11", "a number has a unit of the table");
    if (!kind_is_number(f->kind) && (limited || f->unit != NULL || f->decimals != 0))
        return refuse(e, f->name, "R22", "limits, unit and decimals belong to numbers");
    if (f->kind == VALUE_INTEGER && f->decimals != 0)
        return refuse(e, f->name, "R22", "a whole number has no decimals");
    if ((f->kind == VALUE_CHOICE) != (f->choices.count > 0))
        return refuse(e, f->name, "", "choices belong to kind choice");
    return limits_check(f->name, ladder, 5, e);
}

static const char *unit_of_name(void *context, const char *name)
{
    return names_unit(context, name);
}

/* parsed and checked with the names before it only, so that no formula can refer to itself */
static int computed_check(struct arena *a, const struct names *names, struct procedure_computed *c, struct err *e)
{
    const char *const ladder[] = {c->hard_min, c->warn_min, c->warn_max, c->hard_max};
    struct formula_units units = {unit_of_name, (void *)(uintptr_t)names};
    int code = formula_parse(a, c->formula, &c->parsed, e);
    if (code == 0)
        code = formula_unit_check(c->parsed, &units, c->unit, e);
    return code == 0 ? limits_check(c->name, ladder, 4, e) : code;
}

static int balance_check(const struct names *names, const struct procedure_balance *b, struct err *e)
{
    const struct document_list *sides[] = {&b->in, &b->out};
    struct unit wanted, found;
    if (!unit_parse(b->unit, &wanted))
        return refuse(e, b->name, "T11", "unknown unit");
    if (*b->tolerance_percent == '-' || *b->tolerance_min == '-')
        return refuse(e, b->name, "R33", "a tolerance is not negative");
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->count; i++) {
            const char *name = ((const char *const *)sides[s]->items)[i], *unit = names_unit(names, name);
            if (unit == NULL)
                return refuse(e, name, "R33", "a balance names what the step does not know");
            if (!unit_parse(unit, &found) || !unit_same(&wanted, &found))
                return refuse(e, name, "T11", "unlike units in a balance");
        }
    return 0;
}

/* a place that need not be named would need no clearance either */
static int places_check(const struct procedure_step *s, struct err *e)
{
    const struct procedure_class *places = s->equipment.items;
    for (size_t i = 0; i < s->equipment.count; i++)
        if (places[i].line_clearance != CLEARANCE_NONE && !places[i].required)
            return refuse(e, places[i].name, "R05", "a place that is to be cleared is required");
    return 0;
}

/* what a formula sees a field as; NULL: not at all. A time is a number of minutes, so that one less another is how long it took */
static const char *formula_unit_of(const struct procedure_field *f)
{
    return kind_is_number(f->kind) ? f->unit : f->kind == VALUE_TIME ? "min" : NULL;
}

static int step_check(struct arena *a, struct procedure_step *s, struct names *names, struct err *e)
{
    struct procedure_field *fields = s->fields.items;
    struct procedure_computed *computed = s->computed.items;
    struct procedure_balance *balances = s->balance.items;
    int code = 0;
    for (size_t i = 0; i < s->fields.count && code == 0; i++)
        if ((code = field_check(&fields[i], e)) == 0)
            code = names_add(names, s->no, fields[i].name, formula_unit_of(&fields[i]), e);
    for (size_t i = 0; i < s->computed.count && code == 0; i++)
        if ((code = computed_check(a, names, &computed[i], e)) == 0)
            code = names_add(names, s->no, computed[i].name, computed[i].unit, e);
    for (size_t i = 0; i < s->balance.count && code == 0; i++)
        code = balance_check(names, &balances[i], e);
    return code != 0 ? code : places_check(s, e);
}

static int word_is_in(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return 1;
    return 0;
}

static bool fills(const struct procedure *p)
{
    const struct procedure_step *steps = p->steps.items;
    for (size_t i = 0; i < p->steps.count; i++)
        if (steps[i].stage == STAGE_FILL)
            return true;
    return false;
}

static int head_check(const struct procedure *p, struct err *e)
{
    if (strncmp(p->id, "P-", 2) != 0)
        return refuse(e, "id", "", "a procedure's id starts with P-");
    if (strncmp(p->specification, "Q-", 2) != 0)
        return refuse(e, "specification", "", "a specification's id starts with Q-");
    for (size_t i = 0; i < p->sources.count; i++)
        if (!word_is_in(((const char *const *)p->sources.items)[i], tissue_words))
            return refuse(e, "sources", "", "not a tissue");
    if ((p->shelf_life_h != NULL) == (p->shelf_life_months != 0))
        return refuse(e, "shelf_life_h", "", "either hours (fresh) or months (frozen)");
    if (p->pooling != CLEARANCE_NONE && !fills(p))
        return refuse(e, "pooling", "7.3", "what fills no containers pools none");
    return 0;
}

int procedure_parse(struct arena *a, const char *json, size_t len, struct procedure **ret, struct err *e)
{
    struct procedure *p = ARENA_NEW(a, struct procedure);
    int code = document_read(a, json, len, &PROCEDURE, p, e);
    if (code == 0)
        code = head_check(p, e);
    p->late_entry_min = p->late_entry_min == 0 ? LATE_ENTRY_MIN : p->late_entry_min;
    struct names names = names_new(a);
    struct procedure_step *steps = p->steps.items;
    for (size_t i = 0; i < p->steps.count && code == 0; i++) {
        if (steps[i].no != (int)i + 1)
            return refuse(e, "steps", "R09", "steps are numbered from 1 without gap");
        names.step_no = steps[i].no;
        code = step_check(a, &steps[i], &names, e);
    }
    if (code == 0)
        *ret = p;
    return code;
}

const struct procedure_step *procedure_step(const struct procedure *doc, int no)
{
    if (no < 1 || (size_t)no > doc->steps.count)
        return NULL;
    return (const struct procedure_step *)doc->steps.items + (no - 1);
}

bool procedure_needs_verify(const struct procedure_step *step)
{
    const struct procedure_field *fields = step->fields.items;
    bool needs = step->verify;
    for (size_t i = 0; i < step->fields.count; i++)
        needs |= fields[i].critical;
    return needs;
}

const struct procedure_class *procedure_equipment(const struct procedure_step *step, const char *equipment_class)
{
    const struct procedure_class *classes = step->equipment.items;
    for (size_t i = 0; equipment_class != NULL && i < step->equipment.count; i++)
        if (strcmp(classes[i].name, equipment_class) == 0)
            return &classes[i];
    return NULL;
}

enum clearance procedure_clearance(const struct procedure_step *step, const char *equipment_class)
{
    const struct procedure_class *found = procedure_equipment(step, equipment_class);
    return found != NULL ? (enum clearance)found->line_clearance : CLEARANCE_NONE;
}

bool procedure_works_at(const struct procedure *doc, const char *equipment_class)
{
    for (size_t i = 0; i < doc->steps.count; i++)
        if (procedure_equipment((const struct procedure_step *)doc->steps.items + i, equipment_class) != NULL)
            return true;
    return false;
}

bool procedure_takes(const struct procedure *doc, const char *tissue, const char *use)
{
    if (strcmp(use_words[doc->use], use) != 0)
        return false;
    for (size_t i = 0; i < doc->sources.count; i++)
        if (strcmp(((const char *const *)doc->sources.items)[i], tissue) == 0)
            return true;
    return false;
}
