/* Rule 11 on failed calibrations: how far one looks back, which batch it reached, and that a release has its answer (R20). */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/dated.h"
#include "dossier/lookback.h"
#include "unit/dossier/recompute_lab.h"

#define HOUR INT64_C(3600000)

static struct dossier_entry *calibrate(const char *result, int64_t at_ms, int64_t good_ms)
{
    struct equipment_calibrate *in = fresh("batch.equipment_calibrate");
    *in = (struct equipment_calibrate){"E-1", at_ms, at_ms + 9000 * HOUR, "c", result, good_ms};
    return add(E1, "batch.equipment_calibrate", in);
}

static struct dossier_entry *read_at(int64_t at_ms)
{
    struct batch_reading *in = fresh("batch.reading");
    *in = (struct batch_reading){"B-1", "E-1", "temperature_c", "21.0", at_ms};
    return add(B, "batch.reading", in);
}

static struct dossier_entry *deviate(const char *class, const char *calibration)
{
    struct deviation_open *in = fresh("quality.deviation_open");
    *in = (struct deviation_open){"B-1", class, "the thermometer read two degrees low", now_ms, calibration};
    struct dossier_entry *entry = add(B, "quality.deviation_open", in);
    entry->statement.actor = "U-3";
    return entry;
}

static size_t reached(struct looked_back **ret)
{
    const struct dossier_entry end = {.entry.seq = INT64_MAX};
    struct recompute_case c = case_of(&stream[B], &end);
    size_t n;
    if (lookback_find(&c, ret, &n, &e) != 0)
        fail_msg("%s", e.text);
    return n;
}

/* a thermometer that passed, and a batch that read it an hour later */
static struct dossier_entry *used_batch(int64_t *ret_good_ms)
{
    begin();
    open_batch();
    *ret_good_ms = now_ms;
    calibrate("pass", now_ms, TIME_ABSENT);
    struct dossier_entry *reading = read_at(now_ms += HOUR);
    now_ms += HOUR;
    return reading;
}

CASE(R20_rule_11_a_failed_calibration_looks_back_to_the_last_good_one)
{
    int64_t good;
    used_batch(&good);
    struct dossier_entry *failed = calibrate("fail", now_ms, good);
    if (check(E1, failed) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(check(E1, calibrate("fail", now_ms, good + 1)), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(E1, calibrate("pass", now_ms, good)), ERR_DOSSIER_REFUSED);
    stream[E1].count--;
    assert_int_equal(check(E1, calibrate("fail", now_ms, TIME_ABSENT)), 0);          /* of versions that looked back at nothing */
    calibrate("pass", good + 1, TIME_ABSENT);
    assert_int_equal(check(E1, calibrate("fail", now_ms, good)), ERR_DOSSIER_REFUSED);
    stream[E1].whole = false;                                                        /* the good one may be left out, a later one not */
    assert_int_equal(check(E1, calibrate("fail", now_ms, good + 2)), 0);
    assert_int_equal(check(E1, calibrate("fail", now_ms, good)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R20_rule_11_a_failed_calibration_may_not_leave_out_the_last_good_one_for_ever)
{
    int64_t good;
    used_batch(&good);
    struct dossier_entry *failed = calibrate("fail", now_ms, TIME_ABSENT);
    failed->statement.at_ms = dated_since(DATED_LOOKBACK) - 1;
    assert_int_equal(check(E1, failed), 0);
    failed->statement.at_ms = dated_since(DATED_LOOKBACK);
    assert_int_equal(check(E1, failed), ERR_DOSSIER_REFUSED);
    stream[E1].count = 0;                                /* there was no good one */
    failed = calibrate("fail", now_ms, TIME_ABSENT);
    failed->statement.at_ms = dated_since(DATED_LOOKBACK);
    assert_int_equal(check(E1, failed), 0);
    end();
}

CASE(R20_rule_11_uses_since_the_last_good_calibration_and_no_others_are_reached)
{
    struct looked_back *row;
    int64_t good;
    int64_t seq = used_batch(&good)->entry.seq;
    assert_int_equal(reached(&row), 0);
    read_at(good);                                       /* before it was known to be good, by that calibration */
    const int64_t failed_ms = now_ms;
    read_at(failed_ms + 1);                              /* after it was known to be none */
    calibrate("fail", failed_ms, TIME_ABSENT);
    assert_int_equal(reached(&row), 0);
    struct dossier_entry *failed = calibrate("fail", failed_ms, good);
    assert_int_equal(reached(&row), 1);
    assert_string_equal(row[0].use, arena_printf(a, "reading %lld", (long long)seq));
    assert_string_equal(row[0].calibration, arena_printf(a, "E-1 %lld", (long long)failed->entry.seq));
    assert_int_equal(row[0].good_ms, good);
    struct batch_void *in = fresh("batch.void");
    *in = (struct batch_void){.batch_id = "B-1", .corrects = seq, .reason = "of another batch"};
    put(B, "batch.void", in);
    assert_int_equal(reached(&row), 0);
    end();
}

CASE(R20_rule_11_a_deviation_answers_a_calibration_that_reached_its_batch)
{
    int64_t good;
    used_batch(&good);
    const char *calibration = arena_printf(a, "E-1 %lld", (long long)calibrate("fail", now_ms, good)->entry.seq);
    assert_int_equal(check(B, deviate("minor", NULL)), 0);
    gate_refused(deviate("minor", calibration), "a major deviation at least");
    gate_refused(deviate("major", "E-1 0"), "looks back at this batch");
    assert_int_equal(check(B, deviate("major", calibration)), 0);
    end();
}

CASE(R20_gate_rule_11_nothing_is_released_while_a_failed_calibration_has_no_answer)
{
    int64_t good;
    used_batch(&good);
    report_all("97");
    struct dossier_entry *early = release("holds", 13);
    if (check(B, early) != 0)
        fail_msg("%s", e.text);
    stream[B].count--;
    const char *calibration = arena_printf(a, "E-1 %lld", (long long)calibrate("fail", now_ms, good)->entry.seq);
    now_ms += HOUR;
    gate_refused(release("holds", 13), "no deviation answers the failed calibration E-1");
    stream[B].count--;
    deviate("major", calibration);
    struct dossier_entry *answered = release("holds", 13);
    if (check(B, answered) != 0)                         /* whether the deviation is closed is asked of all of them */
        fail_msg("%s", e.text);
    end();
}
