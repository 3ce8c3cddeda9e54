#include "domain/urgent.h"

#include <string.h>

static bool is_result(const char *result)
{
    return strcmp(result, "reactive") == 0 || strcmp(result, "non_reactive") == 0;
}

/* a result that is there, or a screening (assay NULL) */
struct completed {
    const char *subject, *assay, *outcome;
};

static bool same_matter(const struct completed *x, const struct completed *y)
{
    return strcmp(x->subject, y->subject) == 0 && (x->assay == NULL) == (y->assay == NULL) &&
           (x->assay == NULL || strcmp(x->assay, y->assay) == 0);
}

/* The results of one report by the name of the assay, in whatever order they were reported: the service reads them from a
 * table, the verifier from the statement. */
static size_t results_put(const struct donor_test_report *t, struct completed *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < t->results.count; i++) {
        const struct donor_result *r = LIST_AT(t->results, const struct donor_result, i);
        size_t at = n;
        if (!is_result(r->result))
            continue;
        for (; at > 0 && strcmp(ret[at - 1].assay, r->assay) > 0; at--)
            ret[at] = ret[at - 1];
        ret[at] = (struct completed){t->subject, r->assay, r->result};
        n++;
    }
    return n;
}

/* screenings and results that are there, in the order of the record; where they are more than a need lists, the last word on
 * each person and assay */
static void completed_add(struct arena *a, const struct donor_statements *s, struct list *ret)
{
    size_t max = s->screening_count, n = 0;
    for (size_t i = 0; i < s->test_count; i++)
        max += s->tests[i].results.count;
    struct completed *all = ARENA_ARRAY(a, struct completed, max + 1);
    for (size_t i = 0; i < s->screening_count; i++)
        if (strcmp(s->screenings[i].outcome, "incomplete") != 0)
            all[n++] = (struct completed){s->screenings[i].subject, NULL, s->screenings[i].outcome};
    for (size_t i = 0; i < s->test_count; i++)
        n += results_put(&s->tests[i], &all[n]);
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < n; i++) {
        bool is_last = true;
        for (size_t k = i + 1; k < n; k++)
            is_last &= !same_matter(&all[i], &all[k]);
        if (n <= URGENT_LINES || is_last)
            texts_add(a, ret, all[i].assay == NULL ? arena_printf(a, "screening of %s: %s", all[i].subject, all[i].outcome)
                                                   : arena_printf(a, "%s of %s: %s", all[i].assay, all[i].subject, all[i].outcome));
    }
}

static void missing_add(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                        struct list *ret)
{
    struct eligibility_verdict verdict;
    *ret = (struct list){NULL, 0};
    donor_judge(a, s, determined, &verdict);
    for (size_t i = 0; i < verdict.missing_count; i++)
        texts_add(a, ret, verdict.missing[i]);
}

static void reactive_add(struct arena *a, const struct eligibility_determine *determined, struct list *ret)
{
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < determined->reactive.count; i++)
        texts_add(a, ret, TEXTS_AT(determined->reactive, i));
}

/* what a need and a notice say alike, each in its own record */
struct said {
    const char **determination;
    struct list *completed, *missing, *reactive;
};

static void fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                 const struct said *ret)
{
    *ret->determination = determined->determination;
    completed_add(a, s, ret->completed);
    missing_add(a, s, determined, ret->missing);
    reactive_add(a, determined, ret->reactive);
}

void urgent_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                 struct urgent_need *in)
{
    fill(a, s, determined, &(struct said){&in->determination, &in->completed, &in->missing, &in->reactive});
}

void urgent_notice_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                        struct physician_notice *in)
{
    fill(a, s, determined, &(struct said){&in->determination, &in->completed, &in->missing, &in->reactive});
}

const char *urgent_open(struct arena *a, enum use use, enum determination determination, const struct urgent_facts *facts)
{
    const char *word = determination_words[determination];
    bool relative = use == USE_RELATIVE && determination == DETERMINATION_INELIGIBLE;
    if (facts->need_seq < 0 && !relative)
        return arena_printf(a, "the donor is %s and no urgent medical need is documented for this recipient", word);
    if (facts->noticed_seq < 0)
        return facts->need_seq < 0 ? "no physician has acknowledged that the donor is ineligible"
                                   : arena_printf(a, "%s has not acknowledged what is known of the donor", facts->physician_id);
    if (facts->noticed_seq < facts->evidence_seq)
        return "more is known of the donor since the physician acknowledged it";
    return facts->overdue;
}
