/* Shipment over real sockets: a unit qualified, containers packed, handed over, received with their checks; and the hold of what did not
 * arrive in order until QA decides. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define HOUR INT64_C(3600000)

static const char *equipment(const char *class)
{
    const char *id = short_fresh("E");
    struct equipment_register in = {.equipment_id = id, .title = "For tests", .equipment_class = class, .serial_number = id};
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    return id;
}

static const char *logger(void)
{
    static const char *id;
    if (id != NULL)
        return id;
    id = equipment("temperature_logger");
    struct equipment_calibrate in = {.equipment_id = id, .calibrated_at = clock_ms() - HOUR, .due_at = clock_ms() + 1000 * HOUR,
                                     .certificate = "K-1", .result = "pass", .good_at = TIME_ABSENT};
    assert_done(short_act("U-CLARA", "batch.equipment_calibrate", &in));
    return id;
}

static int qualify(const char *who, const char *unit)
{
    struct unit_qualify in;
    record_init(&record_unit_qualify, &in);
    in.equipment_id = unit;
    in.low_c = "2.0";
    in.high_c = "8.0";
    in.allowed_min = 0;
    in.gap_min = 60;
    in.hold_min = 72 * 60;
    in.valid_until = clock_ms() + 1000 * HOUR;
    in.report = "QR-7";
    return short_act(who, "custody.unit_qualify", &in);
}

static const char *shipper(void)
{
    static const char *id;
    if (id == NULL) {
        id = equipment("shipper");
        assert_done(qualify("U-ELENA", id));
    }
    return id;
}

static void released(struct short_batch *b)
{
    short_filled(b, "allogeneic");
    assert_done(short_store(b));
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
    short_test(b);
    assert_done(short_review(b));
    assert_done(short_release(b));
}

static struct ship_pack packing(const struct short_batch *b)
{
    struct ship_pack in;
    record_init(&record_ship_pack, &in);
    in.batch_id = b->batch;
    in.transfer_id = short_fresh("TR");
    texts_add(house_arena(), &in.containers, b->container);
    in.shipper_id = shipper();
    in.logger_id = logger();
    in.charged_at = clock_ms() - HOUR;
    in.seal_number = "S-20";
    in.receiver_id = "U-INES";
    in.carrier = "Night courier";
    in.waybill = "AWB-1";
    in.due_at = clock_ms() + 3 * HOUR;
    return in;
}

static int dispatch(const struct ship_pack *p, const char *seal)
{
    struct hand_over in;
    record_init(&record_hand_over, &in);
    in.batch_id = p->batch_id;
    in.transfer_id = p->transfer_id;
    in.receiver_id = p->receiver_id;
    in.destination = "Clinic";
    in.seal_number = seal;
    in.condition = "good";
    in.temperature_c = "4.0";
    in.containers = p->containers;
    return short_act("U-JON", "custody.hand_over", &in);
}

static struct ship_receive arrival(const struct short_batch *b, const struct ship_pack *p, const char *temperature)
{
    struct ship_receive in;
    record_init(&record_ship_receive, &in);
    usleep(20000);
    in.batch_id = b->batch;
    in.transfer_id = p->transfer_id;
    in.containers = p->containers;
    in.condition = "good";
    in.seal_number = p->seal_number;
    in.seal_intact = 1;
    in.donation_number = b->donation_number;
    in.recipient_code = b->recipient;
    in.logger_id = p->logger_id;
    struct temperature_reading *r = record_list_add(house_arena(), &record_temperature_reading, &in.readings);
    in.arrived_at = r->read_at = clock_ms();
    r->value_c = temperature;
    return in;
}

/* two hours of a logger that was started before: warm on the bench, then as cold as ${temperature} */
static struct ship_unpack unpacking(const struct ship_pack *p, const char *temperature)
{
    struct ship_unpack in;
    record_init(&record_ship_unpack, &in);
    usleep(20000);
    in.batch_id = p->batch_id;
    in.transfer_id = p->transfer_id;
    in.reason = "the flight was cancelled";
    in.logger_id = p->logger_id;
    int64_t now = clock_ms(), at[] = {now - 2 * HOUR, now - HOUR / 2, now};
    const char *values[] = {"22.0", "4.4", temperature};
    for (size_t i = 0; i < 3; i++)
        *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) =
            (struct temperature_reading){at[i], values[i]};
    return in;
}

static struct shipment_row shipment(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct shipment_rows all;
    assert_done(short_ask("custody.shipments", &key, &all));
    assert_true(all.shipments.count > 0);
    return *LIST_AT(all.shipments, struct shipment_row, 0);
}

static const char *stands(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    assert_int_equal(all.unaccounted, 0);
    return LIST_AT(all.containers, struct whereabouts_row, 0)->state;
}

static int administer(const struct short_batch *b)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = b->batch;
    in.recipient_code = b->recipient;
    in.donation_number = b->donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = clock_ms() - 10;
    in.ended_at = clock_ms();
    in.adverse_event = 0;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &in.containers) =
        (struct dose_container){b->container, "7.0", "0"};
    return short_act("U-INES", "custody.administer", &in);
}

static int decide(const struct short_batch *b, const char *decision)
{
    struct container_decide in;
    record_init(&record_container_decide, &in);
    in.batch_id = b->batch;
    in.decision = decision;
    in.reason = "the stability study covers what was found";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act("U-ELENA", "custody.container_decide", &in);
}

CASE(custody_SHIP_only_what_is_qualified_carries)
{
    struct short_batch b;
    released(&b);
    struct ship_pack in = packing(&b);
    const char *bare = equipment("shipper");
    assert_int_equal(qualify("U-CLARA", bare), ERR_ROLE_MISSING);
    in.shipper_id = bare;
    assert_refused(short_act("U-JON", "custody.ship_pack", &in), ERR_EQUIPMENT_REFUSED, "R19");
    in = packing(&b);
    in.logger_id = bare;
    assert_refused(short_act("U-JON", "custody.ship_pack", &in), ERR_EQUIPMENT_REFUSED, "R19");
    in = packing(&b);
    in.charged_at = clock_ms() - 70 * HOUR;
    assert_refused(short_act("U-JON", "custody.ship_pack", &in), ERR_EQUIPMENT_REFUSED, "1.7");
    in = packing(&b);
    in.due_at = clock_ms() + 40 * HOUR;                    /* it lasts twenty */
    assert_refused(short_act("U-JON", "custody.ship_pack", &in), ERR_CUSTODY_REFUSED, "T19");
    assert_string_equal(stands(&b), "kept");
}

CASE(custody_SHIP_packed_handed_over_received_in_order)
{
    struct short_batch b;
    released(&b);
    struct ship_pack p = packing(&b);
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    assert_string_equal(stands(&b), "packed");
    assert_string_equal(shipment(&b).state, "packed");
    assert_refused(dispatch(&p, "S-21"), ERR_CUSTODY_REFUSED, "R34");
    assert_int_equal(short_hand_over(&b), ERR_CUSTODY_REFUSED);          /* by another transfer */
    assert_done(dispatch(&p, "S-20"));
    assert_string_equal(shipment(&b).state, "dispatched");
    struct receive plain = {.batch_id = b.batch, .transfer_id = p.transfer_id, .containers = p.containers, .condition = "good",
                            .seal_number = "S-20"};
    assert_refused(short_act("U-INES", "custody.receive", &plain), ERR_CUSTODY_REFUSED, "1.2");
    struct ship_receive in = arrival(&b, &p, "4.4");
    assert_refused(short_act("U-TOM", "custody.ship_receive", &in), ERR_CUSTODY_REFUSED, "R34");
    in.arrived_at = clock_ms() - 3 * HOUR;
    assert_refused(short_act("U-INES", "custody.ship_receive", &in), ERR_TIME_REFUSED, "R15");
    in = arrival(&b, &p, "4.4");
    struct temperature_reading after = *LIST_AT(in.readings, struct temperature_reading, 0);
    in.readings = unpacking(&p, "4.4").readings;                          /* the logger was started before it was packed */
    *LIST_AT(in.readings, struct temperature_reading, 2) = after;
    assert_done(short_act("U-INES", "custody.ship_receive", &in));
    struct shipment_row row = shipment(&b);
    assert_string_equal(row.state, "received");
    assert_string_equal(row.max_c, "4.4");
    assert_int_equal(row.held.count, 0);
    assert_string_equal(stands(&b), "received");
    assert_int_equal(decide(&b, "use"), ERR_STATE_FORBIDS);              /* nothing is held */
    assert_done(administer(&b));
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_SHIP_a_broken_seal_holds_it_and_opens_a_deviation)
{
    struct short_batch b;
    released(&b);
    struct ship_pack p = packing(&b);
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    assert_done(dispatch(&p, "S-20"));
    struct ship_receive in = arrival(&b, &p, "11.0");
    in.seal_intact = 0;
    assert_done(short_act("U-INES", "custody.ship_receive", &in));
    int64_t seq = short_seq();
    assert_string_equal(shipment(&b).state, "quarantined");
    assert_int_equal(shipment(&b).held.count, 1);
    struct batch_key key = {b.batch};
    struct quality_results results;
    assert_done(short_ask("quality.results", &key, &results));
    assert_int_equal(results.deviations.count, 1);
    assert_int_equal(LIST_AT(results.deviations, struct deviation_row, 0)->deviation_seq, seq);
    assert_refused(administer(&b), ERR_CUSTODY_REFUSED, "container-30");
    assert_done(decide(&b, "use"));
    assert_string_equal(shipment(&b).state, "closed");
    assert_int_equal(shipment(&b).held.count, 0);
    assert_done(administer(&b));
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

static const char *held_by(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    const struct list *causes = &LIST_AT(all.containers, struct whereabouts_row, 0)->held_by;
    return causes->count == 0 ? NULL : TEXTS_AT(*causes, 0);
}

CASE(custody_SHIP_what_is_unpacked_without_readings_is_held_and_opens_a_deviation)
{
    struct short_batch b;
    released(&b);
    struct ship_pack p = packing(&b);
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    struct ship_unpack back = unpacking(&p, "4.4");
    back.readings = (struct list){NULL, 0};
    assert_done(short_act("U-MARA", "custody.ship_unpack", &back));
    int64_t seq = short_seq();
    assert_done(short_store(&b));
    assert_string_equal(held_by(&b), arena_printf(house_arena(), "unpacking %s %lld", p.transfer_id, (long long)seq));
    assert_int_equal(shipment(&b).held.count, 1);
    struct batch_key key = {b.batch};
    struct quality_results results;
    assert_done(short_ask("quality.results", &key, &results));
    assert_int_equal(results.deviations.count, 1);
    assert_int_equal(LIST_AT(results.deviations, struct deviation_row, 0)->deviation_seq, seq);
    assert_refused(short_act("U-JON", "custody.ship_pack", &p), ERR_CUSTODY_REFUSED, "container-15");
    assert_done(decide(&b, "use"));
    assert_null(held_by(&b));
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    assert_done(dispatch(&p, "S-20"));
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

/* a lost logger is found at the door: the box is received all the same, and nobody gives what is in it before QA has decided */
CASE(custody_SHIP_without_its_logger_it_is_received_on_hold)
{
    struct short_batch b;
    released(&b);
    struct ship_pack p = packing(&b);
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    assert_done(dispatch(&p, "S-20"));
    struct ship_receive in = arrival(&b, &p, "4.4");
    in.logger_id = NULL;
    in.readings = (struct list){NULL, 0};
    assert_done(short_act("U-INES", "custody.ship_receive", &in));
    assert_string_equal(shipment(&b).state, "quarantined");
    assert_null(shipment(&b).max_c);
    assert_refused(administer(&b), ERR_CUSTODY_REFUSED, "container-30");
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_SHIP_what_does_not_go_is_unpacked_and_stored_again)
{
    struct short_batch b;
    released(&b);
    struct ship_pack p = packing(&b);
    assert_done(short_act("U-JON", "custody.ship_pack", &p));
    struct ship_unpack back = unpacking(&p, "4.4");
    back.unpacked_at = clock_ms() - 3 * HOUR;
    assert_refused(short_act("U-MARA", "custody.ship_unpack", &back), ERR_TIME_REFUSED, "R15");
    back = unpacking(&p, "4.4");
    assert_done(short_act("U-MARA", "custody.ship_unpack", &back));
    assert_string_equal(shipment(&b).max_c, "4.4");
    assert_int_equal(shipment(&b).held.count, 0);
    assert_refused(short_act("U-MARA", "custody.ship_unpack", &back), ERR_NOT_FOUND, "R34");
    assert_done(short_store(&b));
    assert_string_equal(stands(&b), "kept");
    assert_done(short_act("U-JON", "custody.ship_pack", &p));            /* the same transfer, the next day */
    assert_done(dispatch(&p, "S-20"));
    assert_true(house_dossier_holds(b.batch));
}
