/* Review, gate, release, rejection. */
#include "lab_doing.h"

#include <string.h>

#include "domain/gate.h"
#include "release_rules.h"

static struct gate_facts gate_facts(const struct doing *d)
{
    struct gate_step *steps = ARENA_ARRAY(d->a, struct gate_step, LAB_STEPS);
    struct release_test *tests = ARENA_ARRAY(d->a, struct release_test, LAB_MOST);
    struct gate_case *cases = ARENA_ARRAY(d->a, struct gate_case, 2 * LAB_MOST);
    struct segregation_act *acts = ARENA_ARRAY(d->a, struct segregation_act, (size_t)d->b->acts_count);
    size_t tests_n = 0, cases_n = 0, acts_n = 0;
    int wrong = 0, head = d->b->acts_count - 1;
    for (int i = 0; i < LAB_STEPS; i++)
        steps[i] = (struct gate_step){i + 1, "step", d->b->steps[i].performer < 0 ? NULL : lab_people[d->b->steps[i].performer],
                                      d->b->steps[i].verifier < 0 ? NULL : lab_people[d->b->steps[i].verifier], i < 2, d->b->steps[i].seq,
                                      d->b->steps[i].verifier < 0 ? -1 : d->b->steps[i].seq + 1, 0, 0};
    for (int i = 0; i < d->b->test_count; i++) {
        if (d->b->tests[i].valid)
            tests[tests_n++] = (struct release_test){"gram", d->b->tests[i].fails ? "positive" : "negative", "stain", "final product",
                                                     d->b->tests[i].reviewer < 0 ? NULL : lab_people[d->b->tests[i].reviewer]};
        if (d->b->tests[i].oos != NULL)
            cases[cases_n++] = (struct gate_case){"1", "out-of-specification case", "major", strcmp(d->b->tests[i].oos, "closed") != 0};
    }
    for (int i = 0; i < d->b->deviation_count; i++)
        cases[cases_n++] = (struct gate_case){"2", "deviation", "major", d->b->deviations[i].closer < 0};
    for (int i = 1; i < d->b->acts_count; i++) {
        int deed = segregation_deed(lab_verbs[d->b->acts[i].want.verb], SEGREGATION_TABLE);
        if (deed >= 0)
            acts[acts_n++] = (struct segregation_act){lab_people[d->b->acts[i].want.who], d->b->id, (enum deed)deed};
    }
    for (int i = 0; i < d->b->containers; i++)
        wrong += d->b->container[i].labels == 0 && (strcmp(d->b->container[i].state, "kept") == 0 || strcmp(d->b->container[i].state, "destroying") == 0);
    return (struct gate_facts){.steps = steps, .step_count = LAB_STEPS, .tests = release_outcome(d->a, lab_specification(), tests, tests_n),
        .cases = cases, .case_count = cases_n, .reviewer = d->b->reviewer < 0 ? NULL : lab_people[d->b->reviewer],
        .reviewed_seq = d->b->reviewed_seq, .last_change_seq = head > d->b->reviewed_seq ? head : d->b->reviewed_seq - 1, .use = USE_ALLOGENEIC,
        .has_eligibility = true, .determination = DETERMINATION_ELIGIBLE, .labels_wrong = wrong, .has_containers = true,
        .containers_filled = d->b->containers, .containers_accounted = d->b->containers, .balances_closed = d->b->containers > 0,
        .now_ms = d->now_ms, .expiry_ms = LAB_START + 20 * LAB_HOUR, .releaser = d->who, .releaser_trained = true, .acts = acts, .act_count = acts_n,
        .is_on_hold = strcmp(d->b->state, "on_hold") == 0};
}

int lab_do_review(struct doing *d, struct err *e)
{
    struct gate_facts g = gate_facts(d);
    struct segregation_act wanted = {.person = d->who, .subject = d->b->id, .deed = DEED_BATCH_REVIEW};
    int code = release_review_check(d->b->seen[d->want->who] + 1, d->b->acts_count - 1, d->b->state, false, e);
    code = code != 0 ? code : segregation_check(&wanted, g.acts, g.act_count, e);
    if (code != 0)
        return code;
    d->b->reviewer = d->want->who;
    d->b->reviewed_seq = d->seq;
    lab_move(d->b, "release.review");
    return 0;
}

int lab_do_release(struct doing *d, struct err *e)
{
    struct gate_facts g = gate_facts(d);
    struct gate_verdict verdict;
    gate_judge(d->a, &g, &verdict);
    int code = gate_check(&verdict, e);
    if (code == 0 && strcmp(d->b->state, "in_test") != 0)
        code = err_raise(e, ERR_STATE_FORBIDS, "batch_id", "", "the batch is %s", d->b->state);
    if (code == 0)
        lab_move(d->b, "release.release");
    return code;
}

int lab_do_reject(struct doing *d, struct err *e)
{
    struct gate_facts g = gate_facts(d);
    int code = release_reject_check(&g, d->who, d->b->state, e);
    if (code == 0)
        lab_move(d->b, "release.reject");
    return code;
}
