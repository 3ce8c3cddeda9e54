/* What others have published, reproduced from their files: release specifications with their verdicts, NIST's certified statistics, the
 * constants of control charts. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/chart.h"
#include "domain/formula.h"
#include "domain/specification.h"
#include "support/test.h"

static struct arena *a;
static struct err err;

/* the text of a file with a line feed alone between lines, or skip */
static char *file(const char *name)
{
    const char *path = test_data(name);
    if (path == NULL)
        test_skip_without(name);
    a = arena_new(0);
    char *text = test_read(path, NULL), *kept = arena_text(a, text), *o = kept;
    for (const char *p = text; *p != '\0'; p++)
        if (*p != '\r')
            *o++ = *p;
    *o = '\0';
    free(text);
    return kept;
}

/* the next cell of a line of comma-separated values, quoted or not */
static char *cell(char **line)
{
    char *at = *line;
    if (at == NULL || *at != '"')
        return strsep(line, ",");
    char *end = strchr(++at, '"');
    assert_non_null(end);
    *line = end[1] == ',' ? end + 2 : NULL;
    *end = '\0';
    return at;
}

/* --- release specifications */

struct row {
    char *name, *viability, *positive, *negative, *endotoxin;
};

#define ROWS 4

static void rows_read(struct row ret[ROWS])
{
    char *next = file("qc/published_release_criteria.csv");
    strsep(&next, "\n");
    for (size_t i = 0; i < ROWS; i++) {
        char *line = strsep(&next, "\n");
        assert_non_null(line);
        ret[i].name = cell(&line);
        ret[i].viability = cell(&line);
        ret[i].positive = cell(&line);
        ret[i].negative = cell(&line);
        ret[i].endotoxin = cell(&line);
    }
    assert_true(next == NULL || *next == '\0');
}

static void put_test(struct buf *b, const char *code, const char *limit, const char *unit)
{
    size_t sign = strspn(limit, "<>="), digits = strspn(limit + sign, "0123456789.");
    bool informs = strstr(limit, "informative") != NULL;
    assert_true(sign > 0 && digits > 0);
    buf_printf(b, "%s{\"code\":\"%s\",\"gating\":\"%s\",\"limit\":\"%.*s\",\"method\":\"m\",\"op\":\"%.*s\",\"pending_allowed\":false,"
        "\"replicates\":1,\"sample_point\":\"final product\",\"title\":\"%s\",\"unit\":\"%s\"}", b->text[b->len - 1] == '[' ? "" : ",", code,
        informs ? "info" : "release", (int)digits, limit + sign, (int)sign, limit, code, unit);
}

/* "CD45,CD31 <=5; HLA-DR <=20 (informative)": a test each */
static void put_markers(struct buf *b, const char *text)
{
    char *groups = arena_text(a, text), *group;
    while ((group = strsep(&groups, ";")) != NULL && *group != '\0') {
        char *limit = strpbrk(group, "<>"), *names = group + strspn(group, " "), *name;
        assert_non_null(limit);
        limit[-1] = '\0';
        while ((name = strsep(&names, ",")) != NULL) {
            char code[20] = "";
            for (size_t i = 0; name[i] != '\0'; i++)
                code[i] = (char)(name[i] == '-' ? '_' : name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
            put_test(b, code, limit, "%");
        }
    }
}

static struct specification *specification_of(const struct row *r)
{
    struct buf b = buf_new(a);
    struct specification *s;
    buf_put(&b, "{\"id\":\"Q-1\",\"product\":\"MSC\",\"tests\":[");
    put_test(&b, "viability", r->viability, "%");
    put_markers(&b, r->positive);
    put_markers(&b, r->negative);
    if (r->endotoxin != NULL && r->endotoxin[0] != '\0')
        put_test(&b, "endotoxin", r->endotoxin, "EU/mL");
    buf_put(&b, "],\"title\":\"Published\",\"version\":1}");
    if (specification_parse(a, b.text, b.len, &s, &err) != 0)
        fail_msg("%s: %s %s", r->name, err.field, err.text);
    return s;
}

/* the last value that meets the limit and the first that does not, on paper: half a unit of the limit's last place, half up */
static const char *edge(const struct specification_test *t, bool meets)
{
    int places = decimal_decimals(t->limit) + 2;
    static const int units[] = {[SPEC_AT_LEAST] = -50, [SPEC_AT_MOST] = 49, [SPEC_ABOVE] = 50, [SPEC_BELOW] = -51};
    int step = t->op == SPEC_AT_LEAST || t->op == SPEC_ABOVE ? -1 : 1, hundredths = units[t->op] + (meets ? 0 : step);
    CLEANUP(number_done) struct number n;
    CLEANUP(number_done) struct number off;
    number_init(&n);
    number_init(&off);
    number_from_decimal(&n, t->limit);
    mpz_set_si(mpq_numref(off.q), hundredths);
    mpz_ui_pow_ui(mpq_denref(off.q), 10, (unsigned long)places);
    mpq_canonicalize(off.q);
    mpq_add(n.q, n.q, off.q);
    return number_to_decimal(a, &n, places);
}

/* the batch whose values meet the limits just so, but for ${odd}, which misses its own just so */
static enum verdict outcome(const struct specification *s, size_t odd, struct specification_outcome *ret)
{
    const char *values[20];
    struct specification_result results[20];
    const struct specification_test *tests = s->tests.items;
    for (size_t i = 0; i < s->tests.count; i++) {
        values[i] = edge(&tests[i], i != odd);
        results[i] = (struct specification_result){tests[i].code, &values[i], 1, NULL, NULL, -1};
    }
    specification_outcome(a, s, results, s->tests.count, ret);
    return ret->verdict;
}

CASE(published_release_criteria_can_be_said)
{
    static const size_t tests[ROWS] = {7, 11, 10, 2};
    struct row rows[ROWS];
    struct specification_outcome out;
    rows_read(rows);
    for (size_t i = 0; i < ROWS; i++) {
        const struct specification *s = specification_of(&rows[i]);
        const struct specification_test *t = s->tests.items;
        assert_int_equal(s->tests.count, tests[i]);
        assert_int_equal(outcome(s, s->tests.count, &out), VERDICT_PASS);
        for (size_t k = 0; k < s->tests.count; k++) {
            enum verdict should = t[k].gating == GATING_INFO ? VERDICT_PASS : VERDICT_FAIL;
            if (outcome(s, k, &out) != should || out.lines[k].state != TEST_FAIL)
                fail_msg("%s: %s", rows[i].name, out.lines[k].sentence);
            assert_int_equal(out.failed, should == VERDICT_FAIL);
        }
    }
    arena_free(a);
}

/* HLA-DR, which interferon induces: for information in one of the four, at most 2 % in another (T22) */
CASE(T22_published_criteria_differ_in_hla_dr)
{
    struct row rows[ROWS];
    rows_read(rows);
    const struct specification_test *t = specification_test(specification_of(&rows[0]), "hla_dr");
    assert_int_equal(t->gating, GATING_INFO);
    assert_string_equal(t->limit, "20");
    t = specification_test(specification_of(&rows[1]), "hla_dr");
    assert_int_equal(t->op, SPEC_BELOW);
    assert_string_equal(t->limit, "5");
    t = specification_test(specification_of(&rows[2]), "hla_dr");
    assert_int_equal(t->gating, GATING_RELEASE);
    assert_string_equal(t->limit, "2");
    assert_null(specification_test(specification_of(&rows[3]), "hla_dr"));
    arena_free(a);
}

/* a gel clot says less than, and no number (T05) */
CASE(T05_published_endotoxin_by_gel_clot_meets_its_own_limit)
{
    static const struct { const char *value; enum verdict verdict; } cases[] = {{"<0.5", VERDICT_PASS}, {"<0.05", VERDICT_PASS},
        {"<1", VERDICT_CANNOT_EVALUATE}, {"0.5", VERDICT_FAIL}, {"0.449", VERDICT_PASS}, {">0.5", VERDICT_FAIL}};
    struct row rows[ROWS];
    rows_read(rows);
    const struct specification_test *t = specification_test(specification_of(&rows[3]), "endotoxin");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct specification_result r = {"endotoxin", &cases[i].value, 1, NULL, NULL, -1};
        struct specification_verdict v;
        specification_judge(a, t, &r, &v);
        if (v.verdict != cases[i].verdict)
            fail_msg("%s: %s", cases[i].value, v.sentence);
    }
    arena_free(a);
}

/* --- statistics */

static const char *number_text(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    const char *kept = arena_text(a, text);
    free(text);
    return kept;
}

/* the values of a data set; "1.1,1.3 repeated 500 times" behind the first */
static size_t values_of(const json_t *set, const char **ret)
{
    const json_t *list = json_object_get(set, "values"), *one;
    char up[8], down[8];
    size_t times, n = 0, i;
    json_array_foreach(list, i, one)
        ret[n++] = number_text(one);
    if (list != NULL)
        return n;
    assert_int_equal(sscanf(json_string_value(json_object_get(set, "then")), "%7[0-9.],%7[0-9.] repeated %zu times", up, down, &times), 3);
    ret[n++] = number_text(json_object_get(set, "first"));
    for (i = 0; i < times; i++) {
        ret[n++] = arena_text(a, up);
        ret[n++] = arena_text(a, down);
    }
    assert_int_equal(n, json_integer_value(json_object_get(set, "n")));
    return n;
}

/* text with as many decimals as the certified value would have in five places */
static const char *certified(const json_t *value)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    assert_true(number_from_decimal(&n, number_text(value)));
    return number_to_decimal(a, &n, 5);
}

CASE(T03_T10_nist_statistics_are_the_certified_ones)
{
    json_t *root = json_loads(file("qc/nist_strd_numacc.json"), 0, NULL), *set;
    const char *values[1200], *mean, *sd;
    size_t i;
    json_array_foreach(root, i, set) {
        size_t n = values_of(set, values);
        assert_true(chart_levey_jennings(a, values, n, 5, &mean, &sd));
        assert_string_equal(mean, certified(json_object_get(set, "mean")));
        assert_string_equal(sd, certified(json_object_get(set, "sd")));
    }
    assert_int_equal(i, 2);
    json_decref(root);
    arena_free(a);
}

struct constants {
    const char *n, *c4, *d2;
};

static const char *constant_find(void *context, const char *name, struct number *ret)
{
    const struct constants *c = context;
    const char *value = strcmp(name, "n") == 0 ? c->n : strcmp(name, "c4") == 0 ? c->c4 : c->d2;
    return number_from_decimal(ret, value) ? NULL : "no decimal";
}

/* that the formula gives the published value, in its own decimals or one more in the last: its d2 and c4 are rounded too */
static void gives(const char *text, const struct constants *c, const char *published)
{
    struct formula *f;
    struct formula_result r;
    struct formula_scope scope = {constant_find, (void *)(uintptr_t)c};
    assert_int_equal(formula_parse(a, text, &f, &err), 0);
    formula_evaluate(a, f, &scope, 6, &r);
    double last = 1;
    for (int i = decimal_decimals(published); i > 0; i--)
        last /= 10;
    double off = strtod(r.value, NULL) - strtod(published, NULL);
    if (off > last * 1.01 || off < -last * 1.01)
        fail_msg("%s of %s: %s, published is %s", text, c->n, r.value, published);
}

/* c4 = sqrt(2/(n-1)) gamma(n/2) / gamma((n-1)/2), as products of whole numbers and a root of pi */
static const char *c4_formula(int n)
{
    long long up = 1, down = 1;
    for (int k = n - 2; k > 1; k -= 2)
        up *= k;
    for (int k = n - 3; k > 1; k -= 2)
        down *= k;
    return arena_printf(a, "sqrt(2 / (n - 1)) * %lld / %lld %s", up, down,
                        n % 2 == 0 ? "/ sqrt(3.14159265358979323846)" : "* sqrt(3.14159265358979323846) / 2");
}

CASE(chart_constants_are_the_published_ones)
{
    static const char *const formulas[] = {"3 / (d2 * sqrt(n))", "3 / (c4 * sqrt(n))", "max(0, 1 - 3 / c4 * sqrt(1 - c4^2))",
        "1 + 3 / c4 * sqrt(1 - c4^2)", "3 / d2"};                          /* A2, A3, B3, B4, E2 */
    char *next = file("qc/control_chart_constants.csv");
    int count = 0;
    assert_string_equal(strsep(&next, "\n"), "n,c4,d2,d3,A2,A3,B3,B4,E2");
    for (char *line = strsep(&next, "\n"); line != NULL && *line != '\0'; line = strsep(&next, "\n"), count++) {
        struct constants c = {.n = strsep(&line, ","), .c4 = strsep(&line, ","), .d2 = strsep(&line, ",")};
        int n = (int)strtol(c.n, NULL, 10);
        gives(c4_formula(n), &c, c.c4);
        if (n == 2 || n == 3)
            gives(arena_printf(a, "%d / sqrt(3.14159265358979323846)", n), &c, c.d2);
        strsep(&line, ",");
        for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
            gives(formulas[i], &c, strsep(&line, ","));
        if (n != 2)
            continue;
        const char *const one_apart[] = {"0", "1"}, *mean, *sd;            /* our chart of individuals: moving ranges of two */
        assert_true(chart_shewhart(a, one_apart, 2, 8, &mean, &sd));
        struct constants ours = {c.n, sd, c.d2};
        gives("1 / c4", &ours, c.d2);
        gives("3 * c4", &ours, "2.6587");
    }
    assert_int_equal(count, 9);
    arena_free(a);
}
