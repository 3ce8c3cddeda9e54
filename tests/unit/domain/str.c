/* Identity by short tandem repeats: the reference cases' percentages, and what a person's identity is judged by instead (T31, T32). */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "domain/str.h"
#include "support/test.h"

static struct arena *a;
static struct err e;

static struct str_profile parsed(const char *text)
{
    struct str_profile p;
    if (str_parse(a, text, "profile", &p, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    return p;
}

static struct str_match match(const char *query, const char *reference)
{
    struct str_profile q = parsed(query), r = parsed(reference);
    struct str_match m;
    str_match(a, &q, &r, true, &m);
    return m;
}

static void near(const char *value, json_t *should, const char *what)
{
    if (llabs((long long)(strtod(value, NULL) * 100 + 0.5) - (long long)(json_number_value(should) * 100 + 0.5)) > 10)
        fail_msg("%s: %s, the reference has %.2f", what, value, json_number_value(should));
}

CASE(T31_percentages_are_those_of_the_reference)
{
    a = arena_new(0);
    const char *path = test_data("qc/str_match_cases.json");
    if (path == NULL) {
        arena_free(a);
        test_skip_without("shared/data/qc");
    }
    json_t *root = json_load_file(path, 0, NULL), *one;
    size_t i;
    json_array_foreach(root, i, one) {
        struct str_profile q = parsed(json_string_value(json_object_get(one, "query")));
        struct str_profile r = parsed(json_string_value(json_object_get(one, "reference")));
        struct str_match m;
        str_match(a, &q, &r, strcmp(json_string_value(json_object_get(one, "amelogenin")), "counted") == 0, &m);
        near(m.tanabe, json_object_get(one, "tanabe"), "Tanabe");
        near(m.masters_query, json_object_get(one, "masters_query"), "Masters, query");
        near(m.masters_reference, json_object_get(one, "masters_reference"), "Masters, reference");
    }
    assert_true(i >= 7);
    json_decref(root);
    a = arena_free(a);
}

CASE(T31_eighty_percent_is_no_identity)
{
    a = arena_new(0);
    struct str_match m = match("D5S818:11,12;TH01:6,9.3;TPOX:8,11;Amelogenin:X", "TH01:9.3,6;D5S818:11,12;TPOX:8;AMEL:X,Y;FGA:20");
    assert_string_equal(m.tanabe, "85.7");                  /* related, by the rule of cell lines */
    assert_int_equal(m.loci, 4);
    assert_int_equal(m.concordant, 2);
    assert_string_equal(m.discordant, "TPOX, Amelogenin");
    m = match("th01:6,9.3,6", "TH01:9.3,6");
    assert_int_equal(m.concordant, 1);
    assert_string_equal(m.tanabe, "100.0");
    assert_string_equal(m.discordant, "");
    m = match("TH01:6", "FGA:20");
    assert_int_equal(m.loci, 0);
    assert_string_equal(m.tanabe, "");
    a = arena_free(a);
}

CASE(T31_a_profile_that_is_none_is_refused)
{
    static const char *const bad[] = {"", ";", "TH01", "TH01:6,", "TH01:,6", "TH01:6 9", "TH01:9.4", "TH01:9.30", "TH01:100", "TH01:0", "TH01:X",
                                      "Amelogenin:6", "AMEL:XY", "TH01:6;th01:7", "AMEL:X;Amelogenin:Y", ":6", "TH<01:6", "TH01:1,2,3,4,5,6,7,8,9",
                                      "TH01:-6", "TH01:6;;FGA:20", "TH01:6,9,3,x"};
    a = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct str_profile p;
        memset(&e, 0, sizeof e);
        if (str_parse(a, bad[i], "profile", &p, &e) != ERR_RESULT_REFUSED)
            fail_msg("%s was taken", bad[i]);
        assert_string_equal(e.field, "profile");
    }
    struct str_profile p = parsed("TH01:9.3,9,10;FGA:;Penta D:2,11;");
    assert_int_equal(p.count, 3);
    assert_string_equal(p.locus[0].allele[1], "9.3");
    assert_int_equal(p.locus[1].count, 0);
    a = arena_free(a);
}
