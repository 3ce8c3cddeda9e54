/*
 * Exceptional release of a cell product that is out of specification (EudraLex Vol 4 Part IV §11.5; domain.md §4.4, R31, T29): the
 * treating physician asks for it, the manufacturer evaluates the risk and says what is out of specification, the physician accepts, and
 * only then quality releases it, for that patient. It is never a certification, and it goes over nothing but failed results: except_may
 * is the one table of what of the gate may be open, with its reasons. One code for the service and for the verifier; reads no table and no clock.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/pending.h"
#include "domain/specification.h"

#define EXCEPT_AT_ONCE_MS INT64_C(86400000)   /* "immediately": within a day of the release */

/** What keeps a point of the gate open. */
enum except_matter { EXCEPT_OTHER, EXCEPT_RESULT, EXCEPT_IDENTITY, EXCEPT_HOLD };

/** except_may(point, matter): whether an exceptional release may go over ${matter} at that point of the gate.
 *  except_why(point, matter): why, or why not. */
bool except_may(int point, enum except_matter matter);
const char *except_why(int point, enum except_matter matter);

/** except_matter(line): of a line of the specification that blocks: EXCEPT_RESULT where a result failed, EXCEPT_IDENTITY where that is a
 *  comparison of profiles, else EXCEPT_OTHER: what is missing or cannot be evaluated is not known. */
enum except_matter except_matter(const struct specification_line *line);

/** Request, evaluation and acceptance as they stand after the statements taken; -1: none that counts. */
struct except_chain {
    int64_t request_seq, evaluated_seq, accepted_seq;
    const char *physician;            /* who asked */
    int64_t news_seq;                 /* the first statement since the evaluation that it does not know; -1: none */
    const char *news;                 /* of this type */
};

/** except_begin(ret): nobody asks. except_take(c, seq, type, person): the next statement of the batch's stream. A release or rejection uses
 *  the chain up; a later request or evaluation asks for all behind it anew. */
void except_begin(struct except_chain *ret);
void except_take(struct except_chain *c, int64_t seq, const char *type, const char *person);

/** except_open(a, c, outcome): what is missing of the chain, in words; NULL: it is whole. Something must have failed. */
const char *except_open(struct arena *a, const struct except_chain *c, const struct specification_outcome *outcome);

/** except_failed(a, c, ret): the tests that failed, as struct failed_test at the end of ${ret}. except_pending(a, c, ret): titles
 *  of those that are pending. */
void except_failed(struct arena *a, const struct pending_case *c, struct list *ret);
void except_pending(struct arena *a, const struct pending_case *c, struct list *ret);

/** except_evaluate_check(c, e): a physician asks. except_accept_check(c, evaluation_seq, person, e): ${person} asked, read the last evaluation,
 *  and nothing came since. ERR_ORDER_FORBIDS, ERR_DUTIES_SEGREGATED, ERR_HEAD_STALE (R31). */
int except_evaluate_check(const struct except_chain *c, struct err *e);
int except_accept_check(const struct except_chain *c, int64_t evaluation_seq, const char *person, struct err *e);

/** except_release_check(in, c, said_ms, e): an exceptional release names who follows up, until when the authority is told, and no other
 *  physician than asked; another release names none of it. ERR_FIELD_MISSING, ERR_FIELD_RANGE, ERR_TIME_REFUSED. */
int except_release_check(const struct batch_release *in, const struct except_chain *c, int64_t said_ms, struct err *e);

/** except_notices(a, setting, owner, said_ms, authority_due_ms, ret): who tells whom, and until when, as struct except_due. */
void except_notices(struct arena *a, const char *setting, const char *owner, int64_t said_ms, int64_t authority_due_ms, struct list *ret);
