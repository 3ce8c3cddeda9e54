#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/transit.h"
#include "source_rules.h"

#define HOUR INT64_C(3600000)
#define NOW (1000 * HOUR)

static struct err e;
static const struct source_limits limits = {15 * 60 * 1000, 5000};
static const struct donor_facts donor = {.tissue = "umbilical_cord", .use = "allogeneic", .subject = "mother_and_infant",
                                         .scopes = "treatment", .consent_given_ms = NOW - 48 * HOUR};

static struct collection_record collection(void)
{
    return (struct collection_record){.collection_id = "C-1", .donor_id = "D-1", .donation_number = "A999926000001",
                                      .check_character = "8", .tissue = "umbilical_cord", .site = "umbilical cord",
                                      .started_at = NOW - 3 * HOUR, .ended_at = NOW - 2 * HOUR, .length_cm = "22",
                                      .container_lot = "CUP-1", .seal_number = "S-77"};
}

static int check(const struct collection_record *in)
{
    return source_collection_check(in, &donor, NOW, &limits, &e);
}

static struct collection_facts collected(void)
{
    return (struct collection_facts){.donation_number = "A999926000001", .seal_number = "S-77", .ended_ms = NOW - 2 * HOUR};
}

static struct receipt_record receipt(void)
{
    return (struct receipt_record){.collection_id = "C-1", .received_at = NOW, .courier = "Own car",
                                   .donation_number = "A999926000001", .seal_number = "S-77", .seal_intact = 1,
                                   .container_intact = 1, .label_matches = 1, .temperature_min_c = "2.4",
                                   .temperature_max_c = "7.9", .decision = "accepted"};
}

static int receive(const struct receipt_record *in)
{
    struct collection_facts facts = collected();
    return source_receipt_check(in, &facts, NOW, &limits, &e);
}

CASE(R03_the_check_character_fits_the_donation_number)
{
    assert_int_equal(source_number_check("A999926000001", "8", &e), 0);
    assert_int_equal(source_number_check("A999926000088", "*", &e), 0);
    assert_int_equal(source_number_check("A999926000006", "Z", &e), 0);
    assert_int_equal(source_number_check("A999926000001", "9", &e), ERR_IDENTIFIER_REFUSED);
    assert_string_equal(e.field, "check_character");
    assert_string_equal(e.rule, "R03");
}

CASE(R03_swapped_digits_are_found)
{
    assert_int_equal(source_number_check("A999926000010", "8", &e), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(source_number_check("A999962000001", "8", &e), ERR_IDENTIFIER_REFUSED);
}

CASE(T33_flags_are_not_part_of_the_number)
{
    assert_int_equal(source_number_check("A99992600000100", "8", &e), ERR_IDENTIFIER_REFUSED);
    assert_string_equal(e.field, "donation_number");
    assert_int_equal(source_number_check("A99992600001", "8", &e), ERR_IDENTIFIER_REFUSED);
}

CASE(T34_the_letter_o_is_not_made_a_zero)
{
    assert_int_equal(source_number_check("O999926000001", "8", &e), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(source_number_check("a999926000001", "8", &e), ERR_IDENTIFIER_REFUSED);
}

CASE(collection_in_order_is_recorded)
{
    struct collection_record in = collection();
    assert_int_equal(check(&in), 0);
}

CASE(R04_a_collection_is_of_the_donors_tissue)
{
    struct collection_record in = collection();
    in.tissue = "placenta";
    assert_int_equal(check(&in), ERR_DONOR_REFUSED);
    assert_string_equal(e.field, "tissue");
}

CASE(collection_of_an_unknown_donor_is_refused)
{
    struct collection_record in = collection();
    const struct donor_facts none = {.tissue = NULL};
    assert_int_equal(source_collection_check(&in, &none, NOW, &limits, &e), ERR_NOT_FOUND);
}

CASE(collection_without_consent_is_refused)
{
    struct collection_record in = collection();
    struct donor_facts silent = donor;
    silent.scopes = NULL;
    assert_int_equal(source_collection_check(&in, &silent, NOW, &limits, &e), ERR_CONSENT_MISSING);
    silent = donor;
    silent.consent_given_ms = in.started_at + 1;
    assert_int_equal(source_collection_check(&in, &silent, NOW, &limits, &e), ERR_CONSENT_MISSING);
}

CASE(R15_a_collection_ends_after_it_started_and_before_now)
{
    struct collection_record in = collection();
    in.started_at = in.ended_at + 1;
    assert_int_equal(check(&in), ERR_TIME_REFUSED);
    in = collection();
    in.ended_at = NOW + 5001;
    assert_int_equal(check(&in), ERR_TIME_REFUSED);
    assert_string_equal(e.field, "ended_at");
}

CASE(R22_an_amount_is_measured_in_the_tissues_unit)
{
    struct collection_record in = collection();
    in.length_cm = NULL;
    in.volume_ml = "20";
    assert_int_equal(check(&in), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "length_cm");
}

CASE(R22_an_amount_outside_its_hard_limits_is_refused)
{
    struct collection_record in = collection();
    in.length_cm = "120";
    assert_int_equal(check(&in), 0);
    in.length_cm = "120.1";
    assert_int_equal(check(&in), ERR_LIMIT_HARD);
    in.length_cm = "0.9";
    assert_int_equal(check(&in), ERR_LIMIT_HARD);
    in.length_cm = "1";
    in.mass_g = "0";
    assert_int_equal(check(&in), ERR_LIMIT_HARD);
    assert_string_equal(e.field, "mass_g");
}

CASE(T12_an_anticoagulants_volume_names_the_anticoagulant)
{
    struct collection_record in = collection();
    in.anticoagulant_ml = "5";
    assert_int_equal(check(&in), ERR_FIELD_MISSING);
    in.anticoagulant = "ACD-A lot 12";
    assert_int_equal(check(&in), 0);
    in.anticoagulant_ml = "-5";
    assert_int_equal(check(&in), ERR_LIMIT_HARD);
}

CASE(receipt_that_matches_is_accepted)
{
    struct receipt_record in = receipt();
    assert_int_equal(receive(&in), 0);
}

CASE(R04_another_donation_number_is_never_accepted)
{
    struct receipt_record in = receipt();
    in.donation_number = "A999926000002";
    assert_int_equal(receive(&in), ERR_STATE_FORBIDS);
    assert_string_equal(e.field, "decision");
    assert_string_equal(e.rule, "R04");
}

CASE(R04_another_or_broken_seal_is_never_accepted)
{
    struct receipt_record in = receipt();
    in.seal_number = "S-78";
    assert_int_equal(receive(&in), ERR_STATE_FORBIDS);
    in = receipt();
    in.seal_intact = 0;
    assert_int_equal(receive(&in), ERR_STATE_FORBIDS);
}

CASE(R04_a_damaged_container_or_wrong_label_is_never_accepted)
{
    struct receipt_record in = receipt();
    in.container_intact = 0;
    assert_int_equal(receive(&in), ERR_STATE_FORBIDS);
    in = receipt();
    in.label_matches = 0;
    assert_int_equal(receive(&in), ERR_STATE_FORBIDS);
}

CASE(R30_a_mismatch_goes_to_quarantine_with_a_reason)
{
    struct receipt_record in = receipt();
    in.seal_intact = 0;
    in.decision = "quarantined";
    assert_int_equal(receive(&in), ERR_REASON_MISSING);
    in.reason = "seal was cut on arrival, courier informed";
    assert_int_equal(receive(&in), 0);
}

CASE(R13_a_rejection_has_a_reason)
{
    struct receipt_record in = receipt();
    in.decision = "rejected";
    in.reason = "update";
    assert_int_equal(receive(&in), ERR_REASON_MISSING);
    in.reason = "cord was dry and partly frozen";
    assert_int_equal(receive(&in), 0);
}

CASE(R15_a_late_receipt_has_a_reason)
{
    struct receipt_record in = receipt();
    in.received_at = NOW - HOUR;
    assert_int_equal(receive(&in), ERR_REASON_MISSING);
    assert_string_equal(e.rule, "R15");
    in.reason = "terminal was down for an hour";
    assert_int_equal(receive(&in), 0);
}

CASE(R15_a_receipt_follows_the_collection)
{
    struct receipt_record in = receipt();
    in.received_at = NOW - 2 * HOUR - 1;
    assert_int_equal(receive(&in), ERR_TIME_REFUSED);
    in.received_at = NOW + 5001;
    assert_int_equal(receive(&in), ERR_TIME_REFUSED);
}

CASE(receipt_happens_once)
{
    struct receipt_record in = receipt();
    struct collection_facts facts = collected();
    facts.is_received = true;
    assert_int_equal(source_receipt_check(&in, &facts, NOW, &limits, &e), ERR_EXISTS);
    facts.donation_number = NULL;
    assert_int_equal(source_receipt_check(&in, &facts, NOW, &limits, &e), ERR_NOT_FOUND);
}

CASE(R22_temperatures_are_in_order_and_possible)
{
    struct receipt_record in = receipt();
    in.temperature_max_c = "2.3";
    assert_int_equal(receive(&in), ERR_FIELD_RANGE);
    in.temperature_max_c = "79";
    assert_int_equal(receive(&in), ERR_LIMIT_HARD);
    in = receipt();
    in.temperature_min_c = "-200.1";
    assert_int_equal(receive(&in), ERR_LIMIT_HARD);
}

CASE(T15_transit_is_elapsed_hours_of_two_decimals)
{
    struct arena *a = arena_new(0);
    assert_string_equal(transit_hours(a, 0, 5 * HOUR), "5.00");
    assert_string_equal(transit_hours(a, 0, 90 * 60 * 1000), "1.50");
    assert_string_equal(transit_hours(a, 1000, 1000), "0.00");
    arena_free(a);
}

CASE(T01_transit_is_rounded_half_up)
{
    struct arena *a = arena_new(0);
    assert_string_equal(transit_hours(a, 0, 18000), "0.01");
    assert_string_equal(transit_hours(a, 0, 17999), "0.00");
    assert_string_equal(transit_hours(a, 0, 72 * HOUR + 54000), "72.02");
    arena_free(a);
}
