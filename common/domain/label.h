/*
 * Label statements that the law demands, word for word, from facts (21 CFR 1271.90(c), 2006/86/EC annex II E; domain.md §3.3, §3.5). Never typed
 * (R07), never chosen: a contradiction blocks (R08). The wording differs by section: "recipient" here, "patient" in 1271.60/.65 (T27).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "domain/eligibility.h"

/** Facts: the eligibility verdict of the donor; ${urgent}: documented urgent medical need (1271.60(d)); it
 *  says nothing of a donor who is eligible by now. */
struct label_facts {
    enum use use;
    const struct eligibility_verdict *eligibility;
    bool urgent;
    enum jurisdiction jurisdiction;   /* whose statements; the EU's are added to those of 21 CFR */
};

struct label_statements {
    const char **texts;               /* in the order they are printed */
    size_t count;
    bool has_biohazard_legend;
};

/** label_judge(a, facts, ret): every statement that must stand on the label, in ${a}. */
void label_judge(struct arena *a, const struct label_facts *facts, struct label_statements *ret);

/** label_check_text(set, text): whether ${text} is one of the statements this module writes, of a disease that ${set} names; for
 *  scan-back and tests. */
bool label_check_text(const struct rule_set *set, const char *text);
