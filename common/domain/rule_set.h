/*
 * A rule set of donor eligibility: a lab document (JSON) that says which assays which tissue needs, whose specimen counts
 * in which window, whether a repeat after months is asked for and what waives it, how plasma dilution is judged, and what
 * autologous use needs. US and EU rules ship as such documents (sql/seed); every number of them is data, versioned,
 * approved and effective-dated (T51). Decides nothing about a donor (domain/eligibility.h). Source: domain.md §3.1, §3.5.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "domain/document.h"

enum jurisdiction { JURISDICTION_US, JURISDICTION_EU, JURISDICTION_COUNT };
extern const char *const jurisdiction_words[];    /* "us", "eu" */

/** Autologous use: no determination is required (1271.90(a)(1)), or the same tests as any other (2006/17/EC). */
enum autologous_rule { AUTOLOGOUS_NOT_REQUIRED, AUTOLOGOUS_TESTED };

/** An assay (a word of the contract's list). ${tissues}: which need it; none: it counts where it was done. ${from_month},
 *  ${until_month}: of the recovery; 0: all year. ${informs}: reactive does not make ineligible (CMV, T28). ${overruled_by}: an
 *  assay whose non-reactive result overrules a reactive one (1271.80(d)(1)), or NULL. */
struct rule_assay {
    const char *assay, *disease, *source, *overruled_by;
    struct document_list agents, tissues;
    int from_month, until_month;
    bool informs;
};

/** Days before and after recovery within which a specimen of these tissues' donors counts. */
struct rule_window {
    struct document_list tissues;
    int before_days, after_days;
};

/** A repeat specimen for stored cells of others than the donor, unless every assay of ${waived_by} is there (2006/17/EC). */
struct rule_retest {
    int after_days;
    struct document_list assays, waived_by;
};

/** Plasma dilution (1271.80(d)(2)): body mass divided by these gives volumes of plasma and blood in mL. */
struct rule_dilution {
    const char *plasma_kg_per_ml, *blood_kg_per_ml;
};

#define RULE_SET_READING 2

/** ${reading}: how a set is read; 0 or 1: as determinations were made before there was a second, which must come out again. 2: a
 *  season reaches a day beyond its months, and a screening that is not finished lifts no risk. */
struct rule_set {
    const char *id, *title;
    int version, jurisdiction, autologous, reading;
    struct document_list references, windows, assays;
    struct rule_retest *retest;       /* NULL: none */
    struct rule_dilution *dilution;   /* NULL: not judged */
};

/** rule_set_parse(a, json, len, ret, e): a rule set from its document. Every tissue has one window; every assay, agent and
 *  tissue is a word of the contract's lists and stands once; whoever overrules or waives is an assay of the set.
 *  ERR_DOCUMENT_REFUSED with the path. */
int rule_set_parse(struct arena *a, const char *json, size_t len, struct rule_set **ret, struct err *e);

/** rule_set_first(a): the rules as determinations followed them that name no rule set: before rule sets were documents. */
const struct rule_set *rule_set_first(struct arena *a);

/** rule_set_window(set, tissue): the window of a tissue's donors. rule_assay_needed(r, tissue): whether it needs the assay. */
const struct rule_window *rule_set_window(const struct rule_set *set, const char *tissue);
bool rule_assay_needed(const struct rule_assay *r, const char *tissue);
