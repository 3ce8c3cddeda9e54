/*
 * Control charts: Levey-Jennings with Westgard's rules, and Shewhart's chart of individuals (domain.md §2; Westgard et al., Clin Chem
 * 27:493, 1981; ISO 7870-2). Exact rationals; only a root is rounded (base/number.h). What vendors read differently is fixed here and
 * printed with each chart: "beyond" a limit is more than it, not equal to it; R_4s looks within one run only; nothing is left out
 * of a rule because an earlier one has spoken.
 */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "base/number.h"

enum chart_state { CHART_IN_CONTROL, CHART_WARNING, CHART_OUT_OF_CONTROL };

/** What a level of control material, or a test, is judged against. ${mean} and ${sd} are decimals, ${sd} more than 0. */
struct chart_target {
    const char *level, *mean, *sd;
};

/** One value, in order of time. Values of one ${run} stand together. */
struct chart_value {
    const char *run, *level, *value;
};

/** Its judgement: ${rule} is the rule that speaks, NULL in control; ${z} how many standard deviations off, two decimals. */
struct chart_flag {
    enum chart_state state;
    const char *rule, *z;
};

/** chart_judge(a, targets, target_count, values, n, ret): ${n} flags in ${a}. A value without a target of its level, or that is
 *  no decimal, has `z` NULL and breaks the sequence of its level. Rules in this order, the first that speaks is named: 1_3s, 2_2s,
 *  R_4s, 4_1s, 10_x out of control; 1_2s a warning. */
void chart_judge(struct arena *a, const struct chart_target *targets, size_t target_count, const struct chart_value *values, size_t n,
                 struct chart_flag **ret);

/** chart_rules(): the rules and how they are read, a sentence each, NULL behind the last. */
const char *const *chart_rules(void);

/** chart_levey_jennings(a, values, n, decimals, ret_mean, ret_sd): mean and standard deviation (n-1) of ${n} decimals, rounded to
 *  ${decimals} places. False where fewer than two, or all the same: there are no limits then (T10). */
bool chart_levey_jennings(struct arena *a, const char *const *values, size_t n, int decimals, const char **ret_mean,
                          const char **ret_sd);

/** chart_shewhart(a, values, n, decimals, ret_mean, ret_sd): mean, and the mean moving range of two over d2 = 1.128379 (the expected
 *  range of two of a normal distribution, 2/sqrt(pi)). False as above. */
bool chart_shewhart(struct arena *a, const char *const *values, size_t n, int decimals, const char **ret_mean, const char **ret_sd);

/** chart_limit(a, mean, sd, times, decimals): mean + times · sd. */
const char *chart_limit(struct arena *a, const char *mean, const char *sd, int times, int decimals);
