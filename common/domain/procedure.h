/*
 * The master batch record as data: a procedure document (JSON, versioned, approved by QA) with ordered steps, typed
 * fields with limits, formulas, balances, material and equipment classes. Pure: judges values against the document and
 * recomputes every calculation from the raw inputs; knows no batch, no clock and no database.
 * Rules: R09 R22 R24 R28 R33, T03 T11 T12 T40; the document's form is in docs/DOCUMENTS.md.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "domain/document.h"
#include "domain/formula.h"

/** The stages of work: code, not data (design.md §6). */
enum stage {
    STAGE_COLLECTION, STAGE_RECEIPT, STAGE_ISOLATION, STAGE_WASH, STAGE_CONCENTRATION, STAGE_EXPANSION,
    STAGE_FORMULATION, STAGE_FILL, STAGE_CRYOPRESERVATION, STAGE_STORAGE, STAGE_THAW, STAGE_LABEL, STAGE_COUNT
};

enum value_kind { VALUE_DECIMAL, VALUE_INTEGER, VALUE_TEXT, VALUE_CHOICE, VALUE_TIME, VALUE_BOOL, VALUE_KIND_COUNT };

/** Use of the cells: who the donor is to the recipient (T25). */
enum use { USE_AUTOLOGOUS, USE_ALLOGENEIC, USE_DIRECTED, USE_RELATIVE, USE_RESEARCH, USE_COUNT };

/** Tissue of origin (ICCBBA and ISCT abbreviations by procedure_tissue_text). */
enum tissue { TISSUE_MARROW, TISSUE_ADIPOSE, TISSUE_CORD, TISSUE_CORD_BLOOD, TISSUE_PLACENTA, TISSUE_COUNT };

extern const char *const stage_words[], *const value_kind_words[], *const use_words[], *const tissue_words[], *const clearance_words[];

/** What is typed or scanned in a step. Limits are decimals, NULL where there is none. */
struct procedure_field {
    const char *name, *label, *unit;
    int kind, decimals;               /* decimals: at most so many are accepted */
    bool required, critical;          /* critical: a second person must have seen it (R23) */
    const char *hard_min, *hard_max, *warn_min, *warn_max, *typical;
    struct document_list choices;     /* const char * */
};

/** What is computed from fields; limits as in a field, judged on the rounded value. */
struct procedure_computed {
    const char *name, *label, *unit, *formula;
    int decimals;
    const char *hard_min, *hard_max, *warn_min, *warn_max;
    struct formula *parsed;
};

/** Sum of ${in} = sum of ${out} within the larger of ${tolerance_percent} of the sum in and ${tolerance_min} (R33, T12). */
struct procedure_balance {
    const char *name, *unit;
    struct document_list in, out;     /* const char *: names visible to the step */
    const char *tolerance_percent, *tolerance_min;
};

/** Whether a work place is cleared before a batch's step there, and by how many (R05). */
enum clearance { CLEARANCE_NONE, CLEARANCE_PERFORMED, CLEARANCE_VERIFIED, CLEARANCE_COUNT };

struct procedure_class {
    const char *name, *label;
    bool required;
    int line_clearance;               /* of equipment: enum clearance */
    int clean_within_h;               /* of equipment: cleaned so many hours before the step began, and by no other batch used since; 0: not asked */
    bool qualified;                   /* of equipment: its qualification lasts */
};

struct procedure_step {
    int no;
    const char *name, *instruction;
    int stage;
    bool verify;                      /* a second person verifies (R10) */
    bool scan_to_confirm;             /* what is worked on is scanned before (R02) */
    const char *max_hold_h;           /* hours from the end of the step before to this one, NULL: no limit */
    struct document_list fields;      /* struct procedure_field */
    struct document_list computed;    /* struct procedure_computed */
    struct document_list balance;     /* struct procedure_balance */
    struct document_list materials;   /* struct procedure_class */
    struct document_list equipment;   /* struct procedure_class */
};

struct procedure {
    const char *id, *title, *product, *product_code, *specification, *storage;
    int version;
    int use;
    struct document_list sources;     /* const char *, words of tissue_words */
    const char *shelf_life_h;         /* fresh: hours after formulation; NULL when frozen */
    int shelf_life_months;            /* frozen: months after fill; 0 when fresh */
    const char *post_thaw_h;          /* hours after thaw; NULL where not thawed */
    int pooling;                      /* enum clearance: whether its containers may be pooled, and by how many people */
    int late_entry_min;               /* a step recorded later than this after its end is a late entry (R15) */
    bool reconcile_labels;            /* every copy of a label is scanned back or said what became of (R07) */
    struct document_list references;  /* const char * */
    struct document_list steps;       /* struct procedure_step, numbered from 1 without gap */
};

/** A value as entered, in text: decimals "1.5", time in the record's 24 characters, bool "true"/"false"; "n/a" and "not
 *  done" stand for a value of any kind and need a reason (R28, T40). ${reason}: the value's own, or NULL. */
struct procedure_value {
    int step_no;
    const char *name, *value, *reason;
};

/** A computed value, or why there is none. */
struct procedure_result {
    const char *name, *unit, *value, *reason;
};

struct procedure_balance_result {
    const char *name, *in, *out, *difference, *tolerance;   /* decimals; NULL with a reason */
    bool is_closed;
    const char *reason;
};

/** All that a step's values lead to. */
struct procedure_outcome {
    struct procedure_result *results;
    size_t result_count;
    struct procedure_balance_result *balances;
    size_t balance_count;
    const char **warnings;            /* sentences: limits passed with a reason */
    size_t warning_count;
};

/** procedure_parse(a, json, len, ret, e): read and check a document: form, unique names, step order, limits in order,
 *  formulas with known names and right units. Refuses with ERR_DOCUMENT_REFUSED, field = path. */
int procedure_parse(struct arena *a, const char *json, size_t len, struct procedure **ret, struct err *e);

/** procedure_step(doc, no): the step numbered ${no}, or NULL. */
const struct procedure_step *procedure_step(const struct procedure *doc, int no);

/** procedure_needs_verify(step): a second person must verify: the procedure says so, or a field is critical (R10, R23). */
bool procedure_needs_verify(const struct procedure_step *step);

/** procedure_equipment(step, equipment_class): what the step says of a class of equipment that it uses; NULL where it names none. */
const struct procedure_class *procedure_equipment(const struct procedure_step *step, const char *equipment_class);

/** procedure_clearance(step, equipment_class): what the step asks of a work place of that class; CLEARANCE_NONE where it names none.
 *  procedure_works_at(doc, equipment_class): whether a step of it names that class. */
enum clearance procedure_clearance(const struct procedure_step *step, const char *equipment_class);
bool procedure_works_at(const struct procedure *doc, const char *equipment_class);

/** procedure_takes(doc, tissue, use): whether material of this tissue (a word) and use (a word) may start it. */
bool procedure_takes(const struct procedure *doc, const char *tissue, const char *use);

/** procedure_step_check(step, values, n, reason, e): the entered values of one step (others in ${values} are passed
 *  over): known names, none twice, required ones there, kinds, choices, decimals; hard limits refuse (ERR_LIMIT_HARD, R22); warn limits and
 *  ten-fold slips need a reason (ERR_LIMIT_WARN), the value's own or the step's ${reason} (NULL: none). */
int procedure_step_check(const struct procedure_step *step, const struct procedure_value *values, size_t n,
    const char *reason, struct err *e);

/** What is entered at a step: ${values} holds the raw values of all steps so far. */
struct procedure_entry {
    const struct procedure *doc;
    int step_no;
    const struct procedure_value *values;
    size_t value_count;
    const char *reason;
};

/** procedure_step_perform(a, entry, ret, e): check (as above), compute, judge the computed values' limits and the
 *  balances (ERR_BALANCE_OPEN, R33). Computed values of earlier steps are recomputed from raw values, exactly (R24, T03). */
int procedure_step_perform(struct arena *a, const struct procedure_entry *entry, struct procedure_outcome *ret,
    struct err *e);

/** procedure_step_compute(a, entry, ret): only the computing half, for the verifier and for display: never refuses. */
void procedure_step_compute(struct arena *a, const struct procedure_entry *entry, struct procedure_outcome *ret);
