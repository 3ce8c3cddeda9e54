/*
 * The rules of quality, pure: facts in, a refusal or nothing out. Facts are what quality_store.c read in the verb's own
 * transaction. Verdicts are not here: domain/test_record.h has them, for the verifier needs the same. Rules by number:
 * domain.md §2.9 (OOS), §4.5 (duties), §8 (R..).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/specification.h"

#define CLOCK_SKEW_MS 5000              /* R16: a claimed time may be ahead of ours by this much */

/** A version of a specification. ${state} NULL: there is no such version. ${newest}: 0 when there is none at all. */
struct version_facts {
    const char *state, *author_id;
    int64_t newest;
};

/** rule_specification_author(in, facts, a, e): the document reads as a specification of this id and version, and the
 *  version is the next one (T51). ERR_DOCUMENT_REFUSED, ERR_EXISTS, ERR_FIELD_RANGE. ${a}: for the reading. */
int rule_specification_author(const struct specification_author *in, const struct version_facts *facts, struct arena *a,
                              struct err *e);

/** rule_specification_approve(version, person, facts, e): there is such a draft, and another person wrote it (§4.5). */
int rule_specification_approve(int64_t version, const char *person, const struct version_facts *facts, struct err *e);

/** A test as recorded. ${oos_state} NULL: no case; ${is_valid}: it stands. */
struct test_fact {
    int64_t seq;
    const char *code, *verdict, *performed_by, *reviewed_by, *oos_state, *investigated_by;
    bool is_valid, assignable_cause, is_confirmed;
    const char *result, *method, *sample_point, *sample_id;   /* as they stand; no sample: NULL */
    int64_t sampled_ms, tested_ms;
    int64_t corrected_seq, last_reviewed_seq;       /* corrected and not reviewed since; reviewed at all; 0: not */
    bool is_of_file;                                /* an instrument's file had it: nobody typed it */
};

/** Who corrected a test since it was last reviewed. */
struct test_corrector {
    int64_t test_seq;
    const char *person;
};

struct deviation_fact {
    int64_t seq;
    const char *opened_by;
    bool is_closed;
};

/** A batch as quality sees it. ${state} NULL: there is no such batch. ${spec}: the version that it pins. */
struct quality_facts {
    const char *state;
    const struct specification *spec;
    const struct test_fact *tests;
    size_t test_count;
    const struct deviation_fact *deviations;
    size_t deviation_count;
    const struct test_corrector *correctors;
    size_t corrector_count;
    const char *release_owner;                      /* who follows up what was released; NULL: never released */
    bool is_release_lapsed;                         /* by a correction, which holds the batch until QA ends it */
    bool is_donor_overtaken;                        /* more is known of the donor since eligibility was determined */
    int64_t unsigned_releases, unsigned_works;      /* signatures that lapsed: of release, of steps and tests */
};

/** rule_event(facts, event, e): there is such a batch, and its machine (common/fsm) has a row for ${event} in its state;
 *  the verb's row has asked for the role. ERR_NOT_FOUND, ERR_STATE_FORBIDS. */
int rule_event(const struct quality_facts *facts, const char *event, struct err *e);

/** rule_test_report(in, facts, said_ms, e): not in the future of ${said_ms}, the time that the statement says; a late entry's
 *  remark says why (R15, R13; the second signature is the review's); a result that passes or fails stands until a case
 *  invalidates it, one that cannot be evaluated may be reported again (R25, R27). ERR_TIME_REFUSED, ERR_EXISTS. */
int rule_test_report(const struct test_report *in, const struct quality_facts *facts, int64_t said_ms, struct err *e);

/** rule_test_correct(in, facts, ret, e): the test stands, its result is the one named, the reason says why (R13); a result
 *  with a case is that case's (R27), one that a file had is corrected from a file (R23). ${ret}: the report as it would be with the new result, to be judged anew. */
int rule_test_correct(const struct test_correct *in, const struct quality_facts *facts, struct test_report *ret, struct err *e);

/** rule_test_seen(test_seq, reviewed_seq, facts, e): the reviewer saw the last correction of the test (R14). */
int rule_test_seen(int64_t test_seq, int64_t reviewed_seq, const struct quality_facts *facts, struct err *e);

/** rule_hold_end(in, facts, e): a correction holds the batch, everything corrected is reviewed, no case is open or
 *  confirmed. ERR_STATE_FORBIDS, ERR_ORDER_FORBIDS (R14). */
int rule_hold_end(const struct hold_end *in, const struct quality_facts *facts, struct err *e);

/** rule_hold_end_event(facts): what it is to the batch's machine: a batch that is released has no hold of its own, and opens again. */
const char *rule_hold_end_event(const struct quality_facts *facts);

/** rule_test_review(test_seq, person, facts, e): the test stands, is not reviewed as it stands, and others made and
 *  corrected it (R10). */
int rule_test_review(int64_t test_seq, const char *person, const struct quality_facts *facts, struct err *e);

/** rule_oos_investigate(in, person, facts, e): there is a case, not closed; not by who made the result (§2.9). */
int rule_oos_investigate(const struct oos_investigate *in, const char *person, const struct quality_facts *facts,
                         struct err *e);

/** rule_oos_close(in, person, facts, e): investigated, by another, who also did not make the result; invalidated only
 *  with an assignable cause (R27); the positive repeat of a sterility test never is (21 CFR 610.12(f)). */
int rule_oos_close(const struct oos_close *in, const char *person, const struct quality_facts *facts, struct err *e);

/** A task of a failure after the release. ${owner} NULL: there is no such task. */
struct task_fact {
    const char *owner;
    bool is_done;
};

/** rule_task_done(in, task, said_ms, e): there is such a task, open; the text says what was done; done not in the future. */
int rule_task_done(const struct task_done *in, const struct task_fact *task, int64_t said_ms, struct err *e);

/** rule_sterility_read(in, facts, said_ms, e): not in the future, a late one says why (R15), and no result of the test stands. */
int rule_sterility_read(const struct sterility_read *in, const struct quality_facts *facts, int64_t said_ms, struct err *e);

/** rule_deviation_open(in, now_ms, e): says what happened; aware of it not in the future. */
int rule_deviation_open(const struct deviation_open *in, int64_t now_ms, struct err *e);

/** rule_deviation_close(in, person, facts, e): there is such a deviation, open, and another person opened it. */
int rule_deviation_close(const struct deviation_close *in, const char *person, const struct quality_facts *facts,
                         struct err *e);
