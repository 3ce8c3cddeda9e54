/*
 * Where a test's result comes from when a person did not type it: an instrument's file of the batch (T52). One code for the quality
 * service and for the verifier, which reads the same file's bytes again.
 */
#pragma once
#include "domain/specification.h"
#include "instruments/file_record.h"

/** test_source_fill(a, spec, import, in, e): fill `result`, `file_sha256` and `found` of ${in} from the file that it rests on, or see
 *  that the result was typed. ${import} NULL: there is no such file. A result that was typed beside a quantity must be what the
 *  file has (R23). ERR_FIELD_MISSING, ERR_NOT_FOUND, ERR_RESULT_REFUSED. */
int test_source_fill(struct arena *a, const struct specification *spec, const struct file_import *import, struct test_report *in,
                     struct err *e);

/** test_source_correct(a, spec, report, import, in, e): the same of a correction of ${report}, by its code and its sample: the new value is what
 *  the file has that it names, of that sample, or was typed where it names none. */
int test_source_correct(struct arena *a, const struct specification *spec, const struct test_report *report, const struct file_import *import,
                        struct test_correct *in, struct err *e);
