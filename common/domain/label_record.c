#include "domain/label_record.h"

#include <string.h>

#include "base/text.h"
#include "record/record.h"

void label_record_statements(struct arena *a, const char *use, const struct eligibility_determine *determined, bool urgent,
                             struct list *ret)
{
    struct eligibility_verdict verdict = {.determination = DETERMINATION_INCOMPLETE};
    struct label_statements statements;
    if (determined != NULL) {
        verdict.determination = (enum determination)text_index(determination_words, determined->determination,
            DETERMINATION_INCOMPLETE);
        verdict.is_fully_tested = determined->fully_tested == 1;
        verdict.has_risk = determined->has_risk == 1;
        verdict.reactive = ARENA_ARRAY(a, const char *, determined->reactive.count + 1);
        for (size_t i = 0; i < determined->reactive.count; i++)
            verdict.reactive[verdict.reactive_count++] = TEXTS_AT(determined->reactive, i);
    }
    struct label_facts facts = {.use = (enum use)text_index(use_words, use, USE_ALLOGENEIC), .eligibility = &verdict,
                                .urgent = urgent};
    if (determined != NULL && determined->jurisdiction != NULL)
        facts.jurisdiction = (enum jurisdiction)text_index(jurisdiction_words, determined->jurisdiction, JURISDICTION_US);
    label_judge(a, &facts, &statements);
    *ret = (struct list){NULL, 0};
    for (size_t i = 0; i < statements.count; i++)
        texts_add(a, ret, statements.texts[i]);
}

void label_record_fill(struct arena *a, const char *use, const struct eligibility_determine *determined, bool urgent,
                       struct label_print *in)
{
    label_record_statements(a, use, determined, urgent, &in->statements);
    in->biohazard = determined != NULL && determined->rules_id != NULL ? determined->has_risk : BOOLEAN_ABSENT;
}
