/* What of a step a correction reaches, and how it is put there. */
#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "domain/correction.h"
#include "domain/vial.h"
#include "ledger/stream.h"

#define USES_MAX 60               /* rows that corrections may bring a step's list to */

static bool same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static const struct {
    const char *list, *name;
    enum correction_place place;
} places[] = {
    {"step", "started_at", CORRECTION_STARTED},
    {"step", "ended_at", CORRECTION_ENDED},
    {"step", "reason", CORRECTION_REASON},
    {"materials", "lot_id", CORRECTION_LOT},
    {"materials", "quantity", CORRECTION_QUANTITY},
    {"equipment", "equipment_id", CORRECTION_EQUIPMENT},
};

bool correction_is_use(enum correction_place place)
{
    return place == CORRECTION_LOT || place == CORRECTION_QUANTITY || place == CORRECTION_EQUIPMENT;
}

bool correction_is_time(enum correction_place place)
{
    return place == CORRECTION_STARTED || place == CORRECTION_ENDED;
}

/* a row of a step's list is called by its stream; a material also by its vial */
static bool is_row(struct arena *a, enum correction_place place, const char *row)
{
    const char *lot;
    int64_t no;
    return place == CORRECTION_EQUIPMENT ? stream_is_valid(row, strlen(row)) : vial_key_read(a, row, &lot, &no);
}

int correction_path_read(struct arena *a, const char *field, struct correction_path *ret, struct err *e)
{
    const char *first = strchr(field, '.'), *last = strrchr(field, '.');
    *ret = (struct correction_path){CORRECTION_VALUE, NULL};
    if (first == NULL)
        return 0;
    if (first != last)
        ret->row = arena_dup(a, first + 1, (size_t)(last - first - 1));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        ret->place = places[i].place;
        if (strlen(places[i].list) == (size_t)(first - field) && strncmp(places[i].list, field, (size_t)(first - field)) == 0 &&
            same(places[i].name, last + 1) && correction_is_use(places[i].place) == (ret->row != NULL) &&
            (ret->row == NULL || is_row(a, ret->place, ret->row)))
            return 0;
    }
    return err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "a step has no %s", field);
}

int correction_name(struct arena *a, struct batch_correct *in, struct err *e)
{
    struct correction_path path;
    int code = correction_path_read(a, in->field, &path, e);
    if (code != 0)
        return code;
    const char *key = path.place == CORRECTION_LOT ? in->new_value : path.place == CORRECTION_QUANTITY ? path.row : NULL;
    int64_t no;
    in->lot_id = NULL;
    if (key != NULL)
        vial_key_read(a, key, &in->lot_id, &no);
    in->equipment_id = path.place == CORRECTION_EQUIPMENT ? in->new_value : NULL;
    return 0;
}

/* a list of its own, so that what was recorded is never written to */
static void own(struct arena *a, const struct record_type *type, struct list *list)
{
    struct list copy = {NULL, 0};
    for (size_t i = 0; i < list->count; i++)
        memcpy(record_list_add(a, type, &copy), (const char *)list->items + i * type->size, type->size);
    *list = copy;
}

static void take_out(const struct record_type *type, struct list *list, size_t at)
{
    char *items = list->items;
    memmove(items + at * type->size, items + (at + 1) * type->size, (list->count - at - 1) * type->size);
    list->count--;
}

/* the old value is the one that stands, and the new one another */
static int check_old(const struct batch_correct *in, const char *stands, struct err *e)
{
    if (!same(stands, in->old_value))
        return err_raise(e, ERR_HEAD_STALE, "old_value", "R12", "%s of step %" PRId64 " stands as %s", in->field, in->step,
            stands != NULL ? stands : "not recorded");
    if (same(in->old_value, in->new_value))
        return err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "%s is what stands already",
            in->new_value != NULL ? in->new_value : "nothing");
    return 0;
}

static int put_value(struct arena *a, struct batch_step *step, const struct batch_correct *in, struct err *e)
{
    struct step_value *value = NULL;
    own(a, &record_step_value, &step->values);
    for (size_t i = 0; i < step->values.count; i++)
        if (same(LIST_AT(step->values, struct step_value, i)->name, in->field))
            value = LIST_AT(step->values, struct step_value, i);
    int code = check_old(in, value != NULL ? value->value : NULL, e);
    if (code != 0)
        return code;
    if (value == NULL) {
        value = record_list_add(a, &record_step_value, &step->values);
        value->name = in->field;
    }
    value->value = in->new_value;
    return 0;
}

static int put_time(struct arena *a, int64_t *at, const struct batch_correct *in, struct err *e)
{
    char stands[CLOCK_TEXT];
    clock_to_text(*at, stands);
    int code = check_old(in, arena_text(a, stands), e);
    if (code == 0 && !clock_from_text(in->new_value, strlen(in->new_value), at))
        code = err_raise(e, ERR_FIELD_TYPE, "new_value", "R12", "%s is not a time: %s is one", in->new_value, stands);
    return code;
}

static int put_reason(struct batch_step *step, const struct batch_correct *in, struct err *e)
{
    int code = check_old(in, step->reason, e);
    if (code == 0)
        step->reason = in->new_value;
    return code;
}

static bool is_key(const struct step_material *use, const char *key, struct arena *a)
{
    return same(vial_key(a, use->lot_id, vial_no(use)), key);
}

static void put_key(struct arena *a, struct step_material *use, const char *key)
{
    int64_t no;
    vial_key_read(a, key, &use->lot_id, &no);
    use->vial_no = no > 0 ? no : INTEGER_ABSENT;
}

static int check_stream(const char *id, const char *letters, struct err *e)
{
    return id == NULL || stream_is_kind(id, letters) ? 0
        : err_raise(e, ERR_FIELD_TYPE, "new_value", "R12", "%s is not the id of a %s", id, letters[0] == 'M' ? "lot" : "piece of equipment");
}

static int check_lot(struct arena *a, const char *key, struct err *e)
{
    const char *lot = NULL;
    int64_t no;
    if (key != NULL)
        vial_key_read(a, key, &lot, &no);
    return check_stream(lot, "M", e);
}

static int put_material(struct arena *a, struct batch_step *step, const struct correction_path *path,
    const struct batch_correct *in, struct err *e)
{
    bool is_lot = path->place == CORRECTION_LOT;
    struct step_material *use = NULL;
    size_t at = 0;
    own(a, &record_step_material, &step->materials);
    for (size_t i = 0; i < step->materials.count; i++)
        if (is_key(LIST_AT(step->materials, struct step_material, i), path->row, a))
            use = LIST_AT(step->materials, struct step_material, at = i);
    int code = check_old(in, use == NULL ? NULL : is_lot ? path->row : use->quantity, e);
    if (code == 0)
        code = check_lot(a, is_lot ? in->new_value : path->row, e);
    if (code == 0 && !is_lot && !decimal_is_valid(in->new_value))
        code = err_raise(e, ERR_FIELD_TYPE, "new_value", "R18", "%s is not a quantity", in->new_value);
    if (code == 0 && use == NULL && (is_lot || step->materials.count >= USES_MAX))
        code = err_raise(e, ERR_FIELD_RANGE, "field", "R12", "a material that was not recorded is entered by its quantity");
    if (code != 0)
        return code;
    if (in->new_value == NULL) {
        take_out(&record_step_material, &step->materials, at);
        return 0;
    }
    if (use == NULL) {
        use = record_list_add(a, &record_step_material, &step->materials);
        put_key(a, use, path->row);
    }
    if (is_lot)
        put_key(a, use, in->new_value);
    else
        use->quantity = in->new_value;
    return 0;
}

static int put_equipment(struct arena *a, struct batch_step *step, const struct correction_path *path,
    const struct batch_correct *in, struct err *e)
{
    struct step_equipment *use = NULL;
    size_t at = 0;
    own(a, &record_step_equipment, &step->equipment);
    for (size_t i = 0; i < step->equipment.count; i++)
        if (same(LIST_AT(step->equipment, struct step_equipment, i)->equipment_id, path->row))
            use = LIST_AT(step->equipment, struct step_equipment, at = i);
    int code = check_old(in, use == NULL ? NULL : use->equipment_id, e);
    if (code == 0)
        code = check_stream(in->new_value, "E", e);
    if (code == 0 && use == NULL && (!same(path->row, in->new_value) || step->equipment.count >= USES_MAX))
        code = err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "equipment that was not recorded is entered by its own id");
    if (code != 0)
        return code;
    if (in->new_value == NULL) {
        take_out(&record_step_equipment, &step->equipment, at);
        return 0;
    }
    if (use == NULL)
        use = record_list_add(a, &record_step_equipment, &step->equipment);
    use->equipment_id = in->new_value;
    return 0;
}

static int put(struct arena *a, struct batch_step *step, const struct batch_correct *in, struct err *e)
{
    struct correction_path path;
    int code = correction_path_read(a, in->field, &path, e);
    if (code != 0)
        return code;
    if (in->new_value == NULL && (in->old_value == NULL || path.place == CORRECTION_QUANTITY || !correction_is_use(path.place)))
        return err_raise(e, ERR_FIELD_MISSING, "new_value", "R12", "what is %s in truth?", in->field);
    switch (path.place) {
    case CORRECTION_STARTED: return put_time(a, &step->started_at, in, e);
    case CORRECTION_ENDED: return put_time(a, &step->ended_at, in, e);
    case CORRECTION_REASON: return put_reason(step, in, e);
    case CORRECTION_LOT:
    case CORRECTION_QUANTITY: return put_material(a, step, &path, in, e);
    case CORRECTION_EQUIPMENT: return put_equipment(a, step, &path, in, e);
    case CORRECTION_VALUE: break;
    }
    return put_value(a, step, in, e);
}

int correction_put(struct arena *a, struct batch_step *steps, size_t n, const struct batch_correct *in, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i].step == in->step)
            return put(a, &steps[i], in, e);
    return err_raise(e, ERR_NOT_FOUND, "step", "R12", "step %" PRId64 " is not recorded", in->step);
}
