/*
 * The bridge from a test of identity to the record: a profile beside the references in the donor's stream gives `result`, and what is said of
 * it. One code for the quality service and for the verifier. A donor's cells agree with the donor; of a birth, with the infant and
 * not with the mother, whose cells grow, too, or the other way about where the specification says so (T32). Percentages are said, and judge nothing (T31).
 */
#pragma once
#include "contract/contract.h"
#include "domain/specification.h"

/** The last reference of each person behind the donor; NULL: none, and its entry in the donor's stream. ${subject}: of donor_register. */
struct str_references {
    const char *subject;
    const struct str_reference *own, *mother;
    int64_t own_seq, mother_seq;
};

/** str_own_word(subject): whose reference is the donor's own, by words_test_subject: "donor", or "infant" of a birth. */
const char *str_own_word(const char *subject);

/** str_record_fill(a, spec, refs, in, e): fill `result`, `match_percent`, `identity`, `reference_seq` and `mother_seq` of ${in} where its test
 *  compares profiles: `concordant`, `discordant`, or `error` where too few loci can be compared, or they do not tell infant from
 *  mother. A typed result must be that, or say that there is none (pending, not done, n/a, error) without a profile. Does nothing for other tests, but
 *  refuses a profile there. ERR_FIELD_MISSING, ERR_NOT_FOUND (a reference), ERR_RESULT_REFUSED. */
int str_record_fill(struct arena *a, const struct specification *spec, const struct str_references *refs, struct test_report *in,
                    struct err *e);

#define STR_CONCORDANT "concordant"

/** str_record_again(a, spec, refs, report, ret, e): does the reported test still say that the cells are the donor's, beside the references that
 *  there are now? ${ret}: NULL, or in words what it says instead: a reference that was wrong is superseded, and takes with it what passed by it. */
int str_record_again(struct arena *a, const struct specification *spec, const struct str_references *refs, const struct test_report *report,
                     const char **ret, struct err *e);
