/*
 * Release specifications as data, verdicts computed. A verdict is pass, fail or *cannot evaluate* (which blocks), over
 * the reported value: exact decimals rounded once by the limit's own text (T01-T04), censored values kept censored (T05), absent,
 * pending and not-done results typed (R28, T40). Pure: the same in the quality service, the release gate and the verifier.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "domain/document.h"

enum spec_op {
    SPEC_AT_LEAST, SPEC_AT_MOST, SPEC_ABOVE, SPEC_BELOW, SPEC_BETWEEN, SPEC_EQUALS, SPEC_NEGATIVE, SPEC_REPORT,
    SPEC_OP_COUNT
};
enum spec_gating { GATING_RELEASE, GATING_POST_RELEASE, GATING_INFO, GATING_COUNT };
enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_CANNOT_EVALUATE, VERDICT_COUNT };

/** What became of a test in a batch. */
enum test_state { TEST_PASS, TEST_FAIL, TEST_CANNOT_EVALUATE, TEST_PENDING, TEST_MISSING, TEST_COVERED, TEST_STATE_COUNT };

enum cells_of { CELLS_OF_INFANT, CELLS_OF_MOTHER, CELLS_OF_COUNT };

/** Words: ">=", "<=", ">", "<", "between", "equals", "negative", "report"; "release", "post_release", "info"; "pass",
 *  "fail", "cannot_evaluate"; "usp", "ph_eur"; of test states ("covered": its either/or slot is filled by another); and "infant", "mother". */
extern const char *const spec_op_words[], *const spec_gating_words[], *const verdict_words[], *const rounding_words[],
    *const test_state_words[], *const cells_of_words[];

struct specification_test {
    const char *code, *title, *unit, *method, *sample_point;
    int op, rounding, gating;
    const char *limit, *limit_high;   /* text: its decimals count (T01); a word for equals; absent for negative, report */
    int replicates;                   /* how many values make one result, 1 to 9 */
    bool pending_allowed;             /* may be pending at release (domain.md §2.8) ... */
    const char *surrogate;            /* ... if this test passed, where one is named */
    const char *slot;                 /* tests of one slot: one of them must be reported, none may fail (T23) */
    int final_day;                    /* a negative reading before this day is not final (T21); 0: none */
    int loci;                         /* profiles are compared, over so many loci at least (T31); 0: none are */
    int cells_of;                     /* of a birth, whose cells they are to be: enum cells_of (T32) */
    int due_days;                     /* its result is expected so many days after the sample; 0: see specification_due_days */
};

/** What a failure after the release leaves to do (domain.md §2.8), in the order of words_failure_task. */
enum failure_task { TASK_PHYSICIAN, TASK_SPONSOR, TASK_AUTHORITY, TASK_ISOLATE, TASK_LOOK_BACK, TASK_COUNT };

struct specification {
    const char *id, *title, *product;
    int version;
    int late_entry_min;               /* a result recorded later than this after the test is a late entry (R15) */
    int grace_days;                   /* a pending result is overdue so many days after it was expected (R29) */
    int task_days[TASK_COUNT];        /* a failure's task is due so many days after the result was reported */
    struct document_list references;  /* const char * */
    struct document_list tests;       /* struct specification_test */
};

/** A result as reported. Each value: a decimal, "<decimal", ">decimal", a word ("negative", "no growth", "46,XX"), or
 *  "n/a", "not done", "pending", "error". */
struct specification_result {
    const char *code;
    const char *const *values;
    size_t value_count;
    const char *sample_point, *method;  /* NULL: as the specification says; else they must be the same (T07) */
    int read_day;                       /* day of incubation of a reading; -1 where it has none */
};

/** ${reported} is the rounded value as it goes on the certificate; ${sentence} says what was compared with what. */
struct specification_verdict {
    enum verdict verdict;
    bool is_pending;                    /* cannot be evaluated because it is still pending */
    const char *reported, *sentence;
    const char *failing;                /* the replicate that fails while the mean passes; NULL: none */
};

struct specification_line {
    const struct specification_test *test;
    enum test_state state;
    const char *reported, *sentence;
    bool blocks;                        /* this row alone keeps the batch from release */
};

/** A batch against its specification. ${verdict}: fail if any release test fails; else cannot evaluate while one that
 *  blocks is missing, pending or cannot be evaluated; else pass. */
struct specification_outcome {
    enum verdict verdict;
    struct specification_line *lines;     /* one a test, in the document's order */
    size_t line_count, failed, missing, pending, cannot;
    const char *sentence;
};

/** specification_parse(a, json, len, ret, e): read and check a document. Refuses with ERR_DOCUMENT_REFUSED, field = path. */
int specification_parse(struct arena *a, const char *json, size_t len, struct specification **ret, struct err *e);

/** specification_due_days(test): how many days after the sample the result is expected: its due_days, else its final_day,
 *  else thirty. */
int specification_due_days(const struct specification_test *test);

/** specification_test(spec, code): the test of that code, or NULL. */
const struct specification_test *specification_test(const struct specification *spec, const char *code);

/** specification_result_check(test, result, e): whether the values have a form this test can take: number of values,
 *  decimal point (a decimal comma is refused, T11), no text where a number belongs. ERR_RESULT_REFUSED. */
int specification_result_check(const struct specification_test *test, const struct specification_result *result,
    struct err *e);

/** specification_judge(a, test, result, ret): the verdict over one result. A replicate that fails behind a
 *  mean that passes fails the test (domain.md §2.9: passing and failing are not averaged to pass). */
void specification_judge(struct arena *a, const struct specification_test *test, const struct specification_result *result,
    struct specification_verdict *ret);

/** specification_outcome(a, spec, results, n, ret): the whole batch; ${results} holds the one valid result of each test
 *  (a test given twice cannot be evaluated, R25). */
void specification_outcome(struct arena *a, const struct specification *spec, const struct specification_result *results,
    size_t n, struct specification_outcome *ret);
