/* Rule 11 for shipments: what the shipper is qualified for comes from its own stream, what did not fit at the other end from the packing,
 * the hand-over and the collection; and what was packed is what went. */
#include <string.h>

#include "contract/contract.h"
#include "domain/custody.h"
#include "domain/dated.h"
#include "domain/given.h"
#include "domain/shipment.h"
#include "domain/standing.h"
#include "dossier/reach.h"
#include "dossier/recompute.h"
#include "fsm/machines.h"

#define SAME_MINUTE_MS INT64_C(60000)   /* the service's clock was looked at before the entry got its time */

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

/* the shipment of ${transfer} that was packed before the statement and not unpacked, and when; TIME_ABSENT: there is none */
static int read_packed(const struct recompute_case *c, const char *transfer, struct ship_pack *ret, int64_t *ret_ms, struct err *e)
{
    int rc = 0;
    *ret_ms = TIME_ABSENT;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct ship_pack pack;
        struct ship_unpack unpack;
        const char *type = c->s->entry[i].statement.type;
        if (strcmp(type, "custody.ship_pack") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &pack, e);
            if (rc == 0 && strcmp(pack.transfer_id, transfer) == 0) {
                *ret = pack;
                *ret_ms = c->s->entry[i].entry.time_ms;
            }
        } else if (strcmp(type, "custody.ship_unpack") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &unpack, e);
            if (rc == 0 && strcmp(unpack.transfer_id, transfer) == 0)
                *ret_ms = TIME_ABSENT;
        }
    }
    return rc;
}

static int read_pack(const struct recompute_case *c, const char *transfer, struct ship_pack *ret, bool *ret_packed, struct err *e)
{
    int64_t packed_ms;
    int rc = read_packed(c, transfer, ret, &packed_ms, e);
    *ret_packed = packed_ms != TIME_ABSENT;
    return rc;
}

/* by another transfer than they were packed for */
static int none_packed(const struct recompute_case *c, const struct list *containers, struct err *e)
{
    struct standing s;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < containers->count; i++)
        for (size_t k = 0; k < s.container_count; k++)
            if (strcmp(s.container[k].id, TEXTS_AT(*containers, i)) == 0 && strcmp(s.container[k].state, fsm_container.states[FSM_CONTAINER_PACKED].name) == 0)
                return refuse(e, "containers", "what was packed for a shipment went by another transfer");
    return rc;
}

int recompute_plain(const struct recompute_case *c, const char *transfer, struct err *e)
{
    struct ship_pack pack;
    bool is_packed;
    int rc = read_pack(c, transfer, &pack, &is_packed, e);
    return rc == 0 && is_packed ? refuse(e, "transfer_id", "a shipment is received with its checks") : rc;
}

int recompute_dispatch(const struct recompute_case *c, const struct hand_over *half, struct err *e)
{
    struct ship_pack pack;
    bool is_packed;
    int rc = read_pack(c, half->transfer_id, &pack, &is_packed, e);
    if (rc != 0 || !is_packed)
        return rc != 0 ? rc : none_packed(c, &half->containers, e);
    if (pack.keeps_until != TIME_ABSENT && c->entry->entry.time_ms > pack.keeps_until + SAME_MINUTE_MS)
        return refuse(e, "transfer_id", "the shipper did not keep its temperature any more");
    if (strcmp(pack.receiver_id, half->receiver_id) != 0)
        return refuse(e, "receiver_id", "it was packed for somebody else");
    if (!shipment_is_packed(&pack, &half->containers))
        return refuse(e, "containers", "other containers were packed than were handed over");
    return strcmp(pack.seal_number, half->seal_number) == 0 ? 0 : refuse(e, "seal_number", "it was packed under another seal");
}

/* Versions that asked no readings decided nothing: they are believed so long as such versions may be in use. */
int recompute_ship_unpack(const struct recompute_case *c, void *in, struct err *e)
{
    const struct ship_unpack *recorded = c->memory->recorded;
    struct ship_unpack *unpack = in;
    struct ship_pack pack;
    int64_t packed_ms;
    int rc = read_packed(c, unpack->transfer_id, &pack, &packed_ms, e);
    if (rc == 0 && packed_ms == TIME_ABSENT)
        rc = refuse(e, "transfer_id", "there was no such shipment to unpack");
    unpack->containers = (struct list){NULL, 0};
    for (size_t i = 0; rc == 0 && i < pack.containers.count; i++) {
        struct err lost;
        struct list one = {NULL, 0};
        texts_add(c->a, &one, TEXTS_AT(pack.containers, i));
        if (recompute_may(c, &one, "custody.ship_unpack", &lost) == 0)
            texts_add(c->a, &unpack->containers, TEXTS_AT(pack.containers, i));
    }
    bool is_judged = recorded == NULL || recorded->decision != NULL || unpack->readings.count > 0 ||
                     dated_asks(DATED_UNPACKED, c->entry->statement.at_ms);
    if (rc == 0 && is_judged)
        shipment_unpack_fill(c->a, &pack, packed_ms, c->entry->statement.at_ms, unpack);
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

#define LATE_MS 5000                  /* R16: by so much may two services' clocks differ */

/* the holds that the batch's own stream tells of; ${ret_ms} when, a place for each statement of it; NULL: not asked */
static int arrived_held(const struct recompute_case *c, const char *container, struct list *ret, int64_t *ret_ms, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct ship_receive received;
        struct ship_unpack unpacked;
        const char *type = c->s->entry[i].statement.type;
        size_t before = ret->count;
        if (strcmp(type, "custody.ship_receive") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &received, e);
            if (rc == 0 && shipment_is_quarantined(&received) && names(&received.containers, container))
                texts_add(c->a, ret, shipment_cause(c->a, received.transfer_id));
        } else if (strcmp(type, "custody.ship_unpack") == 0) {
            rc = recompute_read(c, &c->s->entry[i], &unpacked, e);
            if (rc == 0 && shipment_unpack_is_held(&unpacked) && names(&unpacked.containers, container))
                texts_add(c->a, ret, shipment_unpack_cause(c->a, unpacked.transfer_id, c->s->entry[i].entry.seq));
        }
        if (ret_ms != NULL && ret->count > before)
            ret_ms[before] = c->s->entry[i].entry.time_ms;
    }
    return rc;
}

static void take_out(struct list *causes, const struct list *ended)
{
    const char **items = causes->items;
    size_t kept = 0;
    for (size_t i = 0; i < causes->count; i++)
        if (!names(ended, items[i]))
            items[kept++] = items[i];
    causes->count = kept;
}

/* what held ${container} when the statement was made, but for excursions recorded less than ${late_ms} before it */
static int causes_of(const struct recompute_case *c, const char *container, int64_t late_ms, struct list *ret, struct err *e)
{
    struct reached *row;
    size_t n;
    *ret = (struct list){NULL, 0};
    int rc = arrived_held(c, container, ret, NULL, e);
    rc = rc != 0 ? rc : reach_find(c->a, c->d, c->s, &row, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (strcmp(row[i].container, container) == 0 && row[i].recorded_ms <= c->entry->entry.time_ms - late_ms)
            texts_add(c->a, ret, row[i].cause);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct container_decide earlier;
        if (strcmp(c->s->entry[i].statement.type, "custody.container_decide") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc == 0 && names(&earlier.containers, container))
            take_out(ret, &earlier.held_by);
    }
    return rc;
}

int recompute_held(const struct recompute_case *c, const char *container, int64_t late_ms, const struct list *but, bool *ret, struct err *e)
{
    struct list causes;
    int rc = causes_of(c, container, late_ms, &causes, e);
    take_out(&causes, but);
    *ret = rc == 0 && causes.count > 0;
    return rc;
}

/* every hold of ${container} that there ever was, and when it came to be known */
static int all_held(const struct recompute_case *c, const char *container, struct list *ret, int64_t **ret_ms, struct err *e)
{
    struct reached *row;
    size_t n;
    *ret = (struct list){NULL, 0};
    int rc = reach_find(c->a, c->d, c->s, &row, &n, e);
    *ret_ms = ARENA_ARRAY(c->a, int64_t, c->s->count + (rc == 0 ? n : 0) + 1);
    rc = rc != 0 ? rc : arrived_held(c, container, ret, *ret_ms, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (strcmp(row[i].container, container) == 0) {
            (*ret_ms)[ret->count] = row[i].recorded_ms;
            texts_add(c->a, ret, row[i].cause);
        }
    return rc;
}

int recompute_ended(const struct recompute_case *c, const char *container, struct given_hold **ret, size_t *ret_count, struct err *e)
{
    struct list cause;
    int64_t *known_ms;
    int rc = all_held(c, container, &cause, &known_ms, e);
    *ret = ARENA_ARRAY(c->a, struct given_hold, cause.count + 1);
    *ret_count = 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct container_decide decided;
        if (strcmp(c->s->entry[i].statement.type, "custody.container_decide") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &decided, e);
        for (size_t k = 0; rc == 0 && k < cause.count; k++)
            if (names(&decided.containers, container) && names(&decided.held_by, TEXTS_AT(cause, k)) && known_ms[k] != TIME_ABSENT) {
                (*ret)[(*ret_count)++] = (struct given_hold){container, known_ms[k], c->s->entry[i].entry.time_ms};
                known_ms[k] = TIME_ABSENT;          /* a hold ends once */
            }
    }
    return rc;
}

int recompute_held_by(const struct recompute_case *c, const struct container_decide *decided, struct err *e)
{
    struct list all = {NULL, 0};
    for (size_t i = 0; i < decided->containers.count; i++) {
        struct list known, causes;
        int rc = causes_of(c, TEXTS_AT(decided->containers, i), LATE_MS, &known, e);
        rc = rc != 0 ? rc : causes_of(c, TEXTS_AT(decided->containers, i), 0, &causes, e);
        if (rc != 0)
            return rc;
        for (size_t k = 0; k < known.count; k++)
            if (!names(&decided->held_by, TEXTS_AT(known, k)))
                return refuse(e, "held_by", "it was decided on what was held by more than the decision names");
        for (size_t k = 0; k < causes.count; k++)
            texts_add(c->a, &all, TEXTS_AT(causes, k));
    }
    for (size_t k = 0; k < decided->held_by.count; k++)
        if (!names(&all, TEXTS_AT(decided->held_by, k)))
            return refuse(e, "held_by", "the decision names what held nothing");
    return 0;
}

/* the series before, as it was recorded; ${ret_seq} of its entry, -1: there is none here */
static int series_before(const struct recompute_case *c, struct unit_readings *ret, int64_t *ret_seq, struct err *e)
{
    int rc = 0;
    record_init(&record_unit_readings, ret);
    *ret_seq = -1;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        if (strcmp(c->s->entry[i].statement.type, "custody.unit_readings") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], ret, e);
        *ret_seq = (int64_t)c->s->entry[i].entry.seq;
    }
    return rc;
}

/* Where a series goes on from, and since when it was outside there. Series that were no excursion are left out of a dossier: where it is not whole,
 * the one before may be one of those, and both stand as they were recorded, but for what an entry that is right before it says. */
static void goes_on(const struct recompute_case *c, const struct unit_readings *recorded, const struct unit_readings *before, int64_t before_seq,
                    int64_t *ret_from, int64_t *ret_before)
{
    bool is_known = c->s->whole || recorded == NULL || (before_seq >= 0 && before_seq + 1 == (int64_t)c->entry->entry.seq);
    *ret_from = !is_known ? recorded->from_at : before_seq >= 0 ? before->until_at : TIME_ABSENT;
    *ret_before = !is_known ? recorded->before_from : before_seq >= 0 ? before->running_from : TIME_ABSENT;
}

/* a series from before series took over what was outside: neither it nor the one that it goes on from says since when */
static bool is_of_old(const struct unit_readings *recorded, int64_t before_ms)
{
    return recorded != NULL && before_ms == TIME_ABSENT && recorded->before_from == TIME_ABSENT && recorded->running_from == TIME_ABSENT;
}

int recompute_unit_readings(const struct recompute_case *c, void *in, struct err *e)
{
    struct unit_readings *series = in;
    const struct unit_readings *recorded = c->memory->recorded;
    struct unit_qualify qualified;
    const struct dossier_entry *entry = NULL;
    struct unit_readings before;
    int64_t from_ms = TIME_ABSENT, before_ms = TIME_ABSENT, before_seq;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        if (strcmp(c->s->entry[i].statement.type, "custody.unit_qualify") == 0)
            entry = &c->s->entry[i];
    if (entry == NULL)
        return refuse(e, "equipment_id", "the unit was not qualified");
    int rc = recompute_read(c, entry, &qualified, e);
    rc = rc != 0 ? rc : series_before(c, &before, &before_seq, e);
    if (rc == 0 && series->continues == 1)
        goes_on(c, recorded, &before, before_seq, &from_ms, &before_ms);
    if (rc == 0 && (series->readings.count == 0 || (series->continues == 1 && from_ms == TIME_ABSENT)))
        rc = refuse(e, "readings", "there is no reading, or none that they go on from");
    if (rc == 0 && before_ms != TIME_ABSENT && before_ms > from_ms)
        rc = refuse(e, "before_from", "it is later than where the series goes on from");
    if (rc == 0)
        rc = excursion_readings_check(&series->readings, from_ms, INT64_MAX, e);
    if (rc == 0)
        excursion_series_fill(&qualified, entry->entry.seq, from_ms, before_ms, series);
    if (rc == 0 && is_of_old(recorded, before_ms))
        series->running_from = TIME_ABSENT;
    return rc;
}
