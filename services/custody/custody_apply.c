#include "custody_apply.h"

#include "custody_store.h"

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
    QUEUE(c, ROW_LEAVE, texts(&in->containers), db_int(c->seq));
    QUEUE(c, ROW_MOVE_GIVEN, db_text(in->batch_id), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_receive(struct call *c, struct err *e)
{
    const struct receive *in = c->in;
    (void)e;
    QUEUE(c, ROW_RECEIVE, db_text(in->batch_id), db_text(in->transfer_id), db_int(c->seq), db_int(c->time_ms),
          db_text(in->condition));
    QUEUE(c, ROW_MOVE_RECEIVED, db_text(in->batch_id), db_int(c->seq));
    queue_act(c);
    return 0;
}
