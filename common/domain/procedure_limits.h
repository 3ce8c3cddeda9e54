/*
 * One value against its limits (R22): inside, unusual (a reason lets it pass) or impossible. Limits are inclusive and exact.
 */
#pragma once
#include "domain/procedure.h"

enum limits_verdict { LIMITS_WITHIN, LIMITS_WARN, LIMITS_HARD };

struct limits {
    const char *name, *unit, *hard_min, *hard_max, *warn_min, *warn_max, *typical;
};

/** limits_of_field(f), limits_of_computed(c): the limits as the document has them. */
struct limits limits_of_field(const struct procedure_field *f);
struct limits limits_of_computed(const struct procedure_computed *c);

/** limits_judge(a, limits, value, ret_sentence): ${value} is a decimal; the sentence says which limit, in ${a}. A value
 *  within 5 % of 10, 100 or 1000 times the typical one, or of its parts, is unusual whatever the limits say. */
enum limits_verdict limits_judge(struct arena *a, const struct limits *limits, const char *value, const char **ret_sentence);
