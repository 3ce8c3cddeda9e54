#include "dossier/recompute.h"

#include <string.h>

#include "contract/contract.h"
#include "dossier/lookback.h"
#include "dossier/recompute_pool.h"
#include "dossier/recompute_sample.h"

static const struct recompute_row rows[] = {
    {"access.account_review", recompute_account_review, NULL},
    {"access.key_register", recompute_key, NULL},
    {"access.key_renew", recompute_renew, NULL},
    {"batch.correct", recompute_correct, NULL},
    {"batch.equipment_calibrate", NULL, lookback_calibration},
    {"batch.equipment_clean", recompute_equipment_clean, NULL},
    {"batch.equipment_tag_in", NULL, recompute_tag_in},
    {"batch.fill", NULL, recompute_filled},
    {"batch.fill_correct", recompute_fill_correct, NULL},
    {"batch.line_clear", recompute_line_clear, NULL},
    {"batch.line_verify", recompute_line_verify, NULL},
    {"batch.material_open", recompute_material_open, NULL},
    {"batch.step", recompute_step, NULL},
    {"batch.vial_correct", recompute_vial_correct, NULL},
    {"batch.vial_discard", NULL, recompute_vial_discard},
    {"batch.void", recompute_void, NULL},
    {"custody.administer", recompute_administer, NULL},
    {"custody.container_decide", NULL, recompute_decide},
    {"custody.container_destroy", recompute_destroy, NULL},
    {"custody.container_loss", recompute_loss, NULL},
    {"custody.correct", recompute_custody_correct, NULL},
    {"custody.destroy_cancel", recompute_cancel, NULL},
    {"custody.destroy_witness", recompute_witness, NULL},
    {"custody.hand_over", recompute_hand_over, NULL},
    {"custody.label_apply", recompute_label_apply, NULL},
    {"custody.label_end", NULL, recompute_label_end},
    {"custody.label_print", recompute_label, NULL},
    {"custody.label_witness", recompute_label_witness, NULL},
    {"custody.mock_recall", recompute_recall, NULL},
    {"custody.pool", recompute_pool, NULL},
    {"custody.pool_verify", recompute_pool_verify, NULL},
    {"custody.recall", recompute_recall, NULL},
    {"custody.receive", recompute_receive, NULL},
    {"custody.return_give", recompute_return_give, NULL},
    {"custody.return_receive", recompute_return_receive, NULL},
    {"custody.sample_end", NULL, recompute_sample_end},
    {"custody.sample_receive", NULL, recompute_sample_receive},
    {"custody.sample_send", NULL, recompute_sample_send},
    {"custody.sample_take", recompute_sample_take, NULL},
    {"custody.ship_pack", recompute_ship_pack, NULL},
    {"custody.ship_receive", recompute_ship_receive, NULL},
    {"custody.ship_unpack", recompute_ship_unpack, NULL},
    {"custody.unit_readings", recompute_unit_readings, NULL},
    {"quality.deviation_open", NULL, lookback_deviation},
    {"quality.file_import", recompute_file, NULL},
    {"quality.oos_close", recompute_close, NULL},
    {"quality.sterility_read", recompute_read_out, NULL},
    {"quality.task_done", NULL, recompute_task_done},
    {"quality.test_correct", recompute_test_correct, NULL},
    {"quality.test_report", recompute_test, NULL},
    {"release.certify", lookback_certify, NULL},
    {"release.except_accept", recompute_except_accept, NULL},
    {"release.except_evaluate", recompute_except_evaluate, NULL},
    {"release.except_notify", NULL, recompute_except_notify},
    {"release.except_request", recompute_except_request, NULL},
    {"release.release", NULL, lookback_release},
    {"release.review", NULL, recompute_review},
    {"sequencer.recover", recompute_recovery, NULL},
    {"source.collection_correct", recompute_collection_correct, NULL},
    {"source.donor_correct", recompute_donor_correct, NULL},
    {"source.eligibility_determine", recompute_eligibility, NULL},
    {"source.physician_notice", recompute_notice, NULL},
    {"source.receipt_record", recompute_receipt, NULL},
    {"source.urgent_need", recompute_urgent, NULL},
};

const struct recompute *recompute_rows(void)
{
    static const struct recompute all = {rows, sizeof rows / sizeof *rows};
    return &all;
}

const struct recompute_row *recompute_row(const struct recompute *all, const char *type)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->row[i].type, type) == 0)
            return &all->row[i];
    return NULL;
}

int recompute_read(const struct recompute_case *c, const struct dossier_entry *entry, void *ret, struct err *e)
{
    const struct verb_row *verb = verb_find(entry->statement.type);
    if (verb == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "type", "11", "there is no verb %.80s", entry->statement.type);
    return record_from_json(c->a, verb->in, (const char *)entry->statement.body.data, entry->statement.body.len,
                            RECORD_STATEMENT, ret, e);
}

const struct dossier_entry *recompute_last(const struct dossier_stream *s, const char *type, int64_t before_ms)
{
    const struct dossier_entry *last = NULL;
    for (size_t i = 0; s != NULL && i < s->count; i++)
        if (s->entry[i].entry.time_ms <= before_ms && strcmp(s->entry[i].statement.type, type) == 0)
            last = &s->entry[i];
    return last;
}

/* Both kinds of document are authored by records with these two fields behind the document's own id. */
static int read_document(const struct recompute_case *c, const struct dossier_entry *entry, int64_t *ret_version,
                         const char **ret, struct err *e)
{
    const struct record_type *type = verb_find(entry->statement.type)->in;
    void *record = record_new(c->a, type);
    int rc = recompute_read(c, entry, record, e);
    if (rc != 0)
        return rc;
    memcpy(ret_version, record_at(type, (size_t)record_field(type, "version", 7), record), sizeof *ret_version);
    memcpy(ret, record_at(type, (size_t)record_field(type, "document", 8), record), sizeof *ret);
    return 0;
}

static int find_document(const struct recompute_case *c, const char *stream, const char *type, int64_t version,
                         const char **ret, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, stream);
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        int64_t found;
        if (strcmp(s->entry[i].statement.type, type) != 0)
            continue;
        int rc = read_document(c, &s->entry[i], &found, ret, e);
        if (rc != 0 || found == version)
            return rc;
    }
    return err_raise(e, ERR_DOSSIER_REFUSED, "document", "11", "%s version %lld is not in the dossier", stream,
                     (long long)version);
}

int recompute_document(const struct recompute_case *c, const char *stream, const char *type, int64_t version,
                       const char **ret, struct err *e)
{
    struct recompute_memory *m = c->memory;
    for (size_t i = 0; i < m->document_count; i++)
        if (m->document[i].version == version && strcmp(m->document[i].stream, stream) == 0 &&
            strcmp(m->document[i].type, type) == 0) {
            *ret = m->document[i].text;
            return 0;
        }
    int rc = find_document(c, stream, type, version, ret, e);
    if (rc == 0 && m->document_count < RECOMPUTE_DOCUMENTS) {
        m->document[m->document_count].stream = stream;
        m->document[m->document_count].type = type;
        m->document[m->document_count].version = version;
        m->document[m->document_count++].text = *ret;
    }
    return rc;
}

/* Computed fields back to absent, as they were before the service filled them. */
static void blank(const struct record_type *type, const void *absent, void *record)
{
    static const size_t sizes[] = {
#define KIND(kind, ctype, max, counts, sql) [FIELD_##kind] = sizeof(ctype),
        RECORD_KINDS(KIND)
#undef KIND
    };
    for (size_t i = 0; i < type->count; i++)
        if (type->fields[i].flags & FLAG_COMPUTED)
            memcpy(record_at(type, i, record), record_at_const(type, i, absent), sizes[type->fields[i].kind]);
}

static int compare(const struct recompute_case *c, const struct record_type *type, const void *record, struct err *e)
{
    struct bytes body = c->entry->statement.body;
    struct buf again = buf_new(c->a);
    size_t at = 0;
    record_to_json(&again, type, record, RECORD_STATEMENT);
    buf_char(&again, '\n');
    if (again.len == body.len && memcmp(again.text, body.data, body.len) == 0)
        return 0;
    while (at < again.len && at < body.len && again.text[at] == (char)body.data[at])
        at++;
    at = at > 30 ? at - 30 : 0;
    return err_raise(e, ERR_DOSSIER_REFUSED, "body", "11", "recorded ...%.80s, recomputed ...%.80s",
                     (const char *)body.data + (at < body.len ? at : body.len), again.text + (at < again.len ? at : again.len));
}

int recompute_check(const struct recompute_row *row, const struct recompute_case *c, struct err *e)
{
    const struct verb_row *verb = verb_find(row->type);
    void *recorded = record_new(c->a, verb->in), *record = record_new(c->a, verb->in);
    int rc = recompute_read(c, c->entry, recorded, e);
    if (rc != 0)
        return rc;
    if (row->judge != NULL)
        return row->judge(c, recorded, e);
    rc = recompute_read(c, c->entry, record, e);
    if (rc != 0)
        return rc;
    blank(verb->in, record_new(c->a, verb->in), record);
    c->memory->recorded = recorded;
    rc = row->fill(c, record, e);
    c->memory->recorded = NULL;
    return rc != 0 ? rc : compare(c, verb->in, record, e);
}
