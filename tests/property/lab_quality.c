/* Tests, their cases, deviations. */
#include "lab_doing.h"

#include <string.h>

#include "quality_rules.h"
#include "record/record.h"

static struct quality_facts quality_facts(const struct doing *d)
{
    struct test_fact *t = ARENA_ARRAY(d->a, struct test_fact, LAB_MOST);
    struct deviation_fact *v = ARENA_ARRAY(d->a, struct deviation_fact, LAB_MOST);
    for (int i = 0; i < d->b->test_count; i++) {
        int reviewer = d->b->tests[i].reviewer, investigator = d->b->tests[i].investigator;
        t[i] = (struct test_fact){.seq = d->b->tests[i].seq, .code = "gram", .verdict = d->b->tests[i].fails ? "fail" : "pass",
                                  .performed_by = lab_people[d->b->tests[i].reporter], .reviewed_by = reviewer < 0 ? NULL : lab_people[reviewer],
                                  .oos_state = d->b->tests[i].oos, .investigated_by = investigator < 0 ? NULL : lab_people[investigator],
                                  .is_valid = d->b->tests[i].valid, .assignable_cause = d->b->tests[i].cause, .is_confirmed = d->b->tests[i].confirmed,
                                  .result = d->b->tests[i].fails ? "positive" : "negative", .method = "stain", .sample_point = "final product"};
    }
    for (int i = 0; i < d->b->deviation_count; i++)
        v[i] = (struct deviation_fact){d->b->deviations[i].seq, lab_people[d->b->deviations[i].opener], d->b->deviations[i].closer >= 0};
    return (struct quality_facts){.state = d->b->state, .spec = lab_specification(), .tests = t, .test_count = (size_t)d->b->test_count,
                                  .deviations = v, .deviation_count = (size_t)d->b->deviation_count};
}

/* the entry that is meant; one that is none, where there is none */
static int64_t test_seq(const struct doing *d)
{
    return d->want->one < d->b->test_count ? d->b->tests[d->want->one].seq : 0;
}

int lab_do_report(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = d->b->id;
    in.code = "gram";
    in.sampled_at = in.tested_at = d->now_ms;
    int code = lab_room(d->b->test_count, e);
    code = code != 0 ? code : rule_event(&f, "quality.test_report", e);
    code = code != 0 ? code : rule_test_report(&in, &f, d->now_ms, e);
    if (code != 0)
        return code;
    bool bad = d->want->bad;
    d->b->tests[d->b->test_count].seq = d->seq;
    d->b->tests[d->b->test_count].reporter = d->want->who;
    d->b->tests[d->b->test_count].reviewer = d->b->tests[d->b->test_count].investigator = -1;
    d->b->tests[d->b->test_count].fails = bad;
    d->b->tests[d->b->test_count].valid = true;
    d->b->tests[d->b->test_count++].oos = bad ? "open" : NULL;
    lab_move(d->b, "quality.test_report");
    if (bad)
        lab_move(d->b, "quality.hold");
    return 0;
}

int lab_do_review_test(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    int code = rule_event(&f, "quality.test_review", e);
    code = code != 0 ? code : rule_test_review(test_seq(d), d->who, &f, e);
    if (code != 0)
        return code;
    d->b->tests[d->want->one].reviewer = d->want->who;
    lab_move(d->b, "quality.test_review");
    return 0;
}

int lab_do_investigate(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    struct oos_investigate in = {.batch_id = d->b->id, .test_seq = test_seq(d), .findings = LAB_REASON, .assignable_cause = !d->want->bad};
    int code = rule_event(&f, "quality.oos_investigate", e);
    code = code != 0 ? code : rule_oos_investigate(&in, d->who, &f, e);
    if (code != 0)
        return code;
    d->b->tests[d->want->one].oos = "investigated";
    d->b->tests[d->want->one].cause = !d->want->bad;
    d->b->tests[d->want->one].investigator = d->want->who;
    lab_move(d->b, "quality.oos_investigate");
    return 0;
}

/* as quality.settle does it */
int lab_do_close(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    struct oos_close in = {.batch_id = d->b->id, .test_seq = test_seq(d), .conclusion = d->want->bad ? "confirmed" : "invalidated", .reason = LAB_REASON};
    int code = rule_event(&f, "quality.oos_close", e);
    code = code != 0 ? code : rule_oos_close(&in, d->who, &f, e);
    if (code != 0)
        return code;
    bool held = false, complete = false;
    d->b->tests[d->want->one].oos = "closed";
    d->b->tests[d->want->one].confirmed = d->want->bad;
    d->b->tests[d->want->one].valid = d->want->bad;
    lab_move(d->b, "quality.oos_close");
    for (int i = 0; i < d->b->test_count; i++)
        held |= d->b->tests[i].oos != NULL && (strcmp(d->b->tests[i].oos, "closed") != 0 || d->b->tests[i].confirmed);
    for (int i = 0; i < d->b->acts_count; i++)
        complete |= d->b->acts[i].want.verb == LAB_COMPLETE;
    if (!held)
        lab_move(d->b, complete ? "quality.unhold_test" : "quality.unhold_process");
    return 0;
}

int lab_do_deviate(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    struct deviation_open in = {.batch_id = d->b->id, .deviation_class = "major", .text = LAB_REASON, .aware_at = d->now_ms};
    int code = lab_room(d->b->deviation_count, e);
    code = code != 0 ? code : rule_event(&f, "quality.deviation_open", e);
    code = code != 0 ? code : rule_deviation_open(&in, d->now_ms, e);
    if (code != 0)
        return code;
    d->b->deviations[d->b->deviation_count].seq = d->seq;
    d->b->deviations[d->b->deviation_count].opener = d->want->who;
    d->b->deviations[d->b->deviation_count++].closer = -1;
    lab_move(d->b, "quality.deviation_open");
    return 0;
}

int lab_do_close_deviation(struct doing *d, struct err *e)
{
    struct quality_facts f = quality_facts(d);
    int64_t seq = d->want->one < d->b->deviation_count ? d->b->deviations[d->want->one].seq : 0;
    struct deviation_close in = {.batch_id = d->b->id, .deviation_seq = seq, .reason = LAB_REASON};
    int code = rule_event(&f, "quality.deviation_close", e);
    code = code != 0 ? code : rule_deviation_close(&in, d->who, &f, e);
    if (code != 0)
        return code;
    d->b->deviations[d->want->one].closer = d->want->who;
    lab_move(d->b, "quality.deviation_close");
    return 0;
}
