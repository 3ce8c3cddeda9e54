/*
 * Identity by short tandem repeats (domain.md §2.7): a sample's profile beside a person's reference, locus by locus. Concordant is who
 * agrees at every locus that both have. The match percentages are those of cell-line work, reported beside and never judged
 * by: 80 % is a rule for cell lines, not for who somebody is (T31). Refuses a profile that is none; knows no person.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#define STR_LOCI_MAX 40
#define STR_ALLELES_MAX 8        /* a mixture shows more than two */

/** Alleles as they were written, each once, ascending as numbers; X and Y of amelogenin. */
struct str_locus {
    const char *name;
    const char *allele[STR_ALLELES_MAX];
    size_t count;
    bool is_sex;                 /* amelogenin */
};

struct str_profile {
    struct str_locus locus[STR_LOCI_MAX];
    size_t count;
};

/** Over the loci that neither profile leaves empty. Percentages have one decimal, half up; "" where nothing was compared. */
struct str_match {
    size_t loci, concordant;     /* compared; agreeing in every allele; amelogenin counts as one */
    const char *tanabe, *masters_query, *masters_reference;
    const char *discordant;      /* names of the others, ", " between them; "" for none */
};

/** str_parse(a, text, field, ret, e): `D5S818:11,12;TH01:6,9.3;Amelogenin:X,Y`; a locus may be empty (`FGA:`). ERR_RESULT_REFUSED: a locus
 *  twice, no locus, an allele that is no number of repeats (at most two digits, `.1` to `.3` behind), X or Y elsewhere. */
int str_parse(struct arena *a, const char *text, const char *field, struct str_profile *ret, struct err *e);

/** str_match(a, query, reference, with_sex, ret): the comparison; ${with_sex} false leaves amelogenin out of the percentages, as some
 *  tools do. Names of loci are compared without regard to case. */
void str_match(struct arena *a, const struct str_profile *query, const struct str_profile *reference, bool with_sex, struct str_match *ret);
