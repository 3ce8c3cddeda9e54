/*
 * Rule 11 at a release: what of the gate can be made again from the batch's own stream and its documents. Every step of the
 * procedure performed, and verified by another person where the procedure asks for it (R09, R10); the tests pass (R26); the
 * releaser has done nothing else on the batch (R11); the donor permits it (recompute_exception.c, R31); nothing was open (recompute_settled.c).
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/collection_record.h"
#include "domain/dated.h"
#include "domain/gate.h"
#include "domain/pending.h"
#include "domain/procedure.h"
#include "domain/segregation.h"
#include "domain/specification.h"
#include "domain/specification_value.h"
#include "dossier/recompute.h"
#include "dossier/recompute_pool.h"

#define GATE_POINTS_COUNT 13

static const struct {
    enum dated since;
    int table;
    const char *when;
} asked[] = {{DATED_TASKS, SEGREGATION_TASKS, "after March 2027"}, {DATED_DUTIES, SEGREGATION_SETTLED, "after 2026"}};

int recompute_uninvolved(const struct recompute_case *c, int64_t duties, struct err *e)
{
    int64_t table = duties == INTEGER_ABSENT ? 1 : duties;      /* versions that said nothing of it */
    struct segregation_act *acts = ARENA_ARRAY(c->a, struct segregation_act, c->s->count);
    struct segregation_act wanted = {c->entry->statement.actor, c->s->id, DEED_RELEASE};
    size_t n = 0;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (table < asked[i].table && dated_asks(asked[i].since, c->entry->statement.at_ms))
            return err_raise(e, ERR_DOSSIER_REFUSED, "duties", "11", "signed %s and not judged by version %d of the table of duties, or a later one",
                             asked[i].when, asked[i].table);
    if (table < 1 || table > SEGREGATION_TABLE)
        return err_raise(e, ERR_DOSSIER_REFUSED, "duties", "11", "judged by version %lld of the table of duties, which is not known here",
                         (long long)table);
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        int deed = segregation_deed(c->s->entry[i].statement.type, table);
        if (deed >= 0)
            acts[n++] = (struct segregation_act){c->s->entry[i].statement.actor, c->s->id, (enum deed)deed};
    }
    return segregation_check(&wanted, acts, n, e);
}

/* Who did a step's ${type} (`batch.step` or `batch.step_verify`) before the release; NULL for nobody. Late: R15. */
struct doer {
    const char *person;
    int64_t seq;
    bool is_late;
};

static int who_did(const struct recompute_case *c, const char *type, int64_t no, struct doer *ret, struct err *e)
{
    bool is_verify = strcmp(type, "batch.step_verify") == 0;
    *ret = (struct doer){NULL, -1, false};
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_step step;
        struct step_verify verify;
        if (strcmp(c->s->entry[i].statement.type, type) != 0)
            continue;
        int rc = recompute_read(c, &c->s->entry[i], is_verify ? (void *)&verify : (void *)&step, e);
        if (rc != 0)
            return rc;
        if ((is_verify ? verify.step : step.step) == no)
            *ret = (struct doer){c->s->entry[i].statement.actor, c->s->entry[i].entry.seq,
                                 !is_verify && step.late_min != INTEGER_ABSENT};
    }
    return 0;
}

static int steps_done(const struct recompute_case *c, const struct procedure *procedure, struct err *e)
{
    for (int no = 1; no <= (int)procedure->steps.count; no++) {
        struct doer performer, verifier;
        int rc = who_did(c, "batch.step", no, &performer, e);
        if (rc == 0)
            rc = who_did(c, "batch.step_verify", no, &verifier, e);
        if (rc != 0)
            return rc;
        if (performer.person == NULL)
            return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but step %d was not performed", no);
        if ((procedure_needs_verify(procedure_step(procedure, no)) || performer.is_late) &&
            (verifier.seq < performer.seq || strcmp(verifier.person, performer.person) == 0))
            return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but nobody else verified step %d", no);
    }
    return 0;
}

/* The test reports that stand at the statement: one that could not be evaluated until the next of its test, one that passes or fails
 * until an investigation invalidates it. What no second person reviewed counts as pending. */
struct counting {
    const struct recompute_case *c;
    const struct specification *spec;
    struct specification_result *result;
    struct pending_result *report;
    bool *is_open;                    /* it could not be evaluated */
    size_t count;
};

/* Whether a statement of ${type} before this one names ${test}: one that is an oos_close must invalidate, one that is a review
 * be another person's. */
static int names_test(const struct recompute_case *c, const char *type, const struct dossier_entry *test, bool *ret, struct err *e)
{
    *ret = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct test_review review;
        struct oos_close closed;
        bool is_close = strcmp(type, "quality.oos_close") == 0;
        if (strcmp(c->s->entry[i].statement.type, type) != 0)
            continue;
        int rc = recompute_read(c, &c->s->entry[i], is_close ? (void *)&closed : (void *)&review, e);
        if (rc != 0)
            return rc;
        *ret |= is_close ? closed.test_seq == test->entry.seq && strcmp(closed.conclusion, "invalidated") == 0
                         : review.test_seq == test->entry.seq &&
                               strcmp(c->s->entry[i].statement.actor, test->statement.actor) != 0;
    }
    return 0;
}

/* what could not be evaluated stands no longer: the test was reported again */
static void supersede(struct counting *k, const char *code)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->is_open[i] && strcmp(k->result[i].code, code) == 0) {
            k->count--;
            memmove(&k->result[i], &k->result[i + 1], (k->count - i) * sizeof *k->result);
            memmove(&k->report[i], &k->report[i + 1], (k->count - i) * sizeof *k->report);
            memmove(&k->is_open[i], &k->is_open[i + 1], (k->count - i) * sizeof *k->is_open);
            return;
        }
}

static bool cannot_be_evaluated(struct counting *k, const struct test_report *report)
{
    const struct specification_test *test = specification_test(k->spec, report->code);
    struct specification_result result = {.code = report->code, .read_day = -1};
    struct specification_verdict verdict;
    result.values = result_values(k->c->a, report->result, &result.value_count);
    if (test != NULL)
        specification_judge(k->c->a, test, &result, &verdict);
    return test == NULL || verdict.verdict == VERDICT_CANNOT_EVALUATE;
}

static int count_report(struct counting *k, const struct dossier_entry *entry, struct err *e)
{
    struct test_report report;
    bool is_reviewed, is_invalid;
    int rc = recompute_read(k->c, entry, &report, e);
    if (rc == 0)
        rc = names_test(k->c, "quality.test_review", entry, &is_reviewed, e);
    if (rc == 0)
        rc = names_test(k->c, "quality.oos_close", entry, &is_invalid, e);
    if (rc == 0)
        rc = recompute_correct_result(k->c, entry->entry.seq, &report.result, e);
    if (rc != 0)
        return rc;
    supersede(k, report.code);
    if (is_invalid)
        return 0;
    k->report[k->count] = (struct pending_result){report.code, report.result, entry->entry.seq, report.sampled_at};
    k->is_open[k->count] = cannot_be_evaluated(k, &report);
    struct specification_result *r = &k->result[k->count++];
    *r = (struct specification_result){.code = report.code, .sample_point = report.sample_point, .method = report.method,
                                       .read_day = -1};
    r->values = result_values(k->c->a, is_reviewed ? report.result : "pending", &r->value_count);
    return 0;
}

/* until when the batch lasts, by its fill as it stands */
static int read_expiry(const struct recompute_case *c, int64_t *ret, struct err *e)
{
    struct batch_fill fill;
    const struct dossier_entry *entry;
    int rc = recompute_fill(c, &fill, &entry, e);
    *ret = rc == 0 && entry != NULL ? fill.expires_at : TIME_ABSENT;
    return rc;
}

int recompute_tests(const struct recompute_case *c, struct pending_case *ret, struct err *e)
{
    struct counting k = {.c = c, .result = ARENA_ARRAY(c->a, struct specification_result, c->s->count),
                         .report = ARENA_ARRAY(c->a, struct pending_result, c->s->count),
                         .is_open = ARENA_ARRAY(c->a, bool, c->s->count)};
    struct batch_open open;
    struct specification *specification;
    struct specification_outcome *outcome = ARENA_NEW(c->a, struct specification_outcome);
    int rc = recompute_open(c, &open, e);
    if (rc == 0)
        rc = recompute_specification(c, &open, &specification, e);
    k.spec = specification;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        if (strcmp(c->s->entry[i].statement.type, "quality.test_report") == 0)
            rc = count_report(&k, &c->s->entry[i], e);
    if (rc != 0)
        return rc;
    specification_outcome(c->a, specification, k.result, k.count, outcome);
    *ret = (struct pending_case){specification, outcome, k.report, k.count, c->entry->statement.at_ms, TIME_ABSENT};
    return read_expiry(c, &ret->expiry_ms, e);
}

static int tests_pass(const struct recompute_case *c, const struct batch_release *release, struct err *e)
{
    struct pending_case p;
    int rc = recompute_tests(c, &p, e);
    if (rc != 0)
        return rc;
    if (release->exceptional == 1) {
        rc = recompute_excepted(c, &p, release, e);
        return rc != 0 ? rc : recompute_pending(c, &p, release, e);
    }
    if (release->accepted_seq != INTEGER_ABSENT || release->failed.count > 0 || release->notices.count > 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "failed", "11", "not released exceptionally, but what an exceptional release says");
    if (p.outcome->verdict != VERDICT_PASS)
        return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but %.200s", p.outcome->sentence);
    return release->conditional == BOOLEAN_ABSENT ? 0 : recompute_pending(c, &p, release, e);
}

/* No signature on corrected data stands as unsigned but a release, which this one signs anew (R14). */
static int all_signed(const struct recompute_case *c, struct err *e)
{
    struct list open = {NULL, 0};
    int rc = recompute_unsigned(c, &open, e);
    for (size_t i = 0; rc == 0 && i < open.count; i++) {
        const struct unsigned_row *row = LIST_AT(open, const struct unsigned_row, i);
        if (strcmp(row->act, "release.release") != 0)
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but entry %lld stands as unsigned since entry %lld",
                           (long long)row->entry, (long long)row->corrected_by);
    }
    return rc;
}

/* Where the collection was corrected, the first step began no earlier than that ended, both as they stand (R09). */
static int first_step_fits(const struct recompute_case *c, const struct batch_open *open, int64_t known, struct err *e)
{
    struct procedure *doc;
    struct batch_step *steps;
    struct source_entry *entries;
    size_t n, entry_count;
    if (known == INTEGER_ABSENT)
        return 0;
    int rc = recompute_steps(c, &doc, &steps, &n, e);
    rc = rc != 0 ? rc : recompute_collected(c, open->collection_id, known, &entries, &entry_count, e);
    const struct collection_record *collected = rc == 0 ? collection_last(entries, entry_count, "source.collection_record") : NULL;
    for (size_t i = 0; rc == 0 && collected != NULL && i < n; i++)
        if (steps[i].step == 1 && steps[i].started_at < collected->ended_at - GATE_SKEW_MS)
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but the first step began before the collection ended");
    return rc;
}

/* What else the gate asks (training, equipment, lots, what stands on the labels) rests on the state of other streams at that moment; it
 * stands as it was recorded. */
int recompute_gate(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct batch_release *release = in;
    struct batch_open open;
    struct procedure *procedure;
    if (release->gate.count != GATE_POINTS_COUNT)
        return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "the gate has not thirteen points");
    for (size_t i = 0; i < release->gate.count; i++) {
        const struct gate_point *point = LIST_AT(release->gate, const struct gate_point, i);
        if (point->point != (int64_t)i + 1 || strcmp(point->state, "open") == 0)
            return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released through a gate with an open point");
        if (strcmp(point->state, gate_state_words[GATE_EXCEPTED]) == 0 &&
            (release->exceptional != 1 || !(except_may((int)i + 1, EXCEPT_RESULT) || except_may((int)i + 1, EXCEPT_HOLD))))
            return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "point %zu of the gate is excepted, which none may be", i + 1);
    }
    int rc = recompute_open(c, &open, e);
    if (rc == 0)
        rc = recompute_procedure(c, &open, &procedure, e);
    if (rc == 0)
        rc = steps_done(c, procedure, e);
    if (rc == 0)
        rc = first_step_fits(c, &open, release->collection_seq, e);
    if (rc == 0)
        rc = recompute_vials_kept(c, e);
    if (rc == 0)
        rc = tests_pass(c, release, e);
    if (rc == 0)
        rc = all_signed(c, e);
    if (rc == 0)
        rc = recompute_pools_verified(c, e);
    if (rc == 0)
        rc = recompute_donor_permits(c, release, e);
    if (rc == 0)
        rc = recompute_none_held(c, e);
    if (rc == 0)
        rc = recompute_labels_closed(c, procedure, release, e);
    if (rc == 0 && release->duties >= SEGREGATION_SETTLED)
        rc = recompute_settled(c, release->duties >= SEGREGATION_TASKS, e);
    if (rc == 0 && release->duties >= SEGREGATION_IDENTITY)
        rc = recompute_identities(c, e);
    return rc != 0 ? rc : recompute_uninvolved(c, release->duties, e);
}
