#include "release_store.h"

#include <string.h>

#include "domain/procedure.h"
#include "release_identity.h"
#include "release_labels.h"
#include "release_rows.h"
#include "release_rules.h"

/* documents that several batches share, each parsed once */
struct shared {
    const void *const *parsed;
    struct db_rows rows;             /* id, version, document */
};

struct gathering {
    struct call *c;
    const char *batch_id;
    const struct procedure *procedure;
    const struct specification *specification;   /* NULL: there is none */
    struct db_rows answer[FACT_COUNT];
};

static const char *releaser(const struct call *c)
{
    return c->who != NULL && c->verb->kind == VERB_ACT ? c->who->person_id : NULL;
}

static int ask(struct call *c, enum release_query which, struct db_value batches)
{
    const struct statement_row *row = release_query(which);
    struct db_value values[] = {batches, which == FACT_TRAINING ? db_text(releaser(c)) : db_int(c->now_ms)};
    return db_queue(c->db, row, values, (size_t)row->params);
}

/* an answer about all batches, in their order, gives each what is its own */
static void divide(const struct db_rows *r, int which, struct gathering *all)
{
    for (int row = 0, next; row < r->rows; row = next) {
        int64_t ordinal = db_cell_int(r, row, "ordinal");
        for (next = row + 1; next < r->rows && db_cell_int(r, next, "ordinal") == ordinal;)
            next++;
        all[ordinal - 1].answer[which] = (struct db_rows){r->columns, next - row, 0, r->names, r->is_bytea,
                                                          r->cells + (size_t)row * (size_t)r->columns};
    }
}

static int parse_procedure(struct arena *a, const char *text, const void **ret, struct err *e)
{
    struct procedure *procedure = NULL;
    int code = procedure_parse(a, text, strlen(text), &procedure, e);
    *ret = procedure;
    return code;
}

static int parse_specification(struct arena *a, const char *text, const void **ret, struct err *e)
{
    struct specification *specification = NULL;
    int code = specification_parse(a, text, strlen(text), &specification, e);
    *ret = specification;
    return code;
}

static int take_shared(struct call *c, int ticket, int (*parse)(struct arena *, const char *, const void **, struct err *), struct shared *ret,
                       struct err *e)
{
    int code = 0;
    db_take(c->db, ticket, c->arena, &ret->rows);
    const void **parsed = ARENA_ARRAY(c->arena, const void *, ret->rows.rows);
    for (int i = 0; code == 0 && i < ret->rows.rows; i++)
        code = parse(c->arena, db_cell_text(&ret->rows, i, "document"), &parsed[i], e);
    ret->parsed = parsed;
    return code;
}

static const void *shared_find(const struct shared *s, const char *id, int64_t version)
{
    for (int i = 0; i < s->rows.rows; i++)
        if (id != NULL && strcmp(db_cell_text(&s->rows, i, "id"), id) == 0 && db_cell_int(&s->rows, i, "version") == version)
            return s->parsed[i];
    return NULL;
}

/* Each question goes once for all batches, all questions at once: however long a worklist is, it waits for the database one time. */
static int gather(struct call *c, struct gathering *all, size_t count, struct err *e)
{
    struct shared procedures, specifications;
    const char **ids = ARENA_ARRAY(c->arena, const char *, count);
    int ticket[QUERY_COUNT];
    for (size_t i = 0; i < count; i++)
        ids[i] = all[i].batch_id;
    for (int q = 0; q <= QUERY_SPECIFICATIONS; q++)
        ticket[q] = ask(c, (enum release_query)q, db_texts(ids, count));
    int code = db_sync(c->db, e);
    for (int q = 0; code == 0 && q < FACT_COUNT; q++) {
        struct db_rows found;
        db_take(c->db, ticket[q], c->arena, &found);
        divide(&found, q, all);
    }
    if (code == 0)
        code = take_shared(c, ticket[QUERY_PROCEDURES], parse_procedure, &procedures, e);
    if (code == 0)
        code = take_shared(c, ticket[QUERY_SPECIFICATIONS], parse_specification, &specifications, e);
    for (size_t i = 0; code == 0 && i < count; i++) {
        const struct db_rows *b = &all[i].answer[FACT_BATCH];
        if (b->rows == 0)
            return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no batch %s", all[i].batch_id);
        all[i].procedure = shared_find(&procedures, db_cell_text(b, 0, "procedure_id"), db_cell_int(b, 0, "procedure_version"));
        all[i].specification = shared_find(&specifications, db_cell_text(b, 0, "specification_id"), db_cell_int(b, 0, "specification_version"));
    }
    return code;
}

static int64_t cell_int_or(const struct db_rows *r, int row, const char *name, int64_t absent)
{
    return db_cell(r, row, name).data == NULL ? absent : db_cell_int(r, row, name);
}

/* the procedure's steps beside what was recorded of them */
static void take_steps(struct gathering *g, struct gate_facts *gate)
{
    const struct procedure *procedure = g->procedure;
    struct gate_step *steps = ARENA_ARRAY(g->c->arena, struct gate_step, procedure->steps.count);
    const struct db_rows *r = &g->answer[FACT_STEPS];
    gate->first_step_ms = TIME_ABSENT;
    for (size_t i = 0; i < procedure->steps.count; i++) {
        const struct procedure_step *p = procedure_step(procedure, (int)i + 1);
        steps[i] = (struct gate_step){.no = p->no, .name = p->name, .needs_verifier = p->verify, .performed_seq = -1,
                                      .verified_seq = -1};
    }
    for (int k = 0; k < r->rows; k++) {
        int64_t no = db_cell_int(r, k, "step");
        if (no == 1)
            gate->first_step_ms = db_cell_int(r, k, "started_ms");
        if (no < 1 || no > (int64_t)procedure->steps.count)
            continue;
        struct gate_step *s = &steps[no - 1];
        s->performer = db_cell_text(r, k, "performed_by");
        s->verifier = db_cell_text(r, k, "verified_by");
        s->performed_seq = db_cell_int(r, k, "performed_seq");
        s->verified_seq = cell_int_or(r, k, "verified_seq", -1);
        s->needs_verifier |= db_cell_bool(r, k, "needs_verify");
        s->corrected_seq = db_cell_int(r, k, "corrected_seq");
        s->late_min = db_cell_int(r, k, "late_min");
    }
    gate->steps = steps;
    gate->step_count = procedure->steps.count;
}

/* what passed by a reference that another one has replaced is compared again */
static int take_identity(struct gathering *g, const struct specification *specification, struct gate_facts *gate, struct err *e)
{
    const struct db_rows *r = &g->answer[FACT_IDENTITY];
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
    const struct specification *specification = g->specification;
    if (specification == NULL)
        return 0;
    const struct db_rows *r = &g->answer[FACT_TESTS];
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
                                         cell_int_or(&g->answer[FACT_BATCH], 0, "expires_ms", TIME_ABSENT)};
    ret->gate.pending = &ret->pending;
    return take_identity(g, specification, &ret->gate, e);
}

/* what the last conditional release waited for, and what a failure since left to do */
static void take_waited(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *r = &g->answer[FACT_WAITED];
    for (int i = 0; i < r->rows; i++)
        ((struct pending_test *)record_list_add(g->c->arena, &record_pending_test, &ret->waited))->code = db_cell_text(r, i, "code");
    ret->gate.open_tasks = db_cell_int(&g->answer[FACT_TASKS], 0, "n");
}

static void take_cases(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *r = &g->answer[FACT_CASES];
    struct gate_case *cases = ARENA_ARRAY(g->c->arena, struct gate_case, r->rows);
    for (int i = 0; i < r->rows; i++)
        cases[i] = (struct gate_case){db_cell_text(r, i, "id"), db_cell_text(r, i, "kind"), db_cell_text(r, i, "class"),
                                      db_cell_bool(r, i, "is_open")};
    gate->cases = cases;
    gate->case_count = (size_t)r->rows;
}

static void take_uses(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *equipment = &g->answer[FACT_EQUIPMENT], *materials = &g->answer[FACT_MATERIALS];
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

/* who asked for an exceptional release, evaluated and accepted it: by what was done on the batch, in its order */
static void take_chain(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *actors = &g->answer[FACT_ACTORS];
    except_begin(&ret->chain);
    for (int i = 0; i < actors->rows; i++)
        except_take(&ret->chain, db_cell_int(actors, i, "seq"), db_cell_text(actors, i, "act"), db_cell_text(actors, i, "person_id"));
    ret->setting = db_cell_text(&g->answer[FACT_SETTING], 0, "setting");
}

static void take_people(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *actors = &g->answer[FACT_ACTORS], *review = &g->answer[FACT_REVIEW];
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
    gate->releaser = releaser(g->c);
    gate->releaser_trained = db_cell_int(&g->answer[FACT_TRAINING], 0, "valid_until_ms") > g->c->now_ms;
}

/* what a donor who is not eligible needs beside: need, notice, follow-up (R31) */
static void take_exception(struct gathering *g, struct gate_facts *gate)
{
    const struct db_rows *r = &g->answer[FACT_EXCEPTION];
    gate->exception = (struct urgent_facts){cell_int_or(r, 0, "need_seq", -1), cell_int_or(r, 0, "noticed_seq", -1),
                                            cell_int_or(r, 0, "evidence_seq", -1), db_cell_text(r, 0, "physician_id"),
                                            db_cell_text(r, 0, "overdue")};
}

/* what the last release rests on was corrected in another stream: until QA opens it again (quality.reopen) it stands, unsigned */
static void take_lapsed(struct gathering *g, struct release_facts *ret)
{
    static const char *const before[] = {"open", "in_process", "in_test", "on_hold", "rejected"};
    const struct db_rows *r = &g->answer[FACT_LAPSED];
    if (r->rows == 0 || release_word(before, sizeof before / sizeof *before, ret->state, -1) >= 0)
        return;
    ret->gate.release_lapsed = arena_printf(g->c->arena, "the release of entry %lld stands as unsigned since entry %lld of %s",
                                            (long long)db_cell_int(r, 0, "entry"), (long long)db_cell_int(r, 0, "correction_seq"),
                                            db_cell_text(r, 0, "stream_id"));
}

static void take_collected(struct gathering *g, struct release_facts *ret)
{
    const struct db_rows *r = &g->answer[FACT_COLLECTED];
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
    const struct db_rows *b = &g->answer[FACT_BATCH], *donor = &g->answer[FACT_DONOR];
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
    gate->containers_filled = gate->containers_accounted = (int)db_cell_int(&g->answer[FACT_CONTAINERS], 0, "n");
    gate->pool_waits = db_cell_text(&g->answer[FACT_CONTAINERS], 0, "pool_waits");
    gate->balances_closed = db_cell(b, 0, "filled_seq").data != NULL;
    gate->now_ms = g->c->now_ms;
    gate->expiry_ms = cell_int_or(b, 0, "expires_ms", TIME_ABSENT);
    gate->donor_identity = db_cell_text(donor, 0, "recipient_code");
    gate->recipient_identity = db_cell_text(b, 0, "recipient_code");
    ret->head_seq = cell_int_or(&g->answer[FACT_HEAD], 0, "seq", -1);
    gate->last_change_seq = ret->head_seq > gate->reviewed_seq ? ret->head_seq : gate->reviewed_seq - 1;
    gate->is_on_hold = strcmp(ret->state, "on_hold") == 0;
    gate->is_held_by_donor = db_cell_bool(donor, 0, "held");
}

static int read_facts(struct gathering *g, struct release_facts *ret, struct err *e)
{
    memset(ret, 0, sizeof *ret);
    ret->state = db_cell_text(&g->answer[FACT_BATCH], 0, "state");
    take_steps(g, &ret->gate);
    int code = take_tests(g, ret, e);
    if (code != 0)
        return code;
    take_cases(g, &ret->gate);
    take_uses(g, &ret->gate);
    take_people(g, &ret->gate);
    take_chain(g, ret);
    take_batch(g, ret);
    take_exception(g, &ret->gate);
    release_labels_take(g->c->arena, &(struct release_labels){g->procedure, db_cell_text(&g->answer[FACT_BATCH], 0, "use"), &g->answer[FACT_DONOR],
                            &g->answer[FACT_EXCEPTION], &g->answer[FACT_LABELS], &g->answer[FACT_COPIES]}, &ret->gate);
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
    int code = db_query(c->db, c->arena, release_query(QUERY_PEOPLE), DB_VALUES(db_text(in->physician_id), db_text(in->follow_up_by)), &r, e);
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
    int code = db_query(c->db, c->arena, release_query(QUERY_DOUBTED), DB_NONE, &r, e);
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

static int64_t seq_cell(const struct db_rows *r, const char *name)
{
    return cell_int_or(r, 0, name, INTEGER_ABSENT);
}

int release_store_except(struct call *c, struct except_show *ret, struct err *e)
{
    struct db_rows r, notices;
    int code = db_query(c->db, c->arena, release_query(QUERY_EXCEPT), DB_VALUES(db_text(ret->batch_id)), &r, e);
    if (code == 0)
        code = db_query(c->db, c->arena, release_query(QUERY_NOTICES), DB_VALUES(db_text(ret->batch_id)), &notices, e);
    if (code == 0)
        code = rows_read(c, &record_except_notice_row, &notices, &ret->notices, e);
    if (code != 0 || r.rows == 0)
        return code;
    ret->request_seq = seq_cell(&r, "request_seq");
    ret->physician_id = db_cell_text(&r, 0, "physician_id");
    ret->recipient_code = db_cell_text(&r, 0, "recipient_code");
    ret->hazard = db_cell_text(&r, 0, "hazard");
    ret->alternatives = db_cell_text(&r, 0, "alternatives");
    ret->evaluation_seq = seq_cell(&r, "evaluation_seq");
    ret->evaluator_id = db_cell_text(&r, 0, "evaluator_id");
    ret->evaluation = db_cell_text(&r, 0, "evaluation");
    ret->setting = db_cell_text(&r, 0, "setting");
    ret->notify = db_cell_text(&r, 0, "notify");
    ret->accepted_seq = seq_cell(&r, "accepted_seq");
    return 0;
}

int release_store_notice(struct call *c, const struct except_notify *in, struct release_notice *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, release_query(QUERY_NOTICE), DB_VALUES(db_text(in->batch_id), db_int(in->release_seq), db_text(in->task)), &r, e);
    if (code == 0)
        *ret = (struct release_notice){db_cell_text(&r, 0, "owner_id"), db_cell_bool(&r, 0, "is_done"), db_cell_int(&r, 0, "time_ms")};
    return code;
}

int release_store_pending(struct call *c, struct list *ret, struct err *e)
{
    struct db_rows found;
    int code = pending_doubts(c, ret, e);
    if (code == 0)
        code = db_query(c->db, c->arena, release_query(QUERY_PENDING), DB_VALUES(db_int(c->now_ms)), &found, e);
    return code == 0 ? rows_read(c, &record_pending_row, &found, ret, e) : code;
}

int release_store_overdue(struct db *db, struct arena *a, int64_t now_ms, int64_t *ret, struct err *e)
{
    struct db_rows found;
    int code = db_query(db, a, release_query(QUERY_OVERDUE), DB_VALUES(db_int(now_ms)), &found, e);
    *ret = code == 0 ? db_cell_int(&found, 0, "n") : 0;
    return code;
}

int release_store_dispositions(struct call *c, struct list *ret, struct err *e)
{
    struct db_rows found;
    int code = db_query(c->db, c->arena, release_query(QUERY_DISPOSITIONS), DB_NONE, &found, e);
    return code == 0 ? rows_read(c, &record_disposition_row, &found, ret, e) : code;
}

int release_store_waiting(struct call *c, struct list *ret, bool *ret_more, struct err *e)
{
    struct db_rows found;
    int code = db_query(c->db, c->arena, release_query(QUERY_WAITING), DB_NONE, &found, e);
    *ret_more = code == 0 && found.rows > RELEASE_WAITING_MOST;
    for (int i = 0; code == 0 && i < found.rows && i < RELEASE_WAITING_MOST; i++)
        code = db_row_record(c->arena, &record_review_item, &found, i, record_list_add(c->arena, &record_review_item, ret), e);
    return code;
}
