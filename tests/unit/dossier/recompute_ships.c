/* Rule 11 for shipments: what was packed is what went, and what did not fit at the other end comes out again. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "domain/dated.h"
#include "domain/shipment.h"

#define MINUTE INT64_C(60000)

static void qualified(void)
{
    filled_containers();
    struct unit_qualify *q = fresh("custody.unit_qualify");
    struct collection_record *c = fresh("source.collection_record");
    *q = (struct unit_qualify){.equipment_id = "E-1", .low_c = "2.0", .high_c = "8.0", .allowed_min = 3, .gap_min = 30, .hold_min = 600,
                               .valid_until = now_ms + 9000 * MINUTE, .report = "Q-7"};
    add(E1, "custody.unit_qualify", q);
    *c = (struct collection_record){.collection_id = "C-1", .donor_id = "D-1", .donation_number = "A999926000001", .check_character = "X",
                                    .tissue = "marrow", .site = "iliac crest", .started_at = now_ms, .ended_at = now_ms,
                                    .container_lot = "L", .seal_number = "S"};
    add(C, "source.collection_record", c);
}

static struct ship_pack *packing(const char *container)
{
    struct ship_pack *p = fresh("custody.ship_pack");
    p->batch_id = "B-1";
    p->transfer_id = "T1";
    p->shipper_id = "E-1";
    p->logger_id = "E-2";
    p->charged_at = now_ms;
    p->seal_number = "S1";
    p->receiver_id = "U-2";
    p->carrier = "Carrier";
    p->waybill = "123";
    p->due_at = now_ms + 300 * MINUTE;
    texts_add(a, &p->containers, container);
    return p;
}

static struct dossier_entry *packed(const char *container)
{
    return add(B, "custody.ship_pack", packing(container));
}

static struct dossier_entry *dispatched(void)
{
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    return add(B, "custody.hand_over", h);
}

static struct dossier_entry *arrived(const char *seal, const char *warmest)
{
    struct ship_receive *r = fresh("custody.ship_receive");
    int64_t given_ms = now_ms;
    now_ms += 6 * MINUTE;
    r->batch_id = "B-1";
    r->transfer_id = "T1";
    r->condition = "good";
    r->seal_number = seal;
    r->seal_intact = 1;
    r->donation_number = "A999926000001";
    r->recipient_code = "R-1";
    r->logger_id = "E-2";
    r->arrived_at = now_ms;
    texts_add(a, &r->containers, "K1");
    for (int i = 0; i < 3; i++)
        *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &r->readings) =
            (struct temperature_reading){given_ms + (1 + 2 * i) * MINUTE, i == 1 ? warmest : "5.0"};
    return add(B, "custody.ship_receive", r);
}

static struct dossier_entry *decided(const char *decision, const char *held_by)
{
    struct container_decide *d = fresh("custody.container_decide");
    *d = (struct container_decide){.renews = INTEGER_ABSENT, .batch_id = "B-1", .decision = decision, .reason = "stability data cover it"};
    texts_add(a, &d->containers, "K1");
    if (held_by != NULL)
        texts_add(a, &d->held_by, held_by);
    return add(B, "custody.container_decide", d);
}

CASE(custody_SHIP_rule_11_the_shippers_limits_are_its_qualifications)
{
    qualified();
    holds_until(B, packed("K1"), "\"high_c\":\"8.0\"", "\"high_c\":\"25.0\"");
    end();
}

CASE(custody_SHIP_rule_11_an_unqualified_shipper_is_found_out)
{
    qualified();
    struct dossier_entry *entry = packed("K1");
    assert_int_equal(check(B, entry), 0);
    stream[E1].count = 0;
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "shipper_id");
    end();
}

CASE(R34_rule_11_other_containers_or_seal_than_packed)
{
    qualified();
    packed("K1");
    holds_until(B, dispatched(), "\"S1\"", "\"S2\"");
    assert_string_equal(e.field, "seal_number");
    end();
}

CASE(R34_rule_11_a_shipment_is_received_with_its_checks_alone)
{
    qualified();
    packed("K1");
    dispatched();
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    assert_int_equal(check(B, put(B, "custody.receive", r)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "transfer_id");
    end();
}

CASE(R34_rule_11_packed_containers_go_by_no_other_transfer)
{
    qualified();
    packed("K1");
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T2", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S9", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    assert_int_equal(check(B, put(B, "custody.hand_over", h)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "containers");
    end();
}

CASE(custody_SHIP_rule_11_what_did_not_fit_comes_out_again)
{
    qualified();
    packed("K1");
    dispatched();
    struct dossier_entry *entry = arrived("S1", "5.1");
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"decision\":\"accepted\""));
    holds_until(B, entry, "\"max_c\":\"5.1\"", "\"max_c\":\"5.0\"");
    end();
    qualified();
    packed("K1");
    dispatched();
    entry = arrived("S1", "9.5");
    assert_non_null(strstr((const char *)entry->statement.body.data, "4 min outside its limits, 5.0 to 9.5 degC"));
    holds_until(B, entry, "\"decision\":\"quarantined\"", "\"decision\":\"accepted\"");
    end();
}

CASE(custody_SHIP_rule_11_what_is_held_is_not_administered_until_qa_decides)
{
    qualified();
    packed("K1");
    dispatched();
    arrived("S2", "5.0");
    struct batch_release *released = fresh("release.release");
    released->batch_id = "B-1";
    add(B, "release.release", released);
    struct dossier_entry *entry = decided("use", "shipment T1");
    assert_int_equal(check(B, entry), 0);
    assert_int_equal(check(B, add(B, "custody.administer", giving())), 0);
    entry->statement.type = "batch.note";                  /* nobody decided */
    assert_int_equal(check(B, &stream[B].entry[stream[B].count - 1]), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "on hold"));
    end();
}

CASE(custody_SHIP_rule_11_a_decision_names_what_held_them)
{
    qualified();
    packed("K1");
    dispatched();
    arrived("S2", "5.0");
    struct dossier_entry *entry = decided("use", NULL);
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "held_by");
    end();
}

/* K1 out of the shipper again, ${minutes} after it was packed; by a logger that was started before and read every half of it */
static struct dossier_entry *unpacked(int64_t minutes, const char *warmest)
{
    struct ship_unpack *u = fresh("custody.ship_unpack");
    int64_t packed_ms = now_ms;
    now_ms += minutes * MINUTE;
    u->batch_id = "B-1";
    u->transfer_id = "T1";
    u->reason = "the flight was cancelled";
    u->logger_id = "E-2";
    u->unpacked_at = now_ms;
    for (int i = -2; warmest != NULL && i < 3; i++)
        *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &u->readings) =
            (struct temperature_reading){packed_ms + i * minutes * MINUTE / 2, i == 1 ? warmest : "5.0"};
    return add(B, "custody.ship_unpack", u);
}

/* what is on hold is not packed */
static void packed_again_refused(void)
{
    assert_int_equal(check(B, put(B, "custody.ship_pack", packing("K1"))), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "on hold"));
    stream[B].count--;
}

CASE(custody_SHIP_rule_11_what_was_unpacked_warm_is_on_hold)
{
    qualified();
    packed("K1");
    struct dossier_entry *entry = unpacked(20, "5.1");
    holds_until(B, entry, "\"decision\":\"accepted\"", "\"decision\":\"quarantined\"");
    end();
    qualified();
    packed("K1");
    entry = unpacked(20, "9.5");
    packed_again_refused();
    assert_int_equal(check(B, decided("use", NULL)), ERR_DOSSIER_REFUSED);
    stream[B].count--;
    assert_int_equal(check(B, decided("use", shipment_unpack_cause(a, "T1", entry->entry.seq))), 0);
    assert_int_equal(check(B, packed("K1")), 0);
    holds_until(B, entry, "\"decision\":\"quarantined\"", "\"decision\":\"accepted\"");
    end();
}

CASE(custody_SHIP_rule_11_what_was_unpacked_without_readings_is_on_hold)
{
    qualified();
    packed("K1");
    struct dossier_entry *entry = unpacked(20, NULL);
    assert_non_null(strstr((const char *)entry->statement.body.data, "nobody knows its temperature"));
    assert_int_equal(check(B, entry), 0);
    packed_again_refused();
    end();
}

CASE(custody_SHIP_rule_11_what_versions_unpacked_that_asked_no_readings_stands)
{
    qualified();
    packed("K1");
    struct ship_unpack *u = fresh("custody.ship_unpack");
    u->batch_id = "B-1";
    u->transfer_id = "T1";
    u->reason = "the flight was cancelled";
    texts_add(a, &u->containers, "K1");
    struct dossier_entry *entry = put(B, "custody.ship_unpack", u);
    assert_int_equal(check(B, entry), 0);
    assert_int_equal(check(B, dispatched()), 0);
    entry->statement.at_ms = dated_since(DATED_UNPACKED) - 1;
    assert_int_equal(check(B, entry), 0);
    entry->statement.at_ms = dated_since(DATED_UNPACKED);      /* by then no such version is in use: it was left out */
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    end();
}
