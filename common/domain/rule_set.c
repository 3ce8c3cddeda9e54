#include "domain/rule_set.h"

#include <string.h>

#include "base/number.h"
#include "contract/contract.h"

const char *const jurisdiction_words[] = {"us", "eu", NULL};
static const char *const autologous_words[] = {"not_required", "tested", NULL};

#define F(member) offsetof(struct rule_assay, member)
static const struct document_key ASSAY_KEYS[] = {
    {"assay", DOC_NAME, true, 1, 40, F(assay), NULL, NULL},
    {"disease", DOC_TEXT, true, 1, 60, F(disease), NULL, NULL},
    {"source", DOC_TEXT, true, 1, 80, F(source), NULL, NULL},
    {"overruled_by", DOC_NAME, false, 1, 40, F(overruled_by), NULL, NULL},
    {"agents", DOC_TEXTS, true, 1, 10, F(agents), NULL, NULL},
    {"tissues", DOC_TEXTS, true, 0, 5, F(tissues), NULL, NULL},
    {"from_month", DOC_INTEGER, false, 1, 12, F(from_month), NULL, NULL},
    {"until_month", DOC_INTEGER, false, 1, 12, F(until_month), NULL, NULL},
    {"informs", DOC_BOOL, false, 0, 0, F(informs), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct rule_window, member)
static const struct document_key WINDOW_KEYS[] = {
    {"tissues", DOC_TEXTS, true, 1, 5, F(tissues), NULL, NULL},
    {"before_days", DOC_INTEGER, true, 0, 366, F(before_days), NULL, NULL},
    {"after_days", DOC_INTEGER, true, 0, 366, F(after_days), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct rule_retest, member)
static const struct document_key RETEST_KEYS[] = {
    {"after_days", DOC_INTEGER, true, 1, 3660, F(after_days), NULL, NULL},
    {"assays", DOC_TEXTS, true, 1, 20, F(assays), NULL, NULL},
    {"waived_by", DOC_TEXTS, true, 0, 20, F(waived_by), NULL, NULL},
};
#undef F
#define F(member) offsetof(struct rule_dilution, member)
static const struct document_key DILUTION_KEYS[] = {
    {"plasma_kg_per_ml", DOC_DECIMAL, true, 0, 0, F(plasma_kg_per_ml), NULL, NULL},
    {"blood_kg_per_ml", DOC_DECIMAL, true, 0, 0, F(blood_kg_per_ml), NULL, NULL},
};
#undef F
#define SHAPE(type, keys) {sizeof(struct type), sizeof keys / sizeof keys[0], keys}
static const struct document_shape ASSAY = SHAPE(rule_assay, ASSAY_KEYS);
static const struct document_shape WINDOW = SHAPE(rule_window, WINDOW_KEYS);
static const struct document_shape RETEST = SHAPE(rule_retest, RETEST_KEYS);
static const struct document_shape DILUTION = SHAPE(rule_dilution, DILUTION_KEYS);

#define F(member) offsetof(struct rule_set, member)
static const struct document_key SET_KEYS[] = {
    {"id", DOC_TEXT, true, 3, 32, F(id), NULL, NULL},
    {"version", DOC_INTEGER, true, 1, 9999, F(version), NULL, NULL},
    {"title", DOC_TEXT, true, 1, 160, F(title), NULL, NULL},
    {"jurisdiction", DOC_WORD, true, 0, 0, F(jurisdiction), jurisdiction_words, NULL},
    {"reading", DOC_INTEGER, false, 1, RULE_SET_READING, F(reading), NULL, NULL},
    {"autologous", DOC_WORD, true, 0, 0, F(autologous), autologous_words, NULL},
    {"references", DOC_TEXTS, false, 0, 20, F(references), NULL, NULL},
    {"windows", DOC_OBJECTS, true, 1, 5, F(windows), NULL, &WINDOW},
    {"retest", DOC_OBJECT, false, 0, 0, F(retest), NULL, &RETEST},
    {"dilution", DOC_OBJECT, false, 0, 0, F(dilution), NULL, &DILUTION},
    {"assays", DOC_OBJECTS, true, 1, 40, F(assays), NULL, &ASSAY},
};
#undef F
static const struct document_shape SET = SHAPE(rule_set, SET_KEYS);

static int refuse(struct err *e, const char *field, const char *what, const char *why)
{
    return err_raise(e, ERR_DOCUMENT_REFUSED, field, "T51", "%.60s: %s", what, why);
}

static bool has(const struct document_list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(((const char *const *)texts->items)[i], text) == 0)
            return true;
    return false;
}

static int words_check(const struct document_list *texts, const struct word_list *words, const char *field, struct err *e)
{
    const char *const *text = texts->items;
    for (size_t i = 0; i < texts->count; i++) {
        if (!word_list_has(words, text[i]))
            return refuse(e, field, text[i], "not a word of its list");
        for (size_t k = 0; k < i; k++)
            if (strcmp(text[k], text[i]) == 0)
                return refuse(e, field, text[i], "stands twice");
    }
    return 0;
}

static const struct rule_assay *assay_of(const struct rule_set *set, const char *name)
{
    const struct rule_assay *all = set->assays.items;
    for (size_t i = 0; i < set->assays.count; i++)
        if (strcmp(all[i].assay, name) == 0)
            return &all[i];
    return NULL;
}

static int assay_check(const struct rule_set *set, const struct rule_assay *r, struct err *e)
{
    if (!word_list_has(&words_assay, r->assay))
        return refuse(e, "assays", r->assay, "not a word of its list");
    if (assay_of(set, r->assay) != r)
        return refuse(e, "assays", r->assay, "stands twice");
    if ((r->from_month == 0) != (r->until_month == 0))
        return refuse(e, "assays", r->assay, "a season has a first and a last month");
    if (r->overruled_by != NULL && (assay_of(set, r->overruled_by) == NULL || strcmp(r->overruled_by, r->assay) == 0))
        return refuse(e, "assays", r->overruled_by, "overrules, and is no other assay of the set");
    int code = words_check(&r->agents, &words_agent, "agents", e);
    return code != 0 ? code : words_check(&r->tissues, &words_tissue, "tissues", e);
}

static int windows_check(const struct rule_set *set, struct err *e)
{
    const struct rule_window *w = set->windows.items;
    for (size_t i = 0; i < set->windows.count; i++) {
        int code = words_check(&w[i].tissues, &words_tissue, "windows", e);
        if (code != 0)
            return code;
    }
    for (size_t t = 0; t < words_tissue.count; t++) {
        size_t n = 0;
        for (size_t i = 0; i < set->windows.count; i++)
            n += has(&w[i].tissues, words_tissue.words[t]);
        if (n != 1)
            return refuse(e, "windows", words_tissue.words[t], "has one window");
    }
    return 0;
}

static int retest_check(const struct rule_set *set, struct err *e)
{
    const struct document_list *lists[] = {&set->retest->assays, &set->retest->waived_by};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            const char *name = ((const char *const *)lists[l]->items)[i];
            if (assay_of(set, name) == NULL)
                return refuse(e, "retest", name, "is no assay of the set");
        }
    return 0;
}

static bool is_positive(const char *decimal)
{
    CLEANUP(number_done) struct number x, zero;
    number_init(&x);
    number_init(&zero);
    return number_from_decimal(&x, decimal) && number_compare(&x, &zero) > 0;
}

int rule_set_parse(struct arena *a, const char *json, size_t len, struct rule_set **ret, struct err *e)
{
    struct rule_set *set = ARENA_NEW(a, struct rule_set);
    int code = document_read(a, json, len, &SET, set, e);
    if (code == 0 && strncmp(set->id, "L-", 2) != 0)
        return refuse(e, "id", set->id, "a rule set's id starts with L-");
    for (size_t i = 0; code == 0 && i < set->assays.count; i++)
        code = assay_check(set, &((const struct rule_assay *)set->assays.items)[i], e);
    if (code == 0)
        code = windows_check(set, e);
    if (code == 0 && set->retest != NULL)
        code = retest_check(set, e);
    if (code == 0 && set->dilution != NULL &&
        (!is_positive(set->dilution->plasma_kg_per_ml) || !is_positive(set->dilution->blood_kg_per_ml)))
        code = refuse(e, "dilution", set->dilution->plasma_kg_per_ml, "a divisor is above 0");
    if (code == 0)
        *ret = set;
    return code;
}

/* never changed: determinations made by it must come out again for as long as they are kept */
#define ALL "[\"marrow\",\"adipose\",\"umbilical_cord\",\"cord_blood\",\"placenta\"]"
#define RICH "[\"marrow\",\"cord_blood\"]"
#define ROW(assay, agents, disease, tissues) \
    "{\"assay\":\"" assay "\",\"agents\":[" agents "],\"disease\":\"" disease "\",\"source\":\"21 CFR 1271.85\",\"tissues\":" tissues
static const char FIRST[] =
    "{\"id\":\"L-FIRST\",\"version\":1,\"title\":\"Before rule sets were documents\",\"jurisdiction\":\"us\",\"autologous\":"
    "\"not_required\",\"windows\":[{\"tissues\":[\"marrow\"],\"before_days\":30,\"after_days\":7},{\"tissues\":[\"adipose\","
    "\"umbilical_cord\",\"cord_blood\",\"placenta\"],\"before_days\":7,\"after_days\":7}],\"assays\":["
    ROW("anti_hiv_1_2", "\"hiv_1\",\"hiv_2\"", "HIV", ALL) "},"
    ROW("hiv_1_nat", "\"hiv_1\"", "HIV", ALL) "},"
    ROW("hbsag", "\"hbv\"", "hepatitis B virus", ALL) "},"
    ROW("anti_hbc", "\"hbv\"", "hepatitis B virus", ALL) "},"
    ROW("hbv_nat", "\"hbv\"", "hepatitis B virus", "[]") "},"
    ROW("anti_hcv", "\"hcv\"", "hepatitis C virus", ALL) "},"
    ROW("hcv_nat", "\"hcv\"", "hepatitis C virus", ALL) "},"
    ROW("syphilis_screen", "\"treponema_pallidum\"", "Treponema pallidum", ALL) "},"
    ROW("anti_htlv", "\"htlv\"", "HTLV", RICH) "},"
    ROW("anti_cmv", "\"cmv\"", "cytomegalovirus", RICH) ",\"informs\":true},"
    ROW("wnv_nat", "\"wnv\"", "West Nile virus", ALL) "}]}";

const struct rule_set *rule_set_first(struct arena *a)
{
    struct rule_set *set = NULL;
    struct err e = {0};
    return rule_set_parse(a, FIRST, sizeof FIRST - 1, &set, &e) == 0 ? set : NULL;
}

const struct rule_window *rule_set_window(const struct rule_set *set, const char *tissue)
{
    const struct rule_window *w = set->windows.items;
    for (size_t i = 0; i < set->windows.count; i++)
        if (has(&w[i].tissues, tissue))
            return &w[i];
    return NULL;
}

bool rule_assay_needed(const struct rule_assay *r, const char *tissue)
{
    return has(&r->tissues, tissue);
}
