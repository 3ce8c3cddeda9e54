#include "domain/eligibility.h"

#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#define DAY_MS INT64_C(86400000)

const char *const determination_words[] = {"eligible", "ineligible", "incomplete", "not_required", NULL};

struct weighing {
    struct arena *arena;
    const struct rule_set *set;
    const struct eligibility_facts *facts;
    struct eligibility_verdict *out;
};

static void say(const char **list, size_t *count, const char *text)
{
    list[(*count)++] = text;
}

static void miss(struct weighing *w, const char *what, const char *why)
{
    say(w->out->missing, &w->out->missing_count, what);
    say(w->out->reasons, &w->out->reason_count, why);
}

/* a season may go over the turn of the year */
static bool in_season(const struct rule_assay *r, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_to_text(ms, text);
    int month = (text[5] - '0') * 10 + (text[6] - '0');
    if (r->from_month <= r->until_month)
        return month >= r->from_month && month <= r->until_month;
    return month >= r->from_month || month <= r->until_month;
}

/* The recovery's month is that of its place, which nobody records: by the second reading a season reaches a day beyond either end
 * of it in UTC, so that no zone of the world falls out (T15, T53). */
static bool season_applies(const struct rule_set *set, const struct rule_assay *r, int64_t recovery_ms)
{
    if (r->from_month == 0 || in_season(r, recovery_ms))
        return true;
    return set->reading >= 2 && (in_season(r, recovery_ms - DAY_MS) || in_season(r, recovery_ms + DAY_MS));
}

static bool rule_applies(const struct rule_set *set, const struct rule_assay *r, const struct eligibility_facts *f)
{
    return rule_assay_needed(r, tissue_words[f->tissue]) && season_applies(set, r, f->recovery_ms);
}

/* whether ${parts} mL together are more than the body holds: mass / kg_per_ml */
static bool exceeds(const char *const parts[], size_t n, const char *weight_kg, const char *kg_per_ml)
{
    CLEANUP(number_done) struct number sum, part, held, per_ml;
    number_init(&sum);
    number_init(&part);
    number_init(&held);
    number_init(&per_ml);
    for (size_t i = 0; i < n; i++)
        if (parts[i] != NULL && number_from_decimal(&part, parts[i]))
            mpq_add(sum.q, sum.q, part.q);
    if (!number_from_decimal(&held, weight_kg) || !number_from_decimal(&per_ml, kg_per_ml) || mpq_sgn(per_ml.q) <= 0)
        return true;
    mpq_div(held.q, held.q, per_ml.q);
    return number_compare(&sum, &held) > 0;
}

const char *eligibility_dilution(struct arena *a, const struct rule_dilution *rule, const struct eligibility_specimen *s)
{
    const char *const blood[] = {s->blood_ml, s->colloid_ml, s->crystalloid_ml}, *const plasma[] = {s->colloid_ml, s->crystalloid_ml};
    if (s->dilution == DILUTION_NOT_SAID)
        return "plasma dilution of the specimen is not evaluated";
    if (s->dilution == DILUTION_NOT_SUSPECTED)
        return NULL;
    if (s->weight_kg == NULL || s->blood_ml == NULL || s->colloid_ml == NULL || s->crystalloid_ml == NULL)
        return "plasma dilution is suspected, and weight or volumes are missing";
    if (exceeds(plasma, 2, s->weight_kg, rule->plasma_kg_per_ml))
        return arena_printf(a, "the specimen is diluted: more was infused than %s kg hold plasma", s->weight_kg);
    if (exceeds(blood, 3, s->weight_kg, rule->blood_kg_per_ml))
        return arena_printf(a, "the specimen is diluted: more was transfused and infused than %s kg hold blood", s->weight_kg);
    return NULL;
}

static bool window_holds(const struct weighing *w, int64_t drawn_ms)
{
    const struct rule_window *window = rule_set_window(w->set, tissue_words[w->facts->tissue]);
    int64_t delta = drawn_ms - w->facts->recovery_ms;
    return delta >= -window->before_days * DAY_MS && delta <= window->after_days * DAY_MS;
}

/* why this test does not answer for the assay, whenever it was drawn; NULL: it does */
static const char *test_unfit(const struct weighing *w, const struct eligibility_test *t)
{
    bool infant = w->facts->is_infant;
    if (strcmp(t->result, "non_reactive") != 0 && strcmp(t->result, "reactive") != 0)
        return t->result;
    if (strcmp(t->specimen->subject, infant ? "mother" : "donor") != 0)
        return infant ? "an infant's donor needs the birth mother's specimen" : "not the donor's specimen";
    return w->set->dilution == NULL ? NULL : eligibility_dilution(w->arena, w->set->dilution, t->specimen);
}

static const char *test_unfit_at_recovery(const struct weighing *w, const struct eligibility_test *t)
{
    const char *why = test_unfit(w, t);
    if (why != NULL)
        return why;
    return window_holds(w, t->specimen->drawn_ms) ? NULL : "the specimen is outside its window";
}

/* why nothing there answers for ${assay}; NULL: something does */
static const char *assay_unanswered(const struct weighing *w, const char *assay)
{
    const char *why = "no result";
    for (size_t i = 0; i < w->facts->test_count && why != NULL; i++)
        if (strcmp(w->facts->tests[i].assay, assay) == 0)
            why = test_unfit_at_recovery(w, &w->facts->tests[i]);
    return why;
}

/* somebody's reactive result, which no other assay of the same specimen overrules */
static bool reactive_stands(const struct weighing *w, const struct rule_assay *r, const struct eligibility_test *t)
{
    if (strcmp(t->assay, r->assay) != 0 || strcmp(t->result, "reactive") != 0)
        return false;
    for (size_t i = 0; r->overruled_by != NULL && i < w->facts->test_count; i++) {
        const struct eligibility_test *other = &w->facts->tests[i];
        if (strcmp(other->assay, r->overruled_by) == 0 && strcmp(other->result, "non_reactive") == 0 &&
            strcmp(other->specimen->subject, t->specimen->subject) == 0 && other->specimen->drawn_ms >= t->specimen->drawn_ms)
            return false;
    }
    return true;
}

static void reactive_say(struct weighing *w, const struct rule_assay *r)
{
    struct eligibility_verdict *out = w->out;
    bool named = false;
    for (size_t i = 0; i < out->reactive_count; i++)
        named |= strcmp(out->reactive[i], r->disease) == 0;
    if (!named)
        say(out->reactive, &out->reactive_count, r->disease);
    say(out->reasons, &out->reason_count, arena_printf(w->arena, "%s reactive%s", r->assay, r->informs ? "; does not decide" : ""));
    out->has_risk |= !r->informs;
}

static void assay_weigh(struct weighing *w, const struct rule_assay *r)
{
    bool reactive = false;
    for (size_t i = 0; i < w->facts->test_count; i++)
        reactive |= reactive_stands(w, r, &w->facts->tests[i]);
    if (reactive)
        reactive_say(w, r);
    if (!rule_applies(w->set, r, w->facts))
        return;
    const char *why = assay_unanswered(w, r->assay);
    if (why != NULL)
        miss(w, r->assay, arena_printf(w->arena, "%s: %s", r->assay, why));
}

static bool retest_waived(const struct weighing *w)
{
    const char *const *by = w->set->retest->waived_by.items;
    for (size_t i = 0; i < w->set->retest->waived_by.count; i++)
        if (assay_unanswered(w, by[i]) != NULL)
            return false;
    return w->set->retest->waived_by.count > 0;
}

/* stored cells of another: a second specimen after months, or what makes it needless */
static void retest_weigh(struct weighing *w)
{
    const struct rule_retest *retest = w->set->retest;
    if (retest == NULL || w->facts->use == USE_AUTOLOGOUS || !w->facts->is_stored || retest_waived(w))
        return;
    int64_t from_ms = w->facts->recovery_ms + retest->after_days * DAY_MS;
    for (size_t i = 0; i < retest->assays.count; i++) {
        const char *assay = ((const char *const *)retest->assays.items)[i], *why = "no repeat specimen";
        for (size_t k = 0; k < w->facts->test_count && why != NULL; k++) {
            const struct eligibility_test *t = &w->facts->tests[k];
            if (strcmp(t->assay, assay) == 0 && t->specimen->drawn_ms >= from_ms)
                why = test_unfit(w, t);
        }
        if (why != NULL)
            miss(w, arena_printf(w->arena, "%s after %d days", assay, retest->after_days),
                 arena_printf(w->arena, "%s after %d days: %s", assay, retest->after_days, why));
    }
}

static void screening_weigh(struct weighing *w)
{
    const char *screening = w->facts->screening;
    if (screening != NULL && strcmp(screening, "risk_factor") == 0) {
        w->out->has_risk = true;
        say(w->out->reasons, &w->out->reason_count, "screening found a risk factor");
    } else if (screening == NULL || strcmp(screening, "no_risk") != 0) {
        miss(w, "screening", "screening: not complete");
    }
}

static enum determination conclude(const struct weighing *w)
{
    bool own = w->facts->use == USE_AUTOLOGOUS;
    if (own && (w->set->autologous == AUTOLOGOUS_NOT_REQUIRED || !w->facts->is_stored))
        return DETERMINATION_NOT_REQUIRED;
    if (own && !w->out->is_fully_tested)
        return DETERMINATION_INCOMPLETE;          /* a risk would not bar own cells: what is missing is asked for first */
    if (w->out->has_risk)
        return DETERMINATION_INELIGIBLE;
    return w->out->is_fully_tested ? DETERMINATION_ELIGIBLE : DETERMINATION_INCOMPLETE;
}

void eligibility_judge(struct arena *a, const struct rule_set *set, const struct eligibility_facts *facts,
                       struct eligibility_verdict *ret)
{
    struct weighing w = {a, set, facts, ret};
    size_t n = set->assays.count, again = set->retest != NULL ? set->retest->assays.count : 0;
    *ret = (struct eligibility_verdict){.reasons = ARENA_ARRAY(a, const char *, 2 * n + again + 4),
        .missing = ARENA_ARRAY(a, const char *, n + again + 2), .reactive = ARENA_ARRAY(a, const char *, n + 1)};
    screening_weigh(&w);
    for (size_t i = 0; i < n; i++)
        assay_weigh(&w, &((const struct rule_assay *)set->assays.items)[i]);
    retest_weigh(&w);
    ret->is_fully_tested = ret->missing_count == 0;
    ret->determination = conclude(&w);
    if (ret->determination == DETERMINATION_NOT_REQUIRED)
        say(ret->reasons, &ret->reason_count, set->autologous == AUTOLOGOUS_NOT_REQUIRED
                ? "autologous use: no determination is required (21 CFR 1271.90(a)(1))"
                : "autologous use without storage or culture: no determination is required");
    else if (ret->reason_count == 0)
        say(ret->reasons, &ret->reason_count, "screening and all required tests are free of risk");
}
