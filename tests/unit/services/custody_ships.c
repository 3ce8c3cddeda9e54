/* Shipment by the rules alone: what is packed into what, what goes out, and what is received at all. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "fsm/machines.h"
#include "record/record.h"
#include "ship_rules.h"

#define NOW INT64_C(1780000000000)
#define HOUR INT64_C(3600000)

static struct arena *arena;
static struct err err;
static struct container_facts stock[2];
static const char *one[] = {"K-1"}, *both[] = {"K-1", "K-2"};

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
    } while (0)

static struct custody_facts with(const char *state)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    stock[0] = (struct container_facts){"K-1", NOW + 90 * HOUR, state, false, "7.0", "700000000", 0, false, NULL};
    stock[1] = (struct container_facts){"K-2", NOW + 90 * HOUR, state, false, "7.0", "700000000", 0, false, NULL};
    return (struct custody_facts){.state = "released", .containers = stock, .container_count = 2, .may_store = true, .use = "allogeneic",
                                  .determination = "eligible"};
}

static struct pack_facts ready(void)
{
    return (struct pack_facts){
        .shipper = {true, false, TIME_ABSENT, 3, {.high_c = "-135", .gap_min = 60, .hold_min = 10 * 1440, .valid_until = NOW + 900 * HOUR}},
        .logger = {true, true, NOW + 900 * HOUR, -1, {.valid_until = TIME_ABSENT}},
        .receiver = {"open", ROLE_PHYSICIAN},
    };
}

static struct ship_pack packing(const struct pack_facts *p)
{
    struct ship_pack in;
    record_init(&record_ship_pack, &in);
    in.batch_id = "B-1";
    in.transfer_id = "T-1";
    in.containers = (struct list){one, 1};
    in.shipper_id = "E-DRY1";
    in.logger_id = "E-LOG1";
    in.charged_at = NOW - HOUR;
    in.seal_number = "S-1";
    in.receiver_id = "U-2";
    in.due_at = NOW + 20 * HOUR;
    shipment_pack_fill(&p->shipper.qualified, p->shipper.qualified_seq, &in);
    return in;
}

static int pack(const struct custody_facts *f, const struct pack_facts *p)
{
    struct ship_pack in = packing(p);
    return rule_ship_pack(&in, f, p, "U-1", NOW, &err);
}

CASE(custody_SHIP_needs_a_qualified_shipper_and_a_calibrated_logger)
{
    struct custody_facts f = with("kept");
    struct pack_facts p = ready();
    assert_int_equal(pack(&f, &p), 0);
    p.shipper.qualified_seq = -1;
    assert_refused(pack(&f, &p), ERR_EQUIPMENT_REFUSED, "shipper_id", "R19");
    p = ready();
    p.shipper.qualified.valid_until = NOW + 19 * HOUR;
    assert_refused(pack(&f, &p), ERR_EQUIPMENT_REFUSED, "shipper_id", "R19");
    p = ready();
    p.shipper.qualified.hold_min = 20 * 60;
    assert_refused(pack(&f, &p), ERR_EQUIPMENT_REFUSED, "charged_at", "1.7");
    p = ready();
    p.logger.calibration_due_ms = NOW + 19 * HOUR;
    assert_refused(pack(&f, &p), ERR_EQUIPMENT_REFUSED, "logger_id", "R19");
    p.logger.calibrated = false;
    assert_refused(pack(&f, &p), ERR_EQUIPMENT_REFUSED, "logger_id", "R19");
    p = ready();
    struct ship_pack in = packing(&p);
    in.charged_at = TIME_ABSENT;
    assert_refused(rule_ship_pack(&in, &f, &p, "U-1", NOW, &err), ERR_FIELD_MISSING, "charged_at", "1.7");
}

CASE(T19_what_expires_on_the_way_is_not_packed)
{
    struct custody_facts f = with("kept");
    struct pack_facts p = ready();
    stock[0].expires_ms = NOW + 20 * HOUR;
    assert_refused(pack(&f, &p), ERR_CUSTODY_REFUSED, "containers", "T19");
}

CASE(R34_what_is_held_not_released_or_gone_is_not_packed)
{
    struct custody_facts f = with("kept");
    struct pack_facts p = ready();
    stock[0].held = true;
    assert_refused(pack(&f, &p), ERR_CUSTODY_REFUSED, "held", "container-15");
    f = with("given");
    assert_refused(pack(&f, &p), ERR_CUSTODY_REFUSED, "container_id", "R34");
    f = with("kept");
    f.state = "in_test";
    assert_int_equal(pack(&f, &p), ERR_STATE_FORBIDS);
    f = with("kept");
    p.known_transfer = true;
    assert_refused(pack(&f, &p), ERR_EXISTS, "transfer_id", "R34");
    p = ready();
    p.receiver.roles = ROLE_TECHNICIAN;
    assert_refused(pack(&f, &p), ERR_CUSTODY_REFUSED, "receiver_id", "R34");
}

static struct hand_over dispatch(void)
{
    return (struct hand_over){.batch_id = "B-1", .transfer_id = "T-1", .receiver_id = "U-2", .seal_number = "S-1", .containers = {one, 1}};
}

CASE(R34_what_was_packed_is_what_goes)
{
    struct custody_facts f = with("packed");
    struct pack_facts p = ready();
    struct shipment_facts s = {"packed", packing(&p), NOW - HOUR};
    struct hand_over in = dispatch();
    assert_int_equal(rule_dispatch(&in, &f, &s, NOW, &err), 0);
    in.containers = (struct list){both, 2};
    assert_refused(rule_dispatch(&in, &f, &s, NOW, &err), ERR_CUSTODY_REFUSED, "containers", "R34");
    in = dispatch();
    in.seal_number = "S-2";
    assert_refused(rule_dispatch(&in, &f, &s, NOW, &err), ERR_CUSTODY_REFUSED, "seal_number", "R34");
    in = dispatch();
    in.receiver_id = "U-3";
    assert_refused(rule_dispatch(&in, &f, &s, NOW, &err), ERR_CUSTODY_REFUSED, "receiver_id", "R34");
    s.pack.keeps_until = s.pack.due_at;                    /* it lay too long before it went */
    in = dispatch();
    assert_refused(rule_dispatch(&in, &f, &s, s.pack.due_at + 1, &err), ERR_CUSTODY_REFUSED, "keeps_until_due", "shipment-10");
    s.state = NULL;                                        /* by another transfer */
    assert_refused(rule_dispatch(&in, &f, &s, NOW, &err), ERR_CUSTODY_REFUSED, "containers", "R34");
    f = with("kept");
    assert_int_equal(rule_dispatch(&in, &f, &s, NOW, &err), 0);
}

CASE(custody_SHIP_what_does_not_go_is_unpacked_for_a_reason)
{
    struct pack_facts p = ready();
    struct shipment_facts s = {"packed", packing(&p), NOW - HOUR};
    struct ship_unpack in = {.batch_id = "B-1", .transfer_id = "T-1", .reason = "the flight is cancelled", .unpacked_at = TIME_ABSENT};
    assert_int_equal(rule_ship_unpack(&in, &s, NOW, NOW, &err), 0);
    in.reason = "no";
    assert_int_equal(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_REASON_MISSING);
    s.state = "dispatched";
    assert_int_equal(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_STATE_FORBIDS);
    s.state = NULL;
    assert_int_equal(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_NOT_FOUND);
}

CASE(custody_SHIP_what_is_unpacked_was_packed_before_and_its_readings_are_in_order)
{
    struct pack_facts p = ready();
    with("packed");
    struct shipment_facts s = {"packed", packing(&p), NOW - HOUR};
    struct ship_unpack in = {.batch_id = "B-1", .transfer_id = "T-1", .reason = "the flight is cancelled", .unpacked_at = NOW - 2 * HOUR};
    assert_refused(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_TIME_REFUSED, "unpacked_at", "R15");
    in.unpacked_at = NOW + HOUR;
    assert_refused(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_TIME_REFUSED, "unpacked_at", "R15");
    in.unpacked_at = NOW;
    static const int64_t at[] = {NOW - 3 * HOUR, NOW - HOUR / 2, NOW + HOUR};      /* it was started before */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(rule_ship_unpack(&in, &s, NOW, NOW, &err), 0);
        *(struct temperature_reading *)record_list_add(arena, &record_temperature_reading, &in.readings) = (struct temperature_reading){at[i], "-150"};
    }
    assert_refused(rule_ship_unpack(&in, &s, NOW, NOW, &err), ERR_TIME_REFUSED, "readings", "7.4");
}

CASE(custody_EXCURSION_a_unit_is_qualified_with_a_limit_until_a_day)
{
    struct unit_facts unit = {.known = true};
    struct unit_qualify in = {.equipment_id = "E-1", .low_c = "2", .high_c = "8", .gap_min = 30, .hold_min = INTEGER_ABSENT,
                              .valid_until = NOW + HOUR, .report = "Q-7"};
    assert_int_equal(rule_qualify(&in, &unit, NOW, &err), 0);
    in.low_c = "8";
    assert_refused(rule_qualify(&in, &unit, NOW, &err), ERR_FIELD_RANGE, "low_c", "7.4");
    in.low_c = in.high_c = NULL;
    assert_refused(rule_qualify(&in, &unit, NOW, &err), ERR_FIELD_MISSING, "high_c", "7.4");
    in.high_c = "-135";
    in.gap_min = 0;
    assert_refused(rule_qualify(&in, &unit, NOW, &err), ERR_FIELD_RANGE, "gap_min", "7.4");
    in.gap_min = 5;
    in.valid_until = NOW;
    assert_refused(rule_qualify(&in, &unit, NOW, &err), ERR_TIME_REFUSED, "valid_until", "R19");
    unit.known = false;
    assert_int_equal(rule_qualify(&in, &unit, NOW, &err), ERR_NOT_FOUND);
}

CASE(custody_EXCURSION_readings_are_of_a_qualified_unit_and_go_on_in_order)
{
    struct pack_facts p = ready();
    struct unit_readings in;
    with("kept");
    record_init(&record_unit_readings, &in);
    in.equipment_id = "E-DRY1";
    *(struct temperature_reading *)record_list_add(arena, &record_temperature_reading, &in.readings) =
        (struct temperature_reading){NOW - HOUR, "-150"};
    assert_int_equal(rule_unit_readings(&in, &p.shipper, TIME_ABSENT, NOW, &err), 0);
    in.continues = 1;
    assert_refused(rule_unit_readings(&in, &p.shipper, TIME_ABSENT, NOW, &err), ERR_ORDER_FORBIDS, "continues", "7.4");
    assert_int_equal(rule_unit_readings(&in, &p.shipper, NOW - HOUR - 1, NOW, &err), 0);
    assert_refused(rule_unit_readings(&in, &p.shipper, NOW - HOUR, NOW, &err), ERR_TIME_REFUSED, "readings", "7.4");
    in.continues = BOOLEAN_ABSENT;
    assert_refused(rule_unit_readings(&in, &p.logger, TIME_ABSENT, NOW, &err), ERR_EQUIPMENT_REFUSED, "equipment_id", "R19");
    p.shipper.known = false;
    assert_int_equal(rule_unit_readings(&in, &p.shipper, TIME_ABSENT, NOW, &err), ERR_NOT_FOUND);
}

/* what is held goes nowhere, and QA decides on nothing that is not */
CASE(fsm_held_containers_wait_for_qa)
{
    static const struct {
        const char *state, *event;
        bool when_held, when_not;
    } rows[] = {{"kept", "custody.hand_over", false, true},      {"packed", "custody.hand_over", false, true},
                {"received", "custody.administer", false, true}, {"received", "custody.return_give", true, true},
                {"received", "custody.decide_use", true, false}, {"kept", "custody.decide_destroy", true, false},
                {"kept", "custody.container_store", true, true}, {"returned", "custody.decide_destroy", true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct custody_facts f = with(rows[i].state);
        assert_int_equal(rule_container(&f, "K-1", rows[i].event, 0, &err) == 0, rows[i].when_not);
        stock[0].held = true;
        assert_int_equal(rule_container(&f, "K-1", rows[i].event, 0, &err) == 0, rows[i].when_held);
    }
}

CASE(fsm_shipment_rows_in_sql_are_the_machines)
{
    with("kept");
    struct buf rows = buf_new(arena);
    size_t len;
    char *sql = test_read(STEMMA_SQL "/api/shipment_fsm.sql", &len);
    assert_non_null(sql);
    fsm_to_sql(&rows, &fsm_shipment);
    const char *values = strstr(sql, "values\n");
    assert_non_null(values);
    assert_int_equal(strncmp(values + 7, rows.text, rows.len), 0);
    assert_string_equal(values + 7 + rows.len, ";\n");
    free(sql);
    for (size_t i = 0; i < fsm_shipment.state_count; i++)
        assert_string_equal(words_shipment_state.words[i], fsm_shipment.states[i].name);
}
