#include "domain/vial.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "ledger/stream.h"
#include "record/record.h"

#define HOUR_MS INT64_C(3600000)
#define VIAL_MAX 9999

int64_t vial_no(const struct step_material *use)
{
    return use->vial_no == INTEGER_ABSENT ? 0 : use->vial_no;
}

int64_t vial_use_by(int64_t expires_ms, int64_t opened_ms, int64_t in_use_h)
{
    int64_t limit_ms = opened_ms + in_use_h * HOUR_MS;
    return limit_ms < expires_ms ? limit_ms : expires_ms;
}

static int quantity_check(const struct step_material *use, const struct vial_facts *vial, struct err *e)
{
    CLEANUP(number_done) struct number used, left;
    number_init(&used);
    number_init(&left);
    if (vial->left == NULL || !number_from_decimal(&used, use->quantity) || !number_from_decimal(&left, vial->left) ||
        number_compare(&used, &left) <= 0)
        return 0;
    return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "vial %" PRId64 " of %s has %s left", vial->no, use->lot_id, vial->left);
}

int vial_check(const struct batch_step *in, const struct step_material *use, int64_t in_use_h, const struct vial_facts *vial, struct err *e)
{
    int64_t no = vial_no(use);
    char at[CLOCK_TEXT];
    if (in_use_h <= 0)
        return no == 0 ? 0 : err_raise(e, ERR_FIELD_RANGE, "materials", "R18", "%s has no in-use limit and no vials", use->lot_id);
    if (no == 0)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "%s keeps %" PRId64 " h once open: say which vial was used", use->lot_id,
                         in_use_h);
    if (vial->opened_ms == TIME_ABSENT)
        return err_raise(e, ERR_NOT_FOUND, "materials", "R18", "no vial %" PRId64 " of %s was opened", no, use->lot_id);
    if (vial->opened_ms > in->ended_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "vial %" PRId64 " of %s was opened after the step ended", no, use->lot_id);
    clock_to_text(vial->use_by_ms, at);
    if (vial->use_by_ms <= in->ended_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "vial %" PRId64 " of %s was to be used by %s, before the step ended", no,
                         use->lot_id, at);
    if (vial->discarded_ms != TIME_ABSENT && vial->discarded_ms < in->started_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "materials", "R18", "vial %" PRId64 " of %s was discarded before the step began", no,
                         use->lot_id);
    return quantity_check(use, vial, e);
}

int vial_correct_by(const struct vial_correct *in, const struct vial_facts *vial, const char *opened_by, const char *person, struct err *e)
{
    if (in->opened_at == vial->opened_ms)
        return err_raise(e, ERR_FIELD_RANGE, "opened_at", "R12", "that is what stands already");
    if (vial->discarded_ms != TIME_ABSENT && in->opened_at > vial->discarded_ms)
        return err_raise(e, ERR_TIME_REFUSED, "opened_at", "R18", "the vial was discarded before that");
    if (in->opened_at > vial->opened_ms && opened_by != NULL && strcmp(opened_by, person) == 0)
        return err_raise(e, ERR_DUTIES_SEGREGATED, "opened_at", "R10", "%s opened it: another person says that it was later", person);
    return 0;
}

int vial_discard_check(const struct vial_discard *in, const struct vial_facts *vial, struct err *e)
{
    if (vial->discarded_ms != TIME_ABSENT)
        return err_raise(e, ERR_EXISTS, "vial_no", "R18", "vial %" PRId64 " of %s is discarded", in->vial_no, in->lot_id);
    if (in->discarded_at < vial->opened_ms)
        return err_raise(e, ERR_TIME_REFUSED, "discarded_at", "R18", "the vial was not open yet");
    return 0;
}

const char *vial_key(struct arena *a, const char *lot_id, int64_t no)
{
    return no <= 0 ? lot_id : arena_printf(a, "%s/%" PRId64, lot_id, no);
}

bool vial_key_read(struct arena *a, const char *key, const char **ret_lot, int64_t *ret_no)
{
    const char *slash = strchr(key, '/');
    *ret_lot = slash == NULL ? key : arena_dup(a, key, (size_t)(slash - key));
    *ret_no = 0;
    for (const char *d = slash != NULL ? slash + 1 : ""; *d >= '0' && *d <= '9' && *ret_no <= VIAL_MAX; d++)
        *ret_no = *ret_no * 10 + (*d - '0');
    if (stream_is_valid(*ret_lot, strlen(*ret_lot)) && *ret_no <= VIAL_MAX && strcmp(vial_key(a, *ret_lot, *ret_no), key) == 0)
        return true;
    *ret_lot = key;
    *ret_no = 0;
    return false;
}
