/* Shipment: units qualified, containers packed into one, sent by the two-party hand-over, received with their checks. */
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/custody.h"
#include "record/record.h"
#include "verbs.h"

static int qualify_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_unit(c, c->stream);
    return 0;
}

static int qualify_decide(struct call *c, struct err *e)
{
    struct unit_facts unit;
    store_read_unit(c, 0, &unit);
    return rule_qualify(c->in, &unit, c->now_ms, e);
}

const struct handler custody_unit_qualify_verb = {qualify_facts, qualify_decide, apply_unit_qualify, NULL};

/* answers, in the order asked; all verbs here ask the first two */
enum { SHIP_BATCH, SHIP_CONTAINERS, SHIP_SHIPMENT, SHIP_STATE, SHIP_TRANSFER, SHIP_ITS_CONTAINERS, SHIP_SHIPPER, SHIP_LOGGER, SHIP_RECEIVER };

static int pack_facts(struct call *c, struct err *e)
{
    const struct ship_pack *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_shipment(c, in->batch_id, in->transfer_id);
    store_ask_transfer(c, in->batch_id, in->transfer_id);
    store_ask_unit(c, in->shipper_id);
    store_ask_unit(c, in->logger_id);
    store_ask_receiver(c, in->receiver_id);
    return 0;
}

static int pack_decide(struct call *c, struct err *e)
{
    struct ship_pack *in = c->in;
    struct custody_facts facts;
    struct shipment_facts shipment;
    struct transfer_facts transfer;
    struct pack_facts p;
    store_read_batch(c, SHIP_BATCH, &facts);
    store_read_transfer(c, SHIP_TRANSFER, &transfer);
    store_read_unit(c, SHIP_SHIPPER, &p.shipper);
    store_read_unit(c, SHIP_LOGGER, &p.logger);
    store_read_receiver(c, SHIP_RECEIVER, &p.receiver);
    int code = store_read_shipment(c, SHIP_SHIPMENT, &shipment, e);
    if (code != 0)
        return code;
    p.shipment = shipment.state;
    p.known_transfer = transfer.giver_id != NULL;
    shipment_pack_fill(&p.shipper.qualified, p.shipper.qualified_seq, in);
    return rule_ship_pack(in, &facts, &p, c->who->person_id, c->now_ms, e);
}

const struct handler custody_ship_pack_verb = {pack_facts, pack_decide, apply_ship_pack, NULL};

static int unpack_facts(struct call *c, struct err *e)
{
    const struct ship_unpack *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_shipment(c, in->batch_id, in->transfer_id);
    return 0;
}

static int unpack_decide(struct call *c, struct err *e)
{
    struct ship_unpack *in = c->in;
    struct custody_facts facts;
    struct shipment_facts shipment;
    store_read_batch(c, SHIP_BATCH, &facts);
    int code = store_read_shipment(c, SHIP_SHIPMENT, &shipment, e);
    code = code != 0 ? code : rule_ship_unpack(in, &shipment, c->said_ms, c->now_ms, e);
    if (code != 0)
        return code;
    shipment_unpack_fill(c->arena, &shipment.pack, shipment.packed_ms, c->said_ms, in);
    in->containers = (struct list){NULL, 0};           /* what was lost out of the shipper is not unpacked */
    for (size_t i = 0; i < shipment.pack.containers.count; i++) {
        const char *id = TEXTS_AT(shipment.pack.containers, i);
        if (rule_container(&facts, id, "custody.ship_unpack", 0, e) == 0)
            texts_add(c->arena, &in->containers, id);
    }
    return 0;
}

const struct handler custody_ship_unpack_verb = {unpack_facts, unpack_decide, apply_ship_unpack, NULL};

static int receive_facts(struct call *c, struct err *e)
{
    const struct ship_receive *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_shipment(c, in->batch_id, in->transfer_id);
    store_ask_transfer(c, in->batch_id, in->transfer_id);
    return 0;
}

/* the digest is over the seal that was given: which one is found stands beside it */
static int receive_decide(struct call *c, struct err *e)
{
    struct ship_receive *in = c->in;
    struct custody_facts facts;
    struct shipment_facts shipment;
    struct transfer_facts transfer;
    store_read_batch(c, SHIP_BATCH, &facts);
    store_read_transfer(c, SHIP_TRANSFER, &transfer);
    int code = store_read_shipment(c, SHIP_SHIPMENT, &shipment, e);
    if (code != 0)
        return code;
    struct custody_transfer t = {c->stream, in->transfer_id, transfer.seal_number != NULL ? transfer.seal_number : "",
                                 in->containers.items, in->containers.count};
    in->transfer_sha256 = custody_digest(c->arena, &t);
    code = rule_ship_receive(in, &facts, &shipment, &transfer, c->who->person_id, c->now_ms, e);
    if (code != 0)
        return code;
    struct shipment_sent sent = {&shipment.pack, transfer.given_ms, facts.donation_number, facts.recipient_code};
    shipment_receive_fill(c->arena, &sent, in);
    return 0;
}

const struct handler custody_ship_receive_verb = {receive_facts, receive_decide, apply_ship_receive, NULL};

enum { LIST_BATCH, LIST_SHIPMENTS };
#define LIST_MOST 100

static int list_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_SHIPMENTS), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct shipment_rows *out = c->out;
    const struct db_rows *rows = &c->answers[LIST_SHIPMENTS];
    int code = c->answers[LIST_BATCH].rows == 0 ? err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch") : 0;
    if (rows->rows > LIST_MOST)
        out->more = 1;
    for (int i = 0; code == 0 && i < rows->rows && i < LIST_MOST; i++)
        code = db_row_record(c->arena, &record_shipment_row, rows, i, record_list_add(c->arena, &record_shipment_row, &out->shipments), e);
    return code;
}

const struct handler custody_shipments_verb = {list_facts, list_decide, NULL, NULL};
