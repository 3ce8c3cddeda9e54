#include "domain/eligibility.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define DAY_MS INT64_C(86400000)
#define ALL ((1u << TISSUE_COUNT) - 1)
#define LEUKOCYTE_RICH (1u << TISSUE_MARROW | 1u << TISSUE_CORD_BLOOD)

const char *const determination_words[] = {"eligible", "ineligible", "incomplete", "not_required", NULL};

/* an assay with no tissue is not required, and counts where it was done */
static const struct eligibility_rule RULES[] = {
    {"anti_hiv_1_2", "hiv_1, hiv_2", "HIV", "21 CFR 1271.85(a)(1)", ALL, false, true},
    {"hiv_1_nat", "hiv_1", "HIV", "21 CFR 1271.85(a)(1)", ALL, false, true},
    {"hbsag", "hbv", "hepatitis B virus", "21 CFR 1271.85(a)(2)", ALL, false, true},
    {"anti_hbc", "hbv", "hepatitis B virus", "21 CFR 1271.85(a)(2)", ALL, false, true},
    {"hbv_nat", "hbv", "hepatitis B virus", "guidance", 0, false, true},
    {"anti_hcv", "hcv", "hepatitis C virus", "21 CFR 1271.85(a)(3)", ALL, false, true},
    {"hcv_nat", "hcv", "hepatitis C virus", "21 CFR 1271.85(a)(3)", ALL, false, true},
    {"syphilis_screen", "treponema_pallidum", "Treponema pallidum", "21 CFR 1271.85(a)(4)", ALL, false, true},
    {"anti_htlv", "htlv", "HTLV", "21 CFR 1271.85(b)(1)", LEUKOCYTE_RICH, false, true},
    {"anti_cmv", "cmv", "cytomegalovirus", "21 CFR 1271.85(b)(2)", LEUKOCYTE_RICH, false, false},
    {"wnv_nat", "wnv", "West Nile virus", "guidance", ALL, true, true},
};
#define RULE_COUNT (sizeof RULES / sizeof RULES[0])

const struct eligibility_rule *eligibility_rules(size_t *ret_count)
{
    *ret_count = RULE_COUNT;
    return RULES;
}

struct weighing {
    struct arena *arena;
    const struct eligibility_facts *facts;
    struct eligibility_verdict *out;
};

static void say(const char **list, size_t *count, const char *text)
{
    list[(*count)++] = text;
}

static bool season_applies(const struct eligibility_facts *f)
{
    char text[CLOCK_TEXT];
    clock_to_text(f->recovery_ms, text);
    int month = (text[5] - '0') * 10 + (text[6] - '0');
    return !f->is_us_site || (month >= 6 && month <= 10);
}

static bool rule_applies(const struct eligibility_rule *r, const struct eligibility_facts *f)
{
    return (r->tissues & 1u << f->tissue) != 0 && (!r->is_seasonal || season_applies(f));
}

static bool window_holds(const struct eligibility_facts *f, int64_t specimen_ms)
{
    int64_t before = f->tissue == TISSUE_MARROW ? ELIGIBILITY_MARROW_DAYS : ELIGIBILITY_WINDOW_DAYS;
    int64_t delta = specimen_ms - f->recovery_ms;
    return delta >= -before * DAY_MS && delta <= ELIGIBILITY_WINDOW_DAYS * DAY_MS;
}

/* why this test does not answer for the assay; NULL: it does */
static const char *test_unfit(const struct eligibility_facts *f, const struct eligibility_test *t)
{
    if (strcmp(t->result, "non_reactive") != 0 && strcmp(t->result, "reactive") != 0)
        return t->result;
    if (strcmp(t->subject, f->is_infant ? "mother" : "donor") != 0)
        return f->is_infant ? "an infant's donor needs the birth mother's specimen" : "not the donor's specimen";
    return window_holds(f, t->specimen_ms) ? NULL : "the specimen is outside its window";
}

static void rule_weigh(struct weighing *w, const struct eligibility_rule *r)
{
    const struct eligibility_facts *f = w->facts;
    const char *why = "no result";
    bool reactive = false;
    for (size_t i = 0; i < f->test_count; i++) {
        if (strcmp(f->tests[i].assay, r->assay) != 0)
            continue;
        reactive |= strcmp(f->tests[i].result, "reactive") == 0;
        if (why != NULL)
            why = test_unfit(f, &f->tests[i]);
    }
    struct eligibility_verdict *out = w->out;
    if (reactive) {
        bool named = false;
        for (size_t i = 0; i < out->reactive_count; i++)
            named |= strcmp(out->reactive[i], r->disease) == 0;
        if (!named)
            say(out->reactive, &out->reactive_count, r->disease);
        say(out->reasons, &out->reason_count, arena_printf(w->arena, "%s reactive%s", r->assay, r->decides ? "" : "; does not decide"));
        out->has_risk |= r->decides;
    }
    if (!rule_applies(r, f) || why == NULL)
        return;
    say(out->missing, &out->missing_count, r->assay);
    say(out->reasons, &out->reason_count, arena_printf(w->arena, "%s: %s", r->assay, why));
}

static void screening_weigh(struct weighing *w)
{
    const char *screening = w->facts->screening;
    struct eligibility_verdict *out = w->out;
    if (screening != NULL && strcmp(screening, "risk_factor") == 0) {
        out->has_risk = true;
        say(out->reasons, &out->reason_count, "screening found a risk factor");
    } else if (screening == NULL || strcmp(screening, "no_risk") != 0) {
        say(out->missing, &out->missing_count, "screening");
        say(out->reasons, &out->reason_count, "screening: not complete");
    }
    if (w->facts->plasma_dilution != NULL && strcmp(w->facts->plasma_dilution, "acceptable") != 0) {
        say(out->missing, &out->missing_count, "plasma dilution");
        say(out->reasons, &out->reason_count, "plasma dilution: the specimen is not acceptable");
    }
}

void eligibility_judge(struct arena *a, const struct eligibility_facts *facts, struct eligibility_verdict *ret)
{
    struct weighing w = {a, facts, ret};
    *ret = (struct eligibility_verdict){.reasons = ARENA_ARRAY(a, const char *, 2 * RULE_COUNT + 4),
        .missing = ARENA_ARRAY(a, const char *, RULE_COUNT + 3), .reactive = ARENA_ARRAY(a, const char *, RULE_COUNT)};
    screening_weigh(&w);
    for (size_t i = 0; i < RULE_COUNT; i++)
        rule_weigh(&w, &RULES[i]);
    ret->is_fully_tested = ret->missing_count == 0;
    if (facts->use == USE_AUTOLOGOUS)
        ret->determination = DETERMINATION_NOT_REQUIRED;
    else if (ret->has_risk)
        ret->determination = DETERMINATION_INELIGIBLE;
    else
        ret->determination = ret->is_fully_tested ? DETERMINATION_ELIGIBLE : DETERMINATION_INCOMPLETE;
    if (facts->use == USE_AUTOLOGOUS)
        say(ret->reasons, &ret->reason_count, "autologous use: no determination is required (21 CFR 1271.90(a)(1))");
    else if (ret->reason_count == 0)
        say(ret->reasons, &ret->reason_count, "screening and all required tests are free of risk");
}
