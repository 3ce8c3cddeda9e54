/* Rule 11 in a batch's stream: computed values of steps, verdicts of tests, labels, hand-overs. */
#include <string.h>

#include "contract/contract.h"
#include "domain/batch_record.h"
#include "domain/confirm.h"
#include "domain/custody.h"
#include "domain/late.h"
#include "domain/specification.h"
#include "domain/test_record.h"
#include "domain/test_source.h"
#include "dossier/recompute.h"
#include "dossier/recompute_sample.h"

static int refuse(struct err *e, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "body", "11", "%s", why);
}

int recompute_open(const struct recompute_case *c, struct batch_open *ret, struct err *e)
{
    for (size_t i = 0; i < c->s->count; i++)
        if (strcmp(c->s->entry[i].statement.type, "batch.open") == 0)
            return recompute_read(c, &c->s->entry[i], ret, e);
    return refuse(e, "the batch was never opened");
}

int recompute_procedure(const struct recompute_case *c, const struct batch_open *open, struct procedure **ret, struct err *e)
{
    const char *text;
    int rc = recompute_document(c, open->procedure_id, "batch.procedure_author", open->procedure_version, &text, e);
    if (rc != 0)
        return rc;
    if (c->memory->procedure_text != text) {
        rc = procedure_parse(c->a, text, strlen(text), &c->memory->procedure, e);
        c->memory->procedure_text = rc == 0 ? text : NULL;
    }
    *ret = c->memory->procedure;
    return rc;
}

int recompute_specification(const struct recompute_case *c, const struct batch_open *open, struct specification **ret,
                            struct err *e)
{
    const char *text;
    int rc = recompute_document(c, open->specification_id, "quality.specification_author", open->specification_version,
                                &text, e);
    if (rc != 0)
        return rc;
    if (c->memory->specification_text != text) {
        rc = specification_parse(c->a, text, strlen(text), &c->memory->specification, e);
        c->memory->specification_text = rc == 0 ? text : NULL;
    }
    *ret = c->memory->specification;
    return rc;
}

/* All steps of the stream, in order. */
static int read_steps(const struct recompute_case *c, struct err *e)
{
    struct recompute_memory *m = c->memory;
    m->step = ARENA_ARRAY(c->a, struct batch_step, c->s->count);
    m->step_seq = ARENA_ARRAY(c->a, int64_t, c->s->count);
    m->step_count = 0;
    for (size_t i = 0; i < c->s->count; i++) {
        if (strcmp(c->s->entry[i].statement.type, "batch.step") != 0)
            continue;
        int rc = recompute_read(c, &c->s->entry[i], &m->step[m->step_count], e);
        if (rc != 0)
            return rc;
        m->step_seq[m->step_count++] = c->s->entry[i].entry.seq;
    }
    m->steps_of = c->s;
    return 0;
}

int recompute_steps(const struct recompute_case *c, struct procedure **ret_doc, struct batch_step **ret, size_t *ret_count,
                    struct err *e)
{
    struct recompute_memory *m = c->memory;
    struct batch_open open;
    int rc = recompute_open(c, &open, e);
    if (rc == 0)
        rc = recompute_procedure(c, &open, ret_doc, e);
    if (rc == 0 && m->steps_of != c->s)
        rc = read_steps(c, e);
    if (rc != 0)
        return rc;
    size_t n = 0;
    while (n < m->step_count && m->step_seq[n] < c->entry->entry.seq)
        n++;
    *ret = ARENA_ARRAY(c->a, struct batch_step, n + 1);
    memcpy(*ret, m->step, n * sizeof **ret);
    *ret_count = n;
    return recompute_correct_steps(c, *ret_doc, *ret, n, e);
}

/* what was scanned is of the donation that the batch was opened on (R02) */
static int confirmed(const struct recompute_case *c, const struct procedure *procedure, const struct batch_step *step, struct err *e)
{
    struct batch_open open;
    struct collection_record collection;
    int rc = recompute_open(c, &open, e);
    const struct dossier_entry *entry = rc == 0 ? recompute_last(dossier_stream(c->d, open.collection_id), "source.collection_record", INT64_MAX) : NULL;
    rc = rc == 0 && entry != NULL ? recompute_read(c, entry, &collection, e) : rc;
    if (rc != 0 || confirm_check(c->a, step, procedure_step(procedure, (int)step->step), entry != NULL ? collection.donation_number : NULL, e) == 0)
        return rc;
    return refuse(e, arena_text(c->a, e->text));
}

int recompute_step(const struct recompute_case *c, void *in, struct err *e)
{
    const struct batch_step *recorded = c->memory->recorded;
    struct batch_step *step = in, *earlier;
    struct procedure *procedure;
    size_t n;
    int rc = recompute_steps(c, &procedure, &earlier, &n, e);
    if (rc == 0 && procedure_step(procedure, (int)step->step) == NULL)
        rc = refuse(e, "the procedure has no such step");
    if (rc == 0)
        rc = confirmed(c, procedure, step, e);
    if (rc == 0)
        rc = recompute_places(c, procedure, step, e);
    if (rc == 0)
        rc = recompute_vials(c, step, e);
    if (rc == 0)
        rc = recompute_pieces(c, procedure_step(procedure, (int)step->step), step, recorded != NULL ? &recorded->cleanings : NULL, &step->cleanings, e);
    if (rc == 0)
        batch_record_compute(c->a, procedure, earlier, n, step, &step->computed);
    if (rc == 0)
        step->late_min = late_entry(procedure->late_entry_min, step->ended_at, c->entry->statement.at_ms);
    return rc;
}

int recompute_verdict(const struct recompute_case *c, struct test_report *report, bool names_failing, struct err *e)
{
    struct batch_open open;
    struct specification *specification;
    int rc = recompute_open(c, &open, e);
    if (rc == 0)
        rc = recompute_specification(c, &open, &specification, e);
    if (rc == 0)
        report->late_min = late_entry(specification->late_entry_min, report->tested_at, c->entry->statement.at_ms);
    if (rc == 0)
        rc = test_record_judge(c->a, specification, report, e);
    if (rc == 0 && !names_failing && report->failing != NULL) {
        report->failing = NULL;
        report->verdict = verdict_words[VERDICT_CANNOT_EVALUATE];
    }
    return rc;
}

int recompute_file(const struct recompute_case *c, void *in, struct err *e)
{
    const struct entry *entry = &c->entry->entry;
    struct bytes file = {NULL, 0};
    for (size_t i = 0; i < entry->att_count; i++)
        if (strcmp(entry->att[i].name, "file") == 0)
            file = dossier_attachment(c->d, entry->att[i].sha256);
    return file.data == NULL ? refuse(e, "the instrument's file is not with it") : file_import_read(c->a, file, in, e);
}

/* the file of that entry, which the batch's stream keeps before the statement; NULL: there is none */
static int read_import(const struct recompute_case *c, int64_t file_seq, const struct file_import **ret, struct err *e)
{
    struct file_import *import = record_new(c->a, &record_file_import);
    int rc = 0;
    *ret = NULL;
    for (size_t i = 0; rc == 0 && *ret == NULL && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        if (c->s->entry[i].entry.seq == file_seq && strcmp(c->s->entry[i].statement.type, "quality.file_import") == 0) {
            rc = recompute_read(c, &c->s->entry[i], import, e);
            *ret = import;
        }
    return rc;
}

static int read_of_file(const struct recompute_case *c, int64_t file_seq, struct specification **ret, const struct file_import **ret_file,
                        struct err *e)
{
    struct batch_open open;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, ret, e);
    return rc != 0 ? rc : read_import(c, file_seq, ret_file, e);
}

static int fill_source(const struct recompute_case *c, struct test_report *in, struct err *e)
{
    struct specification *specification;
    const struct file_import *found;
    int rc = read_of_file(c, in->file_seq, &specification, &found, e);
    return rc != 0 ? rc : test_source_fill(c->a, specification, found, in, e);
}

int recompute_source_correct(const struct recompute_case *c, const struct test_report *report, struct test_correct *in, struct err *e)
{
    struct specification *specification;
    const struct file_import *found;
    int rc = read_of_file(c, in->file_seq, &specification, &found, e);
    return rc != 0 ? rc : test_source_correct(c->a, specification, report, found, in, e);
}

int recompute_test(const struct recompute_case *c, void *in, struct err *e)
{
    const struct test_report *recorded = c->memory->recorded;
    int rc = recompute_identity(c, recorded != NULL ? recorded : in, in, e);
    rc = rc != 0 ? rc : recompute_sampled(c, in, e);
    rc = rc != 0 ? rc : fill_source(c, in, e);
    rc = rc != 0 ? rc : recompute_verdict(c, in, recorded == NULL || recorded->failing != NULL, e);
    return rc == 0 ? recompute_failure(c, in, recorded == NULL || recorded->tasks.count > 0, e) : rc;
}

static const char *digest(const struct recompute_case *c, const char *transfer, const char *seal, const struct list *containers)
{
    struct custody_transfer t = {c->s->id, transfer, seal, containers->items, containers->count};
    return custody_digest(c->a, &t);
}

int recompute_hand_over(const struct recompute_case *c, void *in, struct err *e)
{
    struct hand_over *half = in;
    half->transfer_sha256 = digest(c, half->transfer_id, half->seal_number, &half->containers);
    int rc = recompute_dispatch(c, half, e);
    return rc != 0 ? rc : recompute_may(c, &half->containers, "custody.hand_over", e);
}

int recompute_receive(const struct recompute_case *c, void *in, struct err *e)
{
    struct receive *half = in;
    half->transfer_sha256 = digest(c, half->transfer_id, half->seal_number, &half->containers);
    int rc = recompute_plain(c, half->transfer_id, e);
    return rc != 0 ? rc : recompute_arrives(c, &half->containers, "custody.receive", e);
}
