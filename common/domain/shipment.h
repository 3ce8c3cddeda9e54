/*
 * What a shipment's statements compute: at packing what the shipper is qualified for, at receipt what does not fit and what follows from
 * it (domain.md §1.2: any mismatch is quarantine and a deviation). One code for the service and the verifier. Pure.
 */
#pragma once
#include "base/arena.h"
#include "contract/contract.h"
#include "domain/excursion.h"

/** shipment_pack_fill(qualified, seq, in): the shipper's limits, by its qualification of entry ${seq}. */
void shipment_pack_fill(const struct unit_qualify *qualified, int64_t seq, struct ship_pack *in);

/** What was sent: as packed, when it was handed over, and whose it is by the batch's own record; ${recipient_code} NULL: nobody's. */
struct shipment_sent {
    const struct ship_pack *pack;
    int64_t given_ms;
    const char *donation_number, *recipient_code;
};

/** shipment_receive_fill(a, sent, in): lowest, highest, minutes outside, mismatches, decision and class of ${in}, in ${a}. Another identity is
 *  critical, all else major. */
void shipment_receive_fill(struct arena *a, const struct shipment_sent *sent, struct ship_receive *in);

/** The cold between two times, by the logger that is found; ${logger_id} NULL: none. */
struct shipment_cold {
    const char *logger_id;
    const struct list *readings;
    int64_t from_ms, until_ms;
};

/** shipment_unpack_fill(a, pack, packed_ms, said_ms, in): the same of the cold from packing to unpacking, of a statement of ${said_ms}: what no
 *  reading accounts for is a mismatch, major. shipment_unpacked_ms(in, said_ms): when it was unpacked. */
void shipment_unpack_fill(struct arena *a, const struct ship_pack *pack, int64_t packed_ms, int64_t said_ms, struct ship_unpack *in);
int64_t shipment_unpacked_ms(const struct ship_unpack *in, int64_t said_ms);

/** shipment_unpack_is_held(in): its containers are on hold; versions that asked no readings hold nothing. shipment_unpack_deviation(a, in): the
 *  deviation that it opens. shipment_unpack_cause(a, transfer_id, seq): what holds them, as a decision names it; ${seq} of its entry. */
bool shipment_unpack_is_held(const struct ship_unpack *in);
const char *shipment_unpack_deviation(struct arena *a, const struct ship_unpack *in);
const char *shipment_unpack_cause(struct arena *a, const char *transfer_id, int64_t seq);

/** shipment_is_quarantined(in): something did not fit. shipment_deviation(a, in): the words of the deviation that it opens. */
bool shipment_is_quarantined(const struct ship_receive *in);
const char *shipment_deviation(struct arena *a, const struct ship_receive *in);

/** shipment_cause(a, transfer_id): what holds the containers of a quarantined shipment, as a decision names it. */
const char *shipment_cause(struct arena *a, const char *transfer_id);

/** shipment_is_packed(pack, containers): the very containers that were packed, in any order. */
bool shipment_is_packed(const struct ship_pack *pack, const struct list *containers);
