/*
 * Who may do what, given who did what: by person per batch, from the record, never by role alone (R10, R11, domain.md
 * §4.5). One table of rows {wanted act, earlier deed, where it counts}; a person with two roles still fails.
 */
#pragma once
#include <stddef.h>

#include "base/error.h"

enum deed {
    DEED_STEP_PERFORM, DEED_STEP_VERIFY, DEED_TEST_REPORT, DEED_TEST_REVIEW, DEED_RESULT_INVALIDATE, DEED_OOS_INVESTIGATE,
    DEED_OOS_CLOSE, DEED_DEVIATION_OPEN, DEED_DEVIATION_CLOSE, DEED_BATCH_REVIEW, DEED_RELEASE, DEED_REJECT,
    DEED_DOCUMENT_AUTHOR, DEED_DOCUMENT_APPROVE, DEED_HANDOVER_GIVE, DEED_HANDOVER_RECEIVE, DEED_BATCH_OPEN,
    DEED_LABEL, DEED_CORRECT, DEED_VOID, DEED_COUNT
};
extern const char *const deed_words[];   /* "performed a step", ... for sentences */

/** Something somebody did on this stream: ${subject} is the step, test, case or document it was done to. */
struct segregation_act {
    const char *person, *subject;
    enum deed deed;
};

/** segregation_check(wanted, acts, n, e): may wanted->person do wanted->deed to wanted->subject after ${acts}?
 *  ERR_DUTIES_SEGREGATED naming the rule and the earlier deed. */
int segregation_check(const struct segregation_act *wanted, const struct segregation_act *acts, size_t n, struct err *e);
