#include "domain/step_use.h"

#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "record/record.h"

#define HOUR_MS INT64_C(3600000)

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool class_is_named(const struct document_list *classes, const char *class)
{
    const struct procedure_class *c = classes->items;
    for (size_t i = 0; i < classes->count; i++)
        if (same(c[i].name, class))
            return true;
    return false;
}

static const struct lot_facts *lot_of(const struct lot_facts *lots, size_t n, const struct step_material *use)
{
    for (size_t i = 0; i < n; i++)
        if (same(lots[i].lot_id, use->lot_id) && lots[i].vial.no == vial_no(use))
            return &lots[i];
    return NULL;
}

/* Enough left for a positive quantity; the CHECK on the lot holds against two steps at once. What was in a vial that was discarded since is no
 * part of what the lot has left: the vial itself has said what it holds. */
static int lot_quantity(const struct step_material *use, const struct lot_facts *lot, struct err *e)
{
    CLEANUP(number_done) struct number used, left, zero;
    number_init(&used);
    number_init(&left);
    number_init(&zero);
    if (!number_from_decimal(&used, use->quantity) || number_compare(&used, &zero) <= 0)
        return err_raise(e, ERR_FIELD_RANGE, "materials", "R18", "%s: %s is not a quantity", use->lot_id, use->quantity);
    if (lot->quantity == NULL || (lot->vial.no > 0 && lot->vial.discarded_ms != TIME_ABSENT))
        return 0;
    number_from_decimal(&left, lot->quantity);
    if (number_compare(&used, &left) > 0)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "%s has %s %s left", use->lot_id, lot->quantity,
                         lot->unit);
    return 0;
}

static int lot_check(const struct batch_step *in, const struct step_material *use, const struct procedure_step *step,
                     const struct lot_facts *lot, struct err *e)
{
    if (lot == NULL)
        return err_raise(e, ERR_NOT_FOUND, "materials", "R18", "no lot %s", use->lot_id);
    if (!class_is_named(&step->materials, lot->material_class))
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "step %d takes no %s (%s)", step->no,
                         lot->material_class, use->lot_id);
    if (!same(lot->state, "released") || lot->released_ms > in->ended_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "%s was not released when it was used", use->lot_id);
    if (lot->expires_ms <= in->ended_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "%s expired before the step ended", use->lot_id);
    int code = vial_check(in, use, lot->in_use_h, &lot->vial, e);
    return code != 0 ? code : lot_quantity(use, lot, e);
}

/* every class that the step requires is among those used; ${classes_used} may hold NULL */
static int classes_required(const struct document_list *classes, const char *const *classes_used, size_t n, int code,
                            const char *field, const char *rule, struct err *e)
{
    const struct procedure_class *c = classes->items;
    for (size_t i = 0; i < classes->count; i++) {
        bool found = !c[i].required;
        for (size_t k = 0; k < n; k++)
            found |= same(classes_used[k], c[i].name);
        if (!found)
            return err_raise(e, code, field, rule, "the step needs %s", c[i].label != NULL ? c[i].label : c[i].name);
    }
    return 0;
}

int step_use_materials(const struct batch_step *in, const struct procedure_step *step, const struct lot_facts *lots, size_t n,
                       struct err *e)
{
    const struct step_material *uses = in->materials.items;
    const char *classes[64] = {NULL};
    for (size_t i = 0; i < in->materials.count; i++) {
        for (size_t k = 0; k < i; k++)
            if (same(uses[k].lot_id, uses[i].lot_id) && vial_no(&uses[k]) == vial_no(&uses[i]))
                return err_raise(e, ERR_FIELD_RANGE, "materials", "R18", "%s is named twice", uses[i].lot_id);
        const struct lot_facts *lot = lot_of(lots, n, &uses[i]);
        int code = lot_check(in, &uses[i], step, lot, e);
        if (code != 0)
            return code;
        classes[i] = lot->material_class;
    }
    return classes_required(&step->materials, classes, in->materials.count, ERR_MATERIAL_REFUSED, "materials", "R18", e);
}

static const struct equipment_facts *equipment_of(const struct equipment_facts *pieces, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (same(pieces[i].equipment_id, id))
            return &pieces[i];
    return NULL;
}

static int clean_check(const struct batch_step *in, const struct procedure_class *is, const struct equipment_facts *q, struct err *e)
{
    if (q->cleaned_seq < 0)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s was not cleaned before the step began", q->equipment_id);
    if (in->started_at - q->cleaned_ms > is->clean_within_h * HOUR_MS)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s was cleaned more than %d h before the step began", q->equipment_id,
                         is->clean_within_h);
    if (q->other != NULL)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s was at %s since it was cleaned: clean it", q->other, q->equipment_id);
    return 0;
}

int step_use_fit(const struct batch_step *in, const struct procedure_class *is, const struct equipment_facts *q, struct err *e)
{
    if (q->out != NULL)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s is out of service: %s", q->equipment_id, q->out);
    if (is == NULL)
        return 0;
    if (is->qualified && !same(q->qualified, "pass"))
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s: %s", q->equipment_id,
                         q->qualified == NULL ? "not qualified when the step began" : "its last qualification failed");
    if (is->qualified && q->qualified_due_ms <= in->ended_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s: qualification was due before the step ended", q->equipment_id);
    return is->clean_within_h > 0 ? clean_check(in, is, q, e) : 0;
}

static int equipment_check(const struct batch_step *in, const char *id, const struct procedure_step *step,
                           const struct equipment_facts *q, struct err *e)
{
    if (q == NULL)
        return err_raise(e, ERR_NOT_FOUND, "equipment", "R19", "no equipment %s", id);
    if (!class_is_named(&step->equipment, q->equipment_class))
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "step %d uses no %s (%s)", step->no,
                         q->equipment_class, id);
    if (!same(q->result, "pass"))
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s: %s", id,
                         q->result == NULL ? "not calibrated when the step began" : "its last calibration failed");
    if (q->due_ms <= in->ended_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment", "R19", "%s: calibration was due before the step ended", id);
    return step_use_fit(in, procedure_equipment(step, q->equipment_class), q, e);
}

int step_use_equipment(const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces,
                       size_t n, struct err *e)
{
    const struct step_equipment *uses = in->equipment.items;
    const char *classes[64] = {NULL};
    for (size_t i = 0; i < in->equipment.count; i++) {
        for (size_t k = 0; k < i; k++)
            if (same(uses[k].equipment_id, uses[i].equipment_id))
                return err_raise(e, ERR_FIELD_RANGE, "equipment", "R19", "%s is named twice", uses[i].equipment_id);
        const struct equipment_facts *q = equipment_of(pieces, n, uses[i].equipment_id);
        int code = equipment_check(in, uses[i].equipment_id, step, q, e);
        if (code != 0)
            return code;
        classes[i] = q->equipment_class;
    }
    return classes_required(&step->equipment, classes, in->equipment.count, ERR_EQUIPMENT_REFUSED, "equipment", "R19", e);
}

void step_use_cleanings(struct arena *a, const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces, size_t n,
                        struct list *ret)
{
    for (size_t i = 0; i < in->equipment.count; i++) {
        const struct equipment_facts *q = equipment_of(pieces, n, LIST_AT(in->equipment, struct step_equipment, i)->equipment_id);
        const struct procedure_class *is = q != NULL ? procedure_equipment(step, q->equipment_class) : NULL;
        if (is != NULL && is->clean_within_h > 0)
            *(struct step_cleaning *)record_list_add(a, &record_step_cleaning, ret) = (struct step_cleaning){q->equipment_id, q->cleaned_seq};
    }
}
