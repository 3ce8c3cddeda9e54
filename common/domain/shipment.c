#include "domain/shipment.h"

#include <inttypes.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)

void shipment_pack_fill(const struct unit_qualify *q, int64_t seq, struct ship_pack *in)
{
    in->qualified_seq = seq;
    in->low_c = q->low_c;
    in->high_c = q->high_c;
    in->allowed_min = q->allowed_min;
    in->gap_min = q->gap_min;
    in->keeps_until = q->hold_min != INTEGER_ABSENT && in->charged_at != TIME_ABSENT ? in->charged_at + q->hold_min * MINUTE_MS
                                                                                     : TIME_ABSENT;
}

static void add(struct arena *a, struct list *mismatches, const char *text)
{
    texts_add(a, mismatches, text);
}

static bool differs(const char *x, const char *y)
{
    return x != NULL && strcmp(x, y) != 0;
}

static bool take_identity(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    size_t before = in->mismatches.count;
    if (differs(s->donation_number, in->donation_number))
        add(a, &in->mismatches, arena_printf(a, "the containers bear donation %s, the batch is of another", in->donation_number));
    if (s->recipient_code != NULL && in->recipient_code == NULL)
        add(a, &in->mismatches, "the order names no recipient, the batch is for one");
    else if (in->recipient_code != NULL && (s->recipient_code == NULL || differs(s->recipient_code, in->recipient_code)))
        add(a, &in->mismatches, arena_printf(a, "the order is for recipient %s, the batch is not", in->recipient_code));
    return in->mismatches.count > before;
}

static void take_parcel(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    if (differs(s->pack->seal_number, in->seal_number))
        add(a, &in->mismatches, arena_printf(a, "seal %s was set, %s is found", s->pack->seal_number, in->seal_number));
    if (in->seal_intact != 1)
        add(a, &in->mismatches, "the seal is broken");
    if (strcmp(in->condition, "good") != 0)
        add(a, &in->mismatches, arena_printf(a, "its condition is %s", in->condition));
}

/* the cold of a shipper from ${from_ms} to ${until_ms}, by the logger that is found */
static void take_cold(struct arena *a, const struct ship_pack *pack, const struct shipment_cold *cold, const char *late, struct excursion_found *ret,
                      struct list *mismatches)
{
    struct excursion_limits limits = {pack->low_c, pack->high_c, pack->allowed_min, pack->gap_min};
    *ret = (struct excursion_found){.outside_min = INTEGER_ABSENT};
    if (cold->logger_id == NULL)
        add(a, mismatches, arena_printf(a, "logger %s was packed, none is found", pack->logger_id));
    else if (differs(pack->logger_id, cold->logger_id))
        add(a, mismatches, arena_printf(a, "logger %s was packed, %s is found", pack->logger_id, cold->logger_id));
    if (pack->keeps_until != TIME_ABSENT && cold->until_ms > pack->keeps_until)
        add(a, mismatches, late);
    if (cold->readings->count > 0)
        excursion_judge(&limits, cold->readings, cold->from_ms, cold->until_ms, ret);
    if (ret->min_c == NULL) {
        ret->outside_min = INTEGER_ABSENT;
        add(a, mismatches, "there is no reading of this time: nobody knows its temperature");
        return;
    }
    if (ret->longest_gap_min > pack->gap_min)
        add(a, mismatches, arena_printf(a, "there is no reading for %" PRId64 " min", ret->longest_gap_min));
    if (ret->is_excursion)
        add(a, mismatches, arena_printf(a, "%" PRId64 " min outside its limits, %s to %s degC", ret->outside_min, ret->min_c, ret->max_c));
}

static const char *decision(bool is_quarantined)
{
    return words_receipt_decision.words[is_quarantined ? 1 : 0];
}

void shipment_receive_fill(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    in->mismatches = (struct list){NULL, 0};
    bool is_critical = take_identity(a, s, in);
    take_parcel(a, s, in);
    struct shipment_cold cold = {in->logger_id, &in->readings, s->given_ms, in->arrived_at};
    struct excursion_found found;
    take_cold(a, s->pack, &cold, "it arrived after the shipper keeps its temperature", &found, &in->mismatches);
    in->min_c = found.min_c;
    in->max_c = found.max_c;
    in->outside_min = found.outside_min;
    bool is_quarantined = in->mismatches.count > 0;
    in->decision = decision(is_quarantined);
    in->deviation_class = !is_quarantined ? NULL : is_critical ? "critical" : "major";
}

void shipment_unpack_fill(struct arena *a, const struct ship_pack *pack, int64_t packed_ms, int64_t said_ms, struct ship_unpack *in)
{
    int64_t until_ms = shipment_unpacked_ms(in, said_ms);
    struct shipment_cold cold = {in->logger_id, &in->readings, packed_ms, until_ms > packed_ms ? until_ms : packed_ms};
    struct excursion_found found;
    in->mismatches = (struct list){NULL, 0};
    take_cold(a, pack, &cold, "it was unpacked after the shipper keeps its temperature", &found, &in->mismatches);
    in->min_c = found.min_c;
    in->max_c = found.max_c;
    in->outside_min = found.outside_min;
    in->decision = decision(in->mismatches.count > 0);
    in->deviation_class = in->mismatches.count > 0 ? "major" : NULL;
}

int64_t shipment_unpacked_ms(const struct ship_unpack *in, int64_t said_ms)
{
    return in->unpacked_at != TIME_ABSENT ? in->unpacked_at : said_ms;
}

static bool is_held(const char *said)
{
    return said != NULL && strcmp(said, decision(true)) == 0;
}

bool shipment_unpack_is_held(const struct ship_unpack *in)
{
    return is_held(in->decision);
}

bool shipment_is_quarantined(const struct ship_receive *in)
{
    return is_held(in->decision);
}

static const char *deviation(struct arena *a, const char *what, const char *transfer, const struct list *mismatches)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "%s %s: ", what, transfer);
    for (size_t i = 0; i < mismatches->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "; " : "", TEXTS_AT(*mismatches, i));
    return b.text;
}

const char *shipment_deviation(struct arena *a, const struct ship_receive *in)
{
    return deviation(a, "Shipment", in->transfer_id, &in->mismatches);
}

const char *shipment_unpack_deviation(struct arena *a, const struct ship_unpack *in)
{
    return deviation(a, "Unpacked shipment", in->transfer_id, &in->mismatches);
}

const char *shipment_unpack_cause(struct arena *a, const char *transfer_id, int64_t seq)
{
    return arena_printf(a, "unpacking %s %" PRId64, transfer_id, seq);
}

const char *shipment_cause(struct arena *a, const char *transfer_id)
{
    return arena_printf(a, "shipment %s", transfer_id);
}

bool shipment_is_packed(const struct ship_pack *pack, const struct list *containers)
{
    for (size_t i = 0; i < containers->count; i++) {
        bool found = false;
        for (size_t k = 0; k < pack->containers.count; k++)
            found |= strcmp(TEXTS_AT(*containers, i), TEXTS_AT(pack->containers, k)) == 0;
        if (!found)
            return false;
    }
    return containers->count == pack->containers.count;
}
