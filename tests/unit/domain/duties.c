#include "support/test.h"

#include <string.h>

#include "contract/contract.h"
#include "domain/custody.h"
#include "domain/reason.h"
#include "domain/segregation.h"

static struct err err;

static int may(const char *person, enum deed wanted, const char *subject, enum deed done, const char *done_to)
{
    struct segregation_act want = {person, subject, wanted}, did = {"U-1", done_to, done};
    memset(&err, 0, sizeof err);
    return segregation_check(&want, &did, 1, &err);
}

CASE(R10_a_verifier_did_not_perform_the_step)
{
    assert_int_equal(may("U-1", DEED_STEP_VERIFY, "3", DEED_STEP_PERFORM, "3"), ERR_DUTIES_SEGREGATED);
    assert_string_equal(err.rule, "R10");
    assert_non_null(strstr(err.text, "performed a step 3"));
    assert_int_equal(may("U-2", DEED_STEP_VERIFY, "3", DEED_STEP_PERFORM, "3"), 0);
    assert_int_equal(may("U-1", DEED_STEP_VERIFY, "4", DEED_STEP_PERFORM, "3"), 0);
}

CASE(R10_a_test_is_reviewed_by_another)
{
    assert_int_equal(may("U-1", DEED_TEST_REVIEW, "12", DEED_TEST_REPORT, "12"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_TEST_REVIEW, "13", DEED_TEST_REPORT, "12"), 0);
}

CASE(R11_the_releaser_did_nothing_else_on_the_batch)
{
    for (int deed = 0; deed < DEED_COUNT; deed++) {
        bool document = deed == DEED_DOCUMENT_AUTHOR || deed == DEED_DOCUMENT_APPROVE || deed == DEED_RELEASE || deed == DEED_REJECT;
        int expected = document ? 0 : ERR_DUTIES_SEGREGATED;
        assert_int_equal(may("U-1", DEED_RELEASE, NULL, (enum deed)deed, "x"), expected);
        assert_int_equal(may("U-1", DEED_REJECT, NULL, (enum deed)deed, "x"), expected);
        assert_int_equal(may("U-2", DEED_RELEASE, NULL, (enum deed)deed, "x"), 0);
    }
}

/* what was said of a label and who saw it destroyed is work of the batch, which its reviewer did not do (4.5), as of a container */
CASE(R10_a_labels_end_and_its_witness_are_deeds_as_a_containers_are)
{
    int ended = segregation_deed("custody.label_end", SEGREGATION_TABLE), seen = segregation_deed("custody.label_witness", SEGREGATION_TABLE);
    assert_int_equal(ended, segregation_deed("custody.container_destroy", SEGREGATION_TABLE));
    assert_int_equal(seen, segregation_deed("custody.destroy_witness", SEGREGATION_TABLE));
    assert_int_equal(may("U-1", (enum deed)seen, "K-1 1", (enum deed)ended, "K-1 1"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_BATCH_REVIEW, NULL, (enum deed)ended, "K-1 1"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_BATCH_REVIEW, NULL, (enum deed)seen, "K-1 1"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_BATCH_REVIEW, NULL, (enum deed)segregation_deed("custody.label_apply", SEGREGATION_TABLE), "K-1"), 0);
}

/* a new verb cannot be forgotten: it is a deed, or somebody wrote down why it is none */
CASE(R11_every_recording_verb_on_a_batch_is_a_deed)
{
    size_t recording = 0;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        bool on_batch = (v->kind == VERB_ACT || v->kind == VERB_OBSERVE) && strcmp(v->stream_field, "batch_id") == 0;
        const char *why = segregation_exempt(v->name);
        bool is_deed = segregation_deed(v->name, SEGREGATION_TABLE) >= 0;
        if (is_deed + (why != NULL) != on_batch)
            fail_msg("%s %s", v->name, on_batch ? "is neither a deed nor said to be none, or both" : "records on no batch");
        assert_true(why == NULL || reason_is_valid(why));
        recording += on_batch;
    }
    assert_true(recording > 35);
    assert_int_equal(segregation_deed("batch.list", SEGREGATION_TABLE), -1);
    assert_int_equal(segregation_deed("quality.task_done", SEGREGATION_TABLE), DEED_TASK);
    assert_int_equal(segregation_deed("quality.task_done", 1), -1);           /* what was signed before it was one */
}

CASE(R27_an_investigation_is_closed_by_another)
{
    assert_int_equal(may("U-1", DEED_OOS_CLOSE, "12", DEED_OOS_INVESTIGATE, "12"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_OOS_CLOSE, "12", DEED_TEST_REPORT, "12"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_OOS_INVESTIGATE, "12", DEED_TEST_REPORT, "12"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_RESULT_INVALIDATE, "12", DEED_RESULT_INVALIDATE, "12"), ERR_DUTIES_SEGREGATED);
}

CASE(duties_a_document_is_not_approved_by_its_author)
{
    assert_int_equal(may("U-1", DEED_DOCUMENT_APPROVE, "P-1/2", DEED_DOCUMENT_AUTHOR, "P-1/2"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_DOCUMENT_APPROVE, "P-1/2", DEED_DOCUMENT_AUTHOR, "P-1/1"), 0);
}

CASE(duties_the_record_is_not_reviewed_by_who_made_it)
{
    assert_int_equal(may("U-1", DEED_BATCH_REVIEW, NULL, DEED_STEP_PERFORM, "3"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(may("U-1", DEED_BATCH_REVIEW, NULL, DEED_TEST_REVIEW, "3"), 0);
}

CASE(R13_a_reason_is_a_sentence)
{
    assert_true(reason_is_valid("volume lost in the transfer"));
    static const char *const bad[] = {NULL, "", ".", "update", "..........  ..", "aaaaaaaaaaaa", "aaaaaa aaaaaaa", "          ", "too short"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(reason_is_valid(bad[i]));
    assert_int_equal(reason_check("reason", "x", &err), ERR_REASON_MISSING);
    assert_int_equal(reason_check("reason", "the label was torn", &err), 0);
}

static const char *const two[] = {"A999926000001-D0001VA0", "A999926000001-D0001VB0"};
static const char *const swapped[] = {"A999926000001-D0001VB0", "A999926000001-D0001VA0"};
static const char *const twice[] = {"A999926000001-D0001VA0", "A999926000001-D0001VA0"};

static struct custody_half half(const char *person, const char *digest, const char *const *containers, size_t n)
{
    return (struct custody_half){"X-1", person, digest, containers, n, 1000};
}

CASE(R34_both_parties_sign_the_same_hand_over)
{
    struct custody_half given = half("U-1", "aa", two, 2), received = half("U-2", "aa", swapped, 2);
    assert_int_equal(custody_receive_check(&given, &received, &err), 0);
}

CASE(R34_giver_and_receiver_are_two_people)
{
    struct custody_half given = half("U-1", "aa", two, 2), received = half("U-1", "aa", two, 2);
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
    assert_string_equal(err.field, "person");
}

CASE(R34_what_is_received_is_what_was_given)
{
    struct custody_half given = half("U-1", "aa", two, 2), received = half("U-2", "aa", two, 1);
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
    assert_int_equal(custody_receive_check(&received, &given, &err), ERR_CUSTODY_REFUSED);
    received = half("U-2", "bb", two, 2);
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
    received = half("U-2", "aa", twice, 2);
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
    received = half("U-2", "aa", two, 2);
    received.transfer = "X-2";
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
    received = half("U-2", "aa", two, 2);
    received.at_ms = 999;
    assert_int_equal(custody_receive_check(&given, &received, &err), ERR_CUSTODY_REFUSED);
}

CASE(R34_only_the_holder_gives)
{
    struct custody_half given = half("U-1", "aa", two, 2), empty = half("U-1", "aa", two, 0), doubled = half("U-1", "aa", twice, 2);
    assert_int_equal(custody_give_check(&given, "U-1", &err), 0);
    assert_int_equal(custody_give_check(&given, NULL, &err), 0);
    assert_int_equal(custody_give_check(&given, "U-2", &err), ERR_CUSTODY_REFUSED);
    assert_int_equal(custody_give_check(&empty, "U-1", &err), ERR_CUSTODY_REFUSED);
    assert_int_equal(custody_give_check(&doubled, "U-1", &err), ERR_CUSTODY_REFUSED);
}
