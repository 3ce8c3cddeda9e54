#include "domain/urgent.h"

#include <string.h>

static bool is_result(const char *result)
{
    return strcmp(result, "reactive") == 0 || strcmp(result, "non_reactive") == 0;
}

/* screenings and results that are there, in the order of the record */
static void completed_add(struct arena *a, const struct donor_statements *s, struct list *ret)
{
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < s->screening_count; i++)
        if (strcmp(s->screenings[i].outcome, "incomplete") != 0 && ret->count < URGENT_LINES)
            texts_add(a, ret, arena_printf(a, "screening of %s: %s", s->screenings[i].subject, s->screenings[i].outcome));
    for (size_t i = 0; i < s->test_count; i++)
        for (size_t k = 0; k < s->tests[i].results.count; k++) {
            const struct donor_result *r = LIST_AT(s->tests[i].results, const struct donor_result, k);
            if (is_result(r->result) && ret->count < URGENT_LINES)
                texts_add(a, ret, arena_printf(a, "%s of %s: %s", r->assay, s->tests[i].subject, r->result));
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

void urgent_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                 struct urgent_need *in)
{
    in->determination = determined->determination;
    completed_add(a, s, &in->completed);
    missing_add(a, s, determined, &in->missing);
    reactive_add(a, determined, &in->reactive);
}

void urgent_notice_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                        struct physician_notice *in)
{
    in->determination = determined->determination;
    completed_add(a, s, &in->completed);
    missing_add(a, s, determined, &in->missing);
    reactive_add(a, determined, &in->reactive);
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
    if (facts->labels_wrong > 0)
        return arena_printf(a, "%d labels do not carry the statements that are due now", facts->labels_wrong);
    return facts->overdue;
}
