/* A failed calibration over real sockets: what it looks back at, the case at each batch's gate, and the deviation that answers it (R20). */
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define HOUR INT64_C(3600000)

static const char *thermometer(void)
{
    const char *id = short_fresh("E");
    struct equipment_register in = {.equipment_id = id, .title = "For tests", .equipment_class = "thermometer", .serial_number = id};
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    return id;
}

static int calibrated(const char *id, int64_t at_ms, const char *result)
{
    struct equipment_calibrate in = {.equipment_id = id, .calibrated_at = at_ms, .due_at = clock_ms() + 1000 * HOUR, .certificate = "K-1",
                                     .result = result, .good_at = TIME_ABSENT};
    return short_act("U-CLARA", "batch.equipment_calibrate", &in);
}

static void read_temperature(const struct short_batch *b, const char *id)
{
    struct batch_reading in = {b->batch, id, "temperature_c", "21.0", clock_ms()};
    struct receipt made;
    struct err e = {0};
    if (desk_observe(house_login("U-MARA")->desk, house_arena(), "batch.reading", NULL, &in, &made, &e) != 0)
        fail_msg("%s", e.text);
}

static struct list looked_back(const char *id)
{
    struct calibration_request in = {id};
    struct lookback_rows all;
    assert_done(short_ask("quality.failed_calibrations", &in, &all));
    return all.uses;
}

static int deviate(const struct short_batch *b, const char *class, const char *calibration)
{
    struct deviation_open in = {b->batch, class, "the thermometer read two degrees low", clock_ms() - 1000, calibration};
    return short_act("U-MARA", "quality.deviation_open", &in);
}

static int settle(const struct short_batch *b, int64_t seq)
{
    struct deviation_close in = {.batch_id = b->batch, .deviation_seq = seq, .reason = "nothing of the batch depends on that temperature"};
    return short_act("U-ELENA", "quality.deviation_close", &in);
}

CASE(R20_a_failed_calibration_names_all_uses_since_the_last_good_one_and_closes_their_gates)
{
    struct short_batch b;
    const char *id = thermometer();
    int64_t good = clock_ms() - HOUR;
    assert_done(calibrated(id, good, "pass"));
    short_filled(&b, "allogeneic");
    read_temperature(&b, id);
    assert_done(short_store(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_int_equal(looked_back(id).count, 0);
    assert_done(calibrated(id, clock_ms(), "fail"));
    const char *calibration = arena_printf(house_arena(), "%s %lld", id, (long long)short_seq());
    const struct list uses = looked_back(id);
    assert_int_equal(uses.count, 1);
    const struct lookback_row *use = LIST_AT(uses, struct lookback_row, 0);
    assert_string_equal(use->calibration, calibration);
    assert_string_equal(use->batch_id, b.batch);
    assert_string_equal(use->person_id, "U-MARA");
    assert_non_null(strstr(use->use, "reading "));
    assert_int_equal(use->good_at, good);
    assert_int_equal(use->deviation_seq, INTEGER_ABSENT);
    assert_done(short_review(&b));
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);
    assert_refused(deviate(&b, "minor", calibration), ERR_FIELD_RANGE, "R20");
    assert_refused(deviate(&b, "major", arena_printf(house_arena(), "%s 0", id)), ERR_NOT_FOUND, "R20");
    assert_done(deviate(&b, "major", calibration));
    int64_t answer = short_seq();
    assert_int_equal(LIST_AT(looked_back(id), struct lookback_row, 0)->deviation_seq, answer);
    assert_done(short_review(&b));
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);                            /* answered, but open */
    assert_done(settle(&b, answer));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_true(house_dossier_holds(b.batch));
}

CASE(R20_what_was_never_good_or_not_used_since_is_no_case)
{
    struct short_batch b;
    const char *id = thermometer();
    assert_done(calibrated(id, clock_ms() - HOUR, "fail"));
    assert_int_equal(looked_back(id).count, 0);
    assert_done(calibrated(id, clock_ms() - HOUR / 2, "pass"));
    short_begun(&b, "allogeneic");
    read_temperature(&b, id);
    assert_done(calibrated(id, clock_ms(), "pass"));                                 /* good all the time */
    assert_done(calibrated(id, clock_ms(), "fail"));
    assert_int_equal(looked_back(id).count, 0);
    assert_refused(deviate(&b, "major", arena_printf(house_arena(), "%s %lld", id, (long long)short_seq())), ERR_NOT_FOUND, "R20");
}
