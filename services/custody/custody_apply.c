#include "custody_apply.h"

#include <string.h>

#include "custody_store.h"
#include "domain/custody.h"
#include "domain/sample.h"
#include "domain/shipment.h"
#include "service/lapse.h"

#define QUEUE(c, row, ...) db_queue((c)->db, store_row(row), DB_VALUES(__VA_ARGS__))

static struct db_value actor(const struct call *c)
{
    return db_text(c->who->person_id);
}

static void queue_act(struct call *c)
{
    QUEUE(c, ROW_ACT, db_text(c->stream), actor(c), db_text(c->verb->name), db_int(c->seq));
}

static struct db_value texts(const struct list *l)
{
    return db_texts(l->items, l->count);
}

static void queue_move(struct call *c, const struct list *containers, const char *event)
{
    QUEUE(c, ROW_MOVE, db_text(c->stream), texts(containers), db_text(event), actor(c), db_int(c->seq), db_int(c->time_ms));
}

int apply_label_print(struct call *c, struct err *e)
{
    const struct label_print *in = c->in;
    (void)e;
    QUEUE(c, ROW_LABEL_INSERT, db_text(in->container_id), db_int(in->copy), db_text(in->batch_id), texts(&in->statements),
          db_text(in->reason), actor(c), db_int(c->seq), db_int(c->time_ms),
          in->biohazard == BOOLEAN_ABSENT ? db_null() : db_bool(in->biohazard == 1));
    queue_act(c);
    return 0;
}

static void move_label(struct call *c, const char *container_id, int64_t copy, const char *event, const char *witness, const char *reason)
{
    QUEUE(c, ROW_LABEL_MOVE, db_text(c->stream), db_text(container_id), db_int(copy), db_text(event), actor(c), db_text(witness), db_text(reason),
          db_int(c->seq), db_int(c->time_ms));
}

int apply_label_apply(struct call *c, struct err *e)
{
    const struct label_apply *in = c->in;
    (void)e;
    if (in->replaces != INTEGER_ABSENT)
        move_label(c, in->container_id, in->replaces, "custody.label_replaced", NULL, NULL);
    move_label(c, in->container_id, in->copy, c->verb->name, NULL, in->reason);
    queue_act(c);
    return 0;
}

int apply_label_end(struct call *c, struct err *e)
{
    const struct label_end *in = c->in;
    (void)e;
    move_label(c, in->container_id, in->copy, label_end_event(c->arena, in->outcome), in->witness_id, in->reason);
    queue_act(c);
    return 0;
}

int apply_label_witness(struct call *c, struct err *e)
{
    const struct label_witness *in = c->in;
    (void)e;
    move_label(c, in->container_id, in->copy, c->verb->name, NULL, NULL);
    queue_act(c);
    return 0;
}

int apply_container_store(struct call *c, struct err *e)
{
    const struct container_store *in = c->in;
    (void)e;
    QUEUE(c, ROW_STORE, db_text(in->container_id), db_text(in->batch_id), db_text(in->equipment_id), db_text(in->position),
          actor(c), db_int(c->seq), db_int(c->time_ms));
    queue_act(c);
    return 0;
}

int apply_hand_over(struct call *c, struct err *e)
{
    const struct hand_over *in = c->in;
    (void)e;
    QUEUE(c, ROW_TRANSFER_INSERT, db_text(in->batch_id), db_text(in->transfer_id), actor(c), db_text(in->receiver_id),
          db_text(in->destination), db_text(in->condition), db_text(in->seal_number), db_text(in->temperature_c),
          db_text(in->transfer_sha256), db_int(c->seq), db_int(c->time_ms));
    QUEUE(c, ROW_TRANSFER_CONTAINERS_INSERT, db_text(in->batch_id), db_text(in->transfer_id), texts(&in->containers));
    queue_move(c, &in->containers, c->verb->name);
    QUEUE(c, ROW_SHIP_MOVE, db_text(in->batch_id), db_text(in->transfer_id), db_text(c->verb->name));
    QUEUE(c, ROW_MOVE_GIVEN, db_text(in->batch_id), db_int(c->seq));
    queue_act(c);
    return 0;
}

static void queue_receipt(struct call *c, const char *transfer_id, const struct list *containers, const char *condition)
{
    QUEUE(c, ROW_RECEIVE, db_text(c->stream), db_text(transfer_id), db_int(c->seq), db_int(c->time_ms), db_text(condition));
    queue_move(c, containers, "custody.receive");
    QUEUE(c, ROW_MOVE_RECEIVED, db_text(c->stream), db_int(c->seq));
}

int apply_receive(struct call *c, struct err *e)
{
    const struct receive *in = c->in;
    (void)e;
    queue_receipt(c, in->transfer_id, &in->containers, in->condition);
    queue_act(c);
    return 0;
}

int apply_container_destroy(struct call *c, struct err *e)
{
    const struct container_destroy *in = c->in;
    (void)e;
    QUEUE(c, ROW_DESTRUCTION_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->method), db_text(in->reason), actor(c),
          db_text(in->witness_id), db_int(in->destroyed_at));
    queue_move(c, &in->containers, c->verb->name);
    if (in->in_place != 1)                 /* of versions that took them out of their place at once */
        QUEUE(c, ROW_LEAVE, texts(&in->containers), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_destroy_witness(struct call *c, struct err *e)
{
    const struct destroy_witness *in = c->in;
    (void)e;
    QUEUE(c, ROW_WITNESS, db_text(c->stream), db_int(in->destroy_seq), db_int(c->seq));
    queue_move(c, &in->containers, c->verb->name);
    queue_act(c);
    return 0;
}

int apply_destroy_cancel(struct call *c, struct err *e)
{
    const struct destroy_cancel *in = c->in;
    (void)e;
    QUEUE(c, ROW_CANCEL, db_text(c->stream), db_int(in->destroy_seq), db_int(c->seq));
    for (size_t i = 0; i < in->back.count; i++) {
        const struct container_back *k = LIST_AT(in->back, const struct container_back, i);
        struct list one = {NULL, 0};
        texts_add(c->arena, &one, k->container_id);
        queue_move(c, &one, custody_back_event(c->arena, k->state));
    }
    queue_act(c);
    return 0;
}

int apply_container_loss(struct call *c, struct err *e)
{
    const struct container_loss *in = c->in;
    (void)e;
    queue_move(c, &in->containers, c->verb->name);
    QUEUE(c, ROW_DEVIATE, db_text(c->stream), db_int(c->seq), db_text(in->deviation_class), db_text(in->text), db_int(in->aware_at),
          actor(c));
    queue_act(c);
    return 0;
}

int apply_return_give(struct call *c, struct err *e)
{
    const struct return_give *in = c->in;
    (void)e;
    QUEUE(c, ROW_GIVE_BACK_INSERT, db_text(in->batch_id), db_text(in->transfer_id), actor(c), db_text(in->receiver_id),
          db_text(in->reason), db_text(in->condition), db_text(in->seal_number), db_text(in->temperature_c),
          db_text(in->transfer_sha256), db_int(c->seq), db_int(c->time_ms));
    queue_move(c, &in->containers, c->verb->name);
    queue_act(c);
    return 0;
}

int apply_return_receive(struct call *c, struct err *e)
{
    const struct return_receive *in = c->in;
    (void)e;
    QUEUE(c, ROW_TAKE_BACK, db_text(in->batch_id), db_text(in->transfer_id), db_int(c->seq), db_int(c->time_ms),
          db_text(in->condition), db_text(in->temperature_c));
    queue_move(c, &in->containers, c->verb->name);
    queue_act(c);
    return 0;
}

int apply_container_decide(struct call *c, struct err *e)
{
    const struct container_decide *in = c->in;
    (void)e;
    queue_move(c, &in->containers, decide_event(in));
    if (in->held_by.count > 0)
        QUEUE(c, ROW_END_HOLDS, db_text(c->stream), texts(&in->containers), texts(&in->held_by), db_int(c->seq));
    if (in->renews != INTEGER_ABSENT)
        QUEUE(c, ROW_RENEW, db_text(c->stream), db_text(c->verb->name), db_int(in->renews), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_administer(struct call *c, struct err *e)
{
    const struct administer *in = c->in;
    struct list ids = {NULL, 0}, given = {NULL, 0}, residual = {NULL, 0};
    (void)e;
    for (size_t i = 0; i < in->containers.count; i++) {
        const struct dose_container *k = LIST_AT(in->containers, const struct dose_container, i);
        texts_add(c->arena, &ids, k->container_id);
        texts_add(c->arena, &given, k->volume_given_ml);
        texts_add(c->arena, &residual, k->residual_ml);
    }
    QUEUE(c, ROW_ADMINISTRATION_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->recipient_code), db_text(in->weight_kg),
          db_text(in->route), db_text(in->site), db_text(in->imaging), db_int(in->started_at), db_int(in->ended_at),
          db_text(in->dose_cells), db_text(in->dose_cells_per_kg), db_bool(in->adverse_event == 1),
          in->late_min == INTEGER_ABSENT ? db_null() : db_int(in->late_min), actor(c), db_bool(in->known_later.count > 0));
    QUEUE(c, ROW_DOSES_INSERT, db_text(c->stream), db_int(c->seq), texts(&ids), texts(&given), texts(&residual));
    queue_move(c, &ids, given_event(in));
    QUEUE(c, ROW_BATCH_EVENT, db_text(c->stream), db_text(administer_event(in)), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_custody_correct(struct call *c, struct err *e)
{
    const struct custody_correct *in = c->in;
    (void)e;
    QUEUE(c, ROW_CORRECT, db_text(c->stream), db_int(c->seq), db_int(in->corrects), db_text(in->act), db_text(in->field),
          db_text(in->old_value), db_text(in->new_value), db_text(in->reason), actor(c), db_int(c->time_ms), texts(&in->findings));
    lapse_queue(c, store_row(ROW_LAPSE), &in->lapsed);
    queue_act(c);
    return 0;
}

int apply_recall(struct call *c, struct err *e)
{
    const struct recall *in = c->in;
    bool tried = strcmp(c->verb->verb, "mock_recall") == 0;
    (void)e;
    QUEUE(c, ROW_RECALL_INSERT, db_text(c->stream), db_int(c->seq), db_bool(tried), db_text(in->cause), db_text(in->cause_id),
          db_text(in->recall_class), db_text(in->reason), db_int(in->begun_at), db_int(in->taken_min),
          db_int((int64_t)in->containers.count), db_int(in->unaccounted), actor(c), db_int(c->time_ms));
    if (!tried)
        QUEUE(c, ROW_BATCH_EVENT, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
    queue_act(c);
    return 0;
}

static struct db_value int_or_null(int64_t n)
{
    return n == INTEGER_ABSENT ? db_null() : db_int(n);
}

static struct db_value time_or_null(int64_t ms)
{
    return ms == TIME_ABSENT ? db_null() : db_int(ms);
}

int apply_unit_qualify(struct call *c, struct err *e)
{
    const struct unit_qualify *in = c->in;
    (void)e;
    QUEUE(c, ROW_QUALIFY, db_text(in->equipment_id), db_int(c->seq), db_text(in->low_c), db_text(in->high_c), db_int(in->allowed_min),
          db_int(in->gap_min), int_or_null(in->hold_min), db_int(in->valid_until), db_text(in->report), actor(c), db_int(c->time_ms));
    return 0;
}

int apply_unit_readings(struct call *c, struct err *e)
{
    const struct unit_readings *in = c->in;
    (void)e;
    QUEUE(c, ROW_SERIES_INSERT, db_text(in->equipment_id), db_int(c->seq), db_text(in->logger_id), db_text(in->logger_sha256),
          db_int((int64_t)in->readings.count), db_int(in->from_at), db_int(in->until_at), db_int(in->qualified_seq), db_text(in->min_c),
          db_text(in->max_c), db_int(in->outside_min), db_bool(in->excursion == 1), time_or_null(in->outside_from),
          time_or_null(in->outside_until), time_or_null(in->running_from), actor(c), db_int(c->time_ms));
    return 0;
}

int apply_ship_pack(struct call *c, struct err *e)
{
    const struct ship_pack *in = c->in;
    (void)e;
    QUEUE(c, ROW_SHIP_INSERT, db_text(in->batch_id), db_text(in->transfer_id), db_int(c->seq), texts(&in->containers), db_text(in->shipper_id),
          db_text(in->logger_id), time_or_null(in->charged_at), db_text(in->seal_number), db_text(in->receiver_id), db_text(in->carrier),
          db_text(in->waybill), db_int(in->due_at), db_int(in->qualified_seq), db_text(in->low_c), db_text(in->high_c),
          db_int(in->allowed_min), db_int(in->gap_min), time_or_null(in->keeps_until), actor(c), db_int(c->time_ms));
    queue_move(c, &in->containers, c->verb->name);
    queue_act(c);
    return 0;
}

int apply_ship_unpack(struct call *c, struct err *e)
{
    const struct ship_unpack *in = c->in;
    (void)e;
    queue_move(c, &in->containers, c->verb->name);
    QUEUE(c, ROW_SHIP_MOVE, db_text(in->batch_id), db_text(in->transfer_id), db_text(c->verb->name));
    QUEUE(c, ROW_SHIP_UNPACK, db_text(in->batch_id), db_text(in->transfer_id), db_int(c->seq), db_text(in->min_c), db_text(in->max_c),
          int_or_null(in->outside_min), texts(&in->mismatches), db_text(in->logger_sha256));
    if (shipment_unpack_is_held(in))
        QUEUE(c, ROW_DEVIATE, db_text(c->stream), db_int(c->seq), db_text(in->deviation_class),
              db_text(shipment_unpack_deviation(c->arena, in)), db_int(shipment_unpacked_ms(in, c->said_ms)), actor(c));
    queue_act(c);
    return 0;
}

int apply_ship_receive(struct call *c, struct err *e)
{
    const struct ship_receive *in = c->in;
    bool is_quarantined = shipment_is_quarantined(in);
    (void)e;
    queue_receipt(c, in->transfer_id, &in->containers, in->condition);
    QUEUE(c, ROW_SHIP_MOVE, db_text(in->batch_id), db_text(in->transfer_id),
          db_text(is_quarantined ? "custody.ship_quarantine" : c->verb->name));
    QUEUE(c, ROW_SHIP_RECEIVE, db_text(in->batch_id), db_text(in->transfer_id), db_int(c->seq), db_text(in->min_c), db_text(in->max_c),
          int_or_null(in->outside_min), texts(&in->mismatches), db_int(in->arrived_at), db_text(in->logger_sha256));
    if (is_quarantined)
        QUEUE(c, ROW_DEVIATE, db_text(c->stream), db_int(c->seq), db_text(in->deviation_class),
              db_text(shipment_deviation(c->arena, in)), db_int(in->arrived_at), actor(c));
    queue_act(c);
    return 0;
}

int apply_sample_take(struct call *c, struct err *e)
{
    const struct sample_take *in = c->in;
    int64_t *due = ARENA_ARRAY(c->arena, int64_t, in->due.count + 1);
    struct list one = {NULL, 0};
    (void)e;
    for (size_t i = 0; i < in->due.count; i++)
        due[i] = LIST_AT(in->due, const struct sample_due, i)->due_at;
    QUEUE(c, ROW_SAMPLE_INSERT, db_text(in->sample_id), db_text(c->stream), db_int(c->seq), db_text(in->container_id), db_text(in->volume_ml),
          db_text(in->cells), db_text(in->sample_point), texts(&in->codes), db_ints(due, in->due.count), db_int(in->taken_at), actor(c),
          db_int(c->time_ms), int_or_null(in->late_min), db_text(in->place));
    if (in->container_id != NULL) {
        texts_add(c->arena, &one, in->container_id);
        queue_move(c, &one, sample_event(in));
    }
    queue_act(c);
    return 0;
}

static int move_samples(struct call *c, const struct list *samples, const char *event, const char *place)
{
    QUEUE(c, ROW_SAMPLE_MOVE, db_text(c->stream), texts(samples), db_text(event), actor(c), db_text(place), db_int(c->seq), db_int(c->time_ms));
    queue_act(c);
    return 0;
}

int apply_sample_send(struct call *c, struct err *e)
{
    const struct sample_send *in = c->in;
    (void)e;
    return move_samples(c, &in->samples, c->verb->name, arena_printf(c->arena, "on the way to %s", in->laboratory));
}

int apply_sample_receive(struct call *c, struct err *e)
{
    const struct sample_receive *in = c->in;
    (void)e;
    return move_samples(c, &in->samples, c->verb->name, in->place);
}

int apply_sample_end(struct call *c, struct err *e)
{
    const struct sample_end *in = c->in;
    (void)e;
    return move_samples(c, &in->samples, sample_end_event(c->arena, in->outcome), in->place);
}

int apply_pool(struct call *c, struct err *e)
{
    const struct container_pool *in = c->in;
    struct list ids = {NULL, 0}, volumes = {NULL, 0}, cells = {NULL, 0};
    (void)e;
    for (size_t i = 0; i < in->parts.count; i++) {
        const struct pool_part *k = LIST_AT(in->parts, const struct pool_part, i);
        texts_add(c->arena, &ids, k->container_id);
        texts_add(c->arena, &volumes, k->volume_ml);
        texts_add(c->arena, &cells, k->cells);
    }
    QUEUE(c, ROW_POOL_CONTAINER, db_text(c->stream), db_text(in->container_id), db_text(in->volume_ml), db_text(in->cells), db_int(in->expires_at),
          db_int(c->seq));
    QUEUE(c, ROW_POOL_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->container_id), db_text(in->volume_in_ml), db_text(in->volume_ml),
          db_text(in->waste_ml), db_text(in->cells), db_text(in->tolerance_percent), db_text(in->tolerance_ml), db_int(in->pooled_at), actor(c),
          db_int(c->time_ms), int_or_null(in->late_min), db_bool(in->verify == 1));
    QUEUE(c, ROW_POOL_PARTS_INSERT, db_text(in->container_id), texts(&ids), texts(&volumes), texts(&cells));
    queue_move(c, &ids, c->verb->name);
    queue_act(c);
    return 0;
}

int apply_pool_verify(struct call *c, struct err *e)
{
    const struct pool_verify *in = c->in;
    (void)e;
    QUEUE(c, ROW_POOL_VERIFY, db_text(c->stream), db_int(in->pool), actor(c), db_int(c->seq), db_int(c->time_ms));
    queue_act(c);
    return 0;
}
