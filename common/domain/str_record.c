#include "domain/str_record.h"

#include <string.h>

#include "domain/specification_value.h"
#include "domain/str.h"

const char *str_own_word(const char *subject)
{
    return strcmp(subject, "mother_and_infant") == 0 ? "infant" : "donor";
}

static bool is_birth(const struct str_references *refs)
{
    return strcmp(str_own_word(refs->subject), "infant") == 0;
}

static int missing(const struct specification_test *test, const struct str_references *refs, struct err *e)
{
    const char *own = str_own_word(refs->subject);
    if (test->cells_of == CELLS_OF_MOTHER && !is_birth(refs))
        return err_raise(e, ERR_RESULT_REFUSED, "profile", "T32", "%s is of the mother's cells, and behind this number stands one donor", test->code);
    if (refs->own == NULL)
        return err_raise(e, ERR_NOT_FOUND, "profile", "T31", "there is no reference profile of the %s", own);
    if (is_birth(refs) && refs->mother == NULL)
        return err_raise(e, ERR_NOT_FOUND, "profile", "T32", "there is no reference profile of the mother, whose cells may grow");
    return 0;
}

/* what the comparison says. ${wanted}: with whose cells they are to be; ${other}: of a birth, with the other of the two, blank where there is
   none. Of a birth both comparisons must be of enough loci: what was not compared does not tell one's cells from the other's */
static const char *conclude(struct arena *a, const struct specification_test *test, const struct str_match *wanted, const struct str_match *other,
                            struct test_report *in)
{
    bool agrees = wanted->concordant == wanted->loci, agrees_with_other = other->loci > 0 && other->concordant == other->loci;
    bool is_few_of_other = in->mother_seq != INTEGER_ABSENT && other->loci < (size_t)test->loci;
    bool is_mother = test->cells_of == CELLS_OF_INFANT;          /* the other is */
    const char *behind = "", *who = is_mother ? "mother" : "infant";
    if (wanted->loci < (size_t)test->loci)
        behind = arena_printf(a, "; %d are needed", test->loci);
    else if (is_few_of_other)
        behind = arena_printf(a, "; %zu loci compared with the %s, %d are needed (T32)", other->loci, who, test->loci);
    else if (agrees && agrees_with_other)
        behind = arena_printf(a, "; so does the %s, these loci do not tell them apart (T32)", who);
    else if (!agrees && agrees_with_other)
        behind = arena_printf(a, "; all agree with the %s: %s cells (T32)", who, is_mother ? "her" : "its");
    in->match_percent = wanted->tanabe[0] != '\0' ? wanted->tanabe : NULL;
    in->identity = arena_printf(a, "%zu of %zu loci agree%s%s; Tanabe %s %%, Masters %s and %s %%%s", wanted->concordant, wanted->loci,
                                wanted->discordant[0] != '\0' ? ", not " : "", wanted->discordant, wanted->tanabe, wanted->masters_query,
                                wanted->masters_reference, behind);
    if (wanted->loci < (size_t)test->loci || is_few_of_other || (agrees && agrees_with_other))
        return "error";
    return agrees ? STR_CONCORDANT : "discordant";
}

static int compare(struct arena *a, const struct specification_test *test, const struct str_references *refs, struct test_report *in,
                   const char **ret, struct err *e)
{
    struct str_profile query, reference;
    struct str_match own, mother = {0};
    int code = str_parse(a, in->profile, "profile", &query, e);
    code = code != 0 ? code : str_parse(a, refs->own->profile, "reference", &reference, e);
    if (code != 0)
        return code;
    str_match(a, &query, &reference, true, &own);
    in->reference_seq = refs->own_seq;
    if (is_birth(refs)) {
        code = str_parse(a, refs->mother->profile, "reference", &reference, e);
        if (code != 0)
            return code;
        str_match(a, &query, &reference, true, &mother);
        in->mother_seq = refs->mother_seq;
    }
    bool is_own = test->cells_of == CELLS_OF_INFANT;
    *ret = conclude(a, test, is_own ? &own : &mother, is_own ? &mother : &own, in);
    return 0;
}

/* without a profile there is no result, but there may be a reason for none */
static int typed_check(const struct test_report *in, struct err *e)
{
    enum result_kind kind = in->result != NULL ? result_read(in->result).kind : RESULT_MALFORMED;
    if (kind >= RESULT_NOT_APPLICABLE && kind <= RESULT_ERROR)
        return 0;
    return err_raise(e, ERR_FIELD_MISSING, "profile", "T31", "%s is computed from a profile", in->code);
}

int str_record_fill(struct arena *a, const struct specification *spec, const struct str_references *refs, struct test_report *in,
                    struct err *e)
{
    const struct specification_test *test = specification_test(spec, in->code);
    const char *result;
    in->match_percent = in->identity = NULL;
    in->reference_seq = in->mother_seq = INTEGER_ABSENT;
    if (test == NULL || test->loci == 0)
        return in->profile == NULL ? 0 : err_raise(e, ERR_RESULT_REFUSED, "profile", "T31", "%.40s compares no profiles", in->code);
    if (in->profile == NULL)
        return typed_check(in, e);
    int code = missing(test, refs, e);
    code = code != 0 ? code : compare(a, test, refs, in, &result, e);
    if (code == 0 && in->result != NULL && strcmp(in->result, result) != 0)
        code = err_raise(e, ERR_RESULT_REFUSED, "result", "T31", "the profiles are %s: %.200s", result, in->identity);
    in->result = code == 0 ? result : in->result;
    return code;
}

int str_record_again(struct arena *a, const struct specification *spec, const struct str_references *refs, const struct test_report *report,
                     const char **ret, struct err *e)
{
    struct test_report now = *report;
    *ret = NULL;
    if (report->profile == NULL || report->result == NULL || strcmp(report->result, STR_CONCORDANT) != 0 ||
        (refs->own_seq == report->reference_seq && (report->mother_seq == INTEGER_ABSENT || refs->mother_seq == report->mother_seq)))
        return 0;
    now.result = NULL;
    int code = str_record_fill(a, spec, refs, &now, e);
    if (code == 0 && strcmp(now.result, STR_CONCORDANT) != 0)
        *ret = arena_printf(a, "%.40s is %s by the reference of entry %lld, which came after it was reported: %.200s", report->code,
                            now.result, (long long)(refs->own_seq != report->reference_seq ? refs->own_seq : refs->mother_seq), now.identity);
    return code;
}
