#include "domain/segregation.h"

#include <stdbool.h>
#include <string.h>

const char *const deed_words[] = {"performed a step", "verified a step", "reported a test", "reviewed a test", "invalidated a result",
    "investigated an out-of-specification result", "closed an investigation", "opened a deviation", "closed a deviation",
    "reviewed the batch record", "released", "rejected", "authored the document", "approved the document", "handed over", "received",
    "opened the batch", "labelled a container", "corrected an entry", "voided an entry",
    "stored a container", "decided on a container", "administered a container", "did a task of a failure", "let a held batch go on",
    "asked for an exceptional release", "evaluated the risk of an exceptional release", NULL};

#define BIT(deed) (1u << (deed))
#define WORK (BIT(DEED_STEP_PERFORM) | BIT(DEED_STEP_VERIFY) | BIT(DEED_TEST_REPORT) | BIT(DEED_TEST_REVIEW)                          \
    | BIT(DEED_RESULT_INVALIDATE) | BIT(DEED_OOS_INVESTIGATE) | BIT(DEED_OOS_CLOSE) | BIT(DEED_DEVIATION_OPEN)                        \
    | BIT(DEED_DEVIATION_CLOSE) | BIT(DEED_BATCH_REVIEW) | BIT(DEED_HANDOVER_GIVE) | BIT(DEED_HANDOVER_RECEIVE) | BIT(DEED_BATCH_OPEN) \
    | BIT(DEED_LABEL) | BIT(DEED_CORRECT) | BIT(DEED_VOID) | BIT(DEED_STORE) | BIT(DEED_DECIDE) | BIT(DEED_ADMINISTER)              \
    | BIT(DEED_TASK) | BIT(DEED_GO_ON) | BIT(DEED_EXCEPT_ASK) | BIT(DEED_EXCEPT_EVALUATE))

/* every verb that records on a batch is here or below: tests/unit/domain/duties.c walks them */
static const struct {
    const char *verb;
    enum deed deed;
    int since;
} VERBS[] = {
    {"batch.open", DEED_BATCH_OPEN, 1},
    {"batch.step", DEED_STEP_PERFORM, 1},
    {"batch.step_verify", DEED_STEP_VERIFY, 1},
    {"batch.line_clear", DEED_STEP_PERFORM, 2},
    {"batch.line_verify", DEED_STEP_VERIFY, 2},
    {"batch.fill", DEED_STEP_PERFORM, 1},
    {"batch.complete", DEED_STEP_PERFORM, 1},
    {"batch.correct", DEED_CORRECT, 1},
    {"batch.fill_correct", DEED_CORRECT, 1},
    {"batch.void", DEED_VOID, 1},
    {"batch.note", DEED_STEP_PERFORM, 2},
    {"batch.reading", DEED_STEP_PERFORM, 2},
    {"quality.test_report", DEED_TEST_REPORT, 1},
    {"quality.sterility_read", DEED_TEST_REPORT, 1},
    {"quality.file_import", DEED_TEST_REPORT, 1},
    {"quality.test_review", DEED_TEST_REVIEW, 1},
    {"quality.test_correct", DEED_CORRECT, 1},
    {"quality.oos_investigate", DEED_OOS_INVESTIGATE, 1},
    {"quality.oos_close", DEED_OOS_CLOSE, 1},
    {"quality.deviation_open", DEED_DEVIATION_OPEN, 1},
    {"quality.deviation_close", DEED_DEVIATION_CLOSE, 1},
    {"quality.hold_end", DEED_GO_ON, 2},
    {"quality.task_done", DEED_TASK, 2},
    {"custody.label_print", DEED_LABEL, 1},
    {"custody.label_apply", DEED_LABEL, 2},
    {"custody.label_end", DEED_STEP_PERFORM, 2},
    {"custody.label_witness", DEED_STEP_VERIFY, 2},
    {"custody.container_store", DEED_STORE, 2},
    {"custody.hand_over", DEED_HANDOVER_GIVE, 2},
    {"custody.receive", DEED_HANDOVER_RECEIVE, 2},
    {"custody.correct", DEED_CORRECT, 1},
    {"custody.container_loss", DEED_DEVIATION_OPEN, 1},
    {"custody.container_destroy", DEED_STEP_PERFORM, 1},
    {"custody.destroy_witness", DEED_STEP_VERIFY, 1},
    {"custody.sample_take", DEED_STEP_PERFORM, 2},
    {"custody.sample_send", DEED_HANDOVER_GIVE, 2},
    {"custody.sample_receive", DEED_HANDOVER_RECEIVE, 2},
    {"custody.sample_end", DEED_STORE, 2},
    {"custody.pool", DEED_STEP_PERFORM, 2},
    {"custody.pool_verify", DEED_STEP_VERIFY, 2},
    {"custody.ship_pack", DEED_HANDOVER_GIVE, 2},
    {"custody.ship_unpack", DEED_STORE, 2},
    {"custody.ship_receive", DEED_HANDOVER_RECEIVE, 2},
    {"custody.destroy_cancel", DEED_VOID, 2},
    {"custody.return_give", DEED_HANDOVER_GIVE, 2},
    {"custody.return_receive", DEED_HANDOVER_RECEIVE, 2},
    {"custody.container_decide", DEED_DECIDE, 2},
    {"custody.administer", DEED_ADMINISTER, 2},
    {"release.review", DEED_BATCH_REVIEW, 1},
    {"release.release", DEED_RELEASE, 1},
    {"release.certify", DEED_RELEASE, 1},
    {"release.reject", DEED_REJECT, 1},
    {"release.except_request", DEED_EXCEPT_ASK, 1},
    {"release.except_accept", DEED_EXCEPT_ASK, 1},
    {"release.except_evaluate", DEED_EXCEPT_EVALUATE, 1},
    {"release.except_notify", DEED_TASK, 1},
};

static const struct {
    const char *verb, *why;
} EXEMPT[] = {
    {"custody.recall", "a disposition, as the rejection is; what is recalled is never released again"},
    {"custody.mock_recall", "a recall that is tried: it reads, and nothing is held, moved or decided"},
};

int segregation_deed(const char *verb, int64_t table)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (VERBS[i].since <= table && strcmp(VERBS[i].verb, verb) == 0)
            return (int)VERBS[i].deed;
    return -1;
}

const char *segregation_exempt(const char *verb)
{
    for (size_t i = 0; i < sizeof EXEMPT / sizeof EXEMPT[0]; i++)
        if (strcmp(EXEMPT[i].verb, verb) == 0)
            return EXEMPT[i].why;
    return NULL;
}

/* who wants to do `wanted` may not have done any of `against` to the same subject (or to anything of the batch) */
static const struct row {
    enum deed wanted;
    unsigned against;
    bool anywhere;
    const char *rule;
} ROWS[] = {
    {DEED_STEP_VERIFY,       BIT(DEED_STEP_PERFORM) | BIT(DEED_CORRECT),           false, "R10"},
    {DEED_TEST_REVIEW,       BIT(DEED_TEST_REPORT) | BIT(DEED_CORRECT),            false, "R10"},
    {DEED_RESULT_INVALIDATE, BIT(DEED_TEST_REPORT) | BIT(DEED_RESULT_INVALIDATE),  false, "R27"},
    {DEED_OOS_INVESTIGATE,   BIT(DEED_TEST_REPORT),                                false, "4.5"},
    {DEED_OOS_CLOSE,         BIT(DEED_TEST_REPORT) | BIT(DEED_OOS_INVESTIGATE),    false, "R27"},
    {DEED_DEVIATION_CLOSE,   BIT(DEED_DEVIATION_OPEN),                             false, "4.5"},
    {DEED_BATCH_REVIEW,      BIT(DEED_STEP_PERFORM) | BIT(DEED_STEP_VERIFY) | BIT(DEED_TEST_REPORT) | BIT(DEED_CORRECT) | BIT(DEED_VOID), true,
        "4.5"},
    {DEED_VOID,              BIT(DEED_STEP_PERFORM),                               false, "R10"},
    {DEED_RELEASE,           WORK,                                                 true,  "R11"},
    {DEED_REJECT,            WORK,                                                 true,  "R11"},
    {DEED_DOCUMENT_APPROVE,  BIT(DEED_DOCUMENT_AUTHOR),                            false, "4.5"},
    {DEED_HANDOVER_RECEIVE,  BIT(DEED_HANDOVER_GIVE),                              false, "R34"},
};

static bool subject_is_same(const struct segregation_act *x, const struct segregation_act *y)
{
    return x->subject != NULL && y->subject != NULL && strcmp(x->subject, y->subject) == 0;
}

int segregation_check(const struct segregation_act *wanted, const struct segregation_act *acts, size_t n, struct err *e)
{
    for (size_t r = 0; r < sizeof ROWS / sizeof ROWS[0]; r++) {
        const struct row *row = &ROWS[r];
        for (size_t i = 0; row->wanted == wanted->deed && i < n; i++) {
            bool counts = (row->against & BIT(acts[i].deed)) != 0 && (row->anywhere || subject_is_same(wanted, &acts[i]));
            if (counts && strcmp(acts[i].person, wanted->person) == 0)
                return err_raise(e, ERR_DUTIES_SEGREGATED, "person", row->rule, "%s %s%s%s; another person must do this", wanted->person,
                    deed_words[acts[i].deed], acts[i].subject == NULL ? "" : " ", acts[i].subject == NULL ? "" : acts[i].subject);
        }
    }
    return 0;
}
