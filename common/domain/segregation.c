#include "domain/segregation.h"

#include <stdbool.h>
#include <string.h>

const char *const deed_words[] = {"performed a step", "verified a step", "reported a test", "reviewed a test", "invalidated a result",
    "investigated an out-of-specification result", "closed an investigation", "opened a deviation", "closed a deviation",
    "reviewed the batch record", "released", "rejected", "authored the document", "approved the document", "handed over", "received",
    "opened the batch", "printed a label", "corrected an entry", "voided an entry", NULL};

#define BIT(deed) (1u << (deed))
#define WORK (BIT(DEED_STEP_PERFORM) | BIT(DEED_STEP_VERIFY) | BIT(DEED_TEST_REPORT) | BIT(DEED_TEST_REVIEW)                          \
    | BIT(DEED_RESULT_INVALIDATE) | BIT(DEED_OOS_INVESTIGATE) | BIT(DEED_OOS_CLOSE) | BIT(DEED_DEVIATION_OPEN)                        \
    | BIT(DEED_DEVIATION_CLOSE) | BIT(DEED_BATCH_REVIEW) | BIT(DEED_HANDOVER_GIVE) | BIT(DEED_HANDOVER_RECEIVE) | BIT(DEED_BATCH_OPEN) \
    | BIT(DEED_LABEL) | BIT(DEED_CORRECT) | BIT(DEED_VOID))

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
