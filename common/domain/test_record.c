#include "domain/test_record.h"

#include <string.h>

#include "base/text.h"
#include "domain/specification_value.h"

#define DAY_MS INT64_C(86400000)
#define EXPLANATION_MAX 400
#define REPORTED_MAX 80

/* at most so many characters, none cut in two */
static const char *cut(struct arena *a, const char *text, size_t max)
{
    size_t bytes = 0, chars = 0;
    for (; text[bytes] != '\0'; bytes++) {
        chars += ((unsigned char)text[bytes] & 0xC0) != 0x80;
        if (chars > max)
            break;
    }
    return arena_dup(a, text, bytes);
}

static int binding_check(const struct specification_test *test, const struct test_report *in, struct err *e)
{
    if (strcmp(in->sample_point, test->sample_point) != 0)
        return err_raise(e, ERR_RESULT_REFUSED, "sample_point", "T07", "%s is tested at \"%s\", not at \"%s\"", test->code,
            test->sample_point, in->sample_point);
    if (strcmp(in->method, test->method) != 0)
        return err_raise(e, ERR_RESULT_REFUSED, "method", "T07", "%s is tested by \"%s\", not by \"%s\"", test->code, test->method,
            in->method);
    if (in->tested_at < in->sampled_at)
        return err_raise(e, ERR_RESULT_REFUSED, "tested_at", "T18", "tested before it was sampled");
    return 0;
}

int test_record_judge(struct arena *a, const struct specification *spec, struct test_report *in, struct err *e)
{
    const struct specification_test *test = specification_test(spec, in->code);
    struct specification_verdict verdict;
    if (test == NULL)
        return err_raise(e, ERR_NOT_FOUND, "code", "", "%s version %d has no test %.40s", spec->id, spec->version, in->code);
    struct specification_result result = {.code = test->code, .read_day = (int)((in->tested_at - in->sampled_at) / DAY_MS)};
    result.values = result_values(a, in->result, &result.value_count);
    int code = binding_check(test, in, e);
    if (code == 0)
        code = specification_result_check(test, &result, e);
    if (code != 0)
        return code;
    if (test->final_day > 0 && result_is_negative(result.values[0]) && result.read_day < test->final_day)
        return err_raise(e, ERR_RESULT_REFUSED, "result", "T21", "\"%s\" at day %d is not final; report pending until day %d",
            result.values[0], result.read_day, test->final_day);
    specification_judge(a, test, &result, &verdict);
    in->reported = verdict.reported[0] == '\0' ? NULL : cut(a, verdict.reported, REPORTED_MAX);
    in->failing = verdict.failing;
    in->verdict = verdict_words[verdict.verdict];
    in->explanation = cut(a, verdict.sentence, EXPLANATION_MAX);
    return 0;
}
