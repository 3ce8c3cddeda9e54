#include "domain/donor.h"

#include <string.h>

#include "base/text.h"

bool donor_is_perinatal(const char *tissue)
{
    return strcmp(tissue, "umbilical_cord") == 0 || strcmp(tissue, "cord_blood") == 0 || strcmp(tissue, "placenta") == 0;
}

/* a screening begun anew and not finished lifts no risk found before; the first reading took it for the last word */
static const char *last_word(const struct donor_statements *s, const char *before, const char *outcome)
{
    bool keeps = s->rules != NULL && s->rules->reading >= 2 && before != NULL && strcmp(before, "risk_factor") == 0;
    return keeps && strcmp(outcome, "incomplete") == 0 ? before : outcome;
}

/* the last word on the person whose screening counts; a risk found in anybody behind the number is a risk */
static const char *screening_of(const struct donor_statements *s, const char *subject)
{
    const char *counts = NULL, *other = NULL;
    for (size_t i = 0; i < s->screening_count; i++) {
        const char **word = strcmp(s->screenings[i].subject, subject) == 0 ? &counts : &other;
        *word = last_word(s, *word, s->screenings[i].outcome);
    }
    return other != NULL && strcmp(other, "risk_factor") == 0 ? other : counts;
}

static struct eligibility_specimen *specimen_of(struct arena *a, const struct donor_test_report *t)
{
    struct eligibility_specimen *s = ARENA_NEW(a, struct eligibility_specimen);
    *s = (struct eligibility_specimen){t->subject, t->specimen_at, DILUTION_NOT_SAID, t->weight_kg, t->blood_ml, t->colloid_ml,
                                       t->crystalloid_ml};
    if (t->dilution_suspected != BOOLEAN_ABSENT)
        s->dilution = t->dilution_suspected == 1 ? DILUTION_SUSPECTED : DILUTION_NOT_SUSPECTED;
    return s;
}

static struct eligibility_test *tests_of(struct arena *a, const struct donor_statements *s, size_t *ret_count)
{
    size_t n = 0;
    for (size_t i = 0; i < s->test_count; i++)
        n += s->tests[i].results.count;
    struct eligibility_test *tests = ARENA_ARRAY(a, struct eligibility_test, n + 1);
    n = 0;
    for (size_t i = 0; i < s->test_count; i++) {
        const struct donor_test_report *t = &s->tests[i];
        const struct eligibility_specimen *specimen = specimen_of(a, t);
        for (size_t k = 0; k < t->results.count; k++) {
            const struct donor_result *r = LIST_AT(t->results, const struct donor_result, k);
            tests[n++] = (struct eligibility_test){r->assay, r->result, specimen};
        }
    }
    *ret_count = n;
    return tests;
}

void donor_judge(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *in,
                 struct eligibility_verdict *ret)
{
    bool two = strcmp(s->donor->subject, "mother_and_infant") == 0;
    struct eligibility_facts facts = {.tissue = (enum tissue)text_index(tissue_words, s->donor->tissue, 0),
                                      .use = (enum use)text_index(use_words, s->donor->use, 0),
                                      .recovery_ms = in->recovery_at, .is_infant = two, .is_stored = in->stored != 0,
                                      .screening = screening_of(s, two ? "mother" : "donor")};
    facts.tests = tests_of(a, s, &facts.test_count);
    eligibility_judge(a, s->rules != NULL ? s->rules : rule_set_first(a), &facts, ret);
}

static void texts_take(struct arena *a, const char *const *texts, size_t n, struct list *ret)
{
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < n; i++)
        texts_add(a, ret, texts[i]);
}

void donor_determine(struct arena *a, const struct donor_statements *s, struct eligibility_determine *in)
{
    struct eligibility_verdict verdict;
    donor_judge(a, s, in, &verdict);
    in->determination = determination_words[verdict.determination];
    texts_take(a, verdict.reasons, verdict.reason_count, &in->reasons);
    texts_take(a, verdict.reactive, verdict.reactive_count, &in->reactive);
    in->fully_tested = verdict.is_fully_tested;
    in->has_risk = verdict.has_risk;
    if (s->rules == NULL)
        return;                        /* as it was recorded before rule sets were documents */
    in->jurisdiction = jurisdiction_words[s->rules->jurisdiction];
    texts_take(a, verdict.missing, verdict.missing_count, &in->missing);
}
