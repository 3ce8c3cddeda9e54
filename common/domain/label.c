#include "domain/label.h"

#include <string.h>

#define AUTOLOGOUS "FOR AUTOLOGOUS USE ONLY"
#define NOT_EVALUATED "NOT EVALUATED FOR INFECTIOUS SUBSTANCES"
#define ADVISE_RECIPIENT "WARNING: Advise recipient of communicable disease risks"
#define ADVISE_PATIENT "WARNING: Advise patient of communicable disease risks"
#define NONCLINICAL "For Nonclinical Use Only"
#define INTENDED "FOR USE BY INTENDED RECIPIENT ONLY"
#define HAZARD "BIOLOGICAL HAZARD"
#define REACTIVE "WARNING: Reactive test results for "

void label_judge(struct arena *a, const struct label_facts *facts, struct label_statements *ret)
{
    const struct eligibility_verdict *v = facts->eligibility;
    bool own = facts->use == USE_AUTOLOGOUS, research = facts->use == USE_RESEARCH;
    bool eu = facts->jurisdiction == JURISDICTION_EU;
    const struct {
        bool applies;
        const char *text;
    } rows[] = {
        {own, AUTOLOGOUS},
        {eu && (facts->use == USE_DIRECTED || facts->use == USE_RELATIVE), INTENDED},       /* 2006/86/EC annex II E */
        {research, NONCLINICAL},
        {!v->is_fully_tested, NOT_EVALUATED},
        {!own && (v->determination != DETERMINATION_ELIGIBLE || v->has_risk), ADVISE_RECIPIENT},        /* 1271.90(c)(3) */
        {!own && !research && ((facts->urgent && v->determination != DETERMINATION_ELIGIBLE) ||
                               v->determination == DETERMINATION_INELIGIBLE), ADVISE_PATIENT},          /* 1271.60(d), .65(b) */
        {eu && v->has_risk, HAZARD},                                                        /* 2006/86/EC annex II E */
    };
    size_t n = sizeof rows / sizeof rows[0];
    *ret = (struct label_statements){ARENA_ARRAY(a, const char *, n + v->reactive_count), 0, v->has_risk};
    for (size_t i = 0; i < n; i++)
        if (rows[i].applies)
            ret->texts[ret->count++] = rows[i].text;
    for (size_t i = 0; i < v->reactive_count; i++)
        ret->texts[ret->count++] = arena_printf(a, REACTIVE "%s", v->reactive[i]);
}

bool label_check_text(const struct rule_set *set, const char *text)
{
    static const char *const texts[] = {AUTOLOGOUS, NOT_EVALUATED, ADVISE_RECIPIENT, ADVISE_PATIENT, NONCLINICAL,
                                        INTENDED, HAZARD};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(text, texts[i]) == 0)
            return true;
    const struct rule_assay *assays = set->assays.items;
    for (size_t i = 0; i < set->assays.count; i++)
        if (strncmp(text, REACTIVE, strlen(REACTIVE)) == 0 && strcmp(text + strlen(REACTIVE), assays[i].disease) == 0)
            return true;
    return false;
}
