#include "domain/specification.h"

#include <string.h>

#include "base/text.h"
#include "domain/late.h"
#include "domain/specification_value.h"
#include "domain/unit.h"

const char *const spec_op_words[] = {">=", "<=", ">", "<", "between", "equals", "negative", "report", NULL};
const char *const spec_gating_words[] = {"release", "post_release", "info", NULL};
const char *const verdict_words[] = {"pass", "fail", "cannot_evaluate", NULL};
const char *const rounding_words[] = {"usp", "ph_eur", NULL};
const char *const test_state_words[] = {"pass", "fail", "cannot_evaluate", "pending", "missing", "covered", NULL};
const char *const cells_of_words[] = {"infant", "mother", NULL};

#define DUE_DAYS 30
#define GRACE_DAYS 2

#define F(member) offsetof(struct specification_test, member)
static const struct document_key TEST_KEYS[] = {
    {"code", DOC_NAME, true, 1, 40, F(code), NULL, NULL},
    {"title", DOC_TEXT, true, 1, 120, F(title), NULL, NULL},
    {"unit", DOC_TEXT, false, 1, 24, F(unit), NULL, NULL},
    {"op", DOC_WORD, true, 0, 0, F(op), spec_op_words, NULL},
    {"limit", DOC_TEXT, false, 1, 60, F(limit), NULL, NULL},
    {"limit_high", DOC_TEXT, false, 1, 60, F(limit_high), NULL, NULL},
    {"rounding", DOC_WORD, false, 0, 0, F(rounding), rounding_words, NULL},
    {"gating", DOC_WORD, true, 0, 0, F(gating), spec_gating_words, NULL},
    {"method", DOC_TEXT, true, 1, 80, F(method), NULL, NULL},
    {"sample_point", DOC_TEXT, true, 1, 40, F(sample_point), NULL, NULL},
    {"replicates", DOC_INTEGER, true, 1, 9, F(replicates), NULL, NULL},
    {"pending_allowed", DOC_BOOL, true, 0, 0, F(pending_allowed), NULL, NULL},
    {"surrogate", DOC_NAME, false, 1, 40, F(surrogate), NULL, NULL},
    {"slot", DOC_NAME, false, 1, 40, F(slot), NULL, NULL},
    {"final_day", DOC_INTEGER, false, 1, 60, F(final_day), NULL, NULL},
    {"due_days", DOC_INTEGER, false, 1, 90, F(due_days), NULL, NULL},
    {"loci", DOC_INTEGER, false, 1, 40, F(loci), NULL, NULL},
    {"cells_of", DOC_WORD, false, 0, 0, F(cells_of), cells_of_words, NULL},
};
#undef F
static const struct document_shape TEST = {
    sizeof(struct specification_test), sizeof TEST_KEYS / sizeof TEST_KEYS[0], TEST_KEYS};

#define F(member) offsetof(struct specification, member)
static const struct document_key SPECIFICATION_KEYS[] = {
    {"id", DOC_TEXT, true, 3, 32, F(id), NULL, NULL},
    {"version", DOC_INTEGER, true, 1, 9999, F(version), NULL, NULL},
    {"title", DOC_TEXT, true, 1, 160, F(title), NULL, NULL},
    {"product", DOC_TEXT, true, 1, 80, F(product), NULL, NULL},
    {"late_entry_min", DOC_INTEGER, false, 1, 10080, F(late_entry_min), NULL, NULL},
    {"grace_days", DOC_INTEGER, false, 1, 30, F(grace_days), NULL, NULL},
    {"physician_days", DOC_INTEGER, false, 1, 90, F(task_days[TASK_PHYSICIAN]), NULL, NULL},
    {"sponsor_days", DOC_INTEGER, false, 1, 90, F(task_days[TASK_SPONSOR]), NULL, NULL},
    {"authority_days", DOC_INTEGER, false, 1, 90, F(task_days[TASK_AUTHORITY]), NULL, NULL},
    {"isolate_days", DOC_INTEGER, false, 1, 90, F(task_days[TASK_ISOLATE]), NULL, NULL},
    {"look_back_days", DOC_INTEGER, false, 1, 90, F(task_days[TASK_LOOK_BACK]), NULL, NULL},
    {"references", DOC_TEXTS, false, 0, 20, F(references), NULL, NULL},
    {"tests", DOC_OBJECTS, true, 1, 60, F(tests), NULL, &TEST},
};
#undef F
static const struct document_shape SPECIFICATION = {
    sizeof(struct specification), sizeof SPECIFICATION_KEYS / sizeof SPECIFICATION_KEYS[0], SPECIFICATION_KEYS};

static int refuse(struct err *e, const char *field, const char *rule, const char *why)
{
    return err_raise(e, ERR_DOCUMENT_REFUSED, field, rule, "%s: %s", field, why);
}

static bool limits_are_ordered(const char *low, const char *high)
{
    CLEANUP(number_done) struct number x, y;
    number_init(&x);
    number_init(&y);
    return number_from_decimal(&x, low) && number_from_decimal(&y, high) && number_compare(&x, &y) <= 0;
}

static int limit_check(const struct specification_test *t, struct err *e)
{
    struct unit unit;
    bool is_number = t->op <= SPEC_BETWEEN;
    if ((t->limit != NULL) != (is_number || t->op == SPEC_EQUALS))
        return refuse(e, t->code, "T01", "a limit belongs to comparisons, and only there");
    if ((t->limit_high != NULL) != (t->op == SPEC_BETWEEN))
        return refuse(e, t->code, "T01", "a high limit belongs to between, and only there");
    if (is_number && !decimal_is_valid(t->limit))
        return refuse(e, t->code, "T01", "the limit is not a decimal");
    if (t->op == SPEC_BETWEEN && !limits_are_ordered(t->limit, t->limit_high))
        return refuse(e, t->code, "T01", "the limits are not two decimals in order");
    if (is_number && (t->unit == NULL || !unit_parse(t->unit, &unit)))
        return refuse(e, t->code, "T11", "a number has a unit of the table");
    if (t->loci > 0 && (t->op != SPEC_EQUALS || strcmp(t->limit, "concordant") != 0))
        return refuse(e, t->code, "T31", "a test that compares profiles equals concordant");
    if (t->cells_of != CELLS_OF_INFANT && t->loci == 0)
        return refuse(e, t->code, "T32", "whose cells they are is said of a test that compares profiles");
    if (!is_number && t->replicates > 1)
        return refuse(e, t->code, "R25", "replicates are averaged, so they are numbers");
    return 0;
}

static int test_check(const struct specification *s, const struct specification_test *t, struct err *e)
{
    const struct specification_test *tests = s->tests.items;
    for (const struct specification_test *other = tests; other < t; other++)
        if (strcmp(other->code, t->code) == 0)
            return refuse(e, t->code, "", "a test stands twice");
    if (t->surrogate != NULL && (!t->pending_allowed || specification_test(s, t->surrogate) == NULL))
        return refuse(e, t->code, "R29", "a surrogate is another test, for one that may be pending");
    if (t->surrogate != NULL && specification_test(s, t->surrogate)->pending_allowed)
        return refuse(e, t->code, "R29", "a surrogate may not itself be pending");
    if (t->op == SPEC_REPORT && t->gating == GATING_RELEASE)
        return refuse(e, t->code, "", "what is only reported cannot gate the release");
    return limit_check(t, e);
}

/* where the document says nothing (domain.md R15, R29, §2.8; sterility failures to the authority: 30 days) */
static void fill_in(struct specification *s)
{
    static const int days[TASK_COUNT] = {[TASK_PHYSICIAN] = 1, [TASK_SPONSOR] = 1, [TASK_AUTHORITY] = 30, [TASK_ISOLATE] = 1,
                                         [TASK_LOOK_BACK] = 7};
    s->late_entry_min = s->late_entry_min == 0 ? LATE_ENTRY_MIN : s->late_entry_min;
    s->grace_days = s->grace_days == 0 ? GRACE_DAYS : s->grace_days;
    for (int i = 0; i < TASK_COUNT; i++)
        s->task_days[i] = s->task_days[i] == 0 ? days[i] : s->task_days[i];
}

int specification_due_days(const struct specification_test *test)
{
    return test->due_days > 0 ? test->due_days : test->final_day > 0 ? test->final_day : DUE_DAYS;
}

int specification_parse(struct arena *a, const char *json, size_t len, struct specification **ret, struct err *e)
{
    struct specification *s = ARENA_NEW(a, struct specification);
    int code = document_read(a, json, len, &SPECIFICATION, s, e);
    if (code == 0 && strncmp(s->id, "Q-", 2) != 0)
        return refuse(e, "id", "", "a specification's id starts with Q-");
    fill_in(s);
    const struct specification_test *tests = s->tests.items;
    for (size_t i = 0; i < s->tests.count && code == 0; i++)
        code = test_check(s, &tests[i], e);
    if (code == 0)
        *ret = s;
    return code;
}

const struct specification_test *specification_test(const struct specification *spec, const char *code)
{
    const struct specification_test *tests = spec->tests.items;
    for (size_t i = 0; i < spec->tests.count; i++)
        if (strcmp(tests[i].code, code) == 0)
            return &tests[i];
    return NULL;
}

static bool kind_fits(const struct specification_test *test, enum result_kind kind)
{
    if (kind >= RESULT_NOT_APPLICABLE && kind <= RESULT_ERROR)
        return true;
    if (test->op <= SPEC_BETWEEN)
        return kind == RESULT_DECIMAL || kind == RESULT_BELOW || kind == RESULT_ABOVE;
    return kind == RESULT_WORD || (kind == RESULT_DECIMAL && test->op != SPEC_NEGATIVE);
}

int specification_result_check(const struct specification_test *test, const struct specification_result *result,
    struct err *e)
{
    if (result->value_count == 0)
        return err_raise(e, ERR_RESULT_REFUSED, test->code, "R28", "%s has no value; say n/a, not done or pending", test->code);
    for (size_t i = 0; i < result->value_count; i++) {
        const char *text = result->values[i] == NULL ? "" : result->values[i];
        struct result_value value = result_read(text);
        if (!kind_fits(test, value.kind))
            return err_raise(e, ERR_RESULT_REFUSED, test->code, "R28", "\"%.80s\" is no result of %s", text, test->title);
        if (test->op == SPEC_NEGATIVE && value.kind == RESULT_WORD && !result_is_negative(value.text) && !result_is_positive(value.text))
            return err_raise(e, ERR_RESULT_REFUSED, test->code, "R28", "\"%.80s\" is neither negative nor positive", text);
        if (result->value_count > 1 && value.kind >= RESULT_NOT_APPLICABLE)
            return err_raise(e, ERR_RESULT_REFUSED, test->code, "R28", "\"%.80s\" stands for the whole result", text);
    }
    if (result->value_count == 1 && result_read(result->values[0]).kind >= RESULT_NOT_APPLICABLE)
        return 0;
    if (result->value_count != (size_t)test->replicates)
        return err_raise(e, ERR_RESULT_REFUSED, test->code, "R25", "%s takes %d values, not %zu", test->code, test->replicates,
            result->value_count);
    return 0;
}
