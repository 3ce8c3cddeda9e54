/* What a release leaves pending, and what a failure after it leaves to do. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/pending.h"

#define DAY INT64_C(86400000)
#define NOW (1000 * DAY)

static struct arena *a, *before;
static struct err e;
static struct specification *spec;
static struct specification_outcome outcome;
static struct pending_result results[3];
static struct pending_case batch;
static struct list pending;

#define TEST(code, gating, extra)                                                                                       \
    "{\"code\":\"" code "\",\"title\":\"" code "\",\"op\":\"negative\",\"gating\":\"" gating "\",\"method\":\"m\",\"sample_point\":\"s\"," \
    "\"replicates\":1," extra "}"
static const char document[] =
    "{\"id\":\"Q-T\",\"title\":\"t\",\"product\":\"p\",\"version\":1,\"grace_days\":3,\"physician_days\":2,\"tests\":["
    TEST("gram", "release", "\"pending_allowed\":false") ","
    TEST("sterility", "release", "\"pending_allowed\":true,\"surrogate\":\"gram\",\"final_day\":14") ","
    TEST("mycoplasma", "post_release", "\"pending_allowed\":true,\"due_days\":28") ","
    TEST("colonies", "info", "\"pending_allowed\":true") "]}";

static void judge(const char *gram, const char *sterility, const char *mycoplasma)
{
    const char *values[] = {gram, sterility, mycoplasma}, *codes[] = {"gram", "sterility", "mycoplasma"};
    struct specification_result found[3];
    size_t n = 0;
    arena_free(before);
    before = a;                        /* a list of the judgement before may be looked at beside this one */
    a = arena_new(0);
    if (specification_parse(a, document, strlen(document), &spec, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    for (size_t i = 0; i < 3; i++)
        if (values[i] != NULL) {
            const char **value = ARENA_ARRAY(a, const char *, 1);
            value[0] = values[i];
            results[n] = (struct pending_result){codes[i], values[i], (int64_t)i, NOW - DAY};
            found[n++] = (struct specification_result){.code = codes[i], .values = value, .value_count = 1, .read_day = -1};
        }
    specification_outcome(a, spec, found, n, &outcome);
    batch = (struct pending_case){spec, &outcome, results, n, NOW, NOW + DAY};
    pending = (struct list){NULL, 0};
    pending_tests(a, &batch, "U-1", &pending);
}

static const struct pending_test *at(size_t i)
{
    return LIST_AT(pending, const struct pending_test, i);
}

static const char *barred(void)
{
    const char *const *why;
    return pending_barred(a, &batch, &why) > 0 ? why[0] : "";
}

CASE(R29_pending_tests_have_a_date_and_an_owner)
{
    judge("negative", "pending", NULL);
    assert_int_equal(pending.count, 2);
    assert_string_equal(at(0)->code, "sterility");
    assert_true(at(0)->expected_at == NOW + 13 * DAY && at(0)->grace_days == 3);
    assert_string_equal(at(0)->owner_id, "U-1");
    assert_string_equal(at(1)->code, "mycoplasma");              /* nobody sampled it: from the release on */
    assert_true(at(1)->expected_at == NOW + 28 * DAY);
    assert_string_equal(barred(), "");
}

CASE(R29_what_is_final_or_for_information_is_not_pending)
{
    judge("negative", "negative", "negative");
    assert_int_equal(pending.count, 0);
}

CASE(gate_03_what_keeps_a_batch_from_release_is_not_waited_for)
{
    judge("negative", NULL, "negative");                         /* sterility was not even begun */
    assert_int_equal(outcome.verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(pending.count, 0);
    judge("pending", "pending", "negative");
    assert_int_equal(outcome.verdict, VERDICT_CANNOT_EVALUATE);
    assert_int_equal(pending.count, 0);
}

CASE(gate_03_a_result_that_comes_in_time_is_waited_for)
{
    judge("negative", "pending", "negative");
    batch.expiry_ms = NOW + 13 * DAY;
    assert_non_null(strstr(barred(), "it is waited for"));
    batch.expiry_ms--;
    assert_string_equal(barred(), "");
}

CASE(gate_03_without_a_surrogate_growth_is_waited_for)
{
    judge("negative", "pending", "negative");
    ((struct specification_test *)spec->tests.items)[1].surrogate = NULL;
    assert_non_null(strstr(barred(), "names no rapid surrogate"));
}

CASE(R29_a_plan_names_everybody_or_nobody)
{
    struct batch_release in;
    judge("negative", "pending", "negative");
    record_init(&record_batch_release, &in);
    assert_int_equal(pending_plan_check(&in, NOW, &e), 0);
    in.follow_up_by = "U-1";
    assert_int_equal(pending_plan_check(&in, NOW, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "follow_up_by");
    in.pending = pending;
    assert_int_equal(pending_plan_check(&in, NOW, &e), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "physician_id");
    in.physician_id = "U-2";
    assert_int_equal(pending_plan_check(&in, NOW, &e), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "informed_at");
    in.informed_at = NOW + 1;
    assert_int_equal(pending_plan_check(&in, NOW, &e), ERR_TIME_REFUSED);
    in.informed_at = NOW;
    assert_int_equal(pending_plan_check(&in, NOW, &e), 0);
}

static size_t tasks_of(const char *code, const char *verdict)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.code = code;
    in.verdict = verdict;
    pending_failure(a, spec, "U-1", NOW, &in);
    if (in.tasks.count > 0)
        assert_true(LIST_AT(in.tasks, const struct failure_due, 0)->due_at == NOW + 2 * DAY &&   /* the document's */
                    LIST_AT(in.tasks, const struct failure_due, 2)->due_at == NOW + 30 * DAY);   /* the house's */
    return in.tasks.count;
}

CASE(R29_a_failure_of_what_gates_leaves_five_tasks)
{
    judge("negative", "pending", NULL);
    assert_int_equal(tasks_of("sterility", "fail"), 5);
    assert_int_equal(tasks_of("mycoplasma", "fail"), 5);
    assert_int_equal(tasks_of("sterility", "pass"), 0);
    assert_int_equal(tasks_of("sterility", "cannot_evaluate"), 0);
    assert_int_equal(tasks_of("colonies", "fail"), 0);
}

CASE(R29_a_certification_has_a_result_of_everything_pending)
{
    struct list certified = {NULL, 0}, waited;
    judge("negative", "pending", NULL);
    waited = pending;
    judge("negative", "no growth", NULL);
    assert_int_equal(pending_certify(a, &waited, results, 2, &certified, &e), ERR_NOT_FOUND);
    certified.count = 0;
    waited.count = 1;
    assert_int_equal(pending_certify(a, &waited, results, 2, &certified, &e), 0);
    assert_string_equal(LIST_AT(certified, const struct certified_test, 0)->result, "no growth");
}

static int read_at(const char *code, const char *word, int day)
{
    struct sterility_read in;
    record_init(&record_sterility_read, &in);
    in.code = code;
    in.result = word;
    in.sampled_at = NOW - day * DAY;
    in.read_at = NOW;
    return pending_read(spec, NOW, &in, &e);
}

CASE(T21_an_interim_reading_is_no_result)
{
    judge("negative", "pending", NULL);
    assert_int_equal(read_at("sterility", "no growth", 7), 0);
    assert_int_equal(read_at("sterility", "no growth", 13), 0);
    assert_int_equal(read_at("sterility", "no growth", 14), ERR_RESULT_REFUSED);     /* that one is final */
    assert_int_equal(read_at("sterility", "growth", 3), ERR_RESULT_REFUSED);         /* so is that, on any day */
    assert_int_equal(read_at("sterility", "pending", 3), ERR_RESULT_REFUSED);
    assert_int_equal(read_at("gram", "negative", 0), ERR_RESULT_REFUSED);
    assert_int_equal(read_at("nothing", "negative", 0), ERR_NOT_FOUND);
}
