#include "instruments/file_record.h"

#include <string.h>

#include "crypto/digest.h"

#define BATCH_VALUES_MAX 100      /* rows that the statement of an import takes */
#define NAMES_SHOWN 3

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_RESULT_REFUSED, field, "T52", "%.300s", why);
}

bool file_names_batch(const char *sample, const char *batch_id)
{
    size_t n = strlen(batch_id);
    if (sample == NULL || strncmp(sample, batch_id, n) != 0)
        return false;
    const char *rest = sample + n;
    return rest[0] == '\0' || (strncmp(rest, "-S", 2) == 0 && rest[2] != '\0' && strspn(rest + 2, "0123456789") == strlen(rest + 2));
}

/* the first few samples that the file does name */
static const char *names_of(struct arena *a, const struct list *values)
{
    struct buf b = buf_new(a);
    const char *last = NULL;
    size_t shown = 0;
    for (size_t i = 0; i < values->count && shown < NAMES_SHOWN; i++) {
        const char *sample = LIST_AT(*values, const struct instrument_value, i)->sample;
        if (sample == NULL || (last != NULL && strcmp(sample, last) == 0))
            continue;
        buf_printf(&b, "%s%.40s", shown++ > 0 ? ", " : "", sample);
        last = sample;
    }
    return shown > 0 ? b.text : "no sample at all";
}

static int digest_check(struct arena *a, struct bytes file, const char *said, struct err *e)
{
    uint8_t digest[DIGEST_LEN];
    digest_sha256(file.data, file.len, digest);
    const char *is = hex_text(a, digest, sizeof digest);
    return strcmp(is, said) == 0 ? 0 : refuse(e, "file_sha256", arena_printf(a, "the file that came has %s", is));
}

static int take(struct arena *a, size_t len, const struct instrument_file *read, struct file_import *in, struct err *e)
{
    if (read->person != NULL)
        return err_raise(e, ERR_RESULT_REFUSED, "file", "T38", "it names a patient, %s: let it be sent by code", read->person);
    in->format = read->format;
    in->size = (int64_t)len;
    in->others = 0;
    for (size_t i = 0; i < read->values.count; i++) {
        const struct instrument_value *v = LIST_AT(read->values, const struct instrument_value, i);
        if (!file_names_batch(v->sample, in->batch_id))
            in->others++;
        else
            *(struct instrument_value *)record_list_add(a, &record_instrument_value, &in->values) = *v;
    }
    if (in->values.count == 0)
        return refuse(e, "file", arena_printf(a, "it is of %s, not of %s", names_of(a, &read->values), in->batch_id));
    if (in->values.count > BATCH_VALUES_MAX)
        return refuse(e, "file", arena_printf(a, "it has more than %d values of %s", BATCH_VALUES_MAX, in->batch_id));
    return 0;
}

int file_import_read(struct arena *a, struct bytes file, struct file_import *in, struct err *e)
{
    struct instrument_file read;
    int code = digest_check(a, file, in->file_sha256, e);
    code = code != 0 ? code : instrument_read(a, file, &read, e);
    return code != 0 ? code : take(a, file.len, &read, in, e);
}

int file_import_new(struct arena *a, struct bytes file, struct file_import *in, struct err *e)
{
    struct instrument_file read;
    int code = digest_check(a, file, in->file_sha256, e);
    code = code != 0 ? code : instrument_read(a, file, &read, e);
    if (code == 0 && read.lacks != NULL)
        return refuse(e, "file", read.lacks);
    return code != 0 ? code : take(a, file.len, &read, in, e);
}

static bool is_wanted(const struct instrument_value *v, const struct file_wanted *want)
{
    return v->quantity != NULL && strcmp(v->quantity, want->quantity) == 0;
}

/* the batch itself is any of its samples; what names a sample is of that one */
static bool is_of(const char *named, const char *sample)
{
    const char *number = strrchr(sample, '-');
    return strcmp(named, sample) == 0 || (number != NULL && strlen(named) == (size_t)(number - sample) && strncmp(named, sample, strlen(named)) == 0);
}

/* ${of}: the sample of the values before. Those of another one are no replicates, and what is signed names one sample */
static int value_check(struct arena *a, const struct instrument_value *v, const struct file_wanted *want, const char *of, struct err *e)
{
    if (strcmp(v->sample, of) != 0)
        return refuse(e, "quantity", arena_printf(a, "the file has it of %s and of %s: type it, or import one sample", of, v->sample));
    if (want->sample != NULL && !is_of(v->sample, want->sample))
        return err_raise(e, ERR_SAMPLE_REFUSED, "sample_id", "T52", "the file has it of %.40s, not of %.40s", v->sample, want->sample);
    if (v->note != NULL || v->value == NULL)
        return refuse(e, "quantity", arena_printf(a, "line %lld: the instrument says \"%s\" of it", (long long)v->line,
                                                  v->note != NULL ? v->note : "nothing"));
    if (strcmp(v->unit != NULL ? v->unit : "", want->unit) != 0)
        return err_raise(e, ERR_RESULT_REFUSED, "quantity", "T11", "line %lld has it in \"%s\", the test is in \"%s\"", (long long)v->line,
                         v->unit != NULL ? v->unit : "", want->unit);
    return 0;
}

int file_result(struct arena *a, const struct file_import *import, const struct file_wanted *want, const char **ret_result,
                const char **ret_found, struct err *e)
{
    struct buf result = buf_new(a), found = buf_new(a);
    const char *sample = NULL;
    int n = 0, code = 0;
    for (size_t i = 0; code == 0 && i < import->values.count; i++) {
        const struct instrument_value *v = LIST_AT(import->values, const struct instrument_value, i);
        if (!is_wanted(v, want))
            continue;
        sample = sample != NULL ? sample : v->sample;
        code = value_check(a, v, want, sample, e);
        buf_printf(&result, "%s%s", n > 0 ? "; " : "", v->value != NULL ? v->value : "");
        if (n++ == 0)
            buf_printf(&found, "%s in %s, of %s:", v->quantity, want->unit, v->sample);
        buf_printf(&found, "%s line %lld, column %lld", n > 1 ? ";" : "", (long long)v->line, (long long)v->column);
    }
    if (code == 0 && n != want->replicates)
        code = refuse(e, "quantity", arena_printf(a, "the file has %d values of %.40s, the test takes %d", n, want->quantity,
                                                  want->replicates));
    *ret_result = result.text;
    *ret_found = found.text;
    return code;
}
