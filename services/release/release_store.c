#include "release_store.h"

#include <string.h>

#include "domain/label_record.h"
#include "domain/procedure.h"
#include "release_identity.h"
#include "release_rules.h"

enum { BATCH, STEPS, ACTORS, CONTAINERS, EQUIPMENT, MATERIALS, SPECIFICATION, TESTS, CASES, DONOR, REVIEW, TRAINING, HEAD,
       DISPOSITIONS, WAITING, EXCEPTION, LABELS, WAITED, PEOPLE, PENDING, TASKS, OVERDUE, LAPSED, IDENTITY, DOUBTED, COLLECTED,
       FIRST_WRITE };

/* a test of identity as it was compared, and the references that there are now (release_identity.h) */
#define IDENTITY_COLUMNS \
    "t.code, t.result, i.profile, i.reference_seq, i.mother_seq, d.subject, o.seq as own_seq, o.profile as own_profile," \
    " m.seq as mothers_seq, m.profile as mothers_profile"
#define IDENTITY_FROM \
    " from quality.test_identity i join quality.test_facts t using (batch_id, test_seq)" \
    " join batch.batch_facts b using (batch_id) join source.donor_facts d using (donor_id)" \
    " left join source.str_reference_facts o on o.donor_id = b.donor_id" \
    " and o.subject = case d.subject when 'mother_and_infant' then 'infant' else 'donor' end" \
    " left join source.str_reference_facts m on m.donor_id = b.donor_id and m.subject = 'mother'"

static const struct statement_row rows[] = {
    [BATCH] = {"release_batch",
               "select state, procedure_id, procedure_version, specification_id, specification_version, donor_id, use,"
               " collection_id, recipient_code, filled_seq, expires_ms, procedure_document from batch.batch_facts where batch_id = $1", 1, NULL},
    [STEPS] = {"release_steps",
               "select step, performed_by, performed_seq, verified_by, verified_seq, needs_verify, corrected_seq, late_min, started_ms"
               " from batch.step_facts"
               " where batch_id = $1 order by step", 1, NULL},
    [ACTORS] = {"release_actors", "select person_id, act, seq from batch.actor_facts where batch_id = $1 order by seq", 1, NULL},
    [CONTAINERS] = {"release_containers", "select count(*) as n from batch.container_facts where batch_id = $1", 1, NULL},
    [EQUIPMENT] = {"release_equipment",
                   "select equipment_id, used_from_ms, used_until_ms, coalesce(due_ms, 0) as due_ms,"
                   " coalesce(result = 'pass', false) as in_order from batch.equipment_use where batch_id = $1", 1, NULL},
    [MATERIALS] = {"release_materials",
                   "select lot_id, used_ms, expires_ms, coalesce(released_ms <= used_ms, false) as was_released"
                   " from batch.material_use_facts where batch_id = $1", 1, NULL},
    [SPECIFICATION] = {"release_specification",
                       "select document from quality.specification_facts where specification_id = $1 and version = $2", 2, NULL},
    [TESTS] = {"release_tests",
               "select test_seq, code, result, method, sample_point, verdict, reviewed_by, sampled_ms from quality.test_facts"
               " where batch_id = $1 and is_valid order by test_seq", 1, NULL},
    [IDENTITY] = {"release_identity", "select " IDENTITY_COLUMNS IDENTITY_FROM " where i.batch_id = $1 and t.is_valid", 1, NULL},
    [DOUBTED] = {"release_doubted",
                 "select " IDENTITY_COLUMNS ", i.batch_id, b.state, t.tested_ms, k.owner_id, s.document" IDENTITY_FROM
                 " join release.release_facts k using (batch_id) join quality.specification_facts s on s.specification_id = b.specification_id"
                 " and s.version = b.specification_version where t.is_valid and b.state <> 'rejected' and (o.seq <> i.reference_seq or"
                 " m.seq <> i.mother_seq) order by t.tested_ms, i.batch_id, t.code", 0, NULL},
    [CASES] = {"release_cases",
               "select id, kind, class, is_open from quality.case_facts where batch_id = $1 order by id", 1, NULL},
    [DONOR] = {"release_donor", "select d.determination, d.fully_tested, d.has_risk, d.jurisdiction, d.rules_id,"
               " array_to_string(d.reactive, chr(10)) as reactive, d.recipient_code, exists (select from source.donor_hold h"
               " where h.donor_id = d.donor_id) as held, d.recovery_ms, k.started_ms, k.ended_ms,"
               " coalesce(v.evidence_seq > coalesce(d.determined_seq, -1), false) as overtaken from source.donor_facts d"
               " join source.evidence_facts v using (donor_id)"
               " left join source.collection_facts k on k.donor_id = d.donor_id and k.collection_id = $2"
               " where d.donor_id = $1", 2, NULL},
    [EXCEPTION] = {"release_exception",
                   "select n.seq as need_seq, n.physician_id, coalesce(n.noticed_seq, case when n.seq is null then r.noticed_seq end)"
                   " as noticed_seq, v.evidence_seq, (select format('%s: follow-up of the urgent need (entry %s) is overdue: %s',"
                   " f.owner_id, f.need_seq, case f.task when 'finish' then 'finish the determination'"
                   " else 'inform the physician' end) from source.follow_up_facts f where f.donor_id = $1"
                   " and f.done_ms is null and f.due_ms < $3 order by f.due_ms limit 1) as overdue"
                   " from source.evidence_facts v"
                   " left join lateral (select k.seq, k.physician_id, k.noticed_seq from source.urgent_need_facts k"
                   " where k.donor_id = $1 and k.recipient_code = $2 order by k.seq desc limit 1) n on true"
                   " left join source.relative_notice_facts r on r.donor_id = $1 where v.donor_id = $1", 3, NULL},
    [LABELS] = {"release_labels",
                "select k.container_id, l.statements, l.biohazard, exists (select from batch.fill_correction_facts c where c.batch_id = $1"
                " and c.seq > l.printed_seq and (c.container_id = k.container_id or c.field = 'expires_at'))"
                " or exists (select from custody.sample_facts m where m.container_id = k.container_id and m.seq > l.printed_seq) as overtaken"
                " from batch.container_facts k left join custody.label_now l"
                " on l.container_id = k.container_id join custody.container_state s on s.container_id = k.container_id"
                " and s.state in ('kept', 'destroying') where k.batch_id = $1", 1, NULL},
    [WAITED] = {"release_waited", "select p.code from release.pending_test p where p.batch_id = $1 and p.release_seq ="
                " (select max(d.seq) from release.disposition d where d.batch_id = $1 and d.disposition in ('released', 'cond_released'))"
                " order by p.ordinal", 1, NULL},
    [PEOPLE] = {"release_people", "select p.state as physician_state, p.roles as physician_roles, o.state as owner_state, o.roles as"
                " owner_roles from (select) one left join access.person_state p on p.person_id = $1"
                " left join access.person_state o on o.person_id = $2", 2, NULL},
    [PENDING] = {"release_pending",
                 "select w.batch_id, w.kind, w.code, to_timestamp(w.expected_ms / 1000.0) as expected_at,"
                 " to_timestamp(w.overdue_ms / 1000.0) as overdue_at, case when w.overdue_ms < $1 then 'overdue'"
                 " when w.expected_ms < $1 then 'grace' else 'waiting' end as state, w.owner_id, b.state as batch_state"
                 " from release.waiting w join batch.batch_facts b using (batch_id) order by w.expected_ms, w.batch_id, w.code limit 501",
                 1, &record_pending_row},
    [TASKS] = {"release_tasks", "select count(*) as n from quality.task_facts where batch_id = $1 and done_ms is null", 1, NULL},
    [LAPSED] = {"release_lapsed", "select entry, stream_id, correction_seq from release.lapse_facts where batch_id = $1"
                " and act = 'release.release' order by stream_id desc, correction_seq desc limit 1", 1, NULL},
    [COLLECTED] = {"release_collected", "select c.seq, c.person_id, c.seq > coalesce((select max(w.collection_seq) from release.review w"
                   " where w.batch_id = $1), -1) as is_new from source.correction_facts c join batch.batch_facts b on b.collection_id = c.stream_id"
                   " where b.batch_id = $1 order by c.seq", 1, NULL},
    [OVERDUE] = {"release_overdue", "select count(*) as n from release.waiting where overdue_ms < $1", 1, NULL},
    [REVIEW] = {"release_review", "select r.person_id, r.seq from release.review r where r.batch_id = $1 and not exists (select from"
                " batch.lapse_facts l where l.batch_id = $1 and l.entry = r.seq and l.renewed_seq is null)"
                " and not exists (select from release.lapse_facts k where k.batch_id = $1 and k.entry = r.seq)"
                " order by r.seq desc limit 1", 1, NULL},
    [TRAINING] = {"release_training",
                  "select coalesce(max(expires_ms), 0) as valid_until_ms from access.training_state"
                  " where person_id = $1 and document_id = $2 and document_version = $3", 3, NULL},
    [HEAD] = {"release_head", "select seq from ledger.heads(array[$1])", 1, NULL},
    [DISPOSITIONS] = {"release_dispositions",
                      "select d.batch_id, d.disposition, d.person_id, to_timestamp(d.time_ms / 1000.0) as time,"
                      " coalesce(b.correction_seq, s.correction_seq) as corrected_by,"
                      " case when b.correction_seq is null then s.stream_id end as corrected_in"
                      " from release.disposition d left join lateral (select max(l.correction_seq) as correction_seq from"
                      " batch.lapse_facts l where l.batch_id = d.batch_id and l.entry = d.seq and l.renewed_seq is null) b on true"
                      " left join lateral (select l.stream_id, l.correction_seq from release.lapse_facts l where l.batch_id = d.batch_id"
                      " and l.entry = d.seq order by l.stream_id desc, l.correction_seq desc limit 1) s on true"
                      " order by d.time_ms desc limit 501",
                      0, &record_disposition_row},
    [WAITING] = {"release_waiting",
                 "select batch_id, 'waiting' as lane, state, use, donation_number, to_timestamp(opened_ms / 1000.0) as opened_at,"
                 " 0::bigint as head_seq, null::jsonb as open_points, null::text as touched from batch.batch_facts"
                 " where state in ('in_test', 'on_hold') order by opened_ms, batch_id limit 51", 0, &record_review_item},
    [FIRST_WRITE + RELEASE_REVIEW_INSERT] = {"release_review_insert",
                                             "insert into release.review (batch_id, seq, person_id, entries, collection_seq)"
                                             " values ($1, $2, $3, $4, $5)", 5, NULL},
    [FIRST_WRITE + RELEASE_DISPOSITION_INSERT] = {"release_disposition_insert",
                                                  "insert into release.disposition (batch_id, disposition, person_id, seq,"
                                                  " time_ms, follow_up_by, evidence_seq, collection_seq)"
                                                  " values ($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    [FIRST_WRITE + RELEASE_PENDING_INSERT] = {"release_pending_insert",
                                              "insert into release.pending_test (batch_id, release_seq, ordinal, code, expected_ms,"
                                              " grace_days, owner_id) values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [FIRST_WRITE + RELEASE_RENEW] = {"release_renew", "select batch.renew($1, $2, 0, $3)", 3, NULL},
    [FIRST_WRITE + RELEASE_MOVE] = {"release_move", "select batch.move($1, $2, $3)", 3, NULL},
    [FIRST_WRITE + RELEASE_ACT] = {"release_act", "select batch.act($1, $2, $3, $4)", 4, NULL},
};

const struct statement_table release_statements = STATEMENT_TABLE(rows);

const struct statement_row *release_row(enum release_row which)
{
    return &rows[FIRST_WRITE + which];
}

struct gathering {
    struct call *c;
    const char *batch_id;
    int ticket[FIRST_WRITE];
    struct db_rows answer[FIRST_WRITE];
};

static const int by_batch[] = {BATCH, STEPS, ACTORS, CONTAINERS, EQUIPMENT, MATERIALS, TESTS, CASES, REVIEW, HEAD, LABELS, WAITED, TASKS, LAPSED, IDENTITY,
                               COLLECTED};
static const int by_row[] = {SPECIFICATION, DONOR, EXCEPTION, TRAINING};
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static void queue(struct gathering *g)
{
    for (size_t i = 0; i < COUNT_OF(by_batch); i++)
        g->ticket[by_batch[i]] = db_queue(g->c->db, &rows[by_batch[i]], DB_VALUES(db_text(g->batch_id)));
}

/* what depends on the batch's row: its specification, its donor, the releaser's training */
static void queue_more(struct gathering *g)
{
    const struct db_rows *b = &g->answer[BATCH];
    struct db *db = g->c->db;
    const char *person = g->c->who != NULL ? g->c->who->person_id : "";
    g->ticket[SPECIFICATION] = db_queue(db, &rows[SPECIFICATION], DB_VALUES(db_text(db_cell_text(b, 0, "specification_id")),
                                                                            db_int(db_cell_int(b, 0, "specification_version"))));
    g->ticket[DONOR] = db_queue(db, &rows[DONOR], DB_VALUES(db_text(db_cell_text(b, 0, "donor_id")), db_text(db_cell_text(b, 0, "collection_id"))));
    g->ticket[EXCEPTION] = db_queue(db, &rows[EXCEPTION], DB_VALUES(db_text(db_cell_text(b, 0, "donor_id")),
                                                                    db_text(db_cell_text(b, 0, "recipient_code")), db_int(g->c->now_ms)));
    g->ticket[TRAINING] = db_queue(db, &rows[TRAINING], DB_VALUES(db_text(person), db_text(db_cell_text(b, 0, "procedure_id")),
                                                                  db_int(db_cell_int(b, 0, "procedure_version"))));
}

static void take(struct gathering *g, const int *which, size_t count)
{
    for (size_t i = 0; i < count; i++)
        db_take(g->c->db, g->ticket[which[i]], g->c->arena, &g->answer[which[i]]);
}

/* All batches' questions go at once, then all that follow from the answers: a worklist waits for the database twice, not twice a batch. */
static int gather(struct call *c, struct gathering *all, size_t count, struct err *e)
{
    for (size_t i = 0; i < count; i++)
        queue(&all[i]);
    int code = db_sync(c->db, e);
    for (size_t i = 0; code == 0 && i < count; i++) {
        take(&all[i], by_batch, COUNT_OF(by_batch));
        if (db_cell_text(&all[i].answer[BATCH], 0, "state") == NULL)
            code = err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no batch %s", all[i].batch_id);
    }
    for (size_t i = 0; code == 0 && i < count; i++)
        queue_more(&all[i]);
    if (code == 0)
        code = db_sync(c->db, e);
    for (size_t i = 0; code == 0 && i < count; i++)
        take(&all[i], by_row, COUNT_OF(by_row));
    return code;
}

static int64_t cell_int_or(const struct db_rows *r, int row, const char *name, int64_t absent)
{
    return db_cell(r, row, name).data == NULL ? absent : db_cell_int(r, row, name);
}

/* the procedure's steps beside what was recorded of them */
static int take_steps(struct gathering *g, struct gate_facts *gate, struct err *e)
{
    const char *document = db_cell_text(&g->answer[BATCH], 0, "procedure_document");
    struct procedure *procedure;
    int code = procedure_parse(g->c->arena, document, strlen(document), &procedure, e);
    if (code != 0)
        return code;
    struct gate_step *steps = ARENA_ARRAY(g->c->arena, struct gate_step, procedure->steps.count);
    const struct db_rows *r = &g->answer[STEPS];
    for (size_t i = 0; i < procedure->steps.count; i++) {
        const struct procedure_step *p = procedure_step(procedure, (int)i + 1);
        steps[i] = (struct gate_step){.no = p->no, .name = p->name, .needs_verifier = p->verify, .performed_seq = -1,
                                      .verified_seq = -1};
        for (int k = 0; k < r->rows; k++)
            if (db_cell_int(r, k, "step") == p->no) {
                steps[i].performer = db_cell_text(r, k, "performed_by");
                steps[i].verifier = db_cell_text(r, k, "verified_by");
                steps[i].performed_seq = db_cell_int(r, k, "performed_seq");
                steps[i].verified_seq = cell_int_or(r, k, "verified_seq", -1);
                steps[i].needs_verifier |= db_cell_bool(r, k, "needs_verify");
                steps[i].corrected_seq = db_cell_int(r, k, "corrected_seq");
                steps[i].late_min = db_cell_int(r, k, "late_min");
            }
    }
    gate->first_step_ms = TIME_ABSENT;
    for (int k = 0; k < r->rows; k++)
        if (db_cell_int(r, k, "step") == 1)
            gate->first_step_ms = db_cell_int(r, k, "started_ms");
    gate->steps = steps;
    gate->step_count = procedure->steps.count;
    return 0;
}

/* what passed by a reference that another one has replaced is compared again */
static int take_identity(struct gathering *g, const struct specification *specification, struct gate_facts *gate, struct err *e)
{
    const struct db_rows *r = &g->answer[IDENTITY];
    const char **doubts = ARENA_ARRAY(g->c->arena, const char *, r->rows + 1), *doubt;
    int code = 0;
    for (int i = 0; code == 0 && i < r->rows; i++) {
        code = release_identity_doubt(g->c->arena, specification, r, i, &doubt, e);
        if (code == 0 && doubt != NULL)
            doubts[gate->doubt_count++] = doubt;
    }
    gate->doubts = doubts;
    return code;
}

static int take_tests(struct gathering *g, struct release_facts *ret, struct err *e)
{
    struct arena *a = g->c->arena;
    const char *document = db_cell_text(&g->answer[SPECIFICATION], 0, "document");
    struct specification *specification;
    if (document == NULL)
        return 0;
    int code = specification_parse(a, document, strlen(document), &specification, e);
    if (code != 0)
        return code;
    const struct db_rows *r = &g->answer[TESTS];
    struct release_test *tests = ARENA_ARRAY(a, struct release_test, r->rows);
    struct pending_result *results = ARENA_ARRAY(a, struct pending_result, r->rows);
    for (int i = 0; i < r->rows; i++) {
        tests[i] = (struct release_test){db_cell_text(r, i, "code"), db_cell_text(r, i, "result"), db_cell_text(r, i, "method"),
                                         db_cell_text(r, i, "sample_point"), db_cell_text(r, i, "reviewed_by")};
        results[i] = (struct pending_result){tests[i].code, tests[i].result, db_cell_int(r, i, "test_seq"),
                                             db_cell_int(r, i, "sampled_ms")};
    }
    ret->gate.tests = release_outcome(a, specification, tests, (size_t)r->rows);
    ret->pending = (struct pending_case){specification, ret->gate.tests, results, (size_t)r->rows, g->c->said_ms,
                                         cell_int_or(&g->answer[BATCH], 0, "expires_ms", TIME_ABSENT)};
    ret->gate.pending = &ret->pending;
    return take_identity(g, specification, &ret->gate, e);
}

/* what the last conditional release waited for, and what a failure since left to do */
static void take_waited(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *r = &g->answer[WAITED];
    for (int i = 0; i < r->rows; i++)
        ((struct pending_test *)record_list_add(g->c->arena, &record_pending_test, &ret->waited))->code = db_cell_text(r, i, "code");
    ret->gate.open_tasks = db_cell_int(&g->answer[TASKS], 0, "n");
}

static void take_cases(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *r = &g->answer[CASES];
    struct gate_case *cases = ARENA_ARRAY(g->c->arena, struct gate_case, r->rows);
    for (int i = 0; i < r->rows; i++)
        cases[i] = (struct gate_case){db_cell_text(r, i, "id"), db_cell_text(r, i, "kind"), db_cell_text(r, i, "class"),
                                      db_cell_bool(r, i, "is_open")};
    gate->cases = cases;
    gate->case_count = (size_t)r->rows;
}

static void take_uses(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *equipment = &g->answer[EQUIPMENT], *materials = &g->answer[MATERIALS];
    struct gate_use *uses = ARENA_ARRAY(g->c->arena, struct gate_use, equipment->rows + materials->rows);
    size_t n = 0;
    for (int i = 0; i < equipment->rows; i++)
        uses[n++] = (struct gate_use){db_cell_text(equipment, i, "equipment_id"), "equipment",
                                      db_cell_int(equipment, i, "used_until_ms"), db_cell_int(equipment, i, "due_ms"),
                                      db_cell_bool(equipment, i, "in_order")};
    for (int i = 0; i < materials->rows; i++)
        uses[n++] = (struct gate_use){db_cell_text(materials, i, "lot_id"), "material", db_cell_int(materials, i, "used_ms"),
                                      db_cell_int(materials, i, "expires_ms"), db_cell_bool(materials, i, "was_released")};
    gate->uses = uses;
    gate->use_count = n;
}

static void take_people(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *actors = &g->answer[ACTORS], *review = &g->answer[REVIEW];
    struct segregation_act *acts = ARENA_ARRAY(g->c->arena, struct segregation_act, actors->rows);
    size_t n = 0;
    for (int i = 0; i < actors->rows; i++) {
        int deed = segregation_deed(db_cell_text(actors, i, "act"), SEGREGATION_TABLE);
        if (deed >= 0)
            acts[n++] = (struct segregation_act){db_cell_text(actors, i, "person_id"), g->batch_id, (enum deed)deed};
    }
    gate->acts = acts;
    gate->act_count = n;
    gate->reviewer = db_cell_text(review, 0, "person_id");
    gate->reviewed_seq = cell_int_or(review, 0, "seq", -1);
    gate->releaser = g->c->who != NULL && g->c->verb->kind == VERB_ACT ? g->c->who->person_id : NULL;
    gate->releaser_trained = db_cell_int(&g->answer[TRAINING], 0, "valid_until_ms") > g->c->now_ms;
}

/* what a label printed now would carry, NULL determination: nothing counts as tested */
static void label_due(struct gathering *g, const char *determination, struct label_print *ret)
{
    const struct db_rows *donor = &g->answer[DONOR];
    struct eligibility_determine *determined = record_new(g->c->arena, &record_eligibility_determine);
    record_init(&record_label_print, ret);
    determined->determination = determination;
    determined->rules_id = db_cell_text(donor, 0, "rules_id");
    determined->jurisdiction = db_cell_text(donor, 0, "jurisdiction");
    determined->fully_tested = db_cell_bool(donor, 0, "fully_tested");
    determined->has_risk = db_cell_bool(donor, 0, "has_risk");
    for (const char *at = db_cell_text(donor, 0, "reactive"); at != NULL && *at != '\0';) {
        size_t len = strcspn(at, "\n");
        texts_add(g->c->arena, &determined->reactive, arena_dup(g->c->arena, at, len));
        at += len + (at[len] == '\n');
    }
    label_record_fill(g->c->arena, db_cell_text(&g->answer[BATCH], 0, "use"), determination != NULL ? determined : NULL,
                      db_cell(&g->answer[EXCEPTION], 0, "need_seq").data != NULL, ret);
}

/* Labels that are not there, or were printed when something else was known of the donor (R08) or said of the fill (R14); of what is
 * kept, or may be again: a destruction that nobody witnessed may be taken back. */
static void take_labels(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *labels = &g->answer[LABELS];
    struct label_print due;
    struct buf lines = buf_new(g->c->arena);
    label_due(g, db_cell_text(&g->answer[DONOR], 0, "determination"), &due);
    for (size_t i = 0; i < due.statements.count; i++)
        buf_printf(&lines, "%s%s", i > 0 ? "\n" : "", TEXTS_AT(due.statements, i));
    for (int i = 0; i < labels->rows; i++) {
        const char *there = db_cell_text(labels, i, "statements");
        gate->labels_wrong += there == NULL || strcmp(there, lines.len > 0 ? lines.text : "") != 0 ||
                              db_cell_bool(labels, i, "biohazard") != (due.biohazard == 1) || db_cell_bool(labels, i, "overtaken");
    }
}

/* what a donor who is not eligible needs beside: need, notice, follow-up (R31) */
static void take_exception(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *r = &g->answer[EXCEPTION];
    gate->exception = (struct urgent_facts){cell_int_or(r, 0, "need_seq", -1), cell_int_or(r, 0, "noticed_seq", -1),
                                            cell_int_or(r, 0, "evidence_seq", -1), db_cell_text(r, 0, "physician_id"),
                                            db_cell_text(r, 0, "overdue")};
}

/* what the last release rests on was corrected in another stream: until QA opens it again (quality.reopen) it stands, unsigned */
static void take_lapsed(struct gathering *g, struct release_facts *ret)
{
    static const char *const before[] = {"open", "in_process", "in_test", "on_hold", "rejected"};
    const struct db_rows *r = &g->answer[LAPSED];
    if (r->rows == 0 || release_word(before, sizeof before / sizeof *before, ret->state, -1) >= 0)
        return;
    ret->gate.release_lapsed = arena_printf(g->c->arena, "the release of entry %lld stands as unsigned since entry %lld of %s",
                                            (long long)db_cell_int(r, 0, "entry"), (long long)db_cell_int(r, 0, "correction_seq"),
                                            db_cell_text(r, 0, "stream_id"));
}

static void take_collected(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *r = &g->answer[COLLECTED];
    const char **correctors = ARENA_ARRAY(g->c->arena, const char *, r->rows + 1);
    ret->collection_seq = r->rows > 0 ? db_cell_int(r, r->rows - 1, "seq") : INTEGER_ABSENT;
    ret->correctors = correctors;
    ret->corrector_count = 0;
    ret->gate.is_source_corrected = r->rows > 0;
    for (int i = 0; i < r->rows; i++)
        if (db_cell_bool(r, i, "is_new"))
            correctors[ret->corrector_count++] = db_cell_text(r, i, "person_id");
}

static void take_batch(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *b = &g->answer[BATCH], *donor = &g->answer[DONOR];
    struct gate_facts *gate = &ret->gate;
    const char *determination = db_cell_text(donor, 0, "determination");
    gate->use = (enum use)release_word(use_words, USE_COUNT, db_cell_text(b, 0, "use"), USE_ALLOGENEIC);
    gate->has_eligibility = determination != NULL;
    gate->determination = (enum determination)release_word(determination_words, DETERMINATION_COUNT, determination,
                                                           DETERMINATION_INCOMPLETE);
    gate->has_newer_evidence = db_cell_bool(donor, 0, "overtaken");
    gate->recovery_ms = cell_int_or(donor, 0, "recovery_ms", TIME_ABSENT);
    gate->collected_from_ms = cell_int_or(donor, 0, "started_ms", INT64_MAX);
    gate->collected_until_ms = cell_int_or(donor, 0, "ended_ms", INT64_MIN);
    gate->has_containers = true;
    gate->containers_filled = gate->containers_accounted = (int)db_cell_int(&g->answer[CONTAINERS], 0, "n");
    gate->balances_closed = db_cell(b, 0, "filled_seq").data != NULL;
    gate->now_ms = g->c->now_ms;
    gate->expiry_ms = cell_int_or(b, 0, "expires_ms", TIME_ABSENT);
    gate->donor_identity = db_cell_text(donor, 0, "recipient_code");
    gate->recipient_identity = db_cell_text(b, 0, "recipient_code");
    ret->head_seq = cell_int_or(&g->answer[HEAD], 0, "seq", -1);
    gate->last_change_seq = ret->head_seq > gate->reviewed_seq ? ret->head_seq : gate->reviewed_seq - 1;
    gate->is_on_hold = strcmp(ret->state, "on_hold") == 0;
    gate->is_held_by_donor = db_cell_bool(donor, 0, "held");
}

static int read_facts(struct gathering *g, struct release_facts *ret, struct err *e)
{
    memset(ret, 0, sizeof *ret);
    ret->state = db_cell_text(&g->answer[BATCH], 0, "state");
    int code = take_steps(g, &ret->gate, e);
    if (code == 0)
        code = take_tests(g, ret, e);
    if (code != 0)
        return code;
    take_cases(g, &ret->gate);
    take_uses(g, &ret->gate);
    take_people(g, &ret->gate);
    take_batch(g, ret);
    take_exception(g, &ret->gate);
    take_labels(g, &ret->gate);
    take_waited(g, ret);
    take_lapsed(g, ret);
    take_collected(g, ret);
    return 0;
}

int release_store_facts_of(struct call *c, const char *const *batch_ids, size_t count, struct release_facts *ret, struct err *e)
{
    struct gathering *all = ARENA_ARRAY(c->arena, struct gathering, count);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct gathering){.c = c, .batch_id = batch_ids[i]};
    int code = gather(c, all, count, e);
    for (size_t i = 0; code == 0 && i < count; i++)
        code = read_facts(&all[i], &ret[i], e);
    return code;
}

int release_store_facts(struct call *c, const char *batch_id, struct release_facts *ret, struct err *e)
{
    return release_store_facts_of(c, &batch_id, 1, ret, e);
}

int release_store_people(struct call *c, const struct batch_release *in, struct release_person *ret_physician,
                         struct release_person *ret_owner, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, &rows[PEOPLE], DB_VALUES(db_text(in->physician_id), db_text(in->follow_up_by)), &r, e);
    if (code != 0)
        return code;
    const char *physician = db_cell_text(&r, 0, "physician_roles"), *owner = db_cell_text(&r, 0, "owner_roles");
    *ret_physician = (struct release_person){db_cell_text(&r, 0, "physician_state"), physician != NULL ? roles_from_text(physician) : 0};
    *ret_owner = (struct release_person){db_cell_text(&r, 0, "owner_state"), owner != NULL ? roles_from_text(owner) : 0};
    return 0;
}

static int rows_read(struct call *c, const struct record_type *type, const struct db_rows *found, struct list *ret, struct err *e)
{
    int code = 0;
    for (int i = 0; code == 0 && i < found->rows; i++)
        code = db_row_record(c->arena, type, found, i, record_list_add(c->arena, type, ret), e);
    return code;
}

/* what was released by a comparison with a reference that has turned out another: somebody has to look, first of all */
static int pending_doubts(struct call *c, struct list *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, &rows[DOUBTED], DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        const char *document = db_cell_text(&r, i, "document"), *doubt = NULL;
        struct specification *specification;
        code = specification_parse(c->arena, document, strlen(document), &specification, e);
        if (code == 0)
            code = release_identity_doubt(c->arena, specification, &r, i, &doubt, e);
        if (code == 0 && doubt != NULL)
            *(struct pending_row *)record_list_add(c->arena, &record_pending_row, ret) =
                (struct pending_row){db_cell_text(&r, i, "batch_id"), "identity", db_cell_text(&r, i, "code"), db_cell_int(&r, i, "tested_ms"),
                                     db_cell_int(&r, i, "tested_ms"), "overdue", db_cell_text(&r, i, "owner_id"), db_cell_text(&r, i, "state")};
    }
    return code;
}

int release_store_pending(struct call *c, struct list *ret, struct err *e)
{
    struct db_rows found;
    int code = pending_doubts(c, ret, e);
    if (code == 0)
        code = db_query(c->db, c->arena, &rows[PENDING], DB_VALUES(db_int(c->now_ms)), &found, e);
    return code == 0 ? rows_read(c, &record_pending_row, &found, ret, e) : code;
}

int release_store_overdue(struct db *db, struct arena *a, int64_t now_ms, int64_t *ret, struct err *e)
{
    struct db_rows found;
    int code = db_query(db, a, &rows[OVERDUE], DB_VALUES(db_int(now_ms)), &found, e);
    *ret = code == 0 ? db_cell_int(&found, 0, "n") : 0;
    return code;
}

int release_store_dispositions(struct call *c, struct list *ret, struct err *e)
{
    struct db_rows found;
    int code = db_query(c->db, c->arena, &rows[DISPOSITIONS], DB_NONE, &found, e);
    return code == 0 ? rows_read(c, &record_disposition_row, &found, ret, e) : code;
}

int release_store_waiting(struct call *c, struct list *ret, bool *ret_more, struct err *e)
{
    struct db_rows found;
    int code = db_query(c->db, c->arena, &rows[WAITING], DB_NONE, &found, e);
    *ret_more = code == 0 && found.rows > RELEASE_WAITING_MOST;
    for (int i = 0; code == 0 && i < found.rows && i < RELEASE_WAITING_MOST; i++)
        code = db_row_record(c->arena, &record_review_item, &found, i, record_list_add(c->arena, &record_review_item, ret), e);
    return code;
}
