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

static void add(struct arena *a, struct ship_receive *in, const char *text)
{
    texts_add(a, &in->mismatches, text);
}

static bool differs(const char *x, const char *y)
{
    return x != NULL && strcmp(x, y) != 0;
}

static bool take_identity(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    size_t before = in->mismatches.count;
    if (differs(s->donation_number, in->donation_number))
        add(a, in, arena_printf(a, "the containers bear donation %s, the batch is of another", in->donation_number));
    if (s->recipient_code != NULL && in->recipient_code == NULL)
        add(a, in, "the order names no recipient, the batch is for one");
    else if (in->recipient_code != NULL && (s->recipient_code == NULL || differs(s->recipient_code, in->recipient_code)))
        add(a, in, arena_printf(a, "the order is for recipient %s, the batch is not", in->recipient_code));
    return in->mismatches.count > before;
}

static void take_parcel(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    if (differs(s->pack->seal_number, in->seal_number))
        add(a, in, arena_printf(a, "seal %s was set, %s is found", s->pack->seal_number, in->seal_number));
    if (in->seal_intact != 1)
        add(a, in, "the seal is broken");
    if (strcmp(in->condition, "good") != 0)
        add(a, in, arena_printf(a, "its condition is %s", in->condition));
    if (differs(s->pack->logger_id, in->logger_id))
        add(a, in, arena_printf(a, "logger %s was packed, %s is found", s->pack->logger_id, in->logger_id));
    if (s->pack->keeps_until != TIME_ABSENT && in->arrived_at > s->pack->keeps_until)
        add(a, in, "it arrived after the shipper keeps its temperature");
}

static void take_readings(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    struct excursion_limits limits = {s->pack->low_c, s->pack->high_c, s->pack->allowed_min, s->pack->gap_min};
    struct excursion_found found;
    excursion_judge(&limits, &in->readings, s->given_ms, in->arrived_at, &found);
    in->min_c = found.min_c;
    in->max_c = found.max_c;
    in->outside_min = found.outside_min;
    if (found.longest_gap_min > s->pack->gap_min)
        add(a, in, arena_printf(a, "there is no reading for %" PRId64 " min", found.longest_gap_min));
    if (found.is_excursion)
        add(a, in, arena_printf(a, "%" PRId64 " min outside its limits, %s to %s degC", found.outside_min, found.min_c, found.max_c));
}

void shipment_receive_fill(struct arena *a, const struct shipment_sent *s, struct ship_receive *in)
{
    in->mismatches = (struct list){NULL, 0};
    bool is_critical = take_identity(a, s, in);
    take_parcel(a, s, in);
    take_readings(a, s, in);
    bool is_quarantined = in->mismatches.count > 0;
    in->decision = is_quarantined ? "quarantined" : "accepted";
    in->deviation_class = !is_quarantined ? NULL : is_critical ? "critical" : "major";
}

bool shipment_is_quarantined(const struct ship_receive *in)
{
    return in->decision != NULL && strcmp(in->decision, "quarantined") == 0;
}

const char *shipment_deviation(struct arena *a, const struct ship_receive *in)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "Shipment %s: ", in->transfer_id);
    for (size_t i = 0; i < in->mismatches.count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "; " : "", TEXTS_AT(in->mismatches, i));
    return b.text;
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
