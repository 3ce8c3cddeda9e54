/*
 * What the pages say, read from the dossier's statements once: the batch's documents, its people, its corrections, its
 * standing. Judged by the code that the verifier recomputes with; nothing is guessed, what is not in the dossier is absent.
 */
#pragma once
#include "contract/contract.h"
#include "domain/procedure.h"
#include "domain/specification.h"
#include "domain/standing.h"
#include "dossier/recompute.h"
#include "paper/paper.h"

/** A person's part in the batch's stream. */
struct matter_person {
    const char *id, *name;           /* name NULL: not in the dossier, or redacted */
    const char *roles, *certificate; /* certificate: hex of its SHA-256, of the last act */
    size_t acts;
    unsigned meanings;               /* bits of enum meaning */
};

/** A value that stands corrected: what was recorded is shown struck through, never left out. */
struct matter_correction {
    size_t no;                       /* of the correction, from 1: `c1`; a computed value that follows from it has the same */
    bool follows;                    /* computed anew, not itself corrected */
    int64_t seq, corrects;           /* the correcting entry, and the one corrected (-1: not said) */
    int64_t step;                    /* of the procedure; -1: none */
    const char *field, *old_value, *new_value, *reason, *actor;
    int64_t time_ms;
    const char *stream;              /* the donor or collection in whose stream it is; NULL: the batch's own */
};

/** A signature that a later correction leaves open until it is reviewed again (PI 041). */
struct matter_lapsed {
    int64_t entry, by;               /* the act, and the correction */
    const char *in;                  /* in whose stream the correction is; NULL: the batch's own */
};

/** A test report with what became of it. */
struct matter_test {
    const struct dossier_entry *entry;
    struct test_report report;
    const struct dossier_entry *review;
    bool is_invalid;
    bool is_again;                   /* it could not be evaluated, and was reported again */
};

/** What is left out of a paper that would be too long; each says in its place how much it is. */
enum matter_length { MATTER_WHOLE, MATTER_NO_ENTRIES, MATTER_NO_READINGS, MATTER_LENGTH_COUNT };

struct matter {
    struct arena *a;
    const struct dossier *d;
    const struct paper_options *options;
    const struct dossier_stream *batch;
    struct recompute_memory memory;
    struct batch_open open;
    struct procedure *procedure;
    struct specification *specification;
    struct collection_record collection;
    struct donor_register donor;
    struct matter_person *person;
    size_t person_count;
    struct matter_correction *correction;
    size_t correction_count, corrections;   /* values, and the corrections that changed them */
    struct batch_step *stands;       /* the steps as corrections make them */
    size_t stand_count;
    struct matter_lapsed *lapsed;
    size_t lapsed_count;
    const char *changed;             /* R41, in markup: what was changed since its original entry, or that nothing was */
    struct matter_test *test;
    size_t test_count;
    struct specification_outcome outcome;
    struct standing standing;
    const struct dossier_entry *decision;   /* the release or rejection; NULL: none yet */
    const char **open_item;          /* sentences in markup */
    size_t open_count;
    enum matter_length length;
};

/** matter_read(a, d, options, ret, e): all of it. ERR_DOSSIER_REFUSED when the subject is no batch. */
int matter_read(struct arena *a, const struct dossier *d, const struct paper_options *options, struct matter *ret,
               struct err *e);

/** matter_next(f, type, at, record): the next entry of the batch's stream of ${type} from ${*at} on, its record in ${record};
 *  NULL when there is none. ${*at} moves behind it. */
const struct dossier_entry *matter_next(struct matter *f, const char *type, size_t *at, void *record);

/** matter_fill(f, ret): the fill as it stands, corrections put in; its entry, NULL where the batch is not filled. */
const struct dossier_entry *matter_fill(struct matter *f, struct batch_fill *ret);

/** matter_of(f, stream, type, record): the last entry of ${type} in ${stream}; false when it is not in the dossier. */
bool matter_of(struct matter *f, const char *stream, const char *type, void *record);

/** matter_deviation(f, entry, ret): the deviation that ${entry} opened, itself or as a loss; false when it opened none. */
bool matter_deviation(struct matter *f, const struct dossier_entry *entry, struct deviation_open *ret);

/** matter_who(f, id): name and id in markup; the id alone where there is no name. */
const char *matter_who(const struct matter *f, const char *id);

/** matter_signed(f, entry): who, and when by the lab's clock, in markup. */
const char *matter_signed(const struct matter *f, const struct dossier_entry *entry);

/** matter_time(f, ms): `2026-11-21 16:03+01:00` in the facility's zone; with seconds: matter_time_exact. */
const char *matter_time(const struct matter *f, int64_t ms);
const char *matter_time_exact(const struct matter *f, int64_t ms);

/** matter_span(f, from_ms, to_ms): from one to the other, the day once where it is the same. */
const char *matter_span(const struct matter *f, int64_t from_ms, int64_t to_ms);

/** matter_free(f, text): free text in markup; withheld when redacted. "" for NULL. */
const char *matter_free(const struct matter *f, const char *text);

/** matter_mark(f, word): ✓, ✗ or ○ in its colour with the word, in markup, for pass, fail, cannot_evaluate, pending ... */
const char *matter_mark(const struct matter *f, const char *word);

/** matter_words(f, word): a word of the record for people: `handed_over` gives `handed over`, in markup. */
const char *matter_words(const struct matter *f, const char *word);

/** matter_number(f, text): a decimal of the record with its digits in threes: `178 600 000`; anything else as it is, in markup. */
const char *matter_number(const struct matter *f, const char *text);

/** matter_label(f, name, unit): a field's name for people, without the unit that it ends in (unit NULL: none is known).
 *  matter_quantity(f, name): a reading's name with its unit: `temperature_c` gives `Temperature, °C`.
 *  matter_unit(f, unit): as printed: `°C`. */
const char *matter_label(const struct matter *f, const char *name, const char *unit);
const char *matter_quantity(const struct matter *f, const char *name);
const char *matter_unit(const struct matter *f, const char *unit);

/** matter_field(step, name), matter_computed(step, name): the procedure's line of that name, NULL when there is none.
 *  matter_title(f, step, name): the procedure's own label of either, or matter_label. ${step} may be NULL. */
const struct procedure_field *matter_field(const struct procedure_step *step, const char *name);
const struct procedure_computed *matter_computed(const struct procedure_step *step, const char *name);
const char *matter_title(const struct matter *f, const struct procedure_step *step, const char *name);

/** matter_range(f, min, max): `1 to 5`, `≥ 1`, `≤ 5` or "" ; either may be NULL. */
const char *matter_range(const struct matter *f, const char *min, const char *max);

/** matter_value(f, step, field, value): a value entered at ${step} (-1: at none) in markup, as a number or as free text. */
const char *matter_value(const struct matter *f, int64_t step, const char *field, const char *value);

/** matter_corrected(f, corrects, step, field, value): the value in markup, every earlier one struck through before it;
 *  corrected by statements on entry ${corrects} or on ${step} (-1: none). matter_now(f, ...): the value alone as it is now. */
const char *matter_corrected(const struct matter *f, int64_t corrects, int64_t step, const char *field, const char *value);

const char *matter_now(const struct matter *f, int64_t corrects, int64_t step, const char *field, const char *value);

/** matter_cleanings(f, done): the cleanings that the step rests on now, each a struct step_cleaning: a correction of its equipment or times names them anew. */
struct list matter_cleanings(struct matter *f, const struct batch_step *done);

/** matter_stands(f, done): the step as it stands now; ${done} itself where no correction is known.
 *  matter_use(f, step, list, id): the numbers of the corrections that name this row of the step's list, as marks in markup.
 *  matter_struck(f, text): ${text}, which is markup, struck through. */
const struct batch_step *matter_stands(const struct matter *f, const struct batch_step *done);
const char *matter_use(const struct matter *f, int64_t step, const char *list, const char *id);
const char *matter_struck(const struct matter *f, const char *text);

/** matter_what(f, correction): where the corrected value stands, in markup: `step 3, viability`. */
const char *matter_what(const struct matter *f, const struct matter_correction *c);

/** matter_remark(f, seq, text): free text of entry ${seq} in markup, struck through where the entry is void. */
const char *matter_remark(const struct matter *f, int64_t seq, const char *text);

/** matter_is_lapsed(f, seq): this act stands as unsigned until reviewed. */
bool matter_is_lapsed(const struct matter *f, int64_t seq);

/** matter_donation(f): the donation number as on the label, in markup. */
const char *matter_donation(const struct matter *f);

/** matter_limit(f, test): a test's limit for people: `≥ 90 %`, `negative`. */
const char *matter_limit(const struct matter *f, const struct specification_test *test);
