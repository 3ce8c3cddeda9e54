#include "domain/test_source.h"

#include <string.h>

static int typed_check(const struct test_report *in, struct err *e)
{
    if (in->result == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "result", "", "result is missing, and no quantity of a file is named");
    return 0;
}

int test_source_fill(struct arena *a, const struct specification *spec, const struct file_import *import, struct test_report *in,
                     struct err *e)
{
    const struct specification_test *test = specification_test(spec, in->code);
    const char *result;
    if (in->file_seq == INTEGER_ABSENT && in->quantity != NULL)
        return err_raise(e, ERR_FIELD_MISSING, "file_seq", "T52", "%.40s of which file?", in->quantity);
    if (in->file_seq == INTEGER_ABSENT)
        return typed_check(in, e);
    if (import == NULL)
        return err_raise(e, ERR_NOT_FOUND, "file_seq", "T52", "entry %lld keeps no instrument's file of this batch", (long long)in->file_seq);
    in->file_sha256 = import->file_sha256;
    if (in->quantity == NULL)
        return typed_check(in, e);
    if (test == NULL)
        return err_raise(e, ERR_NOT_FOUND, "code", "", "%s version %d has no test %.40s", spec->id, spec->version, in->code);
    struct file_wanted want = {in->quantity, test->unit != NULL ? test->unit : "", test->replicates, in->sample_id};
    int code = file_result(a, import, &want, &result, &in->found, e);
    if (code == 0 && in->result != NULL && strcmp(in->result, result) != 0)
        code = err_raise(e, ERR_RESULT_REFUSED, "result", "R23", "the file has %.80s, not %.80s", result, in->result);
    in->result = code == 0 ? result : in->result;
    return code;
}

/* the fields of a correction that a refusal of the report's means */
static const char *field_of(const char *field)
{
    return strcmp(field, "result") == 0 ? "new_value" : strcmp(field, "sample_id") == 0 ? "quantity" : NULL;
}

int test_source_correct(struct arena *a, const struct specification *spec, const struct test_report *report, const struct file_import *import,
                        struct test_correct *in, struct err *e)
{
    struct test_report as;
    record_init(&record_test_report, &as);
    as.code = report->code;
    as.sample_id = report->sample_id;
    as.result = in->new_value;
    as.file_seq = in->file_seq;
    as.quantity = in->quantity;
    int rc = test_source_fill(a, spec, import, &as, e);
    in->file_sha256 = as.file_sha256;
    in->found = as.found;
    const char *field = rc > 0 ? field_of(e->field) : NULL;
    return field != NULL ? err_raise(e, rc, field, arena_text(a, e->rule), "%s", arena_text(a, e->text)) : rc;
}
