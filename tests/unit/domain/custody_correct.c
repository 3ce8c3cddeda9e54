/* Corrections of a return and of a dose, from a batch's statements alone: which decision is signed anew, and what a dose shows. */
#include "support/test.h"

#include <string.h>

#include "domain/custody_correct.h"
#include "record/record.h"

static struct arena *a;
static struct err e;
static struct custody_said said[20];
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
