/*
 * The bridge from an instrument's file to the record: what the statement of its import says, and which result a test takes from it.
 * One code for the quality service, which fills the computed fields, and for the verifier, which has the bytes and makes them again.
 */
#pragma once
#include "instruments/instruments.h"

/** file_names_batch(sample, batch_id): the file's ${sample} is the batch, or one of its samples ("B-2026000123-S1"). */
bool file_names_batch(const char *sample, const char *batch_id);

/** file_import_read(a, file, in, e): fill `format`, `size`, `values` (of this batch alone) and `others` of ${in}. Refuses with
 *  ERR_RESULT_REFUSED a digest that is not the file's, a file that names no sample of this batch (it says which it names) or a
 *  patient (T38), and what instrument_read refuses. Strings in ${a}. */
int file_import_read(struct arena *a, struct bytes file, struct file_import *in, struct err *e);

/** file_import_new(a, file, in, e): the same of a file that comes now. Refuses besides what is not whole: a message without its end, a line
 *  that has more columns than are read. Files that were kept before this was asked verify as ever. */
int file_import_new(struct arena *a, struct bytes file, struct file_import *in, struct err *e);

/** What a test asks of the file. */
struct file_wanted {
    const char *quantity, *unit;
    int replicates;
    const char *sample;             /* that the test names; NULL: none */
};

/** file_result(a, import, want, ret_result, ret_found, e): the values of a quantity, in the file's order, as a test's result (R25:
 *  as many as it has replicates, none left out), and in words where they stand. Refuses with ERR_RESULT_REFUSED where the file has
 *  none or another number of them, has them of two samples or of another sample than the test's, where the unit is another (T11) or the instrument notes something of a value. */
int file_result(struct arena *a, const struct file_import *import, const struct file_wanted *want, const char **ret_result,
                const char **ret_found, struct err *e);
