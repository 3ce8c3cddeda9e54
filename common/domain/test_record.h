/*
 * The bridge from a reported test to its specification: which computed fields the statement must have. One code for the
 * quality service, which fills them, and for the verifier, which makes them again from the statement's body and the
 * specification document alone. Reads nothing else: no table, no clock.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/specification.h"

/** test_record_judge(a, spec, in, e): fill `reported`, `verdict`, `explanation` and `failing` of ${in}; replicates stand in `result`
 *  with `; ` between them. Refuses with ERR_NOT_FOUND a test that the specification has not, with ERR_RESULT_REFUSED a
 *  form that the test cannot take (T11, R28), another method or sample point (T07), a negative reading before its last
 *  day (T21: it is pending until then). Strings in ${a}. */
int test_record_judge(struct arena *a, const struct specification *spec, struct test_report *in, struct err *e);
