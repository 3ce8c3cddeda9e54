#include "release_identity.h"

#include "domain/str_record.h"

static const struct str_reference *reference_of(struct arena *a, const struct db_rows *r, int row, const char *profile)
{
    struct str_reference *reference = record_new(a, &record_str_reference);
    reference->profile = db_cell_text(r, row, profile);
    return reference->profile != NULL ? reference : NULL;
}

static int64_t seq_or(const struct db_rows *r, int row, const char *name, int64_t absent)
{
    return db_cell(r, row, name).data == NULL ? absent : db_cell_int(r, row, name);
}

int release_identity_doubt(struct arena *a, const struct specification *specification, const struct db_rows *r, int row, const char **ret,
                           struct err *e)
{
    struct test_report report;
    record_init(&record_test_report, &report);
    report.code = db_cell_text(r, row, "code");
    report.result = db_cell_text(r, row, "result");
    report.profile = db_cell_text(r, row, "profile");
    report.reference_seq = db_cell_int(r, row, "reference_seq");
    report.mother_seq = seq_or(r, row, "mother_seq", INTEGER_ABSENT);
    const struct str_references refs = {db_cell_text(r, row, "subject"), reference_of(a, r, row, "own_profile"),
                                        reference_of(a, r, row, "mothers_profile"), seq_or(r, row, "own_seq", -1),
                                        seq_or(r, row, "mothers_seq", -1)};
    int code = str_record_again(a, specification, &refs, &report, ret, e);
    if (code <= 0)
        return code;
    *ret = arena_printf(a, "%.40s cannot be compared again: %.200s", report.code, e->text);   /* of this batch: the lists show all the others */
    return 0;
}
