/*
 * Rule 11 of line clearance (R05): a step that its procedure asks a cleared place for has one in the batch's stream before it, by the time
 * that it says, verified where that is asked. What other batches did at the place is not in this dossier: the service refuses that.
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/clearance.h"
#include "domain/late.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", why);
}

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

/* a void of it before the statement */
static int is_void(const struct recompute_case *c, int64_t seq, bool *ret, struct err *e)
{
    int rc = 0;
    *ret = false;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_void v;
        if (!is_type(&c->s->entry[i], "batch.void"))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &v, e);
        *ret |= rc == 0 && v.corrects == seq;
    }
    return rc;
}

/* who verified that clearance before the statement */
static int verifier_of(const struct recompute_case *c, int64_t seq, const char **ret, struct err *e)
{
    int rc = 0;
    *ret = NULL;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct line_verify v;
        if (!is_type(&c->s->entry[i], "batch.line_verify"))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &v, e);
        if (rc == 0 && v.clearance == seq)
            *ret = c->s->entry[i].statement.actor;
    }
    return rc;
}

/* the last clearance of the place by ${at_ms}, of those before entry ${before_seq} that stand before the statement; ${ret_entry} NULL: there
 * is none */
static int clearance_of(const struct recompute_case *c, const char *id, int64_t at_ms, int64_t before_seq, struct clearance_facts *ret,
                        const struct dossier_entry **ret_entry, struct err *e)
{
    int64_t last_ms = TIME_ABSENT;
    int rc = 0;
    *ret = (struct clearance_facts){.equipment_id = id, .seq = -1, .late_min = INTEGER_ABSENT};
    *ret_entry = NULL;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < before_seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        struct line_clear in;
        bool gone = false;
        if (!is_type(entry, "batch.line_clear"))
            continue;
        rc = recompute_read(c, entry, &in, e);
        rc = rc != 0 ? rc : is_void(c, entry->entry.seq, &gone, e);
        if (rc != 0 || gone || strcmp(in.equipment_id, id) != 0 || in.cleared_at > at_ms || in.cleared_at < last_ms)
            continue;
        last_ms = in.cleared_at;
        ret->seq = entry->entry.seq;
        ret->late_min = in.late_min;
        *ret_entry = entry;
    }
    return rc == 0 && ret->seq >= 0 ? verifier_of(c, ret->seq, &ret->verified_by, e) : rc;
}

/* NULL: the dossier does not have the equipment's registration, which another rule tells of */
static int class_of(const struct recompute_case *c, const char *id, const char **ret, struct err *e)
{
    const struct dossier_entry *registered = recompute_last(dossier_stream(c->d, id), "batch.equipment_register", INT64_MAX);
    struct equipment_register piece;
    int rc = registered == NULL ? 0 : recompute_read(c, registered, &piece, e);
    *ret = registered != NULL && rc == 0 ? piece.equipment_class : NULL;
    return rc;
}

static bool asks(const struct procedure_step *step)
{
    const struct procedure_class *places = step->equipment.items;
    for (size_t i = 0; i < step->equipment.count; i++)
        if (places[i].line_clearance != CLEARANCE_NONE)
            return true;
    return false;
}

int recompute_places(const struct recompute_case *c, const struct procedure *doc, const struct batch_step *step, struct err *e)
{
    const struct procedure_step *is = procedure_step(doc, (int)step->step);
    const struct dossier_entry *ignored;
    size_t n = step->equipment.count;
    int rc = 0;
    if (is == NULL || !asks(is))
        return 0;
    struct equipment_facts *pieces = ARENA_ARRAY(c->a, struct equipment_facts, n + 1);
    struct clearance_facts *places = ARENA_ARRAY(c->a, struct clearance_facts, n + 1);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const char *id = LIST_AT(step->equipment, const struct step_equipment, i)->equipment_id;
        pieces[i] = (struct equipment_facts){.equipment_id = id};
        rc = class_of(c, id, &pieces[i].equipment_class, e);
        rc = rc != 0 ? rc : clearance_of(c, id, step->started_at, c->entry->entry.seq, &places[i], &ignored, e);
    }
    if (rc != 0 || clearance_check(step, is, pieces, n, places, n, e) == 0)
        return rc;
    return err_raise(e, ERR_DOSSIER_REFUSED, "equipment", "11", "%.300s", arena_text(c->a, e->text));
}

/* Who stood there before is in another batch's record; that it was another is seen. */
int recompute_line_clear(const struct recompute_case *c, void *in, struct err *e)
{
    const struct line_clear *recorded = c->memory->recorded;
    struct line_clear *clear = in;
    struct batch_open open;
    struct procedure *doc;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_procedure(c, &open, &doc, e);
    if (rc != 0)
        return rc;
    clear->late_min = late_entry(doc->late_entry_min, clear->cleared_at, c->entry->statement.at_ms);
    if (clearance_is_whole(clear, e) != 0)
        return refuse(e, "equipment_id", "a place was not cleared that is recorded as cleared");
    if (recorded == NULL || recorded->previous_batch_id == NULL)
        return 0;
    clear->previous_batch_id = recorded->previous_batch_id;
    return strcmp(clear->previous_batch_id, clear->batch_id) != 0 ? 0 : refuse(e, "previous_batch_id", "a batch is no other batch than itself");
}

int recompute_line_verify(const struct recompute_case *c, void *in, struct err *e)
{
    struct line_verify *verify = in;
    struct clearance_facts last;
    const struct dossier_entry *cleared;
    int rc = clearance_of(c, verify->equipment_id, INT64_MAX, c->entry->entry.seq, &last, &cleared, e);
    if (rc != 0)
        return rc;
    if (cleared == NULL)
        return refuse(e, "equipment_id", "what is verified is no clearance before it");
    if (last.verified_by != NULL)
        return refuse(e, "equipment_id", "the clearance was verified already");
    if (strcmp(cleared->statement.actor, c->entry->statement.actor) == 0)
        return refuse(e, "equipment_id", "who cleared it verified it");
    verify->clearance = last.seq;
    return 0;
}

/* The entry that says of a step what of the equipment stands and when it was used: its own at ${since}, or the last correction that put it there or
 * moved the step's times. */
static int used_since(const struct recompute_case *c, const struct batch_step *step, const char *id, int64_t since, int64_t *ret, struct err *e)
{
    int rc = 0;
    *ret = since;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_correct correct;
        struct correction_path path;
        if (!is_type(&c->s->entry[i], "batch.correct"))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &correct, e);
        rc = rc != 0 ? rc : correction_path_read(c->a, correct.field, &path, e);
        if (rc == 0 && correct.step == step->step && (correction_is_time(path.place) || (path.place == CORRECTION_EQUIPMENT &&
            correct.new_value != NULL && strcmp(correct.new_value, id) == 0)))
            *ret = c->s->entry[i].entry.seq;
    }
    return rc;
}

static int step_rests(const struct recompute_case *c, const struct batch_step *step, int64_t step_seq, int64_t clearance_seq, struct err *e)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < step->equipment.count; k++) {
        const char *id = LIST_AT(step->equipment, const struct step_equipment, k)->equipment_id;
        const struct dossier_entry *cleared;
        struct clearance_facts held;
        int64_t since;
        rc = used_since(c, step, id, step_seq, &since, e);
        rc = rc != 0 ? rc : clearance_of(c, id, step->started_at, since, &held, &cleared, e);
        if (rc == 0 && cleared != NULL && held.seq == clearance_seq)
            rc = refuse(e, "corrects", "a step rests on the clearance that is void");
    }
    return rc;
}

int recompute_line_void(const struct recompute_case *c, int64_t clearance_seq, struct err *e)
{
    struct procedure *doc;
    struct batch_step *steps;
    size_t n;
    int rc = recompute_steps(c, &doc, &steps, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = step_rests(c, &steps[i], c->memory->step_seq[i], clearance_seq, e);
    return rc;
}
