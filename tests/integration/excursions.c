/* Temperature excursions of a storage unit over real sockets: whom one reaches, what waits for QA, and what the record says of it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define MINUTE INT64_C(60000)

static struct err e;

/* a tank of its own, so that nothing of other cases is reached */
static const char *tank(void)
{
    const char *id = short_fresh("E");
    struct equipment_register in = {.equipment_id = id, .title = "For tests", .equipment_class = "nitrogen_tank", .serial_number = id};
    struct unit_qualify q;
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    record_init(&record_unit_qualify, &q);
    q.equipment_id = id;
    q.high_c = "-135";
    q.allowed_min = 1;
    q.gap_min = 60;
    q.valid_until = clock_ms() + 9000 * MINUTE;
    q.report = "QR-8";
    assert_done(short_act("U-ELENA", "custody.unit_qualify", &q));
    return id;
}

static int store_in(const struct short_batch *b, const char *unit)
{
    struct container_store in = {b->batch, b->container, unit, short_fresh("A")};
    return short_act("U-JON", "custody.container_store", &in);
}

/* two readings: ${minutes} ago, and now */
static int read_out(const char *unit, int64_t minutes, const char *was, const char *is)
{
    struct unit_readings in;
    struct receipt made;
    record_init(&record_unit_readings, &in);
    usleep(20000);
    int64_t now = clock_ms();
    in.equipment_id = unit;
    *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) =
        (struct temperature_reading){now - minutes * MINUTE, was};
    *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) =
        (struct temperature_reading){now, is};
    memset(&e, 0, sizeof e);
    return desk_observe(house_login("U-MARA")->desk, house_arena(), "custody.unit_readings", NULL, &in, &made, &e);
}

/* one reading, ${seconds} ago, that goes on where those before ended, or is the first */
static int read_on(const char *unit, bool goes_on, int64_t seconds, const char *value)
{
    struct unit_readings in;
    struct receipt made;
    record_init(&record_unit_readings, &in);
    usleep(20000);
    in.equipment_id = unit;
    in.continues = goes_on ? 1 : BOOLEAN_ABSENT;
    *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) =
        (struct temperature_reading){clock_ms() - seconds * 1000, value};
    memset(&e, 0, sizeof e);
    return desk_observe(house_login("U-MARA")->desk, house_arena(), "custody.unit_readings", NULL, &in, &made, &e);
}

static void filled(struct short_batch *b)
{
    short_filled(b, "allogeneic");
}

static struct excursion_row excursion(const char *unit)
{
    struct excursion_request in = {unit};
    struct excursion_rows all;
    assert_done(short_ask("custody.excursions", &in, &all));
    assert_int_equal(all.excursions.count, 1);
    return *LIST_AT(all.excursions, struct excursion_row, 0);
}

static struct whereabouts_row stands(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    return *LIST_AT(all.containers, struct whereabouts_row, 0);
}

static int decide(const struct short_batch *b, const char *decision)
{
    struct container_decide in;
    record_init(&record_container_decide, &in);
    in.batch_id = b->batch;
    in.decision = decision;
    in.reason = "the stability study covers what was read";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act("U-ELENA", "custody.container_decide", &in);
}

CASE(custody_EXCURSION_needs_a_qualified_unit_and_readings_in_order)
{
    const char *bare = short_fresh("E");
    struct equipment_register in = {.equipment_id = bare, .title = "For tests", .equipment_class = "nitrogen_tank", .serial_number = bare};
    assert_int_equal(read_out(bare, 5, "-150", "-150"), ERR_NOT_FOUND);
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    assert_int_equal(read_out(bare, 5, "-150", "-150"), ERR_EQUIPMENT_REFUSED);
    assert_string_equal(e.rule, "R19");
    const char *unit = tank();
    assert_int_equal(read_out(unit, -5, "-150", "-150"), ERR_TIME_REFUSED);
    if (read_out(unit, 5, "-150", "-149.5") != 0)
        fail_msg("%s", e.text);
    struct excursion_request ask = {unit};
    struct excursion_rows all;
    assert_done(short_ask("custody.excursions", &ask, &all));
    assert_int_equal(all.excursions.count, 0);
}

CASE(R35_excursion_holds_every_container_that_was_there_and_closes_the_gate)
{
    struct short_batch b, other;
    const char *unit = tank();
    filled(&b);
    filled(&other);
    assert_done(store_in(&b, unit));
    if (read_out(unit, 10, "-150", "-120.5") != 0)
        fail_msg("%s", e.text);
    assert_done(store_in(&other, unit));                               /* after it */
    struct excursion_row x = excursion(unit);
    assert_int_equal(x.outside_min, 10);
    assert_int_equal(x.reached, 1);
    assert_int_equal(x.undecided, 1);
    assert_string_equal(TEXTS_AT(x.batches, 0), b.batch);
    assert_string_equal(TEXTS_AT(stands(&b).held_by, 0), arena_printf(house_arena(), "excursion %s %lld", unit, (long long)x.seq));
    assert_int_equal(stands(&other).held_by.count, 0);
    assert_done(short_label(&b, 1));                                   /* work on it goes on */
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 4");
    assert_int_equal(decide(&other, "use"), ERR_STATE_FORBIDS);
    assert_done(decide(&b, "use"));
    assert_int_equal(excursion(unit).undecided, 0);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

CASE(R35_excursion_does_not_escape_by_many_short_series)
{
    struct short_batch b;
    const char *unit = tank();
    struct excursion_request ask = {unit};
    struct excursion_rows all;
    filled(&b);
    assert_done(store_in(&b, unit));
    if (read_on(unit, false, 80, "-150") != 0 || read_on(unit, true, 40, "-120") != 0)
        fail_msg("%s", e.text);
    assert_done(short_ask("custody.excursions", &ask, &all));
    assert_int_equal(all.excursions.count, 0);                         /* a minute is allowed */
    if (read_on(unit, true, 0, "-120") != 0)
        fail_msg("%s", e.text);
    struct excursion_row x = excursion(unit);
    assert_int_equal(x.outside_min, 2);
    assert_int_equal(x.reached, 1);
    assert_int_equal(x.undecided, 1);
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

CASE(R35_excursion_found_late_holds_what_has_left_the_lab)
{
    struct short_batch b;
    const char *unit = tank();
    filled(&b);
    assert_done(store_in(&b, unit));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    usleep(20000);
    if (read_out(unit, 10, "-150", "-100") != 0)
        fail_msg("%s", e.text);
    assert_refused(short_hand_over(&b), ERR_CUSTODY_REFUSED, "container-12");
    assert_done(decide(&b, "destroy"));
    assert_string_equal(stands(&b).state, "condemned");
    assert_int_equal(excursion(unit).undecided, 0);
    assert_int_equal(short_hand_over(&b), ERR_STATE_FORBIDS);
    assert_true(house_dossier_holds(b.batch));
}

static int hand_to_clinic(const struct short_batch *b)
{
    struct hand_over give;
    struct receive take;
    record_init(&record_hand_over, &give);
    record_init(&record_receive, &take);
    take.batch_id = give.batch_id = b->batch;
    take.transfer_id = give.transfer_id = short_fresh("TR");
    give.receiver_id = "U-INES";
    give.destination = "Clinic";
    take.seal_number = give.seal_number = "S-9";
    take.condition = give.condition = "good";
    give.temperature_c = "4.0";
    texts_add(house_arena(), &give.containers, b->container);
    take.containers = give.containers;
    int code = short_act("U-JON", "custody.hand_over", &give);
    return code != 0 ? code : short_act("U-INES", "custody.receive", &take);
}

static int administer(const struct short_batch *b, int64_t started_ms, const char *reason)
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
    in.started_at = started_ms;
    in.ended_at = started_ms + 10;
    in.adverse_event = 0;
    in.reason = reason;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &in.containers) =
        (struct dose_container){b->container, "7.0", "0"};
    return short_act("U-INES", "custody.administer", &in);
}

/* the tank's readings come in when the cells are with the patient already */
CASE(R15_R35_what_was_given_before_an_excursion_was_known_is_recorded_and_flagged)
{
    struct short_batch b;
    const char *unit = tank();
    filled(&b);
    assert_done(store_in(&b, unit));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_done(hand_to_clinic(&b));
    usleep(20000);
    int64_t given_ms = clock_ms();
    usleep(20000);
    if (read_out(unit, 10, "-150", "-100") != 0)
        fail_msg("%s", e.text);
    assert_int_equal(stands(&b).held_by.count, 1);
    assert_refused(administer(&b, clock_ms(), "it has to be given now"), ERR_CUSTODY_REFUSED, "container-30");
    assert_refused(administer(&b, given_ms, NULL), ERR_REASON_MISSING, "R15");
    assert_done(administer(&b, given_ms, "the ward had no terminal at hand"));
    assert_string_equal(stands(&b).state, "administered");
    struct excursion_row x = excursion(unit);
    assert_int_equal(x.undecided, 0);
    assert_int_equal(x.given, 1);
    const char *said = arena_printf(house_arena(), "select count(*) from ledger.entry where stream = '%s' and type = 'custody.administer' and"
                                    " convert_from(statement, 'UTF8') like '%%\"unit_id\":\"%s\",\"what\":\"excursion\"%%'", b.batch, unit);
    assert_string_equal(house_sql(said), "1");
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}

/* a time of the dose is put right by QA; how many findings name what was known then */
static void correct_time(const struct short_batch *b, const char *field, int64_t was_ms, int64_t is_ms, int known)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    struct custody_correct in;
    record_init(&record_custody_correct, &in);
    clock_to_text(was_ms, was);
    clock_to_text(is_ms, is);
    in.batch_id = b->batch;
    in.corrects = strtoll(house_sql(arena_printf(house_arena(), "select seq from ledger.entry where stream = '%s' and type = 'custody.administer'",
                                                 b->batch)), NULL, 10);
    in.field = field;
    in.old_value = was;
    in.new_value = is;
    in.reason = "read from another clock";
    assert_done(short_act("U-ELENA", "custody.correct", &in));
    const char *said = arena_printf(house_arena(), "select count(*) from ledger.entry where stream = '%s' and type = 'custody.correct' and"
                                    " convert_from(statement, 'UTF8') like '%%known_then%%'", b->batch);
    assert_int_equal(strtoll(house_sql(said), NULL, 10), known);
}

/* QA hears of the excursion, and decides on it, before the dose is entered: the cells were on no hold when they were given */
CASE(R15_R35_what_was_given_before_an_excursion_was_known_is_recorded_when_QA_has_decided)
{
    struct short_batch b;
    const char *unit = tank();
    filled(&b);
    assert_done(store_in(&b, unit));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    int64_t packed_ms = clock_ms();
    usleep(6000000);                                                   /* more than a terminal's clock may be off */
    assert_done(hand_to_clinic(&b));
    usleep(20000);
    int64_t given_ms = clock_ms();
    usleep(20000);
    if (read_out(unit, 10, "-150", "-100") != 0)
        fail_msg("%s", e.text);
    usleep(20000);
    int64_t held_ms = clock_ms();
    usleep(6000000);
    assert_done(decide(&b, "use"));
    assert_refused(administer(&b, packed_ms, NULL), ERR_TIME_REFUSED, "R15");      /* the clinic did not have it */
    assert_refused(administer(&b, held_ms, NULL), ERR_CUSTODY_REFUSED, "R35");     /* it was on hold, as was known */
    assert_done(administer(&b, given_ms, NULL));
    assert_string_equal(stands(&b).state, "administered");
    assert_true(house_dossier_holds(b.batch));
    correct_time(&b, "ended_at", given_ms + 10, held_ms + 10, 0);
    correct_time(&b, "started_at", given_ms, held_ms, 1);              /* in truth it was on hold: the record says so */
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}
