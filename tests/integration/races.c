/* Two of quality assurance and two technicians at once on one batch: one wins, and the other is told what changed (R42). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "race.h"
#include "record/record.h"

static void reported(struct short_batch *b)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b->batch;
    in.code = "gram";
    in.result = "negative";
    in.method = "stain";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 2000;
    in.tested_at = clock_ms() - 1000;
    assert_done(short_act("U-MARA", "quality.test_report", &in));
    struct test_review review = {.batch_id = b->batch, .test_seq = short_seq()};
    assert_done(short_act("U-CLARA", "quality.test_review", &review));
}

static void reviewed(struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct batch_show shown;
    assert_done(short_ask("batch.show", &key, &shown));
    struct batch_review in = {.batch_id = b->batch, .entries = shown.head_seq + 1, .conclusion = "The record is complete."};
    assert_done(short_act("U-OMAR", "release.review", &in));
}

static void train(const struct short_batch *b, const char *person)
{
    struct batch_key key = {b->batch};
    struct batch_show shown;
    assert_done(short_ask("batch.show", &key, &shown));
    struct training_record in = {.person_id = person, .document_id = arena_text(house_arena(), shown.procedure_id), .document_version = 1,
                                 .trained_at = clock_ms() - 86400000, .expires_at = clock_ms() + 86400000};
    assert_done(short_act("U-PETER", "access.training_record", &in));
}

/* a batch that either of quality assurance may decide on: neither has touched it */
static void ready(struct short_batch *b)
{
    short_filled(b, "allogeneic");
    train(b, "U-ELENA");
    assert_done(short_store(b));
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
    reported(b);
    reviewed(b);
}

static struct batch_release release_of(const struct short_batch *b)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.batch_id = b->batch;
    return in;
}

#define of_batch(sql, b) house_sql(arena_printf(house_arena(), sql, (b)->batch))

/* the refusal names the entry that came before, what it was and whose */
static void told(const struct racer *loser, const struct racer *winner)
{
    const char *what = arena_printf(house_arena(), "%lld %s by %s", (long long)winner->receipt.seq, winner->verb, winner->person);
    if (loser->code != ERR_HEAD_STALE || strstr(loser->e.text, what) == NULL)
        fail_msg("%s %s: %s %s", loser->person, loser->verb, err_row(loser->code)->code, loser->e.text);
}

CASE(S4_5_of_two_who_release_at_once_one_wins_and_the_other_is_told)
{
    struct short_batch b;
    struct racer r[2];
    ready(&b);
    struct batch_release in = release_of(&b);
    race_ready(&r[0], "U-ELENA", "release.release", &in);
    race_ready(&r[1], "U-PETER", "release.release", &in);
    assert_int_equal(race(r, 2), 1);
    size_t winner = r[0].code == 0 ? 0 : 1;
    told(&r[1 - winner], &r[winner]);
    assert_string_equal(of_batch("select state from batch.batch where batch_id = '%s'", &b), "released");
    assert_string_equal(of_batch("select count(*) from ledger.entry where stream = '%s' and type = 'release.release'", &b), "1");
    assert_true(short_act(r[1 - winner].person, "release.release", &in) != 0);      /* who looks again finds it released */
}

CASE(S4_5_of_a_release_and_a_rejection_at_once_one_wins_and_the_other_is_told)
{
    struct short_batch b;
    struct racer r[2];
    ready(&b);
    struct batch_release release = release_of(&b);
    struct batch_reject reject = {b.batch, "the bag was seen to leak at the port"};
    race_ready(&r[0], "U-ELENA", "release.release", &release);
    race_ready(&r[1], "U-PETER", "release.reject", &reject);
    assert_int_equal(race(r, 2), 1);
    size_t winner = r[0].code == 0 ? 0 : 1;
    told(&r[1 - winner], &r[winner]);
    assert_string_equal(of_batch("select state from batch.batch where batch_id = '%s'", &b), winner == 0 ? "released" : "rejected");
}

CASE(S4_5_of_two_technicians_who_record_one_step_one_wins_and_the_other_is_told)
{
    struct short_batch b;
    struct racer r[2];
    struct batch_step in;
    short_begun(&b, "allogeneic");
    train(&b, "U-JON");
    record_init(&record_batch_step, &in);
    in.batch_id = b.batch;
    in.step = 1;
    in.started_at = clock_ms() - 500;
    in.ended_at = clock_ms() - 5;
    struct step_value *v = record_list_add(house_arena(), &record_step_value, &in.values);
    *v = (struct step_value){"filled", "true"};
    race_ready(&r[0], "U-MARA", "batch.step", &in);
    race_ready(&r[1], "U-JON", "batch.step", &in);
    assert_int_equal(race(r, 2), 1);
    const struct racer *loser = r[0].code == 0 ? &r[1] : &r[0], *winner = r[0].code == 0 ? &r[0] : &r[1];
    assert_int_equal(loser->code, ERR_EXISTS);
    assert_non_null(strstr(loser->e.text, "step 1"));
    assert_string_equal(of_batch("select performed_by from batch.step where batch_id = '%s'", &b), winner->person);
}

/* two containers of two batches, so two streams: the place itself decides */
CASE(S4_5_of_two_containers_for_one_position_one_is_stored_and_the_other_is_told)
{
    struct short_batch b[2];
    struct racer r[2];
    struct container_store in[2];
    const char *position = short_fresh("A");
    for (size_t i = 0; i < 2; i++) {
        short_filled(&b[i], "allogeneic");
        in[i] = (struct container_store){b[i].batch, b[i].container, "E-TANK1", position};
        race_ready(&r[i], i == 0 ? "U-MARA" : "U-JON", "custody.container_store", &in[i]);
    }
    assert_int_equal(race(r, 2), 1);
    size_t winner = r[0].code == 0 ? 0 : 1;
    const struct racer *loser = &r[1 - winner];
    assert_int_equal(loser->code, ERR_STATE_FORBIDS);
    assert_string_equal(loser->e.rule, "R35");
    assert_non_null(strstr(loser->e.text, b[winner].container));
    assert_string_equal(house_sql(arena_printf(house_arena(), "select container_id from custody.place where position = '%s'", position)),
                        b[winner].container);
}

/* by who was before and with what; or, for a copy, by what there is now */
static bool is_told(const struct racer *loser, const struct racer *all, size_t n)
{
    bool told = strstr(loser->e.text, "2 printed so far") != NULL || strstr(loser->e.text, "while the batch is ") != NULL;
    for (size_t i = 0; i < n; i++)
        told |= all[i].code == 0 && strstr(loser->e.text, all[i].verb) != NULL && strstr(loser->e.text, all[i].person) != NULL;
    return told && loser->code > 0;
}

/* A technician's copy of the label, the other's, a release and a rejection, all signed on the same head. Whoever must have seen all
 * that there is (R36) loses to anybody; of the two copies one is printed. */
CASE(S4_5_two_of_quality_and_two_technicians_at_once_on_one_batch)
{
    for (int round = 0; round < 3; round++) {
        struct short_batch b;
        struct racer r[4];
        ready(&b);
        struct batch_release release = release_of(&b);
        struct batch_reject reject = {b.batch, "the bag was seen to leak at the port"};
        struct label_print label;
        record_init(&record_label_print, &label);
        label.batch_id = b.batch;
        label.container_id = b.container;
        label.copy = 2;
        label.reason = "the first copy was smudged";
        race_ready(&r[0], "U-ELENA", "release.release", &release);
        race_ready(&r[1], "U-PETER", "release.reject", &reject);
        race_ready(&r[2], "U-MARA", "custody.label_print", &label);
        race_ready(&r[3], "U-JON", "custody.label_print", &label);
        int64_t before = r[0].prepared.reviewed_seq;
        size_t won = race(r, 4);
        assert_true(won >= 1);
        assert_true(r[0].code != 0 || r[1].code != 0);
        assert_true(r[2].code != 0 || r[3].code != 0);
        for (size_t i = 0; i < 4; i++)
            if (r[i].code != 0 && !is_told(&r[i], r, 4))
                fail_msg("%s %s is not told what changed: %s %s", r[i].person, r[i].verb, err_row(r[i].code)->code, r[i].e.text);
        const char *head = of_batch("select max(seq) from ledger.entry where stream = '%s'", &b);
        assert_string_equal(head, arena_printf(house_arena(), "%lld", (long long)(before + (int64_t)won)));
    }
}
