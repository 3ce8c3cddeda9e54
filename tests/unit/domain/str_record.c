/* What a test of identity records: of a donor, of a birth with the mother's cells, and where the loci do not say it (T31, T32). */
#include <string.h>

#include "domain/str_record.h"
#include "domain/test_record.h"
#include "support/test.h"

#define INFANT "D5S818:11,12;TH01:6,9.3;TPOX:8,11;Amelogenin:X,Y"
#define MOTHER "D5S818:11,13;TH01:6,7;TPOX:8,8;Amelogenin:X"

static struct arena *a;
static struct err e;
static struct str_reference infant = {.subject = "infant", .profile = INFANT}, mother = {.subject = "mother", .profile = MOTHER};

static const char SPECIFICATION[] =
    "{\"id\":\"Q-1\",\"product\":\"x\",\"tests\":[{\"code\":\"gram\",\"gating\":\"info\",\"method\":\"m\",\"op\":\"negative\","
    "\"pending_allowed\":false,\"replicates\":1,\"sample_point\":\"p\",\"title\":\"Gram\"},{\"code\":\"str\",\"gating\":\"release\","
    "%s\"limit\":\"%s\",\"loci\":%d,\"method\":\"m\",\"op\":\"equals\",\"pending_allowed\":false,\"replicates\":1,"
    "\"sample_point\":\"p\",\"title\":\"Identity\"}],\"title\":\"x\",\"version\":1}";

static const char *cells_of = "";

static struct specification *specification(const char *limit, int loci)
{
    struct specification *spec = NULL;
    const char *text = arena_printf(a, SPECIFICATION, cells_of, limit, loci);
    memset(&e, 0, sizeof e);
    return specification_parse(a, text, strlen(text), &spec, &e) == 0 ? spec : NULL;
}

static struct test_report t;

static int fill(const char *subject, const struct str_reference *own, const struct str_reference *of_mother, const char *profile, const char *result)
{
    struct str_references refs = {subject, own, of_mother, 4, 5};
    memset(&e, 0, sizeof e);
    record_init(&record_test_report, &t);
    t.code = "str";
    t.profile = profile;
    t.result = result;
    return str_record_fill(a, specification("concordant", 4), &refs, &t, &e);
}

static void assert_refused_by(const char *rule, int code, int refusal)
{
    assert_int_equal(code, refusal);
    assert_string_equal(e.rule, rule);
}

CASE(T31_concordant_is_who_agrees_at_every_locus)
{
    a = arena_new(0);
    assert_int_equal(fill("donor", &infant, NULL, "AMEL:X,Y;TH01:9.3,6;D5S818:11,12;TPOX:8,11;FGA:20", NULL), 0);
    assert_string_equal(t.result, "concordant");
    assert_string_equal(t.match_percent, "100.0");
    assert_string_equal(t.identity, "4 of 4 loci agree; Tanabe 100.0 %, Masters 100.0 and 100.0 %");
    assert_int_equal(t.reference_seq, 4);
    assert_int_equal(t.mother_seq, INTEGER_ABSENT);
    assert_int_equal(fill("donor", &infant, NULL, "AMEL:X,Y;TH01:9.3,6;D5S818:11,12;TPOX:8,12", NULL), 0);
    assert_string_equal(t.result, "discordant");                                     /* 87.5 % would do for a cell line */
    assert_string_equal(t.match_percent, "87.5");
    assert_non_null(strstr(t.identity, "3 of 4 loci agree, not TPOX"));
    assert_int_equal(fill("donor", &infant, NULL, "AMEL:X,Y;TH01:9.3,6;D5S818:11,12", NULL), 0);
    assert_string_equal(t.result, "error");
    assert_non_null(strstr(t.identity, "4 are needed"));
    a = arena_free(a);
}

CASE(T32_cells_of_a_birth_may_be_the_mothers)
{
    a = arena_new(0);
    assert_int_equal(fill("mother_and_infant", &infant, &mother, INFANT, NULL), 0);
    assert_string_equal(t.result, "concordant");
    assert_int_equal(t.mother_seq, 5);
    assert_int_equal(fill("mother_and_infant", &infant, &mother, MOTHER, NULL), 0);
    assert_string_equal(t.result, "discordant");
    assert_non_null(strstr(t.identity, "all agree with the mother: her cells (T32)"));
    struct str_reference same = {.subject = "mother", .profile = INFANT};
    assert_int_equal(fill("mother_and_infant", &infant, &same, INFANT, NULL), 0);
    assert_string_equal(t.result, "error");
    assert_non_null(strstr(t.identity, "do not tell them apart"));
    struct str_reference other = {.subject = "mother", .profile = "FGA:20,21;D8S1179:13"};
    struct str_reference two = {.subject = "mother", .profile = "TH01:6,7;TPOX:8"};
    assert_int_equal(fill("mother_and_infant", &infant, &other, INFANT, NULL), 0);   /* nothing was compared with her */
    assert_string_equal(t.result, "error");
    assert_non_null(strstr(t.identity, "; 0 loci compared with the mother, 4 are needed (T32)"));
    assert_int_equal(fill("mother_and_infant", &infant, &two, INFANT, NULL), 0);
    assert_string_equal(t.result, "error");
    assert_non_null(strstr(t.identity, "; 2 loci compared with the mother, 4 are needed (T32)"));
    assert_int_equal(fill("mother_and_infant", &infant, NULL, INFANT, NULL), ERR_NOT_FOUND);
    assert_string_equal(e.rule, "T32");
    assert_int_equal(fill("mother_and_infant", NULL, &mother, INFANT, NULL), ERR_NOT_FOUND);
    assert_string_equal(e.rule, "T31");
    a = arena_free(a);
}

CASE(T32_a_product_of_the_mothers_cells_is_told_from_the_infant)
{
    static const struct str_reference few = {.subject = "infant", .profile = "TH01:6,9.3;TPOX:8,11"};
    a = arena_new(0);
    cells_of = "\"cells_of\":\"mother\",";
    assert_int_equal(fill("mother_and_infant", &infant, &mother, MOTHER, NULL), 0);
    assert_string_equal(t.result, "concordant");
    assert_string_equal(t.match_percent, "100.0");
    assert_int_equal(t.reference_seq, 4);
    assert_int_equal(t.mother_seq, 5);
    assert_int_equal(fill("mother_and_infant", &infant, &mother, INFANT, NULL), 0);
    assert_string_equal(t.result, "discordant");
    assert_non_null(strstr(t.identity, "all agree with the infant: its cells (T32)"));
    assert_int_equal(fill("mother_and_infant", &few, &mother, MOTHER, NULL), 0);
    assert_string_equal(t.result, "error");
    assert_non_null(strstr(t.identity, "; 2 loci compared with the infant, 4 are needed (T32)"));
    assert_refused_by("T32", fill("donor", &infant, NULL, MOTHER, NULL), ERR_RESULT_REFUSED);
    assert_refused_by("T31", fill("mother_and_infant", NULL, &mother, MOTHER, NULL), ERR_NOT_FOUND);
    assert_refused_by("T32", fill("mother_and_infant", &infant, NULL, MOTHER, NULL), ERR_NOT_FOUND);
    cells_of = "\"cells_of\":\"father\",";
    assert_null(specification("concordant", 4));
    cells_of = "";
    struct specification *spec;
    char *typed = arena_printf(a, SPECIFICATION, "\"cells_of\":\"mother\",", "concordant", 4), *loci = strstr(typed, "\"loci\":4,");
    memset(loci, ' ', strlen("\"loci\":4,"));
    assert_refused_by("T32", specification_parse(a, typed, strlen(typed), &spec, &e), ERR_DOCUMENT_REFUSED);
    a = arena_free(a);
}

CASE(T31_result_of_an_identity_is_not_typed)
{
    a = arena_new(0);
    assert_int_equal(fill("donor", &infant, NULL, INFANT, "concordant"), 0);
    assert_int_equal(fill("donor", &infant, NULL, INFANT, "discordant"), ERR_RESULT_REFUSED);
    assert_int_equal(fill("donor", &infant, NULL, NULL, "concordant"), ERR_FIELD_MISSING);
    assert_int_equal(fill("donor", &infant, NULL, NULL, NULL), ERR_FIELD_MISSING);
    assert_int_equal(fill("donor", NULL, NULL, NULL, "pending"), 0);                 /* the laboratory has not answered */
    assert_int_equal(fill("donor", &infant, NULL, "TH01:six", NULL), ERR_RESULT_REFUSED);
    struct str_references refs = {"donor", &infant, NULL, 4, 0};
    t.code = "gram";
    t.profile = INFANT;
    assert_int_equal(str_record_fill(a, specification("concordant", 4), &refs, &t, &e), ERR_RESULT_REFUSED);
    assert_null(specification("identical", 4));                                      /* what compares profiles says concordant */
    assert_string_equal(e.rule, "T31");
    a = arena_free(a);
}

CASE(T31_what_passed_by_a_wrong_reference_is_compared_again)
{
    static const struct str_reference longer = {.subject = "infant", .profile = INFANT ";FGA:20"},
                                      wrong = {.subject = "infant", .profile = "D5S818:11,12;TH01:6,9.3;TPOX:8,12;Amelogenin:X,Y"},
                                      short_one = {.subject = "infant", .profile = "D5S818:11,12"};
    struct str_references now = {"donor", &longer, NULL, 9, -1};
    const char *doubt;
    a = arena_new(0);
    assert_int_equal(fill("donor", &infant, NULL, INFANT, NULL), 0);
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_null(doubt);
    now.own = &wrong;
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_non_null(strstr(doubt, "str is discordant by the reference of entry 9, which came after it was reported: 3 of 4 loci agree, not TPOX"));
    now.own_seq = 4;             /* the one that it was compared with */
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_null(doubt);
    now = (struct str_references){"donor", &short_one, NULL, 9, -1};
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_non_null(strstr(doubt, "str is error by the reference of entry 9"));
    t.result = "discordant";     /* it has its case */
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_null(doubt);
    a = arena_free(a);
}

CASE(T32_what_passed_beside_another_mother_is_compared_again)
{
    static const struct str_reference same = {.subject = "mother", .profile = INFANT};
    struct str_references now = {"mother_and_infant", &infant, &same, 4, 9};
    const char *doubt;
    a = arena_new(0);
    assert_int_equal(fill("mother_and_infant", &infant, &mother, INFANT, NULL), 0);
    assert_string_equal(t.result, "concordant");
    assert_int_equal(str_record_again(a, specification("concordant", 4), &now, &t, &doubt, &e), 0);
    assert_non_null(strstr(doubt, "str is error by the reference of entry 9"));
    a = arena_free(a);
}
