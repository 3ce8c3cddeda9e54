#include "vial_rules.h"

#include <inttypes.h>

#include "base/number.h"
#include "domain/late.h"
#include "domain/reason.h"
#include "record/record.h"

/* compares decimals; what does not read is nothing */
static int compare(const char *x, const char *y)
{
    CLEANUP(number_done) struct number a, b;
    number_init(&a);
    number_init(&b);
    if (x != NULL)
        number_from_decimal(&a, x);
    if (y != NULL)
        number_from_decimal(&b, y);
    return number_compare(&a, &b);
}

/* the lot was free to be opened then */
static int lot_then(const char *lot_id, int64_t opened_ms, const struct lot_facts *lot, struct err *e)
{
    if (lot->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "lot_id", "R18", "no lot %s", lot_id);
    if (lot->in_use_h <= 0)
        return err_raise(e, ERR_MATERIAL_REFUSED, "lot_id", "R18", "%s was received without an in-use limit", lot_id);
    if (lot->released_ms == TIME_ABSENT || lot->released_ms > opened_ms)
        return err_raise(e, ERR_MATERIAL_REFUSED, "opened_at", "R18", "%s was not released when it was opened", lot_id);
    if (lot->expires_ms <= opened_ms)
        return err_raise(e, ERR_MATERIAL_REFUSED, "opened_at", "R18", "%s had expired when it was opened", lot_id);
    return 0;
}

int rule_material_open(const struct material_open *in, const struct vial_case *f, int64_t said_ms, const struct batch_limits *limits,
                       struct err *e)
{
    int code = lot_then(in->lot_id, in->opened_at, &f->lot, e);
    code = code != 0 ? code : rule_time("opened_at", in->opened_at, said_ms, limits, e);
    if (code != 0)
        return code;
    if (compare(in->quantity, NULL) <= 0)
        return err_raise(e, ERR_FIELD_RANGE, "quantity", "R18", "%s is not a quantity", in->quantity);
    if (compare(in->quantity, f->unopened) > 0)
        return err_raise(e, ERR_MATERIAL_REFUSED, "quantity", "R18", "%s has %s %s unopened", in->lot_id, f->unopened, f->lot.unit);
    int64_t late_min = late_entry(LATE_ENTRY_MIN, in->opened_at, said_ms);
    if (late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R15", "the vial was opened %" PRId64 " min ago: a late entry says why", late_min);
    return 0;
}

static int known(const char *lot_id, int64_t no, const struct vial_case *f, struct err *e)
{
    if (f->lot.state == NULL || f->lot.vial.opened_ms == TIME_ABSENT)
        return err_raise(e, ERR_NOT_FOUND, "vial_no", "R18", "no vial %" PRId64 " of %s was opened", no, lot_id);
    return 0;
}

int rule_vial_correct(const struct vial_correct *in, const struct vial_case *f, const char *person, int64_t said_ms,
                      const struct batch_limits *limits, struct err *e)
{
    const struct vial_facts *vial = &f->lot.vial;
    int code = known(in->lot_id, in->vial_no, f, e);
    code = code != 0 ? code : lot_then(in->lot_id, in->opened_at, &f->lot, e);
    code = code != 0 ? code : rule_time("opened_at", in->opened_at, said_ms, limits, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    code = code != 0 ? code : vial_correct_by(in, vial, f->opened_by, person, e);
    if (code != 0)
        return code;
    if (f->first_ms != TIME_ABSENT && f->first_ms < in->opened_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "opened_at", "R18", "the vial was used before that, for %s", f->used_by);
    if (f->last_ms != TIME_ABSENT && f->last_ms >= vial_use_by(f->lot.expires_ms, in->opened_at, f->lot.in_use_h))
        return err_raise(e, ERR_MATERIAL_REFUSED, "opened_at", "R18", "then it was used past its in-use limit, for %s: open a deviation of the batch, and discard"
                         " the vial", f->used_by);
    return 0;
}

int rule_vial_discard(const struct vial_discard *in, const struct vial_case *f, int64_t said_ms, const struct batch_limits *limits, struct err *e)
{
    int code = known(in->lot_id, in->vial_no, f, e);
    code = code != 0 ? code : vial_discard_check(in, &f->lot.vial, e);
    if (code == 0 && f->began_ms != TIME_ABSENT && in->discarded_at < f->began_ms)
        code = err_raise(e, ERR_TIME_REFUSED, "discarded_at", "R18", "what it was used for began later: %s", f->used_by);
    return code != 0 ? code : rule_time("discarded_at", in->discarded_at, said_ms, limits, e);
}
