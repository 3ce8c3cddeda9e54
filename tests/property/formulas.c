/*
 * The lab's numbers at random against a second evaluator (second.h): every standard calculation of domain.md §1.8 and §2.6, formulas
 * that nobody wrote, rounding, verdicts, the spread and the rules of control charts, profiles, check characters.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/cellmath.h"
#include "domain/chart.h"
#include "domain/formula.h"
#include "domain/identifier.h"
#include "domain/specification.h"
#include "domain/str.h"
#include "second.h"
#include "support/test.h"

#define INPUTS_MAX 12

/* what the names of one formula stand for */
struct inputs {
    struct arena *arena;
    const char *name[INPUTS_MAX], *value[INPUTS_MAX];
    size_t count;
};

static const char *input_find(void *context, const char *name, struct number *ret)
{
    const struct inputs *in = context;
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->name[i], name) == 0)
            return number_from_decimal(ret, in->value[i]) ? NULL : "no decimal";
    return "not given";
}

static const char *inputs_text(const struct inputs *in)
{
    struct buf b = buf_new(in->arena);
    buf_put(&b, "");
    for (size_t i = 0; i < in->count; i++)
        buf_printf(&b, "%s=%s;", in->name[i], in->value[i]);
    return b.text;
}

/* our answer, until the next: the value, or why there is none; NULL: no formula */
static const char *answer(const char *text, struct inputs *in, int decimals, struct err *e)
{
    static struct arena *scratch;
    struct formula *f;
    struct formula_result result;
    struct formula_scope scope = {input_find, in};
    if (scratch == NULL)
        scratch = arena_new(0);
    arena_reset(scratch);
    if (formula_parse(scratch, text, &f, e) != 0)
        return NULL;
    formula_evaluate(scratch, f, &scope, decimals, &result);
    return result.value != NULL ? result.value : result.reason;
}

CASE(R24_T03_every_calculation_agrees_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    struct err e = {0};
    dice_start();
    for (size_t i = 0; i < cellmath_count(); i++) {
        const struct cellmath *c = cellmath_at(i);
        for (int k = 0; k < 400; k++) {
            struct inputs in = {.arena = a};
            for (; in.count < CELLMATH_INPUTS_MAX && c->inputs[in.count].name != NULL; in.count++) {
                in.name[in.count] = c->inputs[in.count].name;
                in.value[in.count] = dice_decimal(a, 1 + (int)dice(10), 4);
            }
            second_ask(s, answer(c->formula, &in, c->decimals, &e), "calc\t%s\t%d\t%s", c->name, c->decimals, inputs_text(&in));
        }
    }
    second_agree(s, 400 * 24);
    arena_free(a);
}

/* --- formulas that nobody wrote */

static const char *const names[] = {"n_live", "factor", "step3.volume_ml", "x", "y2", "zero"};

static void put_sum(struct buf *b, int depth);

static void put_call(struct buf *b, int depth)
{
    static const char *const lists[] = {"min", "max", "sum", "mean", "sd"}, *const singles[] = {"log2", "sqrt", "ceil"};
    bool is_list = dice(2) == 0;
    unsigned n = is_list ? 1 + dice(4) : 1;
    buf_printf(b, "%s(", is_list ? lists[dice(5)] : singles[dice(3)]);
    for (unsigned i = 0; i < n; i++) {
        buf_put(b, i > 0 ? ", " : "");
        put_sum(b, depth - 1);
    }
    buf_put(b, ")");
}

static void put_primary(struct buf *b, int depth)
{
    unsigned kind = depth <= 0 ? dice(3) : dice(7);
    if (kind == 0)
        buf_put(b, names[dice(sizeof names / sizeof *names)]);
    else if (kind == 1)
        buf_printf(b, "%u", dice(1000));
    else if (kind == 2)
        buf_printf(b, "%u.%02u%s", dice(20), dice(100), dice(4) == 0 ? "[1/mL]" : "");
    else if (kind == 3)
        put_call(b, depth);
    else {
        buf_put(b, "(");
        put_sum(b, depth - 1);
        buf_put(b, ")");
    }
    if (dice(8) == 0)
        buf_printf(b, "%s%s%u", dice(2) == 0 ? "^" : " ^ ", dice(3) == 0 ? "-" : "", dice(5));
}

static void put_product(struct buf *b, int depth)
{
    for (unsigned n = 1 + dice(3); n > 0; n--) {
        buf_put(b, dice(8) == 0 ? "-" : "");
        put_primary(b, depth);
        if (n > 1)
            buf_put(b, dice(2) == 0 ? " * " : "/");
    }
}

static void put_sum(struct buf *b, int depth)
{
    for (unsigned n = 1 + dice(3); n > 0; n--) {
        put_product(b, depth);
        if (n > 1)
            buf_put(b, dice(2) == 0 ? " + " : " - ");
    }
}

CASE(R24_formulas_at_random_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    size_t valued = 0, asked = 0;
    dice_start();
    while (asked < 8000) {
        struct buf b = buf_new(a);
        struct inputs in = {.arena = a, .count = sizeof names / sizeof *names};
        put_sum(&b, (int)dice(4));
        if (b.len > FORMULA_TEXT_MAX)
            continue;
        for (size_t i = 0; i < in.count; i++) {
            in.name[i] = names[i];
            in.value[i] = strcmp(names[i], "zero") == 0 ? "0" : dice_decimal(a, 6, 3);
        }
        int decimals = (int)dice(9);
        struct err e = {0};
        const char *ours = answer(b.text, &in, decimals, &e);
        if (ours == NULL) {                                 /* none but for its size */
            assert_non_null(strstr(e.text, "too many parts"));
            continue;
        }
        valued += decimal_is_valid(ours);
        second_ask(s, ours, "text\t%s\t%d\t%s", b.text, decimals, inputs_text(&in));
        asked++;
    }
    assert_true(valued > 4000);
    second_agree(s, 8000);
    arena_free(a);
}

/* --- rounding and verdicts: values near their limits, with more digits than the limit has */

static const char *const rules[] = {"usp", "ph_eur"};

static const char *limit_any(struct arena *a)
{
    static const unsigned tens[] = {1, 10, 100, 1000};
    int decimals = (int)dice(4);
    unsigned n = 1 + dice(decimals == 0 ? 200 : 20000);
    return decimals == 0 ? arena_printf(a, "%u", n) : arena_printf(a, "%u.%0*u", n / tens[decimals], decimals, n % tens[decimals]);
}

/* half a unit of its last place and thereabouts above or below; halves are frequent */
static const char *near(struct arena *a, const char *limit)
{
    CLEANUP(number_done) struct number n;
    CLEANUP(number_done) struct number off;
    number_init(&n);
    number_init(&off);
    number_from_decimal(&n, limit);
    int decimals = decimal_decimals(limit), more = 1 + (int)dice(3);
    long unit = more == 1 ? 10 : more == 2 ? 100 : 1000, off_by = dice(3) == 0 ? unit / 2 : (long)dice((unsigned)(3 * unit));
    mpz_set_si(mpq_numref(off.q), dice(2) == 0 ? off_by : -off_by);
    mpz_ui_pow_ui(mpq_denref(off.q), 10, (unsigned long)(decimals + more));
    mpq_canonicalize(off.q);
    mpq_add(n.q, n.q, off.q);
    return number_to_decimal(a, &n, decimals + more);
}

CASE(T01_T02_rounding_agrees_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    dice_start();
    for (int i = 0; i < 12000; i++) {
        CLEANUP(number_done) struct number n;
        number_init(&n);
        const char *limit = limit_any(a), *value = dice(2) == 0 ? near(a, limit) : dice_decimal(a, 7, 6);
        enum rounding rule = (enum rounding)dice(2);
        assert_true(number_from_decimal(&n, value));
        second_ask(s, number_round_like(a, &n, limit, rule), "round\t%s\t%s\t%s", rules[rule], value, limit);
    }
    second_agree(s, 12000);
    arena_free(a);
}

static struct specification_test test_any(struct arena *a)
{
    struct specification_test t = {.code = "v", .title = "V", .unit = "%", .method = "m", .sample_point = "p", .op = (int)dice(SPEC_BETWEEN + 1),
        .rounding = (int)dice(2), .limit = limit_any(a), .replicates = 1 + (int)dice(3)};
    if (t.op != SPEC_BETWEEN)
        return t;
    CLEANUP(number_done) struct number n;
    number_init(&n);
    number_from_decimal(&n, t.limit);
    mpz_addmul_ui(mpq_numref(n.q), mpq_denref(n.q), 1 + dice(3));
    t.limit_high = number_to_decimal(a, &n, decimal_decimals(t.limit));
    return t;
}

CASE(T01_T04_verdicts_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    int passed = 0;
    dice_start();
    for (int i = 0; i < 12000; i++) {
        struct specification_test t = test_any(a);
        const char *values[3];
        struct specification_result r = {"v", values, (size_t)t.replicates, NULL, NULL, -1};
        struct specification_verdict v;
        for (int k = 0; k < t.replicates; k++)
            values[k] = near(a, t.op == SPEC_BETWEEN && dice(2) == 0 ? t.limit_high : t.limit);
        specification_judge(a, &t, &r, &v);
        passed += v.verdict == VERDICT_PASS;
        second_ask(s, arena_printf(a, "%s %s", verdict_words[v.verdict], v.reported), "verdict\t%s\t%s\t%s\t%s\t%s%s%s%s%s", spec_op_words[t.op],
                   rules[t.rounding], t.limit, t.limit_high != NULL ? t.limit_high : "", values[0], t.replicates > 1 ? ";" : "",
                   t.replicates > 1 ? values[1] : "", t.replicates > 2 ? ";" : "", t.replicates > 2 ? values[2] : "");
    }
    assert_true(passed > 2000 && passed < 10000);
    second_agree(s, 12000);
    arena_free(a);
}

CASE(T05_a_censored_value_is_never_judged_beyond_what_is_known)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    int decided[VERDICT_COUNT] = {0};
    dice_start();
    for (int i = 0; i < 8000; i++) {
        struct specification_test t = test_any(a);
        struct specification_verdict v;
        t.replicates = 1;
        t.rounding = ROUND_USP;
        const char *at = near(a, t.limit), *value = arena_printf(a, "%c%s", dice(2) == 0 ? '<' : '>', at[0] == '-' ? "0" : at);
        struct specification_result r = {"v", &value, 1, NULL, NULL, -1};
        specification_judge(a, &t, &r, &v);
        decided[v.verdict]++;
        second_ask(s, "sound", "censored\t%s\t%s\t%s\t%s\t%s", spec_op_words[t.op], t.limit, t.limit_high != NULL ? t.limit_high : "", value,
                   verdict_words[v.verdict]);
    }
    for (int i = 0; i < VERDICT_COUNT; i++)
        assert_true(decided[i] > 500);
    second_agree(s, 8000);
    arena_free(a);
}

/* --- charts */

CASE(T10_mean_and_spread_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    dice_start();
    for (int i = 0; i < 3000; i++) {
        const char *values[30], *mean, *sd;
        struct buf b = buf_new(a);
        size_t n = 1 + dice(30);
        int decimals = (int)dice(6), kind = (int)dice(2);
        for (size_t k = 0; k < n; k++) {
            values[k] = dice_decimal(a, 1 + (int)dice(8), 3);
            buf_printf(&b, "%s%s", k > 0 ? ";" : "", values[k]);
        }
        bool known = (kind == 0 ? chart_levey_jennings : chart_shewhart)(a, values, n, decimals, &mean, &sd);
        second_ask(s, known ? arena_printf(a, "%s %s", mean, sd) : "none", "spread\t%s\t%d\t%s", kind == 0 ? "levey_jennings" : "shewhart", decimals,
                   b.text);
    }
    second_agree(s, 3000);
    arena_free(a);
}

/* values by half standard deviations, so that many lie on a limit; each sequence leans to one side, so that long rules speak too */
static const char *chart_value(struct arena *a, int mean, int lean)
{
    int halves = (int)dice(7) - 3 + lean + (dice(6) == 0 ? (int)dice(9) - 4 : 0), tenths = mean * 10 + halves * 25 + (dice(3) == 0);
    return dice(40) == 0 ? "pending" : arena_printf(a, "%d.%d", tenths / 10, tenths % 10);
}

CASE(chart_westgard_rules_agree_with_a_second_evaluator)
{
    static const struct chart_target targets[] = {{"L1", "100", "5"}, {"L2", "200", "5"}};
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    static const char *const spoken[] = {"1_2s", "1_3s", "2_2s", "R_4s", "4_1s", "10_x"};
    int count[sizeof spoken / sizeof *spoken] = {0};
    dice_start();
    for (int i = 0; i < 2000; i++) {
        struct chart_value v[40];
        struct chart_flag *flag;
        struct buf asked = buf_new(a), ours = buf_new(a);
        size_t n = 0;
        int lean = (int)dice(7) - 3, other = dice(3) == 0 ? -lean : lean;
        for (size_t run = 0, runs = 1 + dice(20); run < runs; run++)
            for (int level = 0; level < 2; level++)
                if (dice(4) > 0)
                    v[n++] = (struct chart_value){arena_printf(a, "%zu", run), targets[level].level, chart_value(a, 100 * (level + 1), level == 0 ? lean : other)};
        if (n == 0)
            continue;
        chart_judge(a, targets, 2, v, n, &flag);
        for (size_t k = 0; k < n; k++) {
            buf_printf(&asked, "%s%s:%s:%s", k > 0 ? ";" : "", v[k].run, v[k].level, v[k].value);
            buf_printf(&ours, "%s%s/%s", k > 0 ? " " : "", flag[k].rule != NULL ? flag[k].rule : "-", flag[k].z != NULL ? flag[k].z : "-");
            for (size_t r = 0; r < sizeof spoken / sizeof *spoken; r++)
                count[r] += flag[k].rule != NULL && strcmp(flag[k].rule, spoken[r]) == 0;
        }
        second_ask(s, ours.text, "westgard\tL1=100/5 L2=200/5\t%s", asked.text);
    }
    for (size_t r = 0; r < sizeof spoken / sizeof *spoken; r++)
        if (count[r] < 100)
            fail_msg("%s spoke %d times", spoken[r], count[r]);
    second_agree(s, 1900);
    arena_free(a);
}

/* --- who somebody is */

static const char *profile_any(struct arena *a)
{
    static const char *const loci[] = {"D5S818", "TH01", "FGA", "Penta D", "vWA"};
    struct buf b = buf_new(a);
    buf_printf(&b, "%s:%s", dice(2) == 0 ? "AMEL" : "Amelogenin", dice(2) == 0 ? "X" : "X,Y");
    for (size_t i = 0; i < sizeof loci / sizeof *loci; i++) {
        if (dice(6) == 0)
            continue;
        buf_printf(&b, ";%s:", loci[i]);
        for (unsigned k = 0, n = dice(4); k < n; k++)
            buf_printf(&b, "%s%u%s", k > 0 ? "," : "", 8 + dice(4), dice(5) == 0 ? ".3" : "");
    }
    return b.text;
}

CASE(T31_match_scores_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    struct err e = {0};
    dice_start();
    for (int i = 0; i < 4000; i++) {
        struct str_profile q, r;
        struct str_match m;
        const char *query = profile_any(a), *reference = profile_any(a);
        bool with_sex = dice(2) == 0;
        assert_int_equal(str_parse(a, query, "query", &q, &e), 0);
        assert_int_equal(str_parse(a, reference, "reference", &r, &e), 0);
        str_match(a, &q, &r, with_sex, &m);
        bool known = m.tanabe[0] != '\0';
        second_ask(s, arena_printf(a, "%s %s %s %zu/%zu", known ? m.tanabe : "none", known ? m.masters_query : "none",
                                   known ? m.masters_reference : "none", m.concordant, m.loci), "str\t%s\t%s\t%d", query, reference, with_sex);
    }
    second_agree(s, 4000);
    arena_free(a);
}

CASE(T33_R03_check_characters_agree_and_catch_every_slip)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    static const char first[] = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789", middle[] = "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789";
    dice_start();
    for (int i = 0; i < 3000; i++) {
        char din[DIN_LEN + 1] = "", wrong[DIN_LEN + 1];
        din[0] = first[dice(sizeof first - 1)];
        for (int k = 1; k < DIN_LEN; k++)
            din[k] = k < 3 ? middle[dice(sizeof middle - 1)] : (char)('0' + dice(10));
        assert_true(din_is_valid(din));
        int value = mod37_value(din, DIN_LEN);
        second_ask(s, arena_printf(a, "%c", mod37_char(value)), "check\t%s", din);
        for (int k = 0; k < DIN_LEN; k++) {                  /* one character wrong; two neighbours, or two apart, exchanged */
            memcpy(wrong, din, sizeof din);
            wrong[k] = middle[dice(sizeof middle - 1)];
            assert_true(wrong[k] == din[k] || mod37_value(wrong, DIN_LEN) != value);
            for (int apart = 1; apart < 3 && k + apart < DIN_LEN; apart++) {
                memcpy(wrong, din, sizeof din);
                wrong[k] = din[k + apart];
                wrong[k + apart] = din[k];
                assert_true(wrong[k] == din[k] || mod37_value(wrong, DIN_LEN) != value);
            }
        }
    }
    second_agree(s, 3000);
    arena_free(a);
}
