/* The hand-over: two statements by two people over one digest; custody stays with the giver until it is received (R34). */
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/custody.h"
#include "verbs.h"

/* answers, in the order asked; both verbs ask the first six */
enum { TRANSFER_BATCH, TRANSFER_CONTAINERS, TRANSFER_TRANSFER, TRANSFER_ITS_CONTAINERS, TRANSFER_SHIPMENT, TRANSFER_STATE, TRANSFER_RECEIVER };

static const char *digest(struct call *c, const char *transfer, const char *seal, const struct list *containers)
{
    struct custody_transfer t = {c->stream, transfer, seal, containers->items, containers->count};
    return custody_digest(c->arena, &t);
}

static int hand_over_facts(struct call *c, struct err *e)
{
    const struct hand_over *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_transfer(c, in->batch_id, in->transfer_id);
    store_ask_shipment(c, in->batch_id, in->transfer_id);
    store_ask_receiver(c, in->receiver_id);
    return 0;
}

static int hand_over_decide(struct call *c, struct err *e)
{
    struct hand_over *in = c->in;
    struct custody_facts facts;
    struct transfer_facts transfer;
    struct shipment_facts shipment;
    struct receiver_facts receiver;
    store_read_batch(c, TRANSFER_BATCH, &facts);
    store_read_transfer(c, TRANSFER_TRANSFER, &transfer);
    store_read_receiver(c, TRANSFER_RECEIVER, &receiver);
    in->transfer_sha256 = digest(c, in->transfer_id, in->seal_number, &in->containers);
    int code = store_read_shipment(c, TRANSFER_SHIPMENT, &shipment, e);
    code = code != 0 ? code : rule_hand_over(in, &facts, c->who->person_id, &receiver, transfer.giver_id != NULL, c->now_ms, e);
    return code != 0 ? code : rule_dispatch(in, &facts, &shipment, c->now_ms, e);
}

const struct handler custody_hand_over_verb = {hand_over_facts, hand_over_decide, apply_hand_over, NULL};

static int receive_facts(struct call *c, struct err *e)
{
    const struct receive *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_transfer(c, in->batch_id, in->transfer_id);
    store_ask_shipment(c, in->batch_id, in->transfer_id);
    return 0;
}

static int receive_decide(struct call *c, struct err *e)
{
    struct receive *in = c->in;
    struct custody_facts facts;
    struct transfer_facts transfer;
    store_read_batch(c, TRANSFER_BATCH, &facts);
    store_read_transfer(c, TRANSFER_TRANSFER, &transfer);
    if (db_cell_text(&c->answers[TRANSFER_STATE], 0, "state") != NULL)
        return err_raise(e, ERR_CUSTODY_REFUSED, "transfer_id", "1.2", "%s is a shipment: it is received with its checks", in->transfer_id);
    in->transfer_sha256 = digest(c, in->transfer_id, in->seal_number, &in->containers);
    return rule_receive(in, &facts, &transfer, c->who->person_id, c->now_ms, e);
}

const struct handler custody_receive_verb = {receive_facts, receive_decide, apply_receive, NULL};
