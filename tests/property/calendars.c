/*
 * Days and hours at random against a second evaluator (second.h): the end of a shelf life in the facility's zone, on the days when its clocks
 * change and on those that only leap years have; hours that have elapsed whatever the clocks did (T15, T16, T17, T53); dates in identifiers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "domain/fill_record.h"
#include "domain/gs1.h"
#include "domain/identifier.h"
#include "domain/retention.h"
#include "second.h"
#include "support/test.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

/* both sides of the date line, halves of hours, summers of half an hour, clocks that change at midnight */
static const char *const zones[] = {"UTC", "Europe/Vienna", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana", "Asia/Beirut", "Africa/Cairo",
    "America/Santiago"};
#define ZONES (sizeof zones / sizeof *zones)

static void zone(const char *name)
{
    struct err e = {0};
    if (zone_set(name, &e) != 0)
        fail_msg("%s", e.text);
}

static int64_t time_of(const char *text)
{
    int64_t ms = 0;
    assert_true(clock_from_text(text, strlen(text), &ms));
    return ms;
}

/* some moment of 2020 to 2050; often near a day on which clocks change, or the end of a February */
static int64_t moment(struct arena *a)
{
    static const char *const days[] = {"03-08", "03-29", "03-31", "10-25", "11-01", "04-05", "09-27", "02-28", "03-01", "12-31", "08-31"};
    if (dice(2) == 0)
        return time_of("2020-01-01T00:00:00.000Z") + (int64_t)dice(30 * 365) * DAY_MS + dice(86400) * INT64_C(1000) + dice(1000);
    int64_t day = time_of(arena_printf(a, "20%02u-%sT00:00:00.000Z", 20 + dice(30), days[dice(sizeof days / sizeof *days)]));
    return day + ((int64_t)dice(72 * 60) - 24 * 60) * 60000;
}

CASE(T16_T53_a_shelf_life_in_months_ends_with_the_facilitys_day)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    dice_start();
    for (size_t z = 0; z < ZONES; z++) {
        zone(zones[z]);
        for (int i = 0; i < 700; i++) {
            int months = dice(4) == 0 ? 12 * (1 + (int)dice(30)) : 1 + (int)dice(36);
            int64_t filled = moment(a), ends = zone_days_end(filled, months);
            second_ask(s, arena_printf(a, "%" PRId64, ends), "days_end\t%s\t%" PRId64 "\t%d", zones[z], filled, months);

            struct procedure frozen = {.shelf_life_months = months};
            struct err e = {0};
            assert_int_equal(fill_record_expiry(&frozen, TIME_ABSENT, filled, ends, &e), 0);
            assert_int_equal(fill_record_expiry(&frozen, TIME_ABSENT, filled, ends + 1, &e), ERR_LIMIT_HARD);
            assert_int_equal(fill_record_expiry_anywhere(&frozen, TIME_ABSENT, filled, ends, &e), 0);
            assert_int_equal(fill_record_expiry_anywhere(&frozen, TIME_ABSENT, filled, ends + 6 * DAY_MS, &e), ERR_LIMIT_HARD);
        }
    }
    second_agree(s, ZONES * 700);
    arena_free(a);
}

/* 72 hours from 10:00 before the clocks go forward end at 11:00, in every zone the same moment */
CASE(T15_a_shelf_life_in_hours_is_elapsed_time_in_every_zone)
{
    static const char *const hours[] = {"0.5", "6", "24", "48", "72", "96.25"};
    struct arena *a = arena_new(0);
    struct err e = {0};
    dice_start();
    for (int i = 0; i < 5000; i++) {
        CLEANUP(number_done) struct number n;
        struct procedure fresh = {.shelf_life_h = hours[dice(6)]};
        number_init(&n);
        number_from_decimal(&n, fresh.shelf_life_h);
        zone(zones[dice(ZONES)]);
        int64_t formulated = moment(a), filled = formulated + dice(1000), ends = formulated + (int64_t)(mpq_get_d(n.q) * (double)HOUR_MS);
        int (*check)(const struct procedure *doc, int64_t formulated_ms, int64_t filled_ms, int64_t expires_ms, struct err *e) =
            dice(2) == 0 ? fill_record_expiry : fill_record_expiry_anywhere;
        assert_int_equal(check(&fresh, formulated, filled, ends, &e), 0);
        assert_int_equal(check(&fresh, formulated, filled, ends + 1, &e), ERR_LIMIT_HARD);
        assert_int_equal(check(&fresh, TIME_ABSENT, filled, ends + (filled - formulated) + 1, &e), ERR_LIMIT_HARD);
    }
    arena_free(a);
}

CASE(T16_ordinal_days_agree_with_a_second_evaluator)
{
    static const int whole[] = {1999, 2000, 2027, 2028, 2100, 2400};
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    dice_start();
    for (int i = 0; i < 6 * 368 + 4000; i++) {
        int year = i < 6 * 368 ? whole[i / 368] : 1900 + (int)dice(1000), day = i < 6 * 368 ? i % 368 : (int)dice(368);
        int century = year < 2000 ? 9 : (year - 2000) / 100;
        if (century == 9 && year >= 2000)
            continue;
        char text[17];
        bool known = isbt_date(arena_printf(a, "%d%02d%03d", century, year % 100, day), text);
        if (known)
            assert_string_equal(text + 10, " 23:59");
        second_ask(s, known ? arena_dup(a, text, 10) : "none", "ordinal\t%d\t%d", year, day);
    }
    second_agree(s, 5000);
    arena_free(a);
}

CASE(T16_dates_of_packs_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    dice_start();
    for (int i = 0; i < 6000; i++) {
        char text[11];
        int now = 2020 + (int)dice(100);
        const char *given = arena_printf(a, "%02u%02u%02u", dice(100), dice(14), dice(3) == 0 ? 28 + dice(4) : dice(32));
        second_ask(s, gs1_date(given, now, text) ? text : "none", "pack\t%s\t%d", given, now);
    }
    second_agree(s, 6000);
    arena_free(a);
}

CASE(T17_times_as_text_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    char text[CLOCK_TEXT];
    dice_start();
    for (int i = 0; i < 6000; i++) {
        int64_t ms = i % 2 == 0 ? moment(a) : (int64_t)dice(400 * 365) * DAY_MS + dice(86400000) - 70 * 365 * DAY_MS;
        zone(zones[dice(ZONES)]);                            /* which changes nothing: the record is in UTC */
        clock_to_text(ms, text);
        second_ask(s, text, "time\t%" PRId64, ms);
        assert_int_equal(time_of(text), ms);
        int64_t years = 1 + dice(40);
        clock_to_text(retention_add_years(ms, years), text);
        second_ask(s, text, "years\t%" PRId64 "\t%" PRId64, ms, years);
    }
    second_agree(s, 12000);
    arena_free(a);
}
