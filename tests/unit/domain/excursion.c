/* A series of temperature readings against a unit's limits, and what a shipment's receipt makes of them. */
#include "support/test.h"

#include <string.h>

#include "domain/excursion.h"
#include "domain/shipment.h"

#define NOON INT64_C(1780000000000)
#define MIN INT64_C(60000)

static struct arena *a;
static struct list readings;
static struct excursion_found found;
static struct err e;
static const struct excursion_limits cold = {"2.0", "8.0", 5, 30}, frozen = {NULL, "-135", 0, 60};

static void begin(void)
{
    a = arena_free(a);
    a = arena_new(0);
    readings = (struct list){NULL, 0};
}

static void read_at(int64_t minute, const char *value)
{
    struct temperature_reading *r = record_list_add(a, &record_temperature_reading, &readings);
    *r = (struct temperature_reading){NOON + minute * MIN, value};
}

static void judge(const struct excursion_limits *limits, int64_t until)
{
    excursion_judge(limits, &readings, NOON, NOON + until * MIN, &found);
}

CASE(custody_EXCURSION_minutes_outside_and_the_extremes)
{
    begin();
    read_at(0, "2.0");
    read_at(10, "8.0");
    judge(&cold, 20);
    assert_int_equal(found.outside_min, 0);               /* the limits themselves are inside */
    assert_false(found.is_excursion);
    assert_int_equal(found.from_ms, TIME_ABSENT);
    read_at(20, "8.01");
    read_at(22, "7.9");
    judge(&cold, 22);
    assert_int_equal(found.outside_min, 12);               /* from the last reading inside to the next inside */
    assert_true(found.is_excursion);
    assert_int_equal(found.from_ms, NOON + 10 * MIN);
    assert_int_equal(found.until_ms, NOON + 22 * MIN);
    assert_string_equal(found.min_c, "2.0");
    assert_string_equal(found.max_c, "8.01");
}

CASE(custody_EXCURSION_so_long_as_is_allowed_is_none)
{
    begin();
    read_at(0, "5");
    read_at(2, "9");
    read_at(5, "5");
    judge(&cold, 5);
    assert_int_equal(found.outside_min, 5);
    assert_false(found.is_excursion);
    judge(&(struct excursion_limits){"2.0", "8.0", 4, 30}, 5);
    assert_true(found.is_excursion);
}

CASE(custody_EXCURSION_a_gap_is_one_until_it_is_explained)
{
    begin();
    read_at(0, "5");
    read_at(30, "5");
    judge(&cold, 30);
    assert_false(found.is_excursion);
    judge(&cold, 61);                                      /* the last 31 minutes nobody read */
    assert_true(found.is_excursion);
    assert_int_equal(found.longest_gap_min, 31);
    assert_int_equal(found.outside_min, 31);
}

CASE(T11_EXCURSION_cold_is_compared_as_numbers_with_their_sign)
{
    begin();
    read_at(0, "-150.2");
    read_at(30, "-135");
    judge(&frozen, 30);
    assert_false(found.is_excursion);
    assert_string_equal(found.min_c, "-150.2");
    read_at(31, "-134.9");
    judge(&frozen, 31);
    assert_true(found.is_excursion);
    assert_int_equal(found.outside_min, 1);
}

CASE(custody_EXCURSION_one_reading_outside_counts_at_least_a_minute)
{
    begin();
    read_at(0, "-100");
    judge(&frozen, 0);
    assert_int_equal(found.outside_min, 1);
    assert_true(found.is_excursion);
}

CASE(custody_EXCURSION_readings_come_in_order_and_of_their_time)
{
    begin();
    assert_int_equal(excursion_readings_check(&readings, NOON, NOON + MIN, &e), ERR_FIELD_MISSING);
    read_at(0, "5");
    read_at(5, "5");
    assert_int_equal(excursion_readings_check(&readings, NOON, NOON + 5 * MIN, &e), 0);
    assert_int_equal(excursion_readings_check(&readings, NOON + 1, NOON + 5 * MIN, &e), ERR_TIME_REFUSED);
    assert_int_equal(excursion_readings_check(&readings, TIME_ABSENT, NOON + 4 * MIN, &e), ERR_TIME_REFUSED);
    read_at(5, "6");
    assert_int_equal(excursion_readings_check(&readings, NOON, NOON + 9 * MIN, &e), ERR_TIME_REFUSED);
}

/* the readings begun anew as a series that goes on from ${before}, NULL: that goes on from none */
static struct unit_readings series(const struct unit_readings *before)
{
    static const struct unit_qualify q = {.high_c = "-135", .allowed_min = 30, .gap_min = 60};
    struct unit_readings in;
    record_init(&record_unit_readings, &in);
    in.readings = readings;
    excursion_series_fill(&q, 1, before != NULL ? before->until_at : TIME_ABSENT, before != NULL ? before->running_from : TIME_ABSENT, &in);
    readings = (struct list){NULL, 0};
    return in;
}

CASE(custody_EXCURSION_series_that_go_on_are_judged_as_one)
{
    begin();
    read_at(0, "-150");
    struct unit_readings first = series(NULL);
    assert_int_equal(first.running_from, TIME_ABSENT);
    read_at(20, "-120");
    struct unit_readings second = series(&first);
    assert_false(second.excursion);                        /* 20 of 30 minutes, and still outside */
    assert_int_equal(second.before_from, TIME_ABSENT);
    assert_int_equal(second.running_from, NOON);
    read_at(40, "-120");
    struct unit_readings third = series(&second);
    assert_true(third.excursion);
    assert_int_equal(third.outside_min, 40);
    assert_int_equal(third.before_from, NOON);
    assert_int_equal(third.outside_from, NOON);            /* whom it reaches lay there from then on */
    assert_int_equal(third.outside_until, NOON + 40 * MIN);
    assert_int_equal(third.running_from, NOON);
}

CASE(custody_EXCURSION_a_series_that_goes_on_begins_outside_where_the_one_before_ended_so)
{
    begin();
    read_at(0, "-150");
    read_at(10, "-120");
    struct unit_readings first = series(NULL);
    assert_int_equal(first.outside_min, 10);
    read_at(35, "-150");                                   /* inside, and nobody knows since when */
    read_at(40, "-150");
    struct unit_readings second = series(&first);
    assert_true(second.excursion);
    assert_int_equal(second.outside_min, 35);
    assert_int_equal(second.outside_until, NOON + 35 * MIN);
    assert_int_equal(second.running_from, TIME_ABSENT);
    read_at(60, "-120");
    struct unit_readings third = series(&second);          /* what had ended is not counted again */
    assert_int_equal(third.outside_min, 20);
    assert_false(third.excursion);
    assert_int_equal(third.running_from, NOON + 40 * MIN);
}

CASE(custody_EXCURSION_seconds_of_many_series_are_not_each_a_minute)
{
    begin();
    read_at(0, "-120");
    struct unit_readings last = series(NULL);
    for (int i = 1; i <= 60; i++) {
        struct temperature_reading *r = record_list_add(a, &record_temperature_reading, &readings);
        *r = (struct temperature_reading){NOON + i * MIN / 4, "-120"};
        last = series(&last);
    }
    assert_int_equal(last.outside_min, 15);
    assert_false(last.excursion);
}

static struct ship_pack pack(void)
{
    struct unit_qualify q = {.low_c = "2.0", .high_c = "8.0", .allowed_min = 5, .gap_min = 30, .hold_min = 600};
    struct ship_pack p = {.transfer_id = "T-1", .seal_number = "S-1", .logger_id = "E-LOG1", .charged_at = NOON - 60 * MIN};
    shipment_pack_fill(&q, 7, &p);
    return p;
}

static struct ship_receive arrived(void)
{
    begin();
    read_at(1, "5");
    read_at(20, "6.5");
    return (struct ship_receive){.transfer_id = "T-1", .condition = "good", .seal_number = "S-1", .seal_intact = 1,
                                 .donation_number = "A999926000001", .recipient_code = "R-1", .logger_id = "E-LOG1",
                                 .readings = readings, .arrived_at = NOON + 25 * MIN};
}

static void receive(struct ship_receive *in)
{
    struct ship_pack p = pack();
    struct shipment_sent sent = {&p, NOON, "A999926000001", "R-1"};
    in->readings = readings;
    shipment_receive_fill(a, &sent, in);
}

CASE(custody_SHIP_what_is_in_order_is_accepted)
{
    struct ship_receive in = arrived();
    assert_int_equal(pack().keeps_until, NOON + 540 * MIN);
    receive(&in);
    assert_string_equal(in.decision, "accepted");
    assert_int_equal(in.mismatches.count, 0);
    assert_null(in.deviation_class);
    assert_string_equal(in.max_c, "6.5");
    assert_false(shipment_is_quarantined(&in));
}

static void quarantined(struct ship_receive *in, const char *class, const char *why)
{
    receive(in);
    assert_string_equal(in->decision, "quarantined");
    assert_string_equal(in->deviation_class, class);
    assert_int_equal(in->mismatches.count, 1);
    if (strstr(TEXTS_AT(in->mismatches, 0), why) == NULL)
        fail_msg("%s", TEXTS_AT(in->mismatches, 0));
}

CASE(custody_SHIP_each_check_that_fails_is_quarantine_and_a_deviation)
{
    struct ship_receive in = arrived();
    in.seal_number = "S-2";
    quarantined(&in, "major", "seal S-1 was set, S-2 is found");
    in = arrived();
    in.seal_intact = 0;
    quarantined(&in, "major", "the seal is broken");
    in = arrived();
    in.logger_id = "E-LOG2";
    quarantined(&in, "major", "logger E-LOG1 was packed");
    in = arrived();
    in.condition = "damaged";
    quarantined(&in, "major", "damaged");
    in = arrived();
    read_at(24, "12.5");
    in.arrived_at += MIN;
    quarantined(&in, "major", "outside its limits, 5 to 12.5");
    in = arrived();
    in.donation_number = "A999926000002";
    quarantined(&in, "critical", "donation");
    in = arrived();
    in.recipient_code = NULL;
    quarantined(&in, "critical", "the order names no recipient");
    in = arrived();
    in.recipient_code = "R-2";
    quarantined(&in, "critical", "R-2");
}

CASE(custody_SHIP_late_is_after_the_shipper_keeps_cold)
{
    struct ship_receive in = arrived();
    for (int64_t minute = 30; minute <= 540; minute += 30)
        read_at(minute, "5");
    in.arrived_at = NOON + 541 * MIN;
    quarantined(&in, "major", "after the shipper keeps");
}

CASE(custody_SHIP_a_logger_started_before_is_judged_from_the_hand_over_on)
{
    struct ship_receive in = arrived();
    begin();
    read_at(-90, "22.5");                                  /* on the bench, before it was cold */
    read_at(-50, "14");
    read_at(-10, "5");
    read_at(15, "6.5");
    receive(&in);
    assert_string_equal(in.decision, "accepted");
    assert_string_equal(in.min_c, "6.5");
    assert_int_equal(in.outside_min, 0);
    begin();
    read_at(-60, "12");                                    /* outside until somebody reads that it is not, but on the way only */
    read_at(10, "5");
    in.mismatches = (struct list){NULL, 0};
    receive(&in);
    assert_int_equal(in.outside_min, 10);
    assert_string_equal(in.max_c, "5");
    assert_int_equal(in.mismatches.count, 1);
    begin();
    read_at(-30, "12");
    read_at(0, "5");                                       /* read as it was handed over */
    read_at(20, "5");
    receive(&in);
    assert_string_equal(in.decision, "accepted");
}

CASE(custody_SHIP_without_logger_or_readings_it_is_received_on_hold)
{
    struct ship_receive in = arrived();
    begin();
    quarantined(&in, "major", "nobody knows its temperature");
    assert_null(in.min_c);
    assert_int_equal(in.outside_min, INTEGER_ABSENT);
    in = arrived();
    begin();
    read_at(-10, "5");                                     /* its battery was empty by then */
    quarantined(&in, "major", "nobody knows its temperature");
    in = arrived();
    in.logger_id = NULL;
    quarantined(&in, "major", "logger E-LOG1 was packed, none is found");
}

static struct ship_unpack unpacked(void)
{
    return (struct ship_unpack){.batch_id = "B-1", .transfer_id = "T-1", .reason = "the flight is cancelled", .unpacked_at = TIME_ABSENT,
                                .logger_id = "E-LOG1", .readings = readings, .outside_min = INTEGER_ABSENT};
}

CASE(custody_SHIP_what_is_unpacked_was_cold_all_the_time_by_its_logger)
{
    struct ship_pack p = pack();
    begin();
    read_at(0, "5");
    read_at(25, "5.5");
    struct ship_unpack in = unpacked();
    shipment_unpack_fill(a, &p, NOON, NOON + 50 * MIN, &in);
    assert_string_equal(in.decision, "accepted");
    assert_false(shipment_unpack_is_held(&in));
    assert_null(in.deviation_class);
    in.unpacked_at = NOON + 56 * MIN;                      /* half an hour at most without a reading */
    shipment_unpack_fill(a, &p, NOON, NOON + 50 * MIN, &in);
    assert_string_equal(in.deviation_class, "major");
    assert_string_equal(shipment_unpack_deviation(a, &in), "Unpacked shipment T-1: there is no reading for 31 min; 31 min outside its limits, 5 to 5.5 degC");
    assert_string_equal(shipment_unpack_cause(a, "T-1", 12), "unpacking T-1 12");
}

CASE(custody_SHIP_what_is_unpacked_without_readings_is_on_hold)
{
    struct ship_pack p = pack();
    begin();
    struct ship_unpack in = unpacked();
    assert_false(shipment_unpack_is_held(&in));            /* as versions recorded it that asked none */
    shipment_unpack_fill(a, &p, NOON, NOON + MIN, &in);
    assert_true(shipment_unpack_is_held(&in));
    assert_string_equal(in.deviation_class, "major");
    assert_int_equal(in.mismatches.count, 1);
}
