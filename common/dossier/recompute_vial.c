/* Rule 11 of opened vials (R18): their numbers and limits by the lot's own stream, and that what was used from one was used in time. */
#include <string.h>

#include "contract/contract.h"
#include "domain/gate.h"
#include "domain/late.h"
#include "domain/vial.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", why);
}

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

/* In the statement's own stream by place, in another by time. An opening that a step names was there, whatever the seconds by which two entries' times
 * may lie apart. */
static bool is_before(const struct recompute_case *c, const struct dossier_stream *s, const struct dossier_entry *entry)
{
    int64_t apart_ms = is_type(entry, "batch.material_open") ? GATE_SKEW_MS : 0;
    return s == c->s ? entry->entry.seq < c->entry->entry.seq : entry->entry.time_ms <= c->entry->entry.time_ms + apart_ms;
}

/* the lot as it was received; ${ret_h} 0: it has no in-use limit */
static int read_lot(const struct recompute_case *c, const struct dossier_stream *s, struct material_receive *ret, int64_t *ret_h, struct err *e)
{
    const struct dossier_entry *received = recompute_last(s, "batch.material_receive", INT64_MAX);
    if (received == NULL)
        return refuse(e, "lot_id", "the lot of a vial is not in the dossier");
    int rc = recompute_read(c, received, ret, e);
    *ret_h = rc == 0 && ret->in_use_h != INTEGER_ABSENT ? ret->in_use_h : 0;
    return rc;
}

static int put_entry(const struct recompute_case *c, const struct dossier_entry *entry, int64_t no, struct vial_facts *vial,
                     const struct dossier_entry **opened, struct err *e)
{
    struct material_open open;
    struct vial_correct correct;
    struct vial_discard discard;
    int rc = 0;
    if (is_type(entry, "batch.material_open") && (rc = recompute_read(c, entry, &open, e)) == 0 && open.vial_no == no) {
        vial->opened_ms = open.opened_at;
        *opened = entry;
    } else if (is_type(entry, "batch.vial_correct") && (rc = recompute_read(c, entry, &correct, e)) == 0 && correct.vial_no == no) {
        vial->opened_ms = correct.opened_at;
    } else if (is_type(entry, "batch.vial_discard") && (rc = recompute_read(c, entry, &discard, e)) == 0 && discard.vial_no == no) {
        vial->discarded_ms = discard.discarded_at;
    }
    return rc;
}

/* the vial as it stands before the statement; ${ret_opened} NULL: it was not opened */
static int read_vial(const struct recompute_case *c, const struct dossier_stream *s, int64_t no, const struct material_receive *lot,
                     struct vial_facts *ret, const struct dossier_entry **ret_opened, struct err *e)
{
    int rc = 0;
    *ret = (struct vial_facts){.no = no, .opened_ms = TIME_ABSENT, .discarded_ms = TIME_ABSENT};
    *ret_opened = NULL;
    for (size_t i = 0; i < s->count && rc == 0; i++)
        if (is_before(c, s, &s->entry[i]))
            rc = put_entry(c, &s->entry[i], no, ret, ret_opened, e);
    if (rc == 0 && *ret_opened != NULL)
        ret->use_by_ms = vial_use_by(lot->expires_at, ret->opened_ms, lot->in_use_h);
    return rc;
}

/* released, in date, and with a limit, when a vial of it was opened */
static int opened_then(const struct dossier_stream *s, int64_t opened_ms, const struct material_receive *lot, int64_t in_use_h, struct err *e)
{
    const struct dossier_entry *released = recompute_last(s, "batch.material_release", INT64_MAX);
    if (in_use_h == 0)
        return refuse(e, "lot_id", "the lot has no in-use limit");
    if (released == NULL || released->entry.time_ms > opened_ms)
        return refuse(e, "opened_at", "the lot was not released when the vial was opened");
    if (lot->expires_at <= opened_ms)
        return refuse(e, "opened_at", "the lot had expired when the vial was opened");
    return 0;
}

int recompute_material_open(const struct recompute_case *c, void *in, struct err *e)
{
    struct material_open *open = in;
    struct material_receive lot;
    int64_t in_use_h;
    int rc = read_lot(c, c->s, &lot, &in_use_h, e);
    rc = rc != 0 ? rc : opened_then(c->s, open->opened_at, &lot, in_use_h, e);
    if (rc != 0)
        return rc;
    open->vial_no = 1;
    for (size_t i = 0; i < c->s->count; i++)
        open->vial_no += is_type(&c->s->entry[i], "batch.material_open") && is_before(c, c->s, &c->s->entry[i]);
    open->use_by = vial_use_by(lot.expires_at, open->opened_at, in_use_h);
    open->late_min = late_entry(LATE_ENTRY_MIN, open->opened_at, c->entry->statement.at_ms);
    return 0;
}

int recompute_vial_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct vial_correct *correct = in;
    struct material_receive lot;
    struct vial_facts vial;
    const struct dossier_entry *opened = NULL;
    int64_t in_use_h;
    int rc = read_lot(c, c->s, &lot, &in_use_h, e);
    rc = rc != 0 ? rc : read_vial(c, c->s, correct->vial_no, &lot, &vial, &opened, e);
    if (rc == 0 && opened == NULL)
        rc = refuse(e, "vial_no", "a vial that was not opened is corrected");
    rc = rc != 0 ? rc : opened_then(c->s, correct->opened_at, &lot, in_use_h, e);
    if (rc != 0)
        return rc;
    if (vial_correct_by(correct, &vial, opened->statement.actor, c->entry->statement.actor, e) != 0)
        return refuse(e, "opened_at", arena_text(c->a, e->text));
    correct->corrects = opened->entry.seq;
    correct->old_opened_at = vial.opened_ms;
    correct->use_by = vial_use_by(lot.expires_at, correct->opened_at, in_use_h);
    return 0;
}

int recompute_vial_discard(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct vial_discard *discard = in;
    struct material_receive lot;
    struct vial_facts vial;
    const struct dossier_entry *opened = NULL;
    int64_t in_use_h;
    int rc = read_lot(c, c->s, &lot, &in_use_h, e);
    rc = rc != 0 ? rc : read_vial(c, c->s, discard->vial_no, &lot, &vial, &opened, e);
    if (rc == 0 && opened == NULL)
        rc = refuse(e, "vial_no", "a vial that was not opened is discarded");
    if (rc == 0 && vial_discard_check(discard, &vial, e) != 0)
        rc = refuse(e, e->field, arena_text(c->a, e->text));
    return rc;
}

int recompute_vial_of(const struct recompute_case *c, const char *lot_id, int64_t no, struct vial_facts *ret, int64_t *ret_h, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, lot_id);
    const struct dossier_entry *opened;
    struct material_receive lot;
    *ret = (struct vial_facts){.no = no, .opened_ms = TIME_ABSENT, .discarded_ms = TIME_ABSENT};
    *ret_h = 0;
    if (s == NULL && no == 0)           /* who looks at the lot itself misses it */
        return 0;
    int rc = read_lot(c, s, &lot, ret_h, e);
    return rc != 0 || no == 0 ? rc : read_vial(c, s, no, &lot, ret, &opened, e);
}

int recompute_vials(const struct recompute_case *c, const struct batch_step *step, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < step->materials.count && rc == 0; i++) {
        const struct step_material *use = LIST_AT(step->materials, const struct step_material, i);
        struct vial_facts vial;
        int64_t in_use_h;
        rc = recompute_vial_of(c, use->lot_id, vial_no(use), &vial, &in_use_h, e);
        if (rc == 0 && vial_check(step, use, in_use_h, &vial, e) != 0)
            rc = refuse(e, "materials", arena_text(c->a, e->text));
    }
    return rc;
}

int recompute_vials_kept(const struct recompute_case *c, struct err *e)
{
    struct procedure *doc;
    struct batch_step *steps;
    size_t n = 0;
    int rc = recompute_steps(c, &doc, &steps, &n, e);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = recompute_vials(c, &steps[i], e);
    return rc;
}
