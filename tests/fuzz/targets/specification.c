/* Specifications, and their judgement over values that a report typed. */
#include "fuzz.h"

#include "domain/specification.h"

#define RESULTS_MAX 40

FUZZ(a, data, len)
{
    static const char *const typed[] = {"1", "97.25", "<0.05", ">100", "negative", "no growth", "n/a", "pending", "0,5"};
    struct err e;
    struct specification *s;
    struct specification_result results[RESULTS_MAX];
    struct specification_outcome outcome;
    struct specification_verdict verdict;
    if (specification_parse(a, (const char *)data, len, &s, &e) != 0)
        return;
    const struct specification_test *tests = s->tests.items;
    for (size_t t = 0; t < sizeof typed / sizeof typed[0]; t++) {
        const char *values[9];
        for (size_t i = 0; i < 9; i++)
            values[i] = typed[(t + i) % (sizeof typed / sizeof typed[0])];
        size_t n = 0;
        for (size_t i = 0; i < s->tests.count && n < RESULTS_MAX; i++) {
            results[n] = (struct specification_result){tests[i].code, values, (size_t)tests[i].replicates, NULL, NULL, -1};
            if (specification_result_check(&tests[i], &results[n], &e) == 0)
                specification_judge(a, &tests[i], &results[n], &verdict);
            n++;
        }
        specification_outcome(a, s, results, n, &outcome);
        MUST(outcome.line_count == s->tests.count);
    }
}
