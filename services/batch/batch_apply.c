#include "batch_apply.h"

#include <string.h>

#include "batch_store.h"
#include "domain/fill_record.h"
#include "record/record.h"
#include "service/lapse.h"

#define QUEUE(c, row, ...) db_queue((c)->db, store_row(row), DB_VALUES(__VA_ARGS__))

static struct db_value actor(const struct call *c)
{
    return db_text(c->who->person_id);
}

static struct db_value number_value(int64_t n)
{
    return n == INTEGER_ABSENT ? db_null() : db_int(n);
}

static void queue_act(struct call *c)
{
    QUEUE(c, ROW_ACT, db_text(c->stream), db_int(c->seq), actor(c), db_text(c->verb->name));
}

int apply_procedure_author(struct call *c, struct err *e)
{
    const struct procedure_author *in = c->in;
    struct procedure *doc;
    int code = procedure_parse(c->arena, in->document, strlen(in->document), &doc, e);
    if (code != 0)
        return code;
    const struct procedure_step *steps = doc->steps.items;
    int64_t *verify = ARENA_ARRAY(c->arena, int64_t, doc->steps.count);
    size_t n = 0;
    for (size_t i = 0; i < doc->steps.count; i++)
        if (procedure_needs_verify(&steps[i]))
            verify[n++] = steps[i].no;
    QUEUE(c, ROW_PROCEDURE_INSERT, db_text(in->procedure_id), db_int(in->version), db_text(doc->title),
          db_text(in->document), db_int((int64_t)doc->steps.count), db_ints(verify, n), actor(c), db_int(c->seq));
    return 0;
}

int apply_procedure_approve(struct call *c, struct err *e)
{
    const struct procedure_approve *in = c->in;
    (void)e;
    QUEUE(c, ROW_PROCEDURE_SUPERSEDE, db_text(in->procedure_id));
    QUEUE(c, ROW_PROCEDURE_APPROVE, db_text(in->procedure_id), db_int(in->version), actor(c), db_int(c->seq));
    return 0;
}

int apply_material_receive(struct call *c, struct err *e)
{
    const struct material_receive *in = c->in;
    (void)e;
    QUEUE(c, ROW_LOT_INSERT, db_text(in->lot_id), db_text(in->material), db_text(in->material_class),
          db_text(in->manufacturer), db_text(in->lot_number), db_int(in->expires_at), db_text(in->quantity),
          db_text(in->unit), actor(c), db_int(c->seq), number_value(in->in_use_h));
    return 0;
}

int apply_material_release(struct call *c, struct err *e)
{
    const struct material_release *in = c->in;
    (void)e;
    QUEUE(c, ROW_LOT_RELEASE, db_text(in->lot_id), actor(c), db_int(c->seq), db_int(c->time_ms));
    return 0;
}

int apply_material_open(struct call *c, struct err *e)
{
    const struct material_open *in = c->in;
    (void)e;
    QUEUE(c, ROW_VIAL_INSERT, db_text(in->lot_id), db_int(in->vial_no), db_int(c->seq), actor(c), db_int(in->opened_at), db_int(in->use_by),
          number_value(in->late_min), db_text(in->quantity));
    return 0;
}

int apply_vial_correct(struct call *c, struct err *e)
{
    const struct vial_correct *in = c->in;
    (void)e;
    QUEUE(c, ROW_VIAL_CORRECT, db_text(in->lot_id), db_int(c->seq), db_int(in->vial_no), db_int(in->corrects), db_int(in->old_opened_at),
          db_int(in->opened_at), db_int(in->use_by), db_text(in->reason), actor(c));
    return 0;
}

int apply_vial_discard(struct call *c, struct err *e)
{
    const struct vial_discard *in = c->in;
    (void)e;
    QUEUE(c, ROW_VIAL_DISCARD, db_text(in->lot_id), db_int(c->seq), db_int(in->vial_no), db_int(in->discarded_at), actor(c));
    return 0;
}

int apply_equipment_register(struct call *c, struct err *e)
{
    const struct equipment_register *in = c->in;
    (void)e;
    QUEUE(c, ROW_EQUIPMENT_INSERT, db_text(in->equipment_id), db_text(in->title), db_text(in->equipment_class),
          db_text(in->serial_number), actor(c), db_int(c->seq));
    return 0;
}

int apply_equipment_calibrate(struct call *c, struct err *e)
{
    const struct equipment_calibrate *in = c->in;
    (void)e;
    QUEUE(c, ROW_CALIBRATION_INSERT, db_text(in->equipment_id), db_int(c->seq), db_int(in->calibrated_at),
          db_int(in->due_at), db_text(in->certificate), db_text(in->result), actor(c),
          in->good_at == TIME_ABSENT ? db_null() : db_int(in->good_at));
    return 0;
}

int apply_equipment_qualify(struct call *c, struct err *e)
{
    const struct equipment_qualify *in = c->in;
    (void)e;
    QUEUE(c, ROW_QUALIFICATION_INSERT, db_text(in->equipment_id), db_int(c->seq), db_int(in->qualified_at), db_int(in->due_at), db_text(in->report),
          db_text(in->result), actor(c));
    return 0;
}

int apply_equipment_clean(struct call *c, struct err *e)
{
    const struct equipment_clean *in = c->in;
    (void)e;
    QUEUE(c, ROW_CLEANING_INSERT, db_text(in->equipment_id), db_int(c->seq), db_int(in->cleaned_at), db_text(in->lot_id),
          db_int(in->vial_no == INTEGER_ABSENT ? 0 : in->vial_no), number_value(in->late_min), actor(c));
    return 0;
}

int apply_equipment_tag_out(struct call *c, struct err *e)
{
    const struct equipment_tag *in = c->in;
    (void)e;
    QUEUE(c, ROW_TAG_OUT, db_text(in->equipment_id), db_int(c->seq), db_int(c->time_ms), actor(c), db_text(in->reason));
    return 0;
}

int apply_equipment_tag_in(struct call *c, struct err *e)
{
    const struct equipment_tag *in = c->in;
    (void)e;
    QUEUE(c, ROW_TAG_IN, db_text(in->equipment_id), db_int(c->seq), db_int(c->time_ms), actor(c));
    return 0;
}

int apply_open(struct call *c, struct err *e)
{
    const struct batch_open *in = c->in;
    (void)e;
    QUEUE(c, ROW_BATCH_INSERT, db_text(in->batch_id), db_int(c->seq), db_text(in->procedure_id),
          db_int(in->procedure_version), db_text(in->specification_id), db_int(in->specification_version),
          db_text(in->donor_id), db_text(in->collection_id), db_text(in->recipient_code), db_int(c->time_ms), actor(c));
    queue_act(c);
    return 0;
}

static void queue_materials(struct call *c, const struct batch_step *in)
{
    size_t n = in->materials.count;
    const char **lots = ARENA_ARRAY(c->arena, const char *, n), **quantities = ARENA_ARRAY(c->arena, const char *, n);
    int64_t *vials = ARENA_ARRAY(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        lots[i] = LIST_AT(in->materials, struct step_material, i)->lot_id;
        vials[i] = vial_no(LIST_AT(in->materials, struct step_material, i));
        quantities[i] = LIST_AT(in->materials, struct step_material, i)->quantity;
    }
    if (n > 0)
        QUEUE(c, ROW_USE_MATERIALS, db_text(in->batch_id), db_int(in->step), db_texts(lots, n), db_ints(vials, n), db_texts(quantities, n),
              db_int(in->ended_at), db_int(c->seq));
}

static void queue_equipment(struct call *c, const struct batch_step *in)
{
    size_t n = in->equipment.count;
    const char **pieces = ARENA_ARRAY(c->arena, const char *, n);
    for (size_t i = 0; i < n; i++)
        pieces[i] = LIST_AT(in->equipment, struct step_equipment, i)->equipment_id;
    if (n > 0)
        QUEUE(c, ROW_USE_EQUIPMENT, db_text(in->batch_id), db_int(in->step), db_texts(pieces, n), db_int(in->started_at),
              db_int(in->ended_at), db_int(c->seq));
}

/* The step's places and times as they stand with what is queued before; which of them are to be this batch's alone the procedure says, by their
 * class. */
static void queue_places(struct call *c, int64_t step)
{
    QUEUE(c, ROW_LINE_HOLD, db_text(c->stream), db_int(step));
}

/* Nobody else was since where the step rests on a cleaning. */
static void queue_cleanings(struct call *c, int64_t step, const struct list *cleanings)
{
    size_t n = cleanings->count;
    const char **pieces = ARENA_ARRAY(c->arena, const char *, n + 1);
    int64_t *entries = ARENA_ARRAY(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        pieces[i] = LIST_AT(*cleanings, struct step_cleaning, i)->equipment_id;
        entries[i] = LIST_AT(*cleanings, struct step_cleaning, i)->entry;
    }
    if (n > 0)
        QUEUE(c, ROW_CLEAN_HOLD, db_text(c->stream), db_int(step), db_texts(pieces, n), db_ints(entries, n));
}

int apply_step(struct call *c, struct err *e)
{
    const struct batch_step *in = c->in;
    struct buf body = buf_new(c->arena);
    (void)e;
    record_to_json(&body, &record_batch_step, in, RECORD_STATEMENT);
    QUEUE(c, ROW_MOVE, db_text(in->batch_id), db_text(c->verb->name), db_int(c->seq));
    QUEUE(c, ROW_STEP_INSERT, db_text(in->batch_id), db_int(in->step), actor(c), db_int(c->seq), db_int(in->started_at),
          db_int(in->ended_at), db_int(c->time_ms), db_text(in->reason), db_text(body.text),
          in->late_min == INTEGER_ABSENT ? db_null() : db_int(in->late_min));
    queue_materials(c, in);
    queue_equipment(c, in);
    if (in->equipment.count > 0)
        queue_places(c, in->step);
    queue_cleanings(c, in->step, &in->cleanings);
    queue_act(c);
    return 0;
}

int apply_step_verify(struct call *c, struct err *e)
{
    const struct step_verify *in = c->in;
    (void)e;
    QUEUE(c, ROW_STEP_VERIFY, db_text(in->batch_id), db_int(in->step), actor(c), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_line_clear(struct call *c, struct err *e)
{
    const struct line_clear *in = c->in;
    (void)e;
    QUEUE(c, ROW_MOVE, db_text(in->batch_id), db_text(c->verb->name), db_int(c->seq));
    QUEUE(c, ROW_LINE_CLEAR, db_text(in->batch_id), db_int(c->seq), db_text(in->equipment_id), db_int(in->cleared_at),
          in->late_min == INTEGER_ABSENT ? db_null() : db_int(in->late_min), db_text(in->previous_batch_id), actor(c));
    queue_act(c);
    return 0;
}

int apply_line_verify(struct call *c, struct err *e)
{
    const struct line_verify *in = c->in;
    (void)e;
    QUEUE(c, ROW_LINE_VERIFY, db_text(in->batch_id), db_int(in->clearance), actor(c), db_int(c->seq));
    queue_act(c);
    return 0;
}

/* what a correction that is no value's makes of the uses and times of its step */
static void queue_corrected_use(struct call *c, const struct batch_correct *in, const struct correction_path *path)
{
    int64_t ms = TIME_ABSENT, old_vial = 0, new_vial = 0;
    const char *old_lot = in->old_value != NULL ? path->row : NULL, *new_lot = path->place == CORRECTION_LOT ? in->new_value : path->row;
    if (old_lot != NULL)
        vial_key_read(c->arena, old_lot, &old_lot, &old_vial);
    if (new_lot != NULL)
        vial_key_read(c->arena, new_lot, &new_lot, &new_vial);
    if (correction_is_time(path->place))
        clock_from_text(in->new_value, strlen(in->new_value), &ms);
    switch (path->place) {
    case CORRECTION_STARTED:
    case CORRECTION_ENDED:
        QUEUE(c, ROW_CORRECT_TIME, db_text(c->stream), db_int(in->step), path->place == CORRECTION_STARTED ? db_int(ms) : db_null(),
              path->place == CORRECTION_ENDED ? db_int(ms) : db_null(), db_int(c->seq));
        queue_places(c, in->step);
        break;
    case CORRECTION_LOT:
    case CORRECTION_QUANTITY:
        QUEUE(c, ROW_CORRECT_MATERIAL, db_text(c->stream), db_int(in->step), db_text(old_lot), db_int(old_vial), db_text(new_lot), db_int(new_vial),
              path->place == CORRECTION_QUANTITY ? db_text(in->new_value) : db_null(), db_int(c->seq));
        break;
    case CORRECTION_EQUIPMENT:
        QUEUE(c, ROW_CORRECT_EQUIPMENT, db_text(c->stream), db_int(in->step), db_text(in->old_value), db_text(in->new_value),
              db_int(c->seq));
        queue_places(c, in->step);
        break;
    case CORRECTION_VALUE:
    case CORRECTION_REASON:
        break;
    }
}

int apply_correct(struct call *c, struct err *e)
{
    const struct batch_correct *in = c->in;
    struct correction_path path;
    int code = correction_path_read(c->arena, in->field, &path, e);
    if (code != 0)
        return code;
    queue_corrected_use(c, in, &path);
    queue_cleanings(c, in->step, &in->cleanings);
    QUEUE(c, ROW_CORRECT, db_text(c->stream), db_int(c->seq), db_int(in->step), db_int(in->corrects), db_text(in->field),
          db_text(in->old_value), db_text(in->new_value), db_text(in->reason), actor(c), db_int(c->time_ms));
    lapse_queue(c, store_row(ROW_LAPSE), &in->lapsed);
    QUEUE(c, ROW_COUNT_STEPS, db_text(c->stream));
    QUEUE(c, ROW_MOVE, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
    queue_act(c);
    return 0;
}

static void queue_pooled(struct call *c, const struct list *pooled)
{
    struct list ids = {NULL, 0}, cells = {NULL, 0};
    for (size_t i = 0; i < pooled->count; i++) {
        const struct fill_container *k = LIST_AT(*pooled, const struct fill_container, i);
        texts_add(c->arena, &ids, k->container_id);
        texts_add(c->arena, &cells, k->cells);
    }
    if (pooled->count > 0)
        QUEUE(c, ROW_CORRECT_POOLED, db_text(c->stream), db_texts(ids.items, ids.count), db_texts(cells.items, cells.count));
}

int apply_fill_correct(struct call *c, struct err *e)
{
    const struct fill_correct *in = c->in;
    struct fill_path path;
    int64_t ms = TIME_ABSENT;
    int code = fill_path_read(c->arena, in->field, &path, e);
    if (code != 0)
        return code;
    queue_pooled(c, &in->pooled);
    if (strcmp(path.name, "expires_at") == 0)
        clock_from_text(in->new_value, strlen(in->new_value), &ms);
    QUEUE(c, ROW_CORRECT_FILL, db_text(c->stream), db_int(c->seq), db_int(in->corrects), db_text(in->field), db_text(path.container),
          db_text(path.name), db_text(in->old_value), db_text(in->new_value), ms == TIME_ABSENT ? db_null() : db_int(ms),
          db_text(in->reason), actor(c), db_int(c->time_ms));
    lapse_queue(c, store_row(ROW_LAPSE), &in->lapsed);
    QUEUE(c, ROW_MOVE, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_void(struct call *c, struct err *e)
{
    const struct batch_void *in = c->in;
    (void)e;
    QUEUE(c, ROW_VOID, db_text(c->stream), db_int(c->seq), db_int(in->corrects), db_text(in->act), db_text(in->old_value),
          db_text(in->reason), actor(c), db_int(c->time_ms));
    QUEUE(c, ROW_MOVE, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_reading(struct call *c, struct err *e)
{
    const struct batch_reading *in = c->in;
    (void)e;
    QUEUE(c, ROW_READING_INSERT, db_text(in->batch_id), db_int(c->seq), db_text(in->equipment_id), db_text(in->quantity),
          db_text(in->value), db_int(in->read_at), actor(c));
    return 0;
}

int apply_note(struct call *c, struct err *e)
{
    (void)e;
    queue_act(c);
    return 0;
}

int apply_fill(struct call *c, struct err *e)
{
    const struct batch_fill *in = c->in;
    size_t n = in->containers.count;
    const char **ids = ARENA_ARRAY(c->arena, const char *, n), **volumes = ARENA_ARRAY(c->arena, const char *, n),
               **cells = ARENA_ARRAY(c->arena, const char *, n);
    (void)e;
    for (size_t i = 0; i < n; i++) {
        const struct fill_container *k = LIST_AT(in->containers, struct fill_container, i);
        ids[i] = k->container_id;
        volumes[i] = k->volume_ml;
        cells[i] = k->cells;
    }
    QUEUE(c, ROW_CONTAINERS_INSERT, db_text(in->batch_id), db_texts(ids, n), db_texts(volumes, n), db_texts(cells, n),
          db_int(in->expires_at), db_int(c->seq));
    QUEUE(c, ROW_BATCH_FILL, db_text(in->batch_id), db_text(in->volume_in_ml), db_text(in->samples_ml),
          db_text(in->waste_ml), db_int(c->seq), db_int(in->expires_at));
    queue_act(c);
    return 0;
}

int apply_complete(struct call *c, struct err *e)
{
    (void)e;
    QUEUE(c, ROW_MOVE, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
    queue_act(c);
    return 0;
}
