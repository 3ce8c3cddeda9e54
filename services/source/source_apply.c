#include "source_apply.h"

#include <string.h>

#include "domain/rule_set.h"
#include "source_store.h"

#define QUEUE(c, row, ...) db_queue((c)->db, store_row(row), DB_VALUES(__VA_ARGS__))

static struct db_value texts(const struct list *list)
{
    return db_texts((const char *const *)list->items, list->count);
}

int apply_donor_register(struct call *c, struct err *e)
{
    const struct donor_register *in = c->in;
    (void)e;
    QUEUE(c, ROW_DONOR_INSERT, db_text(in->donor_id), db_text(in->tissue), db_text(in->use), db_text(in->subject),
          db_text(in->recipient_code), db_text(in->relation), db_int(c->time_ms));
    return 0;
}

int apply_consent_record(struct call *c, struct err *e)
{
    const struct consent_record *in = c->in;
    (void)e;
    QUEUE(c, ROW_CONSENT_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->form_version), texts(&in->scopes),
          db_int(in->given_at), db_int(c->time_ms));
    return 0;
}

int apply_consent_withdraw(struct call *c, struct err *e)
{
    const struct consent_withdraw *in = c->in;
    (void)e;
    QUEUE(c, ROW_WITHDRAWAL_INSERT, db_text(in->donor_id), db_int(c->seq), texts(&in->scopes), db_int(in->withdrawn_at),
          db_text(in->remark), db_int(c->time_ms));
    return 0;
}

int apply_str_reference(struct call *c, struct err *e)
{
    const struct str_reference *in = c->in;
    (void)e;
    QUEUE(c, ROW_REFERENCE_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->subject), db_int(in->specimen_at),
          db_text(in->laboratory), db_text(in->profile), db_text(c->who->person_id));
    return 0;
}

int apply_screening_record(struct call *c, struct err *e)
{
    const struct screening_record *in = c->in;
    (void)e;
    QUEUE(c, ROW_SCREENING_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->subject), db_text(in->outcome),
          db_int(in->screened_at), db_int(c->time_ms));
    return 0;
}

int apply_donor_test_report(struct call *c, struct err *e)
{
    const struct donor_test_report *in = c->in;
    size_t n = in->results.count;
    const char **assays = ARENA_ARRAY(c->arena, const char *, n + 1), **results = ARENA_ARRAY(c->arena, const char *, n + 1);
    (void)e;
    for (size_t i = 0; i < n; i++) {
        assays[i] = LIST_AT(in->results, const struct donor_result, i)->assay;
        results[i] = LIST_AT(in->results, const struct donor_result, i)->result;
    }
    QUEUE(c, ROW_TEST_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->subject), db_int(in->specimen_at),
          db_text(in->laboratory), db_int(c->time_ms),
          in->dilution_suspected == BOOLEAN_ABSENT ? db_null() : db_bool(in->dilution_suspected == 1), db_text(in->weight_kg),
          db_text(in->blood_ml), db_text(in->colloid_ml), db_text(in->crystalloid_ml));
    QUEUE(c, ROW_RESULTS_INSERT, db_text(in->donor_id), db_int(c->seq), db_texts(assays, n), db_texts(results, n));
    return 0;
}

int apply_eligibility_determine(struct call *c, struct err *e)
{
    const struct eligibility_determine *in = c->in;
    (void)e;
    QUEUE(c, ROW_ELIGIBILITY_INSERT, db_text(in->donor_id), db_int(c->seq), db_int(in->recovery_at),
          db_text(in->determination), texts(&in->reasons), db_bool(in->fully_tested == 1), db_bool(in->has_risk == 1),
          texts(&in->reactive), db_int(c->time_ms), db_text(in->rules_id),
          in->rules_id == NULL ? db_null() : db_int(in->rules_version),
          in->stored == BOOLEAN_ABSENT ? db_null() : db_bool(in->stored == 1), db_text(in->reason), db_text(in->jurisdiction),
          in->rules_id == NULL ? db_null() : texts(&in->missing));
    return 0;
}

int apply_rules_author(struct call *c, struct err *e)
{
    const struct rules_author *in = c->in;
    struct rule_set *set;
    int code = rule_set_parse(c->arena, in->document, strlen(in->document), &set, e);
    if (code != 0)
        return code;
    QUEUE(c, ROW_RULES_INSERT, db_text(in->rules_id), db_int(in->version), db_text(set->title), db_text(in->document),
          db_text(c->who->person_id), db_int(c->seq));
    return 0;
}

int apply_rules_approve(struct call *c, struct err *e)
{
    const struct rules_approve *in = c->in;
    (void)e;
    QUEUE(c, ROW_RULES_APPROVE, db_text(in->rules_id), db_int(in->version), db_text(c->who->person_id), db_int(c->seq),
          db_int(in->effective_at));
    return 0;
}

int apply_urgent_need(struct call *c, struct err *e)
{
    const struct urgent_need *in = c->in;
    (void)e;
    QUEUE(c, ROW_URGENT_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->recipient_code),
          db_text(c->who->person_id), db_text(in->physician_id), db_text(in->finish_by), db_int(in->finish_due_at),
          db_text(in->inform_by), db_int(in->inform_due_at), db_int(c->time_ms));
    return 0;
}

int apply_physician_notice(struct call *c, struct err *e)
{
    const struct physician_notice *in = c->in;
    (void)e;
    QUEUE(c, ROW_NOTICE_INSERT, db_text(in->donor_id), db_int(c->seq),
          in->need_seq == INTEGER_ABSENT ? db_null() : db_int(in->need_seq), db_text(in->stage), db_text(c->who->person_id),
          db_int(c->time_ms));
    return 0;
}

int apply_donor_correct(struct call *c, struct err *e)
{
    const struct donor_correct *in = c->in;
    (void)e;
    QUEUE(c, ROW_CORRECT, db_text(in->donor_id), db_int(c->seq), db_int(in->corrects), db_text(in->act), db_text(in->field),
          db_text(in->old_value), db_text(in->new_value), db_text(in->reason), db_text(c->who->person_id), db_int(c->time_ms));
    return 0;
}

int apply_collection_correct(struct call *c, struct err *e)
{
    const struct collection_correct *in = c->in;
    (void)e;
    QUEUE(c, ROW_CORRECT, db_text(in->collection_id), db_int(c->seq), db_int(in->corrects), db_text(in->act), db_text(in->field),
          db_text(in->old_value), db_text(in->new_value), db_text(in->reason), db_text(c->who->person_id), db_int(c->time_ms));
    return 0;
}

int apply_collection_record(struct call *c, struct err *e)
{
    const struct collection_record *in = c->in;
    (void)e;
    QUEUE(c, ROW_COLLECTION_INSERT, db_text(in->collection_id), db_text(in->donor_id), db_text(in->donation_number),
          db_text(in->tissue), db_text(in->site), db_int(in->started_at), db_int(in->ended_at), db_text(in->volume_ml),
          db_text(in->mass_g), db_text(in->length_cm), db_text(in->container_lot), db_text(in->seal_number),
          db_int(c->time_ms));
    return 0;
}

int apply_receipt_record(struct call *c, struct err *e)
{
    const struct receipt_record *in = c->in;
    (void)e;
    QUEUE(c, ROW_RECEIPT_INSERT, db_text(in->collection_id), db_int(c->seq), db_int(in->received_at), db_text(in->courier),
          db_text(in->decision), db_text(in->reason), db_text(in->transit_h), db_text(in->temperature_min_c),
          db_text(in->temperature_max_c), db_int(c->time_ms));
    return 0;
}

static void commitments(struct call *c, const struct list *list, struct db_value *ret_hashes, struct db_value *ret_names)
{
    const char **names = ARENA_ARRAY(c->arena, const char *, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        names[i] = LIST_AT(*list, const struct commitment, i)->name;
    *ret_hashes = store_commitments(c->arena, list);
    *ret_names = db_texts(names, list->count);
}

int apply_vault_disclose(struct call *c, struct err *e)
{
    const struct vault_disclose *in = c->in;
    struct db_value hashes, names;
    (void)e;
    commitments(c, &in->commitments, &hashes, &names);
    QUEUE(c, ROW_DISCLOSURE_INSERT, db_text(in->donor_id), db_int(c->seq), hashes, names, db_text(in->disclosed_to),
          db_text(in->purpose), db_text(c->who->person_id), db_int(c->time_ms));
    return 0;
}

static void erase(struct call *c, const char *donor_id, const struct list *list, const char *reason)
{
    struct db_value hashes, names;
    commitments(c, list, &hashes, &names);
    QUEUE(c, ROW_ERASURE_INSERT, db_text(donor_id), db_int(c->seq), hashes, names, db_text(reason), db_int(c->time_ms));
}

int apply_vault_erase(struct call *c, struct err *e)
{
    const struct vault_erase *in = c->in;
    (void)e;
    erase(c, in->donor_id, &in->commitments, in->reason);
    return 0;
}

int apply_purge_propose(struct call *c, struct err *e)
{
    const struct purge_propose *in = c->in;
    (void)e;
    QUEUE(c, ROW_PURGE_INSERT, db_text(in->donor_id), db_int(c->seq), db_text(in->reason), db_text(c->who->person_id),
          db_int(c->time_ms));
    return 0;
}

int apply_purge_approve(struct call *c, struct err *e)
{
    const struct purge_approve *in = c->in;
    (void)e;
    QUEUE(c, ROW_PURGE_APPROVE, db_text(in->donor_id), db_int(in->proposed_seq), db_text(c->who->person_id), db_int(c->seq),
          db_int(c->time_ms));
    erase(c, in->donor_id, &in->commitments, "retention has ended");
    return 0;
}
