/*
 * Values that others have published, judged and compared as a second evaluator does (second.h): markers and viability of 84 clinical trials
 * against the criteria of ISCT and of four products, and every pair of the sample profiles.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/specification.h"
#include "domain/str.h"
#include "second.h"
#include "support/test.h"

static struct arena *a;

static char *file(const char *name)
{
    const char *path = test_data(name);
    if (path == NULL) {
        a = arena_free(a);
        test_skip_without(name);
    }
    char *text = test_read(path, NULL), *kept = arena_text(a, text);
    free(text);
    return kept;
}

/* ISCT 2006, and what published specifications have instead (domain.md §2.1, §2.2) */
static const struct {
    const char *marker;
    enum spec_op op;
    const char *limit;
} criteria[] = {
    {"Viability", SPEC_AT_LEAST, "70"}, {"Viability", SPEC_AT_LEAST, "80"}, {"Viability", SPEC_AT_LEAST, "85"}, {"Viability", SPEC_AT_LEAST, "90.0"},
    {"CD73", SPEC_AT_LEAST, "95"}, {"CD90", SPEC_AT_LEAST, "95"}, {"CD105", SPEC_AT_LEAST, "95"}, {"CD73", SPEC_ABOVE, "80"},
    {"CD90", SPEC_ABOVE, "80"}, {"CD105", SPEC_ABOVE, "80"}, {"CD166", SPEC_ABOVE, "80"}, {"CD105", SPEC_AT_LEAST, "95.0"},
    {"CD45", SPEC_AT_MOST, "2"}, {"CD34", SPEC_AT_MOST, "2"}, {"CD14", SPEC_AT_MOST, "2"}, {"CD11b", SPEC_AT_MOST, "2"},
    {"CD19", SPEC_AT_MOST, "2"}, {"CD79a", SPEC_AT_MOST, "2"}, {"HLA-DR", SPEC_AT_MOST, "2"}, {"HLA-DR", SPEC_AT_MOST, "20"},
    {"CD45", SPEC_AT_MOST, "5"}, {"CD31", SPEC_AT_MOST, "5"}, {"CD45", SPEC_BELOW, "5"}, {"CD34", SPEC_BELOW, "5"}, {"HLA-DR", SPEC_BELOW, "5"}};

static size_t judge(struct second *s, const char *marker, const char *value, int verdicts[VERDICT_COUNT])
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof criteria / sizeof *criteria; i++)
        for (int rule = 0; rule < ROUND_COUNT && strcmp(criteria[i].marker, marker) == 0; rule++, n++) {
            struct specification_test t = {.code = "v", .title = marker, .unit = "%", .method = "m", .sample_point = "p", .op = (int)criteria[i].op,
                .rounding = rule, .limit = criteria[i].limit, .replicates = 1};
            struct specification_result r = {"v", &value, 1, NULL, NULL, -1};
            struct specification_verdict v;
            specification_judge(a, &t, &r, &v);
            verdicts[v.verdict]++;
            second_ask(s, arena_printf(a, "%s %s", verdict_words[v.verdict], v.reported), "verdict\t%s\t%s\t%s\t\t%s", spec_op_words[t.op],
                       rounding_words[rule], t.limit, value);
        }
    return n;
}

/* the last cell but ${behind}, and the one ${before} it; no cell of these files is quoted */
static size_t trials(struct second *s, char *next, int marker_at, int value_at, int verdicts[VERDICT_COUNT])
{
    size_t values = 0;
    strsep(&next, "\n");
    for (char *line = strsep(&next, "\n"); line != NULL && *line != '\0'; line = strsep(&next, "\n")) {
        const char *marker = NULL, *value = NULL;
        for (int i = 0; line != NULL; i++) {
            const char *cell = strsep(&line, ",");
            marker = i == marker_at ? cell : marker;
            value = i == value_at ? cell : value;
        }
        assert_true(marker != NULL && value != NULL);
        if (strcmp(value, "NA") == 0)                       /* not published: the file's word, and no value */
            continue;
        values++;
        if (!decimal_is_valid(value))
            fail_msg("%s %s", marker, value);
        judge(s, marker, value, verdicts);
    }
    return values;
}

CASE(R24_T01_values_of_84_trials_have_the_verdicts_of_a_second_evaluator)
{
    a = arena_new(0);
    char *single = file("qc/cidmap/cd_values_single_processed.csv"), *means = file("qc/cidmap/cd_values_range_processed.csv");
    struct second *s = second_new(a);
    int verdicts[VERDICT_COUNT] = {0};
    assert_int_equal(trials(s, single, 4, 5, verdicts), 578);
    assert_int_equal(trials(s, means, 1, 2, verdicts), 31);
    assert_true(verdicts[VERDICT_PASS] > 1000 && verdicts[VERDICT_FAIL] > 100 && verdicts[VERDICT_CANNOT_EVALUATE] == 0);
    second_agree(s, 1500);
    arena_free(a);
}

/* --- profiles */

#define PROFILES_MAX 10

/* "12, 14" quoted, or 12, or nothing: the next cell without its blanks */
static char *alleles(char **line)
{
    char *at = *line, *o;
    bool is_quoted = at != NULL && *at == '"';
    if (at == NULL)
        return NULL;
    char *end = is_quoted ? strchr(++at, '"') : at + strcspn(at, ",");
    *line = end[is_quoted] == ',' ? end + 1 + is_quoted : NULL;
    *end = '\0';
    o = at;
    for (const char *p = at; *p != '\0'; p++)
        if (*p != ' ')
            *o++ = *p;
    *o = '\0';
    return at;
}

/* rows of a table with loci as columns, as `LOCUS:ALLELES;...` */
static size_t profiles(char *next, const char *ret[PROFILES_MAX])
{
    char *head = strsep(&next, "\n"), *line;
    size_t n = 0;
    while ((line = strsep(&next, "\n")) != NULL && *line != '\0') {
        struct buf b = buf_new(a);
        char *loci = arena_text(a, head), *cell;
        line[strcspn(line, "\r")] = '\0';
        loci[strcspn(loci, "\r")] = '\0';
        strsep(&loci, ",");
        alleles(&line);
        while ((cell = alleles(&line)) != NULL)
            buf_printf(&b, "%s%s:%s", b.len > 0 ? ";" : "", strsep(&loci, ","), cell);
        assert_null(loci);
        assert_true(n < PROFILES_MAX);
        ret[n++] = b.text;
    }
    return n;
}

static const char *scores(const char *query, const char *reference, bool with_sex)
{
    struct str_profile q, r;
    struct str_match m;
    struct err e = {0};
    if (str_parse(a, query, "query", &q, &e) != 0 || str_parse(a, reference, "reference", &r, &e) != 0)
        fail_msg("%s", e.text);
    str_match(a, &q, &r, with_sex, &m);
    return arena_printf(a, "%s %s %s %zu/%zu", m.tanabe, m.masters_query, m.masters_reference, m.concordant, m.loci);
}

static void pairs(struct second *s, const char *const *profile, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (int sex = 0; sex < 2; sex++)
                second_ask(s, scores(profile[i], profile[k], sex == 1), "str\t%s\t%s\t%d", profile[i], profile[k], sex);
}

CASE(T31_sample_profiles_have_the_scores_of_a_second_evaluator)
{
    a = arena_new(0);
    const char *database[PROFILES_MAX], *input[PROFILES_MAX];
    size_t n = profiles(file("qc/str/ExampleSTR_database.csv"), database), k = profiles(file("qc/str/Example_clastr_input.csv"), input);
    struct second *s = second_new(a);
    assert_int_equal(n, 5);
    assert_int_equal(k, 3);
    assert_string_equal(scores(database[0], database[0], true), "100.0 100.0 100.0 6/6");
    assert_string_equal(scores(database[0], database[1], false), "88.9 100.0 80.0 4/6");       /* 8 shared of 8 and of 10 */
    pairs(s, database, n);
    pairs(s, input, k);
    second_agree(s, 2 * (5 * 5 + 3 * 3));
    arena_free(a);
}
