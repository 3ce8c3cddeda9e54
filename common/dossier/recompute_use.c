/* Rule 11 for what a correction says was used at a step: by the streams of the lots and the equipment, which the dossier holds. */
#include <string.h>

#include "contract/contract.h"
#include "domain/step_use.h"
#include "dossier/recompute.h"

static int missing(const char *id, struct err *e)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "%s, which a correction names, is not in the dossier", id);
}

static int read_lot(const struct recompute_case *c, const struct step_material *use, struct lot_facts *ret, struct err *e)
{
    const char *id = use->lot_id;
    const struct dossier_stream *s = dossier_stream(c->d, id);
    const struct dossier_entry *received = recompute_last(s, "batch.material_receive", INT64_MAX);
    const struct dossier_entry *released = recompute_last(s, "batch.material_release", INT64_MAX);
    struct material_receive lot;
    if (received == NULL)
        return missing(id, e);
    int rc = recompute_read(c, received, &lot, e);
    *ret = (struct lot_facts){.lot_id = id, .state = released != NULL ? "released" : "quarantine",
                              .released_ms = released != NULL ? released->entry.time_ms : TIME_ABSENT};
    if (rc == 0) {
        ret->material_class = lot.material_class;
        ret->unit = lot.unit;
        ret->expires_ms = lot.expires_at;
        rc = recompute_vial_of(c, id, vial_no(use), &ret->vial, &ret->in_use_h, e);
    }
    return rc;
}

/* The calibration that held when the step began, of those that the dossier has. */
static int read_piece(const struct recompute_case *c, const char *id, const struct batch_step *step, const struct list *cleanings,
                      struct equipment_facts *ret, struct err *e)
{
    const int64_t at_ms = step->started_at;
    const struct dossier_stream *s = dossier_stream(c->d, id);
    const struct dossier_entry *registered = recompute_last(s, "batch.equipment_register", INT64_MAX);
    struct equipment_register piece;
    struct equipment_calibrate k;
    int64_t held_ms = TIME_ABSENT;
    if (registered == NULL)
        return missing(id, e);
    int rc = recompute_read(c, registered, &piece, e);
    *ret = (struct equipment_facts){.equipment_id = id, .equipment_class = rc == 0 ? piece.equipment_class : NULL};
    for (size_t i = 0; i < s->count && rc == 0; i++) {
        if (strcmp(s->entry[i].statement.type, "batch.equipment_calibrate") != 0)
            continue;
        rc = recompute_read(c, &s->entry[i], &k, e);
        if (rc == 0 && k.calibrated_at <= at_ms && k.calibrated_at >= held_ms) {
            held_ms = k.calibrated_at;
            ret->result = k.result;
            ret->due_ms = k.due_at;
        }
    }
    if (ret->result == NULL && !s->whole) {            /* it may be among those left out */
        ret->result = "pass";
        ret->due_ms = INT64_MAX;
    }
    return rc != 0 ? rc : recompute_fit(c, step, cleanings, ret, e);
}

static int lots_hold(const struct recompute_case *c, const struct procedure_step *is, const struct batch_step *step, struct err *e)
{
    struct lot_facts *lots = ARENA_ARRAY(c->a, struct lot_facts, step->materials.count + 1);
    int rc = 0;
    for (size_t i = 0; i < step->materials.count && rc == 0; i++)
        rc = read_lot(c, LIST_AT(step->materials, const struct step_material, i), &lots[i], e);
    return rc != 0 ? rc : step_use_materials(step, is, lots, step->materials.count, e);
}

static int pieces_hold(const struct recompute_case *c, const struct procedure_step *is, const struct batch_step *step, struct list *cleanings, struct err *e)
{
    const struct batch_correct *recorded = c->memory->recorded;
    struct equipment_facts *pieces = ARENA_ARRAY(c->a, struct equipment_facts, step->equipment.count + 1);
    int rc = 0;
    for (size_t i = 0; i < step->equipment.count && rc == 0; i++)
        rc = read_piece(c, LIST_AT(step->equipment, const struct step_equipment, i)->equipment_id, step,
                        recorded != NULL ? &recorded->cleanings : NULL, &pieces[i], e);
    rc = rc != 0 ? rc : step_use_equipment(step, is, pieces, step->equipment.count, e);
    if (rc == 0)
        step_use_cleanings(c->a, step, is, pieces, step->equipment.count, cleanings);
    return rc;
}

int recompute_uses(const struct recompute_case *c, const struct procedure *doc, const struct batch_step *steps, size_t n,
                   struct batch_correct *correct, struct err *e)
{
    struct correction_path path;
    size_t at = 0;
    int rc = correction_path_read(c->a, correct->field, &path, e);
    while (at < n && steps[at].step != correct->step)
        at++;
    const struct procedure_step *is = at < n ? procedure_step(doc, (int)steps[at].step) : NULL;
    bool is_time = correction_is_time(path.place);
    if (rc != 0 || is == NULL)
        return rc;
    if (is_time && steps[at].ended_at < steps[at].started_at)
        rc = err_raise(e, ERR_TIME_REFUSED, "ended_at", "R15", "the step ended before it started");
    if (rc == 0 && (is_time || path.place == CORRECTION_LOT || path.place == CORRECTION_QUANTITY))
        rc = lots_hold(c, is, &steps[at], e);
    if (rc == 0 && (is_time || path.place == CORRECTION_EQUIPMENT))
        rc = pieces_hold(c, is, &steps[at], &correct->cleanings, e);
    if (rc == 0 && (is_time || path.place == CORRECTION_EQUIPMENT))
        rc = recompute_places(c, doc, &steps[at], e);
    return rc == 0 ? 0 : err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "a correction says what may not be: %.300s",
                                   arena_text(c->a, e->text));
}
