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

/** shipment_is_quarantined(in): something did not fit. shipment_deviation(a, in): the words of the deviation that it opens. */
bool shipment_is_quarantined(const struct ship_receive *in);
const char *shipment_deviation(struct arena *a, const struct ship_receive *in);

/** shipment_cause(a, transfer_id): what holds the containers of a quarantined shipment, as a decision names it. */
const char *shipment_cause(struct arena *a, const char *transfer_id);

/** shipment_is_packed(pack, containers): the very containers that were packed, in any order. */
bool shipment_is_packed(const struct ship_pack *pack, const struct list *containers);
