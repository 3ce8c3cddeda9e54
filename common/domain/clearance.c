#include "domain/clearance.h"

#include <string.h>

static enum clearance asked_of(const struct procedure_step *step, const struct equipment_facts *pieces, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(pieces[i].equipment_id, id) == 0)
            return procedure_clearance(step, pieces[i].equipment_class);
    return CLEARANCE_NONE;
}

static const struct clearance_facts *place_of(const struct clearance_facts *places, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(places[i].equipment_id, id) == 0)
            return &places[i];
    return NULL;
}

static int place_check(const char *id, const struct batch_step *in, enum clearance asked, const struct clearance_facts *p, struct err *e)
{
    if (p != NULL && p->other != NULL)
        return err_raise(e, ERR_LINE_NOT_CLEARED, "equipment", "R05", "%s stands at %s: clear the place for %s, and record that, before its step"
                         " begins", p->other, id, in->batch_id);
    if (p == NULL || p->seq < 0)
        return err_raise(e, ERR_LINE_NOT_CLEARED, "equipment", "R05", "%s was not cleared for %s when the step began", id, in->batch_id);
    if (p->verified_by == NULL && (asked == CLEARANCE_VERIFIED || p->late_min != INTEGER_ABSENT))
        return err_raise(e, ERR_LINE_NOT_CLEARED, "equipment", "R05", "the clearance of %s for %s is not verified by a second person", id,
                         in->batch_id);
    return 0;
}

int clearance_check(const struct batch_step *in, const struct procedure_step *step, const struct equipment_facts *pieces, size_t n,
                    const struct clearance_facts *places, size_t n_places, struct err *e)
{
    int code = 0;
    for (size_t i = 0; i < in->equipment.count && code == 0; i++) {
        const char *id = LIST_AT(in->equipment, struct step_equipment, i)->equipment_id;
        enum clearance asked = asked_of(step, pieces, n, id);
        if (asked != CLEARANCE_NONE)
            code = place_check(id, in, asked, place_of(places, n_places, id), e);
    }
    return code;
}

int clearance_is_whole(const struct line_clear *in, struct err *e)
{
    if (in->materials_removed != 1)
        return err_raise(e, ERR_LINE_NOT_CLEARED, "materials_removed", "R05", "materials of another batch are still there");
    if (in->labels_removed != 1)
        return err_raise(e, ERR_LINE_NOT_CLEARED, "labels_removed", "R05", "labels or papers of another batch are still there");
    if (in->surface_cleaned != 1)
        return err_raise(e, ERR_LINE_NOT_CLEARED, "surface_cleaned", "R05", "the surface is not clean");
    return 0;
}
