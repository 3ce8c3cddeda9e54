/*
 * Rules of service release that stand between the record and the pure gate of domain/gate.h: which deeds count, which
 * results are final, what a review must cover. Pure.
 */
#pragma once
#include "domain/gate.h"
#include "domain/specification.h"

struct release_test {
    const char *code, *result, *method, *sample_point, *reviewed_by;
};

/** A person whom a release names. ${state} NULL: there is no such person. */
struct release_person {
    const char *state;
    unsigned roles;
};

/** release_outcome(a, spec, tests, n): the batch's valid results against its specification, every replicate of them
 *  (R25); a result that no second person reviewed counts as pending (gate point 3: FINAL). */
const struct specification_outcome *release_outcome(struct arena *a, const struct specification *spec,
                                                    const struct release_test *tests, size_t n);

/** release_word(words, count, word, standard): index of ${word}, ${standard} if it is none of them or NULL. */
int release_word(const char *const *words, int count, const char *word, int standard);

/** release_review_check(entries, head_seq, state, accepted, e): a review covers every entry there is (R36): ${entries} must be
 *  head + 1, and recording must be complete. ${accepted}: a physician accepted the batch out of specification, which is
 *  reviewed on hold. */
int release_review_check(int64_t entries, int64_t head_seq, const char *state, bool accepted, struct err *e);

/** release_correctors_check(correctors, n, person, e): ${person} is none of those who corrected the collection since a review last knew of it:
 *  nobody reviews what they corrected. ERR_DUTIES_SEGREGATED (R10). */
int release_correctors_check(const char *const *correctors, size_t n, const char *person, struct err *e);

/** release_people_check(in, physician, owner, e): with tests pending, who was informed is a physician (R29); with tests pending or exceptionally,
 *  who follows up can (R29, R31). ERR_NOT_FOUND, ERR_FIELD_RANGE. */
int release_people_check(const struct batch_release *in, const struct release_person *physician, const struct release_person *owner, struct err *e);

/** release_certify_check(facts, person, state, e): a conditional release is certified finally when nothing is pending
 *  (facts->pending), all tests pass, no case of class major is open, no task of a failure either, by a person who did nothing
 *  else on the batch but release it (R11, R29). */
int release_certify_check(struct arena *a, const struct gate_facts *facts, const char *person, const char *state,
                          struct err *e);

/** release_ask_check(in, batch_recipient, failed, e): a physician asks with reasons, for the batch's own recipient where it has one, for what has
 *  failed. ERR_REASON_MISSING, ERR_CUSTODY_REFUSED, ERR_STATE_FORBIDS (R31). */
int release_ask_check(const struct except_request *in, const char *batch_recipient, const struct list *failed, struct err *e);

/** release_failed_check(failed, e): a test has failed: what is asked for, evaluated or accepted is of it. ERR_STATE_FORBIDS (R31). */
int release_failed_check(const struct list *failed, struct err *e);

/** release_asked(state, chain): ${chain} where the gate is shown as an exceptional release would find it: it is asked for, and the batch is on
 *  hold. NULL: as any other release would. */
const struct except_chain *release_asked(const char *state, const struct except_chain *chain);

/** release_held_check(facts, state, event, e): the batch's machine has a row for ${event}, its cases being as they are; roles, review and gate
 *  are judged elsewhere. */
int release_held_check(const struct gate_facts *facts, const char *state, const char *event, struct err *e);

/** A notice that an exceptional release left. ${owner} NULL: it left none such. */
struct release_notice {
    const char *owner;
    bool is_done;
    int64_t released_ms;
};

/** release_notify_check(in, notice, said_ms, e): ERR_NOT_FOUND, ERR_EXISTS, ERR_REASON_MISSING, ERR_TIME_REFUSED (R31). */
int release_notify_check(const struct except_notify *in, const struct release_notice *notice, int64_t said_ms, struct err *e);

/** release_touched(facts): what was corrected or entered late, in words; NULL: nothing. Such a batch is never clear, whatever
 *  the gate says of it. */
const char *release_touched(const struct gate_facts *facts);

/** release_lane(facts, verdict): "exception" (held, a case open, somebody must decide, or touched), "waiting" (something is still
 *  to come), or "clear" (nothing open but the review itself). */
const char *release_lane(const struct gate_facts *facts, const struct gate_verdict *verdict);

/** release_reject_check(facts, person, state, e): a rejecter has done nothing else on the batch (R11); a batch already
 *  disposed of is not rejected again. */
int release_reject_check(const struct gate_facts *facts, const char *person, const char *state, struct err *e);
