/*
 * Who may do what, given who did what: by person per batch, from the record, never by role alone (R10, R11, domain.md
 * §4.5). One table of rows {wanted act, earlier deed, where it counts}; a person with two roles still fails.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum deed {
    DEED_STEP_PERFORM, DEED_STEP_VERIFY, DEED_TEST_REPORT, DEED_TEST_REVIEW, DEED_RESULT_INVALIDATE, DEED_OOS_INVESTIGATE,
    DEED_OOS_CLOSE, DEED_DEVIATION_OPEN, DEED_DEVIATION_CLOSE, DEED_BATCH_REVIEW, DEED_RELEASE, DEED_REJECT,
    DEED_DOCUMENT_AUTHOR, DEED_DOCUMENT_APPROVE, DEED_HANDOVER_GIVE, DEED_HANDOVER_RECEIVE, DEED_BATCH_OPEN,
    DEED_LABEL, DEED_CORRECT, DEED_VOID, DEED_STORE, DEED_DECIDE, DEED_ADMINISTER, DEED_TASK, DEED_GO_ON, DEED_EXCEPT_ASK,
    DEED_EXCEPT_EVALUATE, DEED_COUNT
};
extern const char *const deed_words[];   /* "performed a step", ... for sentences */

/* The table of what verb is what deed to a batch. A row says since which version of the table a release is judged by it: what was signed
 * under an earlier one is judged by that for ever, by services and verifiers alike. A release says by which it was judged (`duties`);
 * one that says nothing, by the first. From version 2 on no release goes over an open deviation but a minor one, nor
 * a recall; version 3 has the deeds of 2, and none goes over a task of a failure that is open, nor over a test of identity that the present
 * references contradict. Until when a verifier believes an earlier one: dated.h. */
#define SEGREGATION_TABLE 3
#define SEGREGATION_SETTLED 2
#define SEGREGATION_TASKS 3
#define SEGREGATION_IDENTITY 3

/** segregation_deed(verb, table): the deed that ${verb} is to its batch, by that version of the table; -1: none. */
int segregation_deed(const char *verb, int64_t table);

/** segregation_exempt(verb): why ${verb}, which records on a batch, is no deed to it; NULL: it is one, or records on no batch. */
const char *segregation_exempt(const char *verb);

/** Something somebody did on this stream: ${subject} is the step, test, case or document it was done to. */
struct segregation_act {
    const char *person, *subject;
    enum deed deed;
};

/** segregation_check(wanted, acts, n, e): may wanted->person do wanted->deed to wanted->subject after ${acts}?
 *  ERR_DUTIES_SEGREGATED naming the rule and the earlier deed. */
int segregation_check(const struct segregation_act *wanted, const struct segregation_act *acts, size_t n, struct err *e);
