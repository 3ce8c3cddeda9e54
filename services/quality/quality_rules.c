#include "quality_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/donor.h"
#include "domain/late.h"
#include "domain/reason.h"
#include "domain/segregation.h"
#include "fsm/machines.h"

static int time_check(const char *field, int64_t at_ms, int64_t now_ms, struct err *e)
{
    char at[CLOCK_TEXT];
    if (at_ms <= now_ms + CLOCK_SKEW_MS)
        return 0;
    clock_to_text(at_ms, at);
    return err_raise(e, ERR_TIME_REFUSED, field, "R15", "%s is in the future", at);
}

int rule_specification_author(const struct specification_author *in, const struct version_facts *facts, struct arena *a,
                              struct err *e)
{
    struct specification *spec;
    int code = specification_parse(a, in->document, strlen(in->document), &spec, e);
    if (code != 0)
        return code;
    if (strcmp(spec->id, in->specification_id) != 0)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "id", "T51", "the document is %s, not %s", spec->id, in->specification_id);
    if (spec->version != in->version)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "version", "T51", "the document is version %d, not %" PRId64, spec->version,
                         in->version);
    if (in->version <= facts->newest)
        return err_raise(e, ERR_EXISTS, "version", "T51", "version %" PRId64 " exists; the newest is %" PRId64, in->version,
                         facts->newest);
    if (in->version != facts->newest + 1)
        return err_raise(e, ERR_FIELD_RANGE, "version", "T51", "the next version is %" PRId64, facts->newest + 1);
    return 0;
}

int rule_specification_approve(int64_t version, const char *person, const struct version_facts *facts, struct err *e)
{
    if (facts->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "version", "", "there is no version %" PRId64, version);
    if (strcmp(facts->state, "draft") != 0)
        return err_raise(e, ERR_STATE_FORBIDS, "version", "T51", "version %" PRId64 " is %s", version, facts->state);
    struct segregation_act author = {facts->author_id, "", DEED_DOCUMENT_AUTHOR};
    struct segregation_act approver = {person, "", DEED_DOCUMENT_APPROVE};
    return segregation_check(&approver, &author, 1, e);
}

int rule_event(const struct quality_facts *facts, const char *event, struct err *e)
{
    const struct fsm_rule *rule;
    if (facts->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no such batch");
    return fsm_step(&fsm_batch, facts->state, event, FACT_ACTOR_QA, &rule, e);
}

int rule_test_report(const struct test_report *in, const struct quality_facts *facts, int64_t said_ms, struct err *e)
{
    int64_t late_min = late_entry(facts->spec->late_entry_min, in->tested_at, said_ms);
    int code = time_check("tested_at", in->tested_at, said_ms, e);
    if (code == 0 && late_min != INTEGER_ABSENT && !reason_is_valid(in->remark))
        code = err_raise(e, ERR_REASON_MISSING, "remark", "R15", "tested %" PRId64 " min ago: a late entry says why", late_min);
    for (size_t i = 0; code == 0 && i < facts->test_count; i++) {
        const struct test_fact *t = &facts->tests[i];
        if (t->is_valid && strcmp(t->code, in->code) == 0 && strcmp(t->verdict, "cannot_evaluate") != 0)
            code = err_raise(e, ERR_EXISTS, "code", "R25", "%s has a result at entry %" PRId64 "; only a case may invalidate it",
                             in->code, t->seq);
    }
    return code;
}

static const struct test_fact *test_find(const struct quality_facts *facts, int64_t seq)
{
    for (size_t i = 0; i < facts->test_count; i++)
        if (facts->tests[i].seq == seq)
            return &facts->tests[i];
    return NULL;
}

static int no_test(int64_t seq, struct err *e)
{
    return err_raise(e, ERR_NOT_FOUND, "test_seq", "", "entry %" PRId64 " is no test of this batch", seq);
}

/* may ${person} do ${wanted} to the test that ${made} made and ${investigated} investigated? */
static int test_duties(const struct test_fact *t, const char *person, enum deed wanted, struct err *e)
{
    char subject[24];
    snprintf(subject, sizeof subject, "%" PRId64, t->seq);
    struct segregation_act want = {person, subject, wanted};
    struct segregation_act acts[2] = {{t->performed_by, subject, DEED_TEST_REPORT}};
    size_t n = 1;
    if (t->investigated_by != NULL)
        acts[n++] = (struct segregation_act){t->investigated_by, subject, DEED_OOS_INVESTIGATE};
    return segregation_check(&want, acts, n, e);
}

int rule_test_review(int64_t test_seq, const char *person, const struct quality_facts *facts, struct err *e)
{
    const struct test_fact *t = test_find(facts, test_seq);
    if (t == NULL)
        return no_test(test_seq, e);
    if (!t->is_valid)
        return err_raise(e, ERR_STATE_FORBIDS, "test_seq", "R25", "this result of %s does not stand any more", t->code);
    if (t->reviewed_by != NULL)
        return err_raise(e, ERR_EXISTS, "test_seq", "R10", "%s reviewed it", t->reviewed_by);
    int code = test_duties(t, person, DEED_TEST_REVIEW, e);
    for (size_t i = 0; code == 0 && i < facts->corrector_count; i++)
        if (facts->correctors[i].test_seq == test_seq) {
            struct segregation_act want = {person, t->code, DEED_TEST_REVIEW};
            struct segregation_act corrected = {facts->correctors[i].person, t->code, DEED_CORRECT};
            code = segregation_check(&want, &corrected, 1, e);
        }
    return code;
}

int rule_test_seen(int64_t test_seq, int64_t reviewed_seq, const struct quality_facts *facts, struct err *e)
{
    const struct test_fact *t = test_find(facts, test_seq);
    if (t != NULL && reviewed_seq < t->corrected_seq)
        return err_raise(e, ERR_HEAD_STALE, "test_seq", "R14", "what you saw ends before the result was corrected (entry %"
                         PRId64 ")", t->corrected_seq);
    return 0;
}

int rule_test_correct(const struct test_correct *in, const struct quality_facts *facts, struct test_report *ret, struct err *e)
{
    const struct test_fact *t = test_find(facts, in->test_seq);
    int code = reason_check("reason", in->reason, e);
    if (code != 0)
        return code;
    if (t == NULL)
        return no_test(in->test_seq, e);
    if (!t->is_valid)
        return err_raise(e, ERR_STATE_FORBIDS, "test_seq", "R25", "this result of %s does not stand any more", t->code);
    if (t->oos_state != NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "test_seq", "R27", "%s has a case: only the case says what its result is worth",
                         t->code);
    if (strcmp(t->result, in->old_value) != 0)
        return err_raise(e, ERR_HEAD_STALE, "old_value", "R12", "%s stands as %s", t->code, t->result);
    if (specification_test(facts->spec, t->code) != NULL && specification_test(facts->spec, t->code)->loci > 0)
        return err_raise(e, ERR_STATE_FORBIDS, "test_seq", "T31", "%s is what its profiles say: report it again when its case lets it", t->code);
    if (t->is_of_file && (in->file_seq == INTEGER_ABSENT || in->quantity == NULL))
        return err_raise(e, ERR_RESULT_REFUSED, in->file_seq == INTEGER_ABSENT ? "file_seq" : "quantity", "R23",
                         "%s was taken from an instrument's file: its correction names the file that has it in truth, and what of it", t->code);
    if (strcmp(in->old_value, in->new_value) == 0)
        return err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "%s is what stands already", in->new_value);
    record_init(&record_test_report, ret);
    ret->code = t->code;
    ret->result = in->new_value;
    ret->method = t->method;
    ret->sample_point = t->sample_point;
    ret->sampled_at = t->sampled_ms;
    ret->tested_at = t->tested_ms;
    ret->sample_id = t->sample_id;
    return 0;
}

/* what went out of specification has a confirmed case for good, which does not keep its release from being reviewed anew */
static bool is_exceptional(const struct quality_facts *facts)
{
    return facts->state != NULL && strcmp(facts->state, "except_released") == 0;
}

int rule_hold_end(const struct hold_end *in, const struct quality_facts *facts, struct err *e)
{
    int code = reason_check("reason", in->reason, e);
    if (code != 0)
        return code;
    for (size_t i = 0; i < facts->test_count; i++) {
        const struct test_fact *t = &facts->tests[i];
        if (t->oos_state != NULL && (strcmp(t->oos_state, "closed") != 0 || (t->is_confirmed && !is_exceptional(facts))))
            return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R26", "the case of entry %" PRId64 " (%s) holds the batch", t->seq,
                             t->code);
    }
    if (facts->unsigned_works > 0)
        return err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R14", "%" PRId64 " signatures on steps and tests stand as unsigned"
                         " until reviewed", facts->unsigned_works);
    if (facts->unsigned_releases == 0)
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R14", "no correction holds the batch");
    if (facts->is_donor_overtaken)
        return err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R14", DONOR_OVERTAKEN);
    return 0;
}

const char *rule_hold_end_event(const struct quality_facts *facts)
{
    bool is_out = facts->state != NULL && (strcmp(facts->state, "released") == 0 || strcmp(facts->state, "cond_released") == 0 ||
                                           is_exceptional(facts));
    return is_out ? "quality.reopen" : "quality.unhold_test";
}

/* the case of a test, and whether its machine takes this event */
static int case_step(const struct quality_facts *facts, int64_t seq, const char *event, unsigned said,
                     const struct test_fact **ret, struct err *e)
{
    const struct test_fact *t = test_find(facts, seq);
    const struct fsm_rule *rule;
    if (t == NULL)
        return no_test(seq, e);
    if (t->oos_state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "test_seq", "R26", "entry %" PRId64 " has no case: it is %s", seq, t->verdict);
    *ret = t;
    return fsm_step(&fsm_oos, t->oos_state, event, said | (t->assignable_cause ? FACT_CAUSE_ASSIGNED : 0), &rule, e);
}

int rule_oos_investigate(const struct oos_investigate *in, const char *person, const struct quality_facts *facts,
                         struct err *e)
{
    const struct test_fact *t;
    int code = reason_check("findings", in->findings, e);
    if (code == 0)
        code = case_step(facts, in->test_seq, "investigate", 0, &t, e);
    return code == 0 ? test_duties(t, person, DEED_OOS_INVESTIGATE, e) : code;
}

/* 21 CFR 610.12(f): a test of growth is repeated once; what its repeat says is final */
static int repeat_check(const struct quality_facts *facts, const struct test_fact *t, struct err *e)
{
    const struct specification_test *test = specification_test(facts->spec, t->code);
    for (size_t i = 0; test != NULL && test->final_day > 0 && i < facts->test_count; i++) {
        const struct test_fact *earlier = &facts->tests[i];
        if (earlier->seq < t->seq && strcmp(earlier->code, t->code) == 0 && earlier->oos_state != NULL && !earlier->is_confirmed)
            return err_raise(e, ERR_RESULT_REFUSED, "conclusion", "R27", "this is the repeat of entry %" PRId64 ": %s is repeated once"
                             " (21 CFR 610.12(f))", earlier->seq, test->title);
    }
    return 0;
}

int rule_oos_close(const struct oos_close *in, const char *person, const struct quality_facts *facts, struct err *e)
{
    const struct test_fact *t;
    const char *event = strcmp(in->conclusion, "confirmed") == 0 ? "confirm" : "invalidate";
    int code = reason_check("reason", in->reason, e);
    if (code == 0)
        code = case_step(facts, in->test_seq, event, FACT_CLOSER_QA, &t, e);
    if (code == 0 && strcmp(event, "invalidate") == 0)
        code = repeat_check(facts, t, e);
    return code == 0 ? test_duties(t, person, DEED_OOS_CLOSE, e) : code;
}

int rule_task_done(const struct task_done *in, const struct task_fact *task, int64_t said_ms, struct err *e)
{
    if (task->owner == NULL)
        return err_raise(e, ERR_NOT_FOUND, "task", "R29", "entry %" PRId64 " left no task %s", in->test_seq, in->task);
    if (task->is_done)
        return err_raise(e, ERR_EXISTS, "task", "R29", "this task is done");
    int code = reason_check("text", in->text, e);
    return code == 0 ? time_check("done_at", in->done_at, said_ms, e) : code;
}

int rule_sterility_read(const struct sterility_read *in, const struct quality_facts *facts, int64_t said_ms, struct err *e)
{
    int code = time_check("read_at", in->read_at, said_ms, e);
    if (code == 0 && in->late_min != INTEGER_ABSENT && !reason_is_valid(in->remark))
        code = err_raise(e, ERR_REASON_MISSING, "remark", "R15", "read %" PRId64 " min ago: a late entry says why", in->late_min);
    for (size_t i = 0; code == 0 && i < facts->test_count; i++) {
        const struct test_fact *t = &facts->tests[i];
        if (t->is_valid && strcmp(t->code, in->code) == 0 && strcmp(t->verdict, "cannot_evaluate") != 0)
            code = err_raise(e, ERR_EXISTS, "code", "T21", "%s has its final result at entry %" PRId64, in->code, t->seq);
    }
    return code;
}

int rule_deviation_open(const struct deviation_open *in, int64_t now_ms, struct err *e)
{
    int code = reason_check("text", in->text, e);
    return code == 0 ? time_check("aware_at", in->aware_at, now_ms, e) : code;
}

int rule_deviation_close(const struct deviation_close *in, const char *person, const struct quality_facts *facts,
                         struct err *e)
{
    const struct deviation_fact *d = NULL;
    int code = reason_check("reason", in->reason, e);
    for (size_t i = 0; i < facts->deviation_count; i++)
        if (facts->deviations[i].seq == in->deviation_seq)
            d = &facts->deviations[i];
    if (code != 0)
        return code;
    if (d == NULL)
        return err_raise(e, ERR_NOT_FOUND, "deviation_seq", "", "entry %" PRId64 " opened no deviation", in->deviation_seq);
    if (d->is_closed)
        return err_raise(e, ERR_STATE_FORBIDS, "deviation_seq", "", "this deviation is closed");
    struct segregation_act want = {person, "", DEED_DEVIATION_CLOSE}, opened = {d->opened_by, "", DEED_DEVIATION_OPEN};
    return segregation_check(&want, &opened, 1, e);
}
