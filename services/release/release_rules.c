#include "release_rules.h"

#include <string.h>

#include "domain/specification_value.h"

static const struct {
    const char *verb;
    enum deed deed;
} deeds[] = {
    {"batch.open", DEED_BATCH_OPEN},           {"batch.step", DEED_STEP_PERFORM},
    {"batch.step_verify", DEED_STEP_VERIFY},   {"batch.fill", DEED_STEP_PERFORM},
    {"batch.complete", DEED_STEP_PERFORM},     {"batch.note", DEED_STEP_PERFORM},
    {"batch.reading", DEED_STEP_PERFORM},      {"quality.test_report", DEED_TEST_REPORT},
    {"quality.test_review", DEED_TEST_REVIEW}, {"quality.oos_investigate", DEED_OOS_INVESTIGATE},
    {"quality.oos_close", DEED_OOS_CLOSE},     {"quality.deviation_open", DEED_DEVIATION_OPEN},
    {"quality.deviation_close", DEED_DEVIATION_CLOSE}, {"release.review", DEED_BATCH_REVIEW},
    {"release.release", DEED_RELEASE},         {"release.reject", DEED_REJECT},
    {"custody.label_print", DEED_LABEL},       {"custody.hand_over", DEED_HANDOVER_GIVE},
    {"custody.receive", DEED_HANDOVER_RECEIVE}, {"batch.correct", DEED_CORRECT},
    {"quality.test_correct", DEED_CORRECT},   {"batch.void", DEED_VOID},
};

int release_deed(const char *verb)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].verb, verb) == 0)
            return (int)deeds[i].deed;
    return -1;
}

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

int release_review_check(int64_t entries, int64_t head_seq, const char *state, struct err *e)
{
    if (strcmp(state, "in_test") != 0)
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R36", "the batch is %s; it is reviewed when its tests are in", state);
    if (entries != head_seq + 1)
        return err_raise(e, ERR_HEAD_STALE, "entries", "R36", "you reviewed %lld entries, there are %lld", (long long)entries,
                         (long long)head_seq + 1);
    return 0;
}

int release_reject_check(const struct gate_facts *facts, const char *person, const char *state, struct err *e)
{
    if (strcmp(state, "rejected") == 0 || strcmp(state, "released") == 0 || strcmp(state, "handed_over") == 0 ||
        strcmp(state, "received") == 0)
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "", "the batch is %s already", state);
    struct segregation_act wanted = {.person = person, .subject = facts->act_count > 0 ? facts->acts[0].subject : "",
                                     .deed = DEED_REJECT};
    return segregation_check(&wanted, facts->acts, facts->act_count, e);
}
