/*
 * What a release leaves pending, and what a failure after it leaves to do (R29, T21, T29; domain.md §2.8; EudraLex Vol 4 Part IV
 * §11.3): which tests, until when, who answers for them, why they may not be waited for; what the final certification rests on.
 * One code for the services and for the verifier, so it reads statements and documents alone: no table, no clock.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/specification.h"

/** A result that stands, as it was reported. */
struct pending_result {
    const char *code, *result;
    int64_t seq, sampled_ms;
};

/** A batch at the moment of a release. */
struct pending_case {
    const struct specification *spec;
    const struct specification_outcome *outcome;
    const struct pending_result *results;
    size_t result_count;
    int64_t said_ms, expiry_ms;         /* the release's own time; TIME_ABSENT: no expiry is known */
};

/** pending_tests(a, c, owner, ret): the tests that gate, now or after the release, and have no final result, as struct
 *  pending_test at the end of ${ret}. Expected: so many days after the sample as the specification says, after the release where
 *  nothing was sampled. ${owner}: "" before anybody is named. */
void pending_tests(struct arena *a, const struct pending_case *c, const char *owner, struct list *ret);

/** pending_barred(a, c, ret): why they may not be pending, a sentence each: the batch lasts until the result is there, or no rapid
 *  surrogate has passed. Returns how many. */
size_t pending_barred(struct arena *a, const struct pending_case *c, const char *const **ret);

/** pending_plan_check(in, said_ms, e): a release with pending tests (in->pending) names the physician who was informed in
 *  advance, when, and who follows up; one without names nobody. ERR_FIELD_MISSING, ERR_FIELD_RANGE, ERR_TIME_REFUSED. */
int pending_plan_check(const struct batch_release *in, int64_t said_ms, struct err *e);

/** pending_certify(a, pending, results, n, ret, e): the standing result of each test of ${pending}, as struct certified_test in
 *  ${ret}. ERR_NOT_FOUND where one is missing. */
int pending_certify(struct arena *a, const struct list *pending, const struct pending_result *results, size_t n,
                    struct list *ret, struct err *e);

/** pending_failure(a, spec, owner, said_ms, in): the tasks that ${in} leaves, where it fails what was released by a test
 *  that gates; none else. ${owner}: who follows up. */
void pending_failure(struct arena *a, const struct specification *spec, const char *owner, int64_t said_ms,
                     struct test_report *in);

/** pending_read(spec, said_ms, in, e): fill what an interim reading computes. Refuses a test that is final on any day, growth (which is
 *  final on any day: it is reported), and a reading that would be final (T21). ERR_NOT_FOUND, ERR_RESULT_REFUSED. */
int pending_read(const struct specification *spec, int64_t said_ms, struct sterility_read *in, struct err *e);
