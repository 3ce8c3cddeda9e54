#include "release_rules.h"

#include <string.h>

#include "domain/reason.h"
#include "domain/specification_value.h"
#include "fsm/machines.h"

int release_word(const char *const *words, int count, const char *word, int standard)
{
    for (int i = 0; word != NULL && i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return standard;
}

const struct specification_outcome *release_outcome(struct arena *a, const struct specification *spec,
                                                    const struct release_test *tests, size_t n)
{
    struct specification_result *results = ARENA_ARRAY(a, struct specification_result, n);
    for (size_t i = 0; i < n; i++) {
        struct specification_result *r = &results[i];
        *r = (struct specification_result){.code = tests[i].code, .sample_point = tests[i].sample_point,
                                           .method = tests[i].method, .read_day = -1};
        r->values = result_values(a, tests[i].reviewed_by == NULL ? "pending" : tests[i].result, &r->value_count);
    }
    struct specification_outcome *ret = ARENA_NEW(a, struct specification_outcome);
    specification_outcome(a, spec, results, n, ret);
    return ret;
}

int release_review_check(int64_t entries, int64_t head_seq, const char *state, bool accepted, struct err *e)
{
    if (strcmp(state, "in_test") != 0 && !(accepted && strcmp(state, "on_hold") == 0))
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R36", "the batch is %s; it is reviewed when its tests are in", state);
    if (entries != head_seq + 1)
        return err_raise(e, ERR_HEAD_STALE, "entries", "R36", "you reviewed %lld entries, there are %lld", (long long)entries,
                         (long long)head_seq + 1);
    return 0;
}

int release_correctors_check(const char *const *correctors, size_t n, const char *person, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(correctors[i], person) == 0)
            return err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R10", "%s corrected the collection: another person reviews", person);
    return 0;
}

static int physician_check(const struct release_person *physician, struct err *e)
{
    if (physician->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "physician_id", "R29", "no such person");
    return physician->roles & ROLE_PHYSICIAN ? 0
        : err_raise(e, ERR_FIELD_RANGE, "physician_id", "R29", "who is informed in advance is a physician");
}

static int owner_check(const struct release_person *owner, const char *rule, struct err *e)
{
    if (owner->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "follow_up_by", rule, "no such person");
    return strcmp(owner->state, "open") == 0 ? 0
        : err_raise(e, ERR_FIELD_RANGE, "follow_up_by", rule, "whoever follows up has an account that is open, not %s", owner->state);
}

int release_people_check(const struct batch_release *in, const struct release_person *physician, const struct release_person *owner, struct err *e)
{
    bool waits = in->pending.count > 0;
    int code = waits ? physician_check(physician, e) : 0;
    return code == 0 && (waits || in->exceptional == 1) ? owner_check(owner, waits ? "R29" : "R31", e) : code;
}

/* what keeps a conditional release from being final */
static int certify_facts(struct arena *a, const struct gate_facts *facts, struct err *e)
{
    struct list pending = {NULL, 0};
    if (facts->tests == NULL || facts->pending == NULL)
        return err_fault(e, "the specification was not evaluated");
    pending_tests(a, facts->pending, "", &pending);
    if (pending.count > 0)
        return err_raise(e, ERR_GATE_CLOSED, "", "R29", "%s is pending", LIST_AT(pending, const struct pending_test, 0)->title);
    if (facts->tests->verdict != VERDICT_PASS)
        return err_raise(e, ERR_GATE_CLOSED, "", "R26", "%.300s", facts->tests->sentence);
    if (facts->doubt_count > 0)
        return err_raise(e, ERR_GATE_CLOSED, "", "T31", "%.300s", facts->doubts[0]);
    for (size_t i = 0; i < facts->case_count; i++)
        if (facts->cases[i].is_open && strcmp(facts->cases[i].class, "minor") != 0)
            return err_raise(e, ERR_GATE_CLOSED, "", "gate 4", "%s %s (%s) is open", facts->cases[i].kind, facts->cases[i].id,
                             facts->cases[i].class);
    if (facts->open_tasks > 0)
        return err_raise(e, ERR_GATE_CLOSED, "", "R29", "%lld tasks of a failure are open", (long long)facts->open_tasks);
    return 0;
}

int release_certify_check(struct arena *a, const struct gate_facts *facts, const char *person, const char *state,
                          struct err *e)
{
    const struct fsm_rule *rule;
    struct segregation_act wanted = {.person = person, .subject = facts->act_count > 0 ? facts->acts[0].subject : "",
                                     .deed = DEED_RELEASE};
    int code = fsm_step(&fsm_batch, state, "release.certify", FACT_ACTOR_QA | FACT_ACTOR_UNINVOLVED, &rule, e);
    if (code == 0 && facts->release_lapsed != NULL && (facts->has_newer_evidence || strcmp(state, "cond_released") == 0))
        code = err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R14", "%s", facts->release_lapsed);
    if (code == 0)
        code = certify_facts(a, facts, e);
    return code != 0 ? code : segregation_check(&wanted, facts->acts, facts->act_count, e);
}

int release_failed_check(const struct list *failed, struct err *e)
{
    return failed->count > 0 ? 0
        : err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R31", "no result is out of specification: there is nothing to except");
}

const struct except_chain *release_asked(const char *state, const struct except_chain *chain)
{
    return chain->request_seq >= 0 && strcmp(state, "on_hold") == 0 ? chain : NULL;
}

int release_ask_check(const struct except_request *in, const char *batch_recipient, const struct list *failed, struct err *e)
{
    int code = reason_check("hazard", in->hazard, e);
    if (code == 0)
        code = reason_check("alternatives", in->alternatives, e);
    if (code == 0 && batch_recipient != NULL && strcmp(batch_recipient, in->recipient_code) != 0)
        return err_raise(e, ERR_CUSTODY_REFUSED, "recipient_code", "R31", "the batch is for another recipient");
    return code == 0 ? release_failed_check(failed, e) : code;
}

/* what the failed results say of a batch on hold */
static unsigned oos_facts(const struct gate_facts *facts)
{
    unsigned bits = 0;
    for (size_t i = 0; i < facts->case_count; i++)
        bits |= facts->cases[i].is_open && strcmp(facts->cases[i].kind, "out-of-specification case") == 0 ? FACT_OOS_OPEN : 0;
    for (size_t i = 0; facts->tests != NULL && i < facts->tests->line_count; i++)
        bits |= facts->tests->lines[i].state == TEST_FAIL ? FACT_OOS_CONFIRMED : 0;
    return bits;
}

int release_held_check(const struct gate_facts *facts, const char *state, const char *event, struct err *e)
{
    const struct fsm_rule *rule;
    return fsm_step(&fsm_batch, state, event, oos_facts(facts) | FACT_ACTOR_QA | FACT_ACTOR_UNINVOLVED | FACT_REVIEWED | FACT_GATE_OPEN, &rule, e);
}

int release_notify_check(const struct except_notify *in, const struct release_notice *notice, int64_t said_ms, struct err *e)
{
    if (notice->owner == NULL)
        return err_raise(e, ERR_NOT_FOUND, "task", "R31", "entry %lld left no notice to the %s", (long long)in->release_seq, in->task);
    if (notice->is_done)
        return err_raise(e, ERR_EXISTS, "task", "R31", "this notice is recorded");
    if (in->notified_at < notice->released_ms - GATE_SKEW_MS || in->notified_at > said_ms)
        return err_raise(e, ERR_TIME_REFUSED, "notified_at", "R31", "it is told after the release, and recorded after it was told");
    return reason_check("text", in->text, e);
}

const char *release_touched(const struct gate_facts *facts)
{
    bool late = false, corrected = facts->is_source_corrected;
    for (size_t i = 0; i < facts->step_count; i++) {
        late |= facts->steps[i].late_min > 0;
        corrected |= facts->steps[i].corrected_seq > 0;
    }
    for (size_t i = 0; i < facts->act_count; i++)
        corrected |= facts->acts[i].deed == DEED_CORRECT;
    return late && corrected ? "entered late, and corrected" : late ? "entered late" : corrected ? "corrected" : NULL;
}

/* What an open point asks for: somebody to decide, time to pass or work to come, or the review itself (domain 4.2). */
static const char point_lanes[GATE_POINTS + 1] = {
    [1] = 'w', [2] = 'e', [3] = 'w', [4] = 'e', [5] = 'c', [6] = 'e', [7] = 'e', [8] = 'w', [9] = 'e', [10] = 'w', [11] = 'e',
    [12] = 'c', [13] = 'e',
};

const char *release_lane(const struct gate_facts *facts, const struct gate_verdict *verdict)
{
    bool exception = facts->is_on_hold || facts->doubt_count > 0 || release_touched(facts) != NULL, waiting = false;
    for (int i = 0; i < GATE_POINTS; i++) {
        const struct gate_line *line = &verdict->points[i];
        exception |= line->state == GATE_OPEN && point_lanes[line->no] == 'e';
        waiting |= line->state == GATE_OPEN && point_lanes[line->no] == 'w';
    }
    return exception ? "exception" : waiting ? "waiting" : "clear";
}

int release_reject_check(const struct gate_facts *facts, const char *person, const char *state, struct err *e)
{
    struct segregation_act wanted = {.person = person, .subject = facts->act_count > 0 ? facts->acts[0].subject : "",
                                     .deed = DEED_REJECT};
    if (fsm_find(&fsm_batch, fsm_state(&fsm_batch, state), "release.reject") == NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "", "the batch is %s already", state);
    return segregation_check(&wanted, facts->acts, facts->act_count, e);
}
