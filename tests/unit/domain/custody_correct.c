/* Corrections of a return and of a dose, from a batch's statements alone: which decision is signed anew, and what a dose shows. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/custody_correct.h"
#include "record/record.h"

static struct arena *a;
static struct err e;
static struct custody_said said[40];
static struct custody_history h;

static void begin(void)
{
    static const struct specification none;
    a = arena_new(0);
    h = (struct custody_history){.specification = &none, .batch = said};
}

/* the next entry, a minute behind the one before */
static void *say(const char *act, const char *actor)
{
    struct custody_said *s = &said[h.batch_count];
    int64_t ms = (int64_t)(h.batch_count + 1) * 60000;
    *s = (struct custody_said){.seq = (int64_t)h.batch_count++, .time_ms = ms, .at_ms = ms, .act = act, .actor = actor,
                               .record = record_new(a, verb_find(act)->in)};
    return s->record;
}

static struct list ids(const char *first, const char *second)
{
    struct list ret = {NULL, 0};
    texts_add(a, &ret, first);
    if (second != NULL)
        texts_add(a, &ret, second);
    return ret;
}

static void decided(const char *first, const char *second, int64_t renews)
{
    struct container_decide *in = say("custody.container_decide", "U-9");
    in->decision = "destroy";
    in->containers = ids(first, second);
    in->renews = renews;
}

static int lapsed(const char *first, const char *second, int64_t *ret_seq)
{
    struct list named = ids(first, second);
    return custody_decision_lapsed(&h, &named, ret_seq, &e);
}

/* K1 and K2 were decided on together, then K1 alone; a correction left both decisions unsigned */
CASE(R14_of_two_decisions_that_lapsed_each_is_signed_anew)
{
    int64_t seq;
    begin();
    decided("K1", "K2", INTEGER_ABSENT);
    decided("K1", NULL, INTEGER_ABSENT);
    struct custody_correct *corrected = say("custody.correct", "U-2");
    for (int64_t i = 0; i < 2; i++)
        *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &corrected->lapsed) = (struct lapsed_act){i, "custody.container_decide", i};
    assert_int_equal(lapsed("K2", "K1", &seq), 0);
    assert_int_equal(seq, 0);
    assert_int_equal(lapsed("K1", NULL, &seq), 0);
    assert_int_equal(seq, 1);
    assert_int_equal(lapsed("K2", NULL, &seq), ERR_CUSTODY_REFUSED);
    assert_int_equal(lapsed("K3", NULL, &seq), 0);
    assert_int_equal(seq, -1);
    decided("K1", NULL, 1);
    assert_int_equal(lapsed("K1", NULL, &seq), ERR_CUSTODY_REFUSED);   /* the other one is on both */
    assert_int_equal(lapsed("K1", "K2", &seq), 0);
    assert_int_equal(seq, 0);
    decided("K1", "K2", 0);
    assert_int_equal(lapsed("K1", NULL, &seq), 0);
    assert_int_equal(seq, -1);
    arena_free(a);
}

/* one list for whoever reads a batch's stream: the file of an instrument or a step is not parsed to find out where a container stood */
CASE(S7_what_turns_a_standing_is_read_for_a_correction_and_nothing_else_of_the_batch)
{
    static const char *const read[] = {"batch.fill", "batch.fill_correct", "batch.complete", "custody.sample_take", "custody.administer",
                                       "custody.container_decide", "custody.return_give", "custody.receive", "quality.test_report",
                                       "release.release", "source.donor_correct", "source.consent_withdraw"};
    static const char *const left[] = {"batch.step", "batch.correct", "quality.file_import", "quality.test_review", "release.review",
                                       "custody.label_print", "custody.sample_send"};
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        assert_true(custody_said_matters(read[i]));
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        assert_false(custody_said_matters(left[i]));
}

/* K1 is with the clinic, QA lets it be used two minutes later, and it is given ten minutes after that */
static struct administer *given_behind_a_decision(const char *receipt, int64_t *ret_received_ms)
{
    begin();
    say("batch.step", "U-1");
    struct batch_fill *fill = say("batch.fill", "U-1");
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) =
        (struct fill_container){.container_id = "K1", .volume_ml = "7.0", .cells = "700000000"};
    fill->expires_at = INT64_MAX;
    say("batch.complete", "U-1");
    say("release.release", "U-8");
    ((struct hand_over *)say("custody.hand_over", "U-1"))->containers = ids("K1", NULL);
    *ret_received_ms = (int64_t)(h.batch_count + 1) * 60000;
    void *received = say(receipt, "U-5");
    if (strcmp(receipt, "custody.ship_receive") == 0)
        *(struct ship_receive *)received = (struct ship_receive){.containers = ids("K1", NULL), .decision = "quarantined", .transfer_id = "T1"};
    else
        ((struct receive *)received)->containers = ids("K1", NULL);
    say("batch.note", "U-5");
    struct container_decide *use = say("custody.container_decide", "U-9");
    use->decision = "use";
    use->containers = ids("K1", NULL);
    h.batch_count += 10;
    for (size_t i = h.batch_count - 10; i < h.batch_count; i++)
        said[i] = (struct custody_said){.seq = (int64_t)i, .time_ms = (int64_t)(i + 1) * 60000, .act = "batch.note", .actor = "U-1"};
    struct administer *given = say("custody.administer", "U-5");
    given->recipient_code = "R-1";
    given->weight_kg = "70.0";
    given->started_at = given->ended_at = said[h.batch_count - 1].time_ms - 30000;
    *(struct dose_container *)record_list_add(a, &record_dose_container, &given->containers) = (struct dose_container){"K1", "6.3", "0.7"};
    return given;
}

/* what is found when it began at ${ms} in truth */
static const char *found_at(const struct administer *given, int64_t ms)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    struct buf found = buf_new(a);
    clock_to_text(given->started_at, was);
    clock_to_text(ms, is);
    struct custody_correct *in = record_new(a, &record_custody_correct);
    *in = (struct custody_correct){.batch_id = "B-1", .corrects = (int64_t)h.batch_count - 1, .field = "started_at", .old_value = was,
                                   .new_value = is, .reason = "read from another clock"};
    if (custody_correct_fill(a, &h, in, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < in->findings.count; i++)
        buf_printf(&found, "%s ", TEXTS_AT(in->findings, i));
    return found.text;
}

/* it was there all the while */
CASE(R15_a_dose_that_began_before_qa_decided_on_what_was_received_was_received)
{
    int64_t received_ms;
    const struct administer *given = given_behind_a_decision("custody.receive", &received_ms);
    assert_string_equal(found_at(given, received_ms + 1000), "");
    assert_string_equal(found_at(given, received_ms - 6000), "not_received ");
    arena_free(a);
    given = given_behind_a_decision("custody.ship_receive", &received_ms);
    assert_string_equal(found_at(given, received_ms + 1000), "known_then ");         /* on hold, and known to be */
    assert_string_equal(found_at(given, received_ms + 121000), "");
    arena_free(a);
}

/* cells that were given while an excursion was known, as it turns out when the time is put right */
CASE(R35_a_dose_that_began_on_hold_after_an_excursion_says_so)
{
    int64_t received_ms;
    const struct administer *given = given_behind_a_decision("custody.receive", &received_ms);
    const struct given_hold x[] = {{"K2", 0, INT64_MAX}, {"K1", received_ms + 2000, received_ms + 60000}};
    h.excursion = x;
    h.excursion_count = 2;
    assert_string_equal(found_at(given, received_ms + 1999), "");
    assert_string_equal(found_at(given, received_ms + 2000), "known_then ");
    assert_string_equal(found_at(given, received_ms + 60000), "");
    arena_free(a);
}
