/* Rule 11 for shipments: what the shipper is qualified for comes from its own stream, what did not fit at the other end from the packing,
 * the hand-over and the collection; and what was packed is what went. */
#include <string.h>

#include "contract/contract.h"
#include "domain/custody.h"
#include "domain/shipment.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

int recompute_ship_pack(const struct recompute_case *c, void *in, struct err *e)
{
    struct ship_pack *pack = in;
    struct unit_qualify qualified;
    const struct dossier_entry *entry = recompute_last(dossier_stream(c->d, pack->shipper_id), "custody.unit_qualify", c->entry->entry.time_ms);
    if (entry == NULL)
        return refuse(e, "shipper_id", "the shipper was not qualified");
    int rc = recompute_read(c, entry, &qualified, e);
    if (rc == 0 && qualified.valid_until < pack->due_at)
        rc = refuse(e, "due_at", "the shipper's qualification ended before the planned arrival");
    if (rc != 0)
        return rc;
    shipment_pack_fill(&qualified, entry->entry.seq, pack);
    if (pack->keeps_until != TIME_ABSENT && pack->keeps_until < pack->due_at)
        return refuse(e, "charged_at", "the shipper did not keep its temperature until the planned arrival");
    return recompute_may(c, &pack->containers, "custody.ship_pack", e);
}

/* the shipment of ${transfer} that was packed before the statement and not unpacked; false: there is none */
static int read_pack(const struct recompute_case *c, const char *transfer, struct ship_pack *ret, bool *ret_packed, struct err *e)
{
    int rc = 0;
    *ret_packed = false;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct ship_pack pack;
        struct ship_unpack unpack;
        const char *type = c->s->entry[i].statement.type;
        if (strcmp(type, "custody.ship_pack") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &pack, e);
            if (rc == 0 && strcmp(pack.transfer_id, transfer) == 0) {
                *ret = pack;
                *ret_packed = true;
            }
        } else if (strcmp(type, "custody.ship_unpack") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &unpack, e);
            *ret_packed = *ret_packed && (rc != 0 || strcmp(unpack.transfer_id, transfer) != 0);
        }
    }
    return rc;
}

int recompute_dispatch(const struct recompute_case *c, const struct hand_over *half, struct err *e)
{
    struct ship_pack pack;
    bool is_packed;
    int rc = read_pack(c, half->transfer_id, &pack, &is_packed, e);
    if (rc != 0 || !is_packed)
        return rc;
    if (!shipment_is_packed(&pack, &half->containers))
        return refuse(e, "containers", "other containers were packed than were handed over");
    return strcmp(pack.seal_number, half->seal_number) == 0 ? 0 : refuse(e, "seal_number", "it was packed under another seal");
}

int recompute_ship_unpack(const struct recompute_case *c, void *in, struct err *e)
{
    struct ship_unpack *unpack = in;
    struct ship_pack pack;
    bool is_packed;
    int rc = read_pack(c, unpack->transfer_id, &pack, &is_packed, e);
    if (rc == 0 && !is_packed)
        rc = refuse(e, "transfer_id", "there was no such shipment to unpack");
    unpack->containers = (struct list){NULL, 0};
    for (size_t i = 0; rc == 0 && i < pack.containers.count; i++) {
        struct err lost;
        struct list one = {NULL, 0};
        texts_add(c->a, &one, TEXTS_AT(pack.containers, i));
        if (recompute_may(c, &one, "custody.ship_unpack", &lost) == 0)
            texts_add(c->a, &unpack->containers, TEXTS_AT(pack.containers, i));
    }
    return rc;
}

/* the hand-over of ${transfer}: its seal and when it was recorded */
static int read_given(const struct recompute_case *c, const char *transfer, struct hand_over *ret, int64_t *ret_ms, struct err *e)
{
    int rc = 0;
    *ret_ms = TIME_ABSENT;
    record_init(&record_hand_over, ret);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct hand_over given;
        if (strcmp(c->s->entry[i].statement.type, "custody.hand_over") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &given, e);
        if (rc == 0 && strcmp(given.transfer_id, transfer) == 0) {
            *ret = given;
            *ret_ms = c->s->entry[i].entry.time_ms;
        }
    }
    return rc != 0 || *ret_ms != TIME_ABSENT ? rc : refuse(e, "transfer_id", "what is received was not handed over");
}

/* whose the batch is: its collection's donation number and its recipient */
static int read_identity(const struct recompute_case *c, struct shipment_sent *ret, struct err *e)
{
    struct batch_open open;
    struct collection_record collection;
    int rc = recompute_open(c, &open, e);
    if (rc != 0)
        return rc;
    const struct dossier_entry *entry = recompute_last(dossier_stream(c->d, open.collection_id), "source.collection_record", INT64_MAX);
    if (entry == NULL)
        return refuse(e, "donation_number", "the collection is not in the dossier");
    rc = recompute_read(c, entry, &collection, e);
    ret->donation_number = rc == 0 ? collection.donation_number : NULL;
    ret->recipient_code = open.recipient_code;
    return rc;
}

int recompute_ship_receive(const struct recompute_case *c, void *in, struct err *e)
{
    struct ship_receive *receive = in;
    struct ship_pack pack;
    struct hand_over given;
    struct shipment_sent sent = {.pack = &pack};
    bool is_packed;
    int rc = read_pack(c, receive->transfer_id, &pack, &is_packed, e);
    if (rc == 0 && !is_packed)
        rc = refuse(e, "transfer_id", "what is received was not packed");
    rc = rc != 0 ? rc : read_given(c, receive->transfer_id, &given, &sent.given_ms, e);
    rc = rc != 0 ? rc : read_identity(c, &sent, e);
    if (rc != 0)
        return rc;
    struct custody_transfer t = {c->s->id, receive->transfer_id, given.seal_number, receive->containers.items, receive->containers.count};
    receive->transfer_sha256 = custody_digest(c->a, &t);
    if (strcmp(receive->transfer_sha256, given.transfer_sha256) != 0)
        return refuse(e, "containers", "other containers were received than were handed over");
    shipment_receive_fill(c->a, &sent, receive);
    return recompute_arrives(c, &receive->containers, "custody.receive", e);
}

static bool names(const struct list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(TEXTS_AT(*texts, i), text) == 0)
            return true;
    return false;
}

/* a hold that the batch's own stream tells of and that no decision before has ended */
static int held_by(const struct recompute_case *c, const char *container, struct list *ret, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const char *type = c->s->entry[i].statement.type;
        struct ship_receive received;
        struct container_decide earlier;
        if (strcmp(type, "custody.ship_receive") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &received, e);
            if (rc == 0 && shipment_is_quarantined(&received) && names(&received.containers, container))
                texts_add(c->a, ret, shipment_cause(c->a, received.transfer_id));
        } else if (strcmp(type, "custody.container_decide") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &earlier, e);
            if (rc == 0 && earlier.held_by.count > 0 && names(&earlier.containers, container))
                ret->count = 0;
        }
    }
    return rc;
}

int recompute_held_by(const struct recompute_case *c, const struct container_decide *decided, struct err *e)
{
    size_t found = 0;
    for (size_t i = 0; i < decided->containers.count; i++) {
        struct list causes = {NULL, 0};
        int rc = held_by(c, TEXTS_AT(decided->containers, i), &causes, e);
        if (rc != 0)
            return rc;
        for (size_t k = 0; k < causes.count; k++)
            if (!names(&decided->held_by, TEXTS_AT(causes, k)))
                return refuse(e, "held_by", "it was decided on what was held by more than the decision names");
        found += causes.count;
    }
    return found > 0 || decided->held_by.count == 0 ? 0 : refuse(e, "held_by", "nothing held what was decided on");
}
