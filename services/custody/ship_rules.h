/*
 * Shipment, pure: a qualified shipper that keeps its temperature until the planned arrival, a calibrated logger, containers that are not held
 * and last that long; out by the hand-over of what was packed; received with its checks (domain.md §1.2, §1.7, §7; R34, T19). What
 * the checks find is computed in common/domain/shipment.h, for the verifier needs the same.
 */
#pragma once
#include "custody_rules.h"
#include "domain/shipment.h"

/** A piece of equipment as a unit that stores or carries. ${qualified_seq} -1: it is not qualified. */
struct unit_facts {
    bool known, calibrated;
    int64_t calibration_due_ms, qualified_seq;
    struct unit_qualify qualified;
};

/** A shipment as it was packed, and when; ${state} NULL: the transfer is no shipment's. */
struct shipment_facts {
    const char *state;
    struct ship_pack pack;
    int64_t packed_ms;
};

/** rule_qualify(in, unit, now_ms, e): known equipment, a limit at least, the lower below the upper, valid in the future. */
int rule_qualify(const struct unit_qualify *in, const struct unit_facts *unit, int64_t now_ms, struct err *e);

/** rule_unit_readings(in, unit, last_ms, now_ms, e): readings in order, none in the future, of a unit that is qualified; one that goes on has a series
 *  before it, which ended at ${last_ms} (TIME_ABSENT: there is none). */
int rule_unit_readings(const struct unit_readings *in, const struct unit_facts *unit, int64_t last_ms, int64_t now_ms, struct err *e);

/** What a shipment is packed with and for whom; ${known_transfer}: its number is used. */
struct pack_facts {
    struct unit_facts shipper, logger;
    struct receiver_facts receiver;
    const char *shipment;               /* the state of another shipment of that transfer; NULL: none */
    bool known_transfer;
};

/** rule_ship_pack(in, facts, p, packer, now_ms, e): ${in} with its computed fields. */
int rule_ship_pack(const struct ship_pack *in, const struct custody_facts *facts, const struct pack_facts *p, const char *packer,
                   int64_t now_ms, struct err *e);

/** rule_dispatch(in, facts, shipment, now_ms, e): a hand-over of packed containers is of the very containers, seal and consignee that were packed, while
 *  the shipper still keeps its temperature; one of no shipment names nothing that is packed. */
int rule_dispatch(const struct hand_over *in, const struct custody_facts *facts, const struct shipment_facts *shipment, int64_t now_ms,
                  struct err *e);

/** rule_ship_unpack(in, shipment, said_ms, now_ms, e): packed and not gone, for a reason; readings of the logger in order, if there are any. By a statement
 *  of ${said_ms}. Call before its computed fields are filled. */
int rule_ship_unpack(const struct ship_unpack *in, const struct shipment_facts *shipment, int64_t said_ms, int64_t now_ms, struct err *e);

/** rule_ship_receive(in, facts, shipment, transfer, person, now_ms, e): an open transfer to this very person, of the same containers; arrived
 *  after it was given; the logger's readings in order, if there are any, also of the time before. A seal, a temperature or an identity that
 *  does not fit is recorded, not refused. Call before its computed fields are filled; digest in ${in}. */
int rule_ship_receive(const struct ship_receive *in, const struct custody_facts *facts, const struct shipment_facts *shipment,
                      const struct transfer_facts *transfer, const char *person, int64_t now_ms, struct err *e);
