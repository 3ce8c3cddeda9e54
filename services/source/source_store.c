#include "source_store.h"

#include <string.h>

#include "ledger/statement.h"
#include "record/record.h"

#define RULES_STATE(now)                                                                                                \
    "case when k.effective_ms is null then 'draft' when k.effective_ms > " now " then 'approved'"                        \
    " when exists (select from source.rule_set n where n.rules_id = k.rules_id and n.version > k.version"                \
    " and n.effective_ms <= " now ") then 'superseded' else 'in_effect' end as state"
/* the correction that left a donor's last determination unsigned */
#define CORRECTED_BY(f) "(select max(x.seq) from source.correction x where x.stream_id = " f ".donor_id and x.seq > " f ".determined_seq"   \
    " and x.entry < " f ".determined_seq)"

static const struct statement_row rows[ROW_COUNT] = {
    [ROW_DONOR] = {"source_donor",
        "select d.tissue, d.use, d.subject, source.stands($1, 0, 'recipient_code', d.recipient_code) as recipient_code, array_to_string(c.scopes, ',') as scopes, c.given_ms from source.donor d"
        " left join source.consent_now c on c.donor_id = d.donor_id where d.donor_id = $1", 1, NULL},
    [ROW_DONOR_INSERT] = {"source_donor_insert",
        "insert into source.donor (donor_id, tissue, use, subject, recipient_code, relation, registered_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_DONORS] = {"source_donors",
        "select f.donor_id, f.tissue, f.use, f.subject, f.recipient_code, f.consent_treatment as consent, f.determination,"
        " " CORRECTED_BY("f") " as corrected_by"
        " from (select donor_id, registered_ms from source.donor order by registered_ms desc, donor_id desc limit 201) d"
        " join source.donor_facts f using (donor_id) order by d.registered_ms desc, d.donor_id desc", 0, &record_donor_row},
    [ROW_DONOR_SHOW] = {"source_donor_show",
        "select donor_id, tissue, use, subject, recipient_code, consent_treatment as consent, determination,"
        " " CORRECTED_BY("f") " as corrected_by from source.donor_facts f where donor_id = $1", 1, &record_donor_row},
    [ROW_CONSENT_INSERT] = {"source_consent_insert",
        "insert into source.consent (donor_id, seq, form_version, scopes, given_ms, recorded_ms)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_WITHDRAWAL_INSERT] = {"source_withdrawal_insert",
        "insert into source.withdrawal (donor_id, seq, scopes, withdrawn_ms, remark, recorded_ms)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_CONSENTS] = {"source_consents",
        "select k.seq as entry, 'given' as event, source.stands($1, k.seq, 'form_version', k.form_version) as form_version, k.scopes, "
        DB_TIME("source.stands_ms($1, k.seq, 'given_at', k.given_ms)") " as time"
        " from source.consent k where k.donor_id = $1 union all select w.seq, 'withdrawn', null, w.scopes, "
        DB_TIME("source.stands_ms($1, w.seq, 'withdrawn_at', w.withdrawn_ms)") " from source.withdrawal w where w.donor_id = $1 order by entry desc limit 201", 1,
        &record_consent_row},
    [ROW_HELD] = {"source_held",
        "select exists (select from source.donor_hold h where h.donor_id = d.donor_id) as held,"
        " array_to_string(c.scopes, ',') as scopes from source.donor d"
        " left join source.consent_now c on c.donor_id = d.donor_id where d.donor_id = $1", 1, NULL},
    [ROW_REACH] = {"source_reach",
        "select kind, id, state, place from source.donor_reach where donor_id = $1 order by kind desc, id limit 1001", 1,
        &record_reach_row},
    [ROW_SCREENINGS] = {"source_screenings",
        "select source.stands($1, seq, 'subject', subject) as subject, source.stands($1, seq, 'outcome', outcome) as outcome,"
        " source.stands_ms($1, seq, 'screened_at', screened_ms) as screened_ms from source.screening where donor_id = $1 order by seq", 1, NULL},
    [ROW_REFERENCE_INSERT] = {"source_reference_insert",
        "insert into source.str_reference (donor_id, seq, subject, specimen_ms, laboratory, profile, person_id)"
        " values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_SCREENING_INSERT] = {"source_screening_insert",
        "insert into source.screening (donor_id, seq, subject, outcome, screened_ms, recorded_ms)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_TESTS] = {"source_tests",
        "select t.seq, source.stands($1, t.seq, 'subject', t.subject) as subject,"
        " source.stands_ms($1, t.seq, 'specimen_at', t.specimen_ms) as specimen_ms, t.dilution_suspected,"
        " source.stands($1, t.seq, 'weight_kg', t.weight_kg::text) as weight_kg, source.stands($1, t.seq, 'blood_ml', t.blood_ml::text)"
        " as blood_ml, source.stands($1, t.seq, 'colloid_ml', t.colloid_ml::text) as colloid_ml,"
        " source.stands($1, t.seq, 'crystalloid_ml', t.crystalloid_ml::text) as crystalloid_ml,"
        " r.assay, source.stands($1, t.seq, 'results.' || r.assay, r.result) as result from source.donor_test t"
        " join source.donor_result r using (donor_id, seq) where t.donor_id = $1 order by t.seq, r.assay", 1, NULL},
    [ROW_TEST_INSERT] = {"source_test_insert",
        "insert into source.donor_test (donor_id, seq, subject, specimen_ms, laboratory, recorded_ms, dilution_suspected,"
        " weight_kg, blood_ml, colloid_ml, crystalloid_ml)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9::numeric, $10::numeric, $11::numeric)", 11, NULL},
    [ROW_RESULTS_INSERT] = {"source_results_insert",
        "insert into source.donor_result (donor_id, seq, assay, result)"
        " select $1, $2, u.assay, u.result from unnest($3::text[], $4::text[]) u (assay, result)", 4, NULL},
    [ROW_ELIGIBILITY_INSERT] = {"source_eligibility_insert",
        "insert into source.eligibility (donor_id, seq, recovery_ms, determination, reasons, fully_tested, has_risk, reactive,"
        " determined_ms, rules_id, rules_version, stored, reason, jurisdiction, missing)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)", 15, NULL},
    [ROW_DETERMINED] = {"source_determined",
        "select e.donor_id, " DB_TIME("e.recovery_ms") " as recovery_at, e.rules_id, e.rules_version, e.stored, e.reason,"
        " e.jurisdiction, e.missing, e.determination, e.reasons, e.fully_tested, e.has_risk, e.reactive"
        " from source.eligibility e where e.donor_id = $1 order by e.seq desc limit 1", 1, &record_eligibility_determine},
    [ROW_DETERMINED_RULES] = {"source_determined_rules",
        "select r.document as rules_document from source.eligibility e left join source.rule_set r"
        " on r.rules_id = e.rules_id and r.version = e.rules_version where e.donor_id = $1 order by e.seq desc limit 1", 1, NULL},
    [ROW_RULES_VERSION] = {"source_rules_version",
        "select k.author_id, k.effective_ms, (select max(n.effective_ms) from source.rule_set n where n.rules_id = $1"
        " and n.version < $2) as last_effective_ms, coalesce((select max(n.version) from source.rule_set n"
        " where n.rules_id = $1), 0) as newest from (select) one"
        " left join source.rule_set k on k.rules_id = $1 and k.version = $2", 2, NULL},
    [ROW_RULES] = {"source_rules",
        "select k.rules_id, k.version, k.title, " RULES_STATE("$1") ", " DB_TIME("k.effective_ms") " as effective_at"
        " from source.rule_set k order by k.rules_id, k.version desc limit 201", 1, &record_rules_row},
    [ROW_RULES_SHOW] = {"source_rules_show",
        "select k.rules_id, k.version, " RULES_STATE("$3") ", k.document from source.rule_set k where k.rules_id = $1"
        " and ($2::bigint is null or k.version = $2) order by k.version desc limit 1", 3, &record_rules_show},
    [ROW_RULES_IN_EFFECT] = {"source_rules_in_effect",
        "select k.version, k.document as rules_document from source.rule_set k where k.rules_id = $1 and k.effective_ms <= $2"
        " order by k.version desc limit 1", 2, NULL},
    [ROW_RULES_INSERT] = {"source_rules_insert",
        "insert into source.rule_set (rules_id, version, title, document, author_id, authored_seq)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_RULES_APPROVE] = {"source_rules_approve",
        "update source.rule_set set approver_id = $3, approved_seq = $4, effective_ms = $5 where rules_id = $1 and version = $2"
        " and approver_id is null", 5, NULL},
    [ROW_PERSON] = {"source_person", "select state, roles from access.person_state where person_id = $1", 1, NULL},
    [ROW_URGENT_INSERT] = {"source_urgent_insert",
        "insert into source.urgent_need (donor_id, seq, recipient_code, author_id, physician_id, finish_by, finish_due_ms,"
        " inform_by, inform_due_ms, recorded_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10, NULL},
    [ROW_NOTICE_INSERT] = {"source_notice_insert",
        "insert into source.notice (donor_id, seq, need_seq, stage, person_id, recorded_ms) values ($1, $2, $3, $4, $5, $6)", 6,
        NULL},
    [ROW_NOTICE_FACTS] = {"source_notice_facts",
        "select n.physician_id, case when $2::bigint is null then r.noticed_seq else n.noticed_seq end as noticed_seq,"
        " n.informed_seq, v.evidence_seq, coalesce(f.done_ms is not null, false) as finished"
        " from source.evidence_facts v"
        " left join source.urgent_need_facts n on n.donor_id = v.donor_id and n.seq = $2"
        " left join source.relative_notice_facts r on r.donor_id = v.donor_id"
        " left join source.follow_up_facts f on f.donor_id = v.donor_id and f.need_seq = n.seq and f.task = 'finish'"
        " where v.donor_id = $1", 2, NULL},
    [ROW_FOLLOW_UPS] = {"source_follow_ups",
        "select donor_id, need_seq, recipient_code, task, owner_id, " DB_TIME("due_ms") " as due_at, " DB_TIME("done_ms")
        " as done_at, done_ms is null and due_ms < $1 as overdue from source.follow_up_facts"
        " order by done_ms is not null, due_ms, donor_id, task limit 501", 1, &record_follow_up_row},
    [ROW_COLLECTION] = {"source_collection",
        "select c.donation_number, c.seal_number, source.stands_ms($1, 0, 'ended_at', c.ended_ms) as ended_ms, r.collection_id is not null"
        " as received from source.collection c left join source.receipt r using (collection_id) where c.collection_id = $1", 1, NULL},
    [ROW_COLLECTION_CONSENT] = {"source_collection_consent",
        "select source.stands_ms(k.donor_id, k.seq, 'given_at', k.given_ms) as given_ms from source.collection c join source.consent k"
        " using (donor_id) where c.collection_id = $1 and k.recorded_ms <= c.recorded_ms order by k.seq desc limit 1", 1, NULL},
    [ROW_NUMBER_TAKEN] = {"source_number_taken",
        "select collection_id from source.collection where donation_number = $1", 1, NULL},
    [ROW_COLLECTION_INSERT] = {"source_collection_insert",
        "insert into source.collection (collection_id, donor_id, donation_number, tissue, site, started_ms, ended_ms,"
        " volume_ml, mass_g, length_cm, container_lot, seal_number, recorded_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", 13, NULL},
    [ROW_COLLECTIONS] = {"source_collections",
        "select c.collection_id, c.donor_id, c.donation_number, c.tissue, "
        DB_TIME("source.stands_ms(c.collection_id, 0, 'ended_at', c.ended_ms)") " as ended_at, r.decision,"
        " (select max(k.seq) from source.correction_facts k where k.stream_id = c.collection_id and k.receipt_seq is not null) as corrected_by"
        " from source.collection c left join source.receipt r using (collection_id)"
        " order by c.recorded_ms desc, c.collection_id desc limit 201", 0, &record_collection_row},
    [ROW_RECEIPT_INSERT] = {"source_receipt_insert",
        "insert into source.receipt (collection_id, seq, received_ms, courier, decision, reason, transit_h,"
        " temperature_min_c, temperature_max_c, recorded_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10, NULL},
    [ROW_ENTRIES] = {"source_entries",
        "select seq, time_ms, type, statement from ledger.chain($1, 0, null) where type in ('source.donor_register',"
        " 'source.consent_record', 'source.consent_withdraw', 'source.screening_record', 'source.donor_test_report',"
        " 'source.eligibility_determine', 'source.physician_notice', 'source.donor_correct',"
        " 'source.collection_record', 'source.receipt_record', 'source.collection_correct') order by seq", 1, NULL},
    [ROW_COLLECTED] = {"source_collected",
        "select recorded_ms, source.stands_ms(collection_id, 0, 'started_at', started_ms) as started_ms from source.collection where donor_id = $1", 1, NULL},
    [ROW_CORRECT] = {"source_correct",
        "insert into source.correction (stream_id, seq, entry, act, field, old_value, new_value, reason, person_id, time_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10, NULL},
    [ROW_CORRECTIONS] = {"source_corrections",
        "select c.seq as entry, c.entry as corrects, split_part(c.act, '.', 2) || ', ' || c.field as field, c.old_value, c.new_value,"
        " c.reason, c.person_id, " DB_TIME("c.time_ms") " as corrected_at, (select count(*) from release.lapse_facts l"
        " where l.stream_id = c.stream_id and l.correction_seq = c.seq) + (c.determined_seq is not null)::integer + (c.receipt_seq is not null)::integer as unsigned_count,"
        " null::text as stream_id, null::text[] as findings from source.correction_facts c where c.stream_id = $1 order by c.seq desc limit 201", 1,
        &record_correction_row},
    [ROW_VAULT_HAS] = {"source_vault_has",
        "select encode(v.commitment, 'hex') as commitment, v.name, v.retention from source.vault v"
        " where v.subject = $1 and v.commitment = any ($2)", 2, NULL},
    [ROW_VAULT_INSERT] = {"source_vault_insert",
        "insert into source.vault (commitment, subject, name, value, salt, retention) values ($1, $2, $3, $4, $5, $6)", 6,
        NULL},
    [ROW_VAULT_SHOW] = {"source_vault_show",
        "select v.name, encode(v.commitment, 'hex') as commitment, v.retention, 'kept' as state from source.vault v"
        " where v.subject = $1 union all select e.name, encode(e.commitment, 'hex'), null, 'erased' from source.erasure e"
        " where e.donor_id = $1 order by 1, 2 limit 201", 1, &record_vault_row},
    [ROW_VAULT_FIND] = {"source_vault_find", "select donor_id, name from source.vault_find($1, $2)", 2, &record_vault_hit},
    [ROW_VAULT_OPEN] = {"source_vault_open",
        "select name, commitment, value, salt from source.vault_open($1, $2)", 2, &record_disclosed},
    [ROW_VAULT_LOOK] = {"source_vault_look",
        "insert into source.vault_look (look_ms, person_id, terminal_id, kind, name, donor_id, hits)"
        " values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_VAULT_ERASE] = {"source_vault_erase", "select source.vault_erase($1)", 1, NULL},
    [ROW_RETENTION] = {"source_retention",
        "select r.recorded_ms, r.used_ms, r.unfinished, (select count(*) from source.vault v where v.subject = $1) as held"
        " from source.donor_retention r where r.donor_id = $1", 1, NULL},
    [ROW_DISCLOSURE_INSERT] = {"source_disclosure_insert",
        "insert into source.disclosure (donor_id, seq, commitment, name, disclosed_to, purpose, person_id, disclosed_ms)"
        " select $1, $2, u.commitment, u.name, $5, $6, $7, $8 from unnest($3::bytea[], $4::text[]) u (commitment, name)", 8,
        NULL},
    [ROW_ERASURE_INSERT] = {"source_erasure_insert",
        "insert into source.erasure (donor_id, seq, commitment, name, reason, erased_ms)"
        " select $1, $2, u.commitment, u.name, $5, $6 from unnest($3::bytea[], $4::text[]) u (commitment, name)", 6, NULL},
    [ROW_PURGE] = {"source_purge",
        "select proposed_by, approved_by from source.purge where donor_id = $1 and seq = $2", 2, NULL},
    [ROW_PURGE_INSERT] = {"source_purge_insert",
        "insert into source.purge (donor_id, seq, reason, proposed_by, proposed_ms) values ($1, $2, $3, $4, $5)", 5, NULL},
    [ROW_PURGE_APPROVE] = {"source_purge_approve",
        "update source.purge set approved_by = $3, approved_seq = $4, approved_ms = $5 where donor_id = $1 and seq = $2", 5,
        NULL},
};

const struct statement_table source_statements = STATEMENT_TABLE(rows);

const struct statement_row *store_row(enum source_row which)
{
    return &rows[which];
}

void store_ask_donor(struct call *c, const char *donor_id)
{
    call_ask(c, store_row(ROW_DONOR), DB_VALUES(db_text(donor_id)));
}

void store_read_donor(const struct call *c, size_t answer, struct donor_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct donor_facts){db_cell_text(r, 0, "tissue"), db_cell_text(r, 0, "use"), db_cell_text(r, 0, "subject"),
                                db_cell_text(r, 0, "scopes"), db_cell_int(r, 0, "given_ms")};
}

void store_ask_statements(struct call *c, const char *donor_id)
{
    store_ask_donor(c, donor_id);
    call_ask(c, store_row(ROW_SCREENINGS), DB_VALUES(db_text(donor_id)));
    call_ask(c, store_row(ROW_TESTS), DB_VALUES(db_text(donor_id)));
}

static void read_screenings(const struct call *c, const struct db_rows *r, struct donor_statements *ret)
{
    struct screening_record *list = ARENA_ARRAY(c->arena, struct screening_record, r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        record_init(&record_screening_record, &list[i]);
        list[i].subject = db_cell_text(r, i, "subject");
        list[i].outcome = db_cell_text(r, i, "outcome");
        list[i].screened_at = db_cell_int(r, i, "screened_ms");
    }
    ret->screenings = list;
    ret->screening_count = (size_t)r->rows;
}

/* one row a result, reports together */
static void read_tests(const struct call *c, const struct db_rows *r, struct donor_statements *ret)
{
    struct donor_test_report *list = ARENA_ARRAY(c->arena, struct donor_test_report, r->rows + 1);
    size_t n = 0;
    int64_t last = -1;
    for (int i = 0; i < r->rows; i++) {
        if (db_cell_int(r, i, "seq") != last) {
            last = db_cell_int(r, i, "seq");
            record_init(&record_donor_test_report, &list[n]);
            list[n].subject = db_cell_text(r, i, "subject");
            list[n].specimen_at = db_cell_int(r, i, "specimen_ms");
            if (db_cell(r, i, "dilution_suspected").data != NULL)
                list[n].dilution_suspected = db_cell_bool(r, i, "dilution_suspected");
            list[n].weight_kg = db_cell_text(r, i, "weight_kg");
            list[n].blood_ml = db_cell_text(r, i, "blood_ml");
            list[n].colloid_ml = db_cell_text(r, i, "colloid_ml");
            list[n].crystalloid_ml = db_cell_text(r, i, "crystalloid_ml");
            n++;
        }
        struct donor_result *result = record_list_add(c->arena, &record_donor_result, &list[n - 1].results);
        result->assay = db_cell_text(r, i, "assay");
        result->result = db_cell_text(r, i, "result");
    }
    ret->tests = list;
    ret->test_count = n;
}

void store_read_statements(const struct call *c, size_t first, struct donor_statements *ret)
{
    struct donor_facts facts;
    struct donor_register *donor = record_new(c->arena, &record_donor_register);
    store_read_donor(c, first, &facts);
    donor->tissue = facts.tissue;
    donor->use = facts.use;
    donor->subject = facts.subject;
    *ret = (struct donor_statements){.donor = donor};
    read_screenings(c, &c->answers[first + 1], ret);
    read_tests(c, &c->answers[first + 2], ret);
}

int store_read_rules(const struct call *c, size_t answer, const struct rule_set **ret, struct err *e)
{
    const char *document = db_cell_text(&c->answers[answer], 0, "rules_document");
    struct rule_set *set = NULL;
    int code = document == NULL ? 0 : rule_set_parse(c->arena, document, strlen(document), &set, e);
    *ret = set;
    return code;
}

void store_ask_entries(struct call *c, const char *stream)
{
    call_ask(c, store_row(ROW_ENTRIES), DB_VALUES(db_text(stream)));
}

static int read_entry(struct call *c, const struct db_rows *r, int row, struct source_entry *ret, struct err *e)
{
    struct bytes text = db_cell(r, row, "statement");
    struct statement s;
    int code = statement_parse(c->arena, (const char *)text.data, text.len, &s, e);
    const struct verb_row *verb = code == 0 ? verb_find(s.type) : NULL;
    *ret = (struct source_entry){.seq = db_cell_int(r, row, "seq"), .time_ms = db_cell_int(r, row, "time_ms"),
                                 .act = db_cell_text(r, row, "type"), .actor = s.actor};
    if (code != 0 || verb == NULL || !source_record_matters(s.type))
        return code;
    ret->record = record_new(c->arena, verb->in);
    return record_from_json(c->arena, verb->in, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, ret->record, e);
}

int store_read_entries(struct call *c, size_t answer, struct source_entry **ret, size_t *ret_count, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct source_entry *entries = ARENA_ARRAY(c->arena, struct source_entry, r->rows + 1);
    int code = 0;
    for (int i = 0; i < r->rows && code == 0; i++)
        code = read_entry(c, r, i, &entries[i], e);
    code = code != 0 ? code : source_record_stand(c->arena, entries, (size_t)r->rows, e);
    *ret = entries;
    *ret_count = (size_t)r->rows;
    return code == 0 ? 0 : err_fault(e, "%s does not read: %s", c->stream, e->text);
}

void store_ask_collected(struct call *c, const char *donor_id)
{
    call_ask(c, store_row(ROW_COLLECTED), DB_VALUES(db_text(donor_id)));
}

struct source_collected *store_read_collected(const struct call *c, size_t answer, size_t *ret_count)
{
    const struct db_rows *r = &c->answers[answer];
    struct source_collected *collected = ARENA_ARRAY(c->arena, struct source_collected, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        collected[i] = (struct source_collected){db_cell_int(r, i, "recorded_ms"), db_cell_int(r, i, "started_ms")};
    *ret_count = (size_t)r->rows;
    return collected;
}

void store_ask_collection_consent(struct call *c, const char *collection_id)
{
    call_ask(c, store_row(ROW_COLLECTION_CONSENT), DB_VALUES(db_text(collection_id)));
}

int64_t store_read_collection_consent(const struct call *c, size_t answer)
{
    const struct db_rows *r = &c->answers[answer];
    return r->rows > 0 ? db_cell_int(r, 0, "given_ms") : TIME_ABSENT;
}

void store_ask_collection(struct call *c, const char *collection_id)
{
    call_ask(c, store_row(ROW_COLLECTION), DB_VALUES(db_text(collection_id)));
}

void store_read_collection(const struct call *c, size_t answer, struct collection_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct collection_facts){db_cell_text(r, 0, "donation_number"), db_cell_text(r, 0, "seal_number"),
                                     db_cell_int(r, 0, "ended_ms"), db_cell_bool(r, 0, "received")};
}

struct db_value store_commitments(struct arena *a, const struct list *list)
{
    struct bytes *hashes = ARENA_ARRAY(a, struct bytes, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        uint8_t *hash = arena_alloc(a, DIGEST_LEN);
        hex_to(LIST_AT(*list, const struct commitment, i)->commitment, 2 * DIGEST_LEN, hash);
        hashes[i] = (struct bytes){hash, DIGEST_LEN};
    }
    return db_bytes_array(hashes, list->count);
}

void store_ask_vault(struct call *c, const char *donor_id, const struct list *list)
{
    call_ask(c, store_row(ROW_VAULT_HAS), DB_VALUES(db_text(donor_id), store_commitments(c->arena, list)));
}

static int held_row(const struct db_rows *r, const struct commitment *want)
{
    for (int i = 0; i < r->rows; i++)
        if (strcmp(db_cell_text(r, i, "commitment"), want->commitment) == 0 &&
            strcmp(db_cell_text(r, i, "name"), want->name) == 0)
            return i;
    return -1;
}

const struct commitment *store_read_vault(const struct call *c, size_t answer, const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct commitment *want = LIST_AT(*list, const struct commitment, i);
        if (held_row(&c->answers[answer], want) < 0)
            return want;
    }
    return NULL;
}

const struct commitment *store_read_needed(const struct call *c, size_t answer, const struct list *list)
{
    const struct db_rows *r = &c->answers[answer];
    for (size_t i = 0; i < list->count; i++) {
        const struct commitment *want = LIST_AT(*list, const struct commitment, i);
        int row = held_row(r, want);
        if (row >= 0 && strcmp(db_cell_text(r, row, "retention"), "extra") != 0)
            return want;
    }
    return NULL;
}

void store_ask_retention(struct call *c, const char *donor_id)
{
    call_ask(c, store_row(ROW_RETENTION), DB_VALUES(db_text(donor_id)));
}

void store_read_retention(const struct call *c, size_t answer, struct vault_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct vault_facts){.known = r->rows > 0};
    if (!ret->known)
        return;
    ret->retention = (struct retention_facts){db_cell_int(r, 0, "recorded_ms"), TIME_ABSENT};
    if (db_cell(r, 0, "used_ms").data != NULL)
        ret->retention.used_ms = db_cell_int(r, 0, "used_ms");
    ret->unfinished = db_cell_int(r, 0, "unfinished");
    ret->held = db_cell_int(r, 0, "held");
}
