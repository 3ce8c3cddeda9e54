#include "quality_store.h"

#include <string.h>

#include "record/record.h"

#define TIME(ms) "to_timestamp(" ms " / 1000.0)"

#define FILE_COLUMNS "select file_seq, file_name, format, file_sha256, size, imported_by, contents as values from quality.instrument_file"

static const struct statement_row rows[QUALITY_ROW_COUNT] = {
    [ROW_VERSION] = {"quality_version",
        "select s.state, s.author_id, (select coalesce(max(n.version), 0) from quality.specification n"
        " where n.specification_id = $1) as newest"
        " from (select) one left join quality.specification s on s.specification_id = $1 and s.version = $2", 2, NULL},
    [ROW_LIST] = {"quality_list",
        "select specification_id, version, title, state from quality.specification"
        " order by specification_id, version desc limit 201", 0, &record_specification_row},
    [ROW_SHOW] = {"quality_specification_show",
        "select specification_id, version, state, document from quality.specification"
        " where specification_id = $1 and ($2::integer is null or version = $2) order by version desc limit 1", 2,
        &record_specification_show},
    [ROW_BATCH] = {"quality_batch",
        "select b.state, s.document from batch.batch_facts b join quality.specification s"
        " on s.specification_id = b.specification_id and s.version = b.specification_version where b.batch_id = $1", 1, NULL},
    [ROW_TESTS] = {"quality_tests",
        "select t.test_seq, t.code, t.result, t.method, t.sample_point, t.sampled_ms, t.tested_ms, t.verdict, t.performed_by,"
        " t.reviewed_by, t.is_valid, t.corrected_seq, t.last_reviewed_seq, o.state as oos_state, o.conclusion,"
        " o.assignable_cause, o.investigated_by, s.quantity is not null as is_of_file, k.sample_id"
        " from quality.test_facts t left join quality.oos o using (batch_id, test_seq)"
        " left join quality.test_sample k using (batch_id, test_seq)"
        " left join quality.test_source s using (batch_id, test_seq) where t.batch_id = $1 order by t.test_seq",
        1, NULL},
    [ROW_DEVIATIONS] = {"quality_deviations",
        "select deviation_seq, opened_by, closed_seq is not null as is_closed from quality.deviation"
        " where batch_id = $1 order by deviation_seq", 1, NULL},
    [ROW_CORRECTORS] = {"quality_correctors",
        "select l.subject, c.person_id from batch.lapse_facts l"
        " join quality.correction c on c.batch_id = l.batch_id and c.seq = l.correction_seq"
        " where l.batch_id = $1 and l.renewed_by = 'quality.test_review' and l.renewed_seq is null", 1, NULL},
    [ROW_RELEASE_ACTS] = {"quality_release_acts",
        "select seq, act from batch.actor_facts where batch_id = $1 and act in ('release.review', 'release.release')"
        " order by seq", 1, NULL},
    [ROW_UNSIGNED] = {"quality_unsigned",
        "select count(*) filter (where renewed_by like 'release.%') + (select count(distinct k.entry) from release.lapse_facts k"
        " where k.batch_id = $1) as releases, (select v.evidence_seq > coalesce(d.determined_seq, -1) from batch.batch_facts b"
        " join source.donor_facts d using (donor_id) join source.evidence_facts v using (donor_id) where b.batch_id = $1) as overtaken, count(*) filter (where renewed_by not like 'release.%')"
        " as works, count(*) filter (where act = 'release.release') as released from batch.lapse_facts where batch_id = $1 and renewed_seq is null", 1, NULL},
    [ROW_TEST_ROWS] = {"quality_test_rows",
        "select t.test_seq, t.code, t.result, t.reported, t.verdict, t.explanation, t.performed_by, t.reviewed_by,"
        " o.state as oos_state, t.late_min, t.remark, t.was_result, t.corrected_seq as corrected_by, t.method, s.file_seq, s.quantity, i.identity, k.sample_id"
        " from quality.test_facts t left join quality.oos o using (batch_id, test_seq)"
        " left join quality.test_source s using (batch_id, test_seq)"
        " left join quality.test_sample k using (batch_id, test_seq)"
        " left join quality.test_identity i using (batch_id, test_seq) where t.batch_id = $1"
        " order by t.test_seq limit 501", 1, &record_test_row},
    [ROW_DEVIATION_ROWS] = {"quality_deviation_rows",
        "select deviation_seq, class as deviation_class, text, case when closed_seq is null then 'open' else 'closed' end"
        " as state from quality.deviation where batch_id = $1 order by deviation_seq limit 201", 1, &record_deviation_row},
    [ROW_RELEASE_OWNER] = {"quality_release_owner", "select owner_id from release.release_facts where batch_id = $1", 1, NULL},
    [ROW_TASK] = {"quality_task", "select owner_id, done_ms is not null as is_done from quality.task"
        " where batch_id = $1 and test_seq = $2 and task = $3", 3, NULL},
    [ROW_LOOKED_BACK] = {"quality_looked_back",
        "select exists (select from batch.lookback where batch_id = $1 and calibration = $2) as is_reached", 2, NULL},
    [ROW_LOOKBACK] = {"quality_lookback",
        "select l.calibration, " DB_TIME("l.good_ms") " as good_at, " DB_TIME("l.failed_ms") " as failed_at, l.batch_id, b.state, l.use,"
        " " DB_TIME("l.used_from_ms") " as used_from, " DB_TIME("l.used_until_ms") " as used_until, l.person_id, d.deviation_seq"
        " from batch.lookback l join batch.batch_facts b on b.batch_id = l.batch_id left join lateral (select min(x.deviation_seq) as deviation_seq"
        " from quality.deviation x where x.batch_id = l.batch_id and x.calibration = l.calibration) d on true"
        " where $1::text is null or l.equipment_id = $1 order by d.deviation_seq is not null, l.failed_ms desc, l.calibration, l.batch_id,"
        " l.used_from_ms, l.use limit 501", 1, &record_lookback_row},
    [ROW_LOOK_BACK] = {"quality_look_back",
        "with used as (select 'lot' as kind, lot_id as id from batch.material_use_facts where batch_id = $1 union"
        " select 'equipment', equipment_id from batch.equipment_use where batch_id = $1),"
        " shared as (select o.batch_id, u.kind, u.id from used u join batch.material_use_facts o on u.kind = 'lot' and o.lot_id = u.id"
        " union select o.batch_id, u.kind, u.id from used u join batch.equipment_use o on u.kind = 'equipment' and o.equipment_id = u.id"
        " union select o.batch_id, 'donor', o.donor_id from batch.batch_facts m join batch.batch_facts o using (donor_id)"
        " where m.batch_id = $1)"
        " select s.batch_id, b.state, s.kind, s.id from shared s join batch.batch_facts b using (batch_id) where s.batch_id <> $1"
        " order by s.batch_id, s.kind desc, s.id limit 301", 1, &record_shared_use},
    [ROW_TASK_ROWS] = {"quality_task_rows",
        "select test_seq, task, owner_id, " TIME("due_ms") " as due_at, " TIME("done_ms") " as done_at, done_by from quality.task"
        " where batch_id = $1 order by test_seq, due_ms, task limit 201", 1, &record_task_row},
    [ROW_READING_ROWS] = {"quality_reading_rows",
        "select seq, code, day, final_day, result, " TIME("read_ms") " as read_at, person_id as read_by from quality.sterility_read"
        " where batch_id = $1 order by seq limit 201", 1, &record_reading_row},
    [ROW_REFERENCES] = {"quality_references",
        "select d.subject, r.subject as whose, r.seq, r.profile from batch.batch_facts b join source.donor_facts d using (donor_id)"
        " left join source.str_reference_facts r using (donor_id) where b.batch_id = $1", 1, NULL},
    [ROW_IDENTITY_INSERT] = {"quality_identity_insert",
        "insert into quality.test_identity (batch_id, test_seq, profile, identity, match_percent, reference_seq, mother_seq)"
        " values ($1, $2, $3, $4, $5::text::numeric, $6, $7)", 7, NULL},
    [ROW_FILE] = {"quality_file", FILE_COLUMNS " where batch_id = $1 and file_seq = $2", 2, &record_file_row},
    [ROW_FILE_ROWS] = {"quality_file_rows", FILE_COLUMNS " where batch_id = $1 order by file_seq limit 201", 1, &record_file_row},
    [ROW_FILE_INSERT] = {"quality_file_insert",
        "insert into quality.instrument_file (batch_id, file_seq, file_name, format, file_sha256, size, contents, imported_by)"
        " values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7::text::jsonb, $8)", 8, NULL},
    [ROW_SOURCE_INSERT] = {"quality_source_insert",
        "insert into quality.test_source (batch_id, test_seq, file_seq, quantity) values ($1, $2, $3, $4)"
        " on conflict (batch_id, test_seq) do update set file_seq = excluded.file_seq, quantity = excluded.quantity", 4, NULL},
    [ROW_CHART] = {"quality_chart",
        "select t.batch_id, " TIME("t.tested_ms") " as tested_at, coalesce(t.reported, t.result) as value, null::numeric as z,"
        " 'in_control' as state, null::text as rule from quality.test_facts t join batch.batch_facts b using (batch_id)"
        " where b.specification_id = $1 and t.code = $2 and t.method = $3 and t.is_valid"
        " order by t.tested_ms desc, t.batch_id desc limit 301", 3, &record_chart_point},
    [ROW_CHARTED] = {"quality_charted",
        "select b.specification_id, t.code, t.method, count(*)::int as count, " TIME("max(t.tested_ms)") " as tested_at"
        " from (select batch_id, specification_id from batch.batch_facts order by opened_ms desc limit 500) b"
        " join quality.test_facts t using (batch_id) where t.is_valid and coalesce(t.reported, t.result) ~ '^[<>]?-?[0-9]+([.][0-9]+)?$'"
        " group by 1, 2, 3 order by 1, 2, 3 limit 300", 0, &record_charted_row},
    [ROW_GIVEN_ROWS] = {"quality_given_rows", "select seq as entry, recipient_code, containers, " TIME("started_ms") " as started_at, known_later"
        " from custody.given_facts where batch_id = $1 order by seq limit 201", 1, &record_given_row},
    [ROW_SAMPLES] = {"quality_samples",
        "select sample_id, batch_id, state, container_id, sample_point, volume_ml, cells, " TIME("taken_ms") " as taken_at, taken_by, place, person_id, "
        TIME("since_ms") " as since, codes, null::text[] as waiting, null::timestamptz as due_at from custody.sample_facts where batch_id = $1 order by seq",
        1, &record_sample_row},
    [ROW_SAMPLE_INSERT] = {"quality_sample_insert", "insert into quality.test_sample (batch_id, test_seq, sample_id) values ($1, $2, $3)", 3, NULL},
    [ROW_TASKS_INSERT] = {"quality_tasks_insert",
        "insert into quality.task (batch_id, test_seq, task, owner_id, due_ms)"
        " select $1, $2, u.task, u.owner_id, u.due_ms from unnest($3::text[], $4::text[], $5::bigint[]) as u (task, owner_id, due_ms)",
        5, NULL},
    [ROW_TASK_DONE] = {"quality_task_done",
        "update quality.task set done_ms = $4, done_by = $5, done_seq = $6, text = $7 where batch_id = $1 and test_seq = $2 and task = $3",
        7, NULL},
    [ROW_READING_INSERT] = {"quality_reading_insert",
        "insert into quality.sterility_read (batch_id, seq, code, day, final_day, sampled_ms, read_ms, result, person_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
    [ROW_SPECIFICATION_INSERT] = {"quality_specification_insert",
        "insert into quality.specification (specification_id, version, state, title, document, author_id, authored_seq)"
        " values ($1, $2, 'draft', $3, $4, $5, $6)", 6, NULL},
    [ROW_SPECIFICATION_SUPERSEDE] = {"quality_specification_supersede",
        "update quality.specification set state = 'superseded' where specification_id = $1 and state = 'approved'", 1, NULL},
    [ROW_SPECIFICATION_APPROVE] = {"quality_specification_approve",
        "update quality.specification set state = 'approved', approver_id = $3, approved_seq = $4"
        " where specification_id = $1 and version = $2", 4, NULL},
    [ROW_REPORT] = {"quality_report",
        "select quality.report($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", 14, NULL},
    [ROW_REVIEW] = {"quality_review",
        "update quality.test set reviewed_by = $3, reviewed_seq = $4 where batch_id = $1 and test_seq = $2", 4, NULL},
    [ROW_RENEW] = {"quality_renew", "select batch.renew($1, $2, $3, $4)", 4, NULL},
    [ROW_CORRECT] = {"quality_correct", "select quality.correct($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12, NULL},
    [ROW_LAPSE] = {"quality_lapse", "select batch.lapse_acts($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_GO_ON] = {"quality_go_on", "select quality.go_on($1, $2)", 2, NULL},
    [ROW_INVESTIGATE] = {"quality_investigate",
        "update quality.oos set state = 'investigated', findings = $3, assignable_cause = $4, investigated_by = $5,"
        " investigated_seq = $6 where batch_id = $1 and test_seq = $2", 6, NULL},
    [ROW_SETTLE] = {"quality_settle", "select quality.settle($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_DEVIATION_INSERT] = {"quality_deviation_insert",
        "insert into quality.deviation (batch_id, deviation_seq, class, text, aware_ms, opened_by, calibration)"
        " values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_DEVIATION_CLOSE] = {"quality_deviation_close",
        "update quality.deviation set closed_by = $3, closed_seq = $4, reason = $5 where batch_id = $1 and deviation_seq = $2",
        5, NULL},
    [ROW_ACT] = {"quality_act", "select batch.act($1, $2, $3, $4)", 4, NULL},
    [ROW_MOVE] = {"quality_move", "select batch.move($1, $2, $3)", 3, NULL},
};

const struct statement_table quality_statements = STATEMENT_TABLE(rows);

const struct statement_row *store_row(enum quality_row which)
{
    return &rows[which];
}

void store_ask_version(struct call *c, const char *id, int64_t version)
{
    call_ask(c, &rows[ROW_VERSION], DB_VALUES(db_text(id), db_int(version)));
}

void store_read_version(const struct call *c, struct version_facts *ret)
{
    const struct db_rows *r = &c->answers[0];
    *ret = (struct version_facts){db_cell_text(r, 0, "state"), db_cell_text(r, 0, "author_id"), db_cell_int(r, 0, "newest")};
}

void store_ask_batch(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_BATCH], DB_VALUES(db_text(batch_id)));
    call_ask(c, &rows[ROW_TESTS], DB_VALUES(db_text(batch_id)));
    call_ask(c, &rows[ROW_DEVIATIONS], DB_VALUES(db_text(batch_id)));
}

static bool is_text(const char *x, const char *y)
{
    return x != NULL && strcmp(x, y) == 0;
}

static void tests_read(const struct call *c, struct quality_facts *ret)
{
    const struct db_rows *r = &c->answers[1];
    struct test_fact *tests = ARENA_ARRAY(c->arena, struct test_fact, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        tests[i] = (struct test_fact){db_cell_int(r, i, "test_seq"), db_cell_text(r, i, "code"), db_cell_text(r, i, "verdict"),
            db_cell_text(r, i, "performed_by"), db_cell_text(r, i, "reviewed_by"), db_cell_text(r, i, "oos_state"),
            db_cell_text(r, i, "investigated_by"), db_cell_bool(r, i, "is_valid"), db_cell_bool(r, i, "assignable_cause"),
            .is_confirmed = is_text(db_cell_text(r, i, "conclusion"), "confirmed"), .result = db_cell_text(r, i, "result"),
            .method = db_cell_text(r, i, "method"), .sample_point = db_cell_text(r, i, "sample_point"),
            .sampled_ms = db_cell_int(r, i, "sampled_ms"), .tested_ms = db_cell_int(r, i, "tested_ms"),
            .corrected_seq = db_cell_int(r, i, "corrected_seq"), .last_reviewed_seq = db_cell_int(r, i, "last_reviewed_seq"),
            .sample_id = db_cell_text(r, i, "sample_id"), .is_of_file = db_cell_bool(r, i, "is_of_file")};
    ret->tests = tests;
    ret->test_count = (size_t)r->rows;
}

static void deviations_read(const struct call *c, struct quality_facts *ret)
{
    const struct db_rows *r = &c->answers[2];
    struct deviation_fact *deviations = ARENA_ARRAY(c->arena, struct deviation_fact, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        deviations[i] = (struct deviation_fact){db_cell_int(r, i, "deviation_seq"), db_cell_text(r, i, "opened_by"),
            db_cell_bool(r, i, "is_closed")};
    ret->deviations = deviations;
    ret->deviation_count = (size_t)r->rows;
}

int store_read_batch(const struct call *c, struct quality_facts *ret, struct err *e)
{
    const char *document = db_cell_text(&c->answers[0], 0, "document");
    *ret = (struct quality_facts){.state = db_cell_text(&c->answers[0], 0, "state")};
    if (ret->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no such batch");
    struct specification *spec;
    int code = specification_parse(c->arena, document, strlen(document), &spec, e);
    if (code != 0)
        return err_fault(e, "an approved specification does not read: %.200s", e->text);
    ret->spec = spec;
    tests_read(c, ret);
    deviations_read(c, ret);
    return 0;
}

void store_ask_file(struct call *c, const char *batch_id, int64_t file_seq)
{
    call_ask(c, &rows[ROW_FILE], DB_VALUES(db_text(batch_id), file_seq == INTEGER_ABSENT ? db_null() : db_int(file_seq)));
}

int store_read_file(const struct call *c, size_t answer, const struct file_import **ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct file_row row;
    *ret = NULL;
    if (r->rows == 0)
        return 0;
    int code = db_row_record(c->arena, &record_file_row, r, 0, &row, e);
    if (code != 0)
        return code;
    struct file_import *import = record_new(c->arena, &record_file_import);
    import->file_sha256 = row.file_sha256;
    import->values = row.values;
    *ret = import;
    return 0;
}

void store_ask_samples(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_SAMPLES], DB_VALUES(db_text(batch_id)));
}

int store_read_samples(struct call *c, size_t answer, struct samples *ret, struct err *e)
{
    struct list all = {NULL, 0};
    int code = store_rows(c, answer, &record_sample_row, &all, e);
    samples_from(c->arena, &all, ret);
    return code;
}

void store_ask_references(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_REFERENCES], DB_VALUES(db_text(batch_id)));
}

void store_read_references(const struct call *c, size_t answer, struct str_references *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct str_references){.subject = r->rows > 0 ? db_cell_text(r, 0, "subject") : "donor"};
    for (int i = 0; i < r->rows; i++) {
        const char *whose = db_cell_text(r, i, "whose");
        struct str_reference *reference = record_new(c->arena, &record_str_reference);
        if (whose == NULL)
            continue;
        reference->subject = whose;
        reference->profile = db_cell_text(r, i, "profile");
        if (strcmp(whose, "mother") == 0) {
            ret->mother = reference;
            ret->mother_seq = db_cell_int(r, i, "seq");
        } else if (strcmp(whose, str_own_word(ret->subject)) == 0) {
            ret->own = reference;
            ret->own_seq = db_cell_int(r, i, "seq");
        }
    }
}

void store_ask_correctors(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_CORRECTORS], DB_VALUES(db_text(batch_id)));
}

void store_read_correctors(const struct call *c, struct quality_facts *ret)
{
    const struct db_rows *r = &c->answers[QUALITY_ANSWERS];
    struct test_corrector *who = ARENA_ARRAY(c->arena, struct test_corrector, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        who[i] = (struct test_corrector){db_cell_int(r, i, "subject"), db_cell_text(r, i, "person_id")};
    ret->correctors = who;
    ret->corrector_count = (size_t)r->rows;
}

void store_ask_release_acts(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_RELEASE_ACTS], DB_VALUES(db_text(batch_id)));
}

size_t store_read_acts(const struct call *c, const struct quality_facts *facts, const struct correction_act **ret)
{
    const struct db_rows *r = &c->answers[QUALITY_ANSWERS];
    struct correction_act *acts = ARENA_ARRAY(c->arena, struct correction_act, 2 * facts->test_count + (size_t)r->rows + 1);
    size_t n = 0;
    for (size_t i = 0; i < facts->test_count; i++) {
        const struct test_fact *t = &facts->tests[i];
        acts[n++] = (struct correction_act){.seq = t->seq, .subject = t->seq, .act = "quality.test_report"};
        if (t->last_reviewed_seq > 0)
            acts[n++] = (struct correction_act){.seq = t->last_reviewed_seq, .subject = t->seq, .act = "quality.test_review"};
    }
    for (int i = 0; i < r->rows; i++)
        acts[n++] = (struct correction_act){.seq = db_cell_int(r, i, "seq"), .subject = 0, .act = db_cell_text(r, i, "act")};
    *ret = acts;
    return n;
}

void store_ask_release_owner(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_RELEASE_OWNER], DB_VALUES(db_text(batch_id)));
}

void store_read_release_owner(const struct call *c, size_t answer, struct quality_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    ret->release_owner = r->rows > 0 ? db_cell_text(r, 0, "owner_id") : NULL;
}

void store_ask_task(struct call *c, const struct task_done *in)
{
    call_ask(c, &rows[ROW_TASK], DB_VALUES(db_text(in->batch_id), db_int(in->test_seq), db_text(in->task)));
    call_ask(c, &rows[ROW_LOOK_BACK], DB_VALUES(db_text(in->batch_id)));
}

void store_read_task(const struct call *c, struct task_fact *ret)
{
    const struct db_rows *r = &c->answers[0];
    *ret = r->rows > 0 ? (struct task_fact){db_cell_text(r, 0, "owner_id"), db_cell_bool(r, 0, "is_done")} : (struct task_fact){NULL, false};
}

int store_shared(struct call *c, size_t answer, struct list *ret, int8_t *ret_more, struct err *e)
{
    *ret_more = c->answers[answer].rows > SHARED_MAX ? 1 : BOOLEAN_ABSENT;
    c->answers[answer].rows = c->answers[answer].rows > SHARED_MAX ? SHARED_MAX : c->answers[answer].rows;
    return store_rows(c, answer, &record_shared_use, ret, e);
}

void store_ask_unsigned(struct call *c, const char *batch_id)
{
    call_ask(c, &rows[ROW_UNSIGNED], DB_VALUES(db_text(batch_id)));
}

void store_read_unsigned(const struct call *c, struct quality_facts *ret)
{
    ret->unsigned_releases = db_cell_int(&c->answers[QUALITY_ANSWERS], 0, "releases");
    ret->unsigned_works = db_cell_int(&c->answers[QUALITY_ANSWERS], 0, "works");
    ret->is_donor_overtaken = db_cell_bool(&c->answers[QUALITY_ANSWERS], 0, "overtaken");
    ret->is_release_lapsed = db_cell_int(&c->answers[QUALITY_ANSWERS], 0, "released") > 0;
}

int store_rows(struct call *c, size_t answer, const struct record_type *type, struct list *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    int code = 0;
    for (int i = 0; code == 0 && i < r->rows; i++)
        code = db_row_record(c->arena, type, r, i, record_list_add(c->arena, type, ret), e);
    return code;
}
