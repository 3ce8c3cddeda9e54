#include "release_rows.h"

#define BATCHES " from unnest($1::text[]) with ordinality q (batch_id, ordinal) "

/* A select of one batch, q.batch_id, made for each of them by its indexes: `offset 0` keeps the planner from reading whole tables for the
 * sake of a few batches. */
#define EACH(select) "select q.ordinal, x.*" BATCHES "cross join lateral (" select " offset 0) x order by q.ordinal"
#define EACH_WITH(columns, select) \
    "select q.ordinal, x.*" BATCHES "cross join lateral (select " columns " from batch.batch_facts k where k.batch_id = q.batch_id offset 0) b" \
    " cross join lateral (" select " offset 0) x order by q.ordinal"

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

/* the oldest so many of one state: as many as are shown, however many there are */
#define OLDEST(state) \
    "(select batch_id, state, use, donation_number, opened_ms from batch.batch_facts where state = '" state "'" \
    " order by opened_ms, batch_id limit 51)"

static const struct statement_row rows[] = {
    [FACT_BATCH] = {"release_batch",
        EACH("select state, procedure_id, procedure_version, specification_id, specification_version, donor_id, use,"
             " collection_id, recipient_code, filled_seq, expires_ms from batch.batch_facts where batch_id = q.batch_id"), 1, NULL},
    [FACT_STEPS] = {"release_steps",
        EACH("select step, performed_by, performed_seq, verified_by, verified_seq, needs_verify, corrected_seq, late_min, started_ms"
             " from batch.step_facts where batch_id = q.batch_id") ", step", 1, NULL},
    [FACT_ACTORS] = {"release_actors", EACH("select person_id, act, seq from batch.actor_facts where batch_id = q.batch_id") ", seq", 1, NULL},
    [FACT_CONTAINERS] = {"release_containers", EACH("select count(*) as n, (select min(p.container_id)"
             " from custody.pool_facts p where p.batch_id = q.batch_id and p.needs_verify and p.verified_by is null) as pool_waits"
             " from batch.container_facts where batch_id = q.batch_id"), 1, NULL},
    [FACT_EQUIPMENT] = {"release_equipment",
        EACH("select equipment_id, used_from_ms, used_until_ms, coalesce(due_ms, 0) as due_ms, coalesce(result = 'pass', false) as in_order,"
             " seq from batch.equipment_use where batch_id = q.batch_id") ", seq, equipment_id", 1, NULL},
    [FACT_MATERIALS] = {"release_materials",
        EACH("select lot_id, used_ms, expires_ms, coalesce(released_ms <= used_ms, false) as was_released, seq"
             " from batch.material_use_facts where batch_id = q.batch_id") ", seq, lot_id", 1, NULL},
    [FACT_TESTS] = {"release_tests",
        EACH("select test_seq, code, result, method, sample_point, verdict, reviewed_by, sampled_ms from quality.test_facts"
             " where batch_id = q.batch_id and is_valid") ", test_seq", 1, NULL},
    [FACT_IDENTITY] = {"release_identity",
        EACH_WITH("k.donor_id",
            "select " IDENTITY_COLUMNS " from quality.test_identity i join quality.test_facts t using (batch_id, test_seq)"
            " join lateral (select f.subject from source.donor_facts f where f.donor_id = b.donor_id offset 0) d on true"
            " left join lateral (select f.seq, f.profile from source.str_reference_facts f where f.donor_id = b.donor_id"
            " and f.subject = case d.subject when 'mother_and_infant' then 'infant' else 'donor' end offset 0) o on true"
            " left join lateral (select f.seq, f.profile from source.str_reference_facts f where f.donor_id = b.donor_id"
            " and f.subject = 'mother' offset 0) m on true where i.batch_id = q.batch_id and t.is_valid") ", code", 1, NULL},
    [FACT_CASES] = {"release_cases",
        EACH("select id, kind, class, is_open from quality.case_facts where batch_id = q.batch_id") ", id", 1, NULL},
    [FACT_DONOR] = {"release_donor",
        EACH_WITH("k.donor_id, k.collection_id",
            "select d.determination, d.fully_tested, d.has_risk, d.jurisdiction, d.rules_id, array_to_string(d.reactive, chr(10)) as reactive,"
            " d.recipient_code, exists (select from source.donor_hold h where h.donor_id = d.donor_id) as held, d.recovery_ms, c.started_ms,"
            " c.ended_ms, coalesce(v.evidence_seq > coalesce(d.determined_seq, -1), false) as overtaken from source.donor_facts d"
            " join source.evidence_facts v using (donor_id)"
            " left join source.collection_facts c on c.donor_id = d.donor_id and c.collection_id = b.collection_id"
            " where d.donor_id = b.donor_id"), 1, NULL},
    [FACT_EXCEPTION] = {"release_exception",
        EACH_WITH("k.donor_id, k.recipient_code",
            "select n.seq as need_seq, n.physician_id, coalesce(n.noticed_seq, case when n.seq is null then r.noticed_seq end) as noticed_seq,"
            " v.evidence_seq, (select format('%s: follow-up of the urgent need (entry %s) is overdue: %s', f.owner_id, f.need_seq,"
            " case f.task when 'finish' then 'finish the determination' else 'inform the physician' end) from source.follow_up_facts f"
            " where f.donor_id = b.donor_id and f.done_ms is null and f.due_ms < $2 order by f.due_ms limit 1) as overdue"
            " from source.evidence_facts v"
            " left join lateral (select u.seq, u.physician_id, u.noticed_seq from source.urgent_need_facts u"
            " where u.donor_id = b.donor_id and u.recipient_code = b.recipient_code order by u.seq desc limit 1) n on true"
            " left join source.relative_notice_facts r on r.donor_id = b.donor_id where v.donor_id = b.donor_id"), 2, NULL},
    [FACT_LABELS] = {"release_labels",
        EACH("select k.container_id, l.statements, l.biohazard, exists (select from batch.fill_correction_facts c where c.batch_id = q.batch_id"
             " and c.seq > l.printed_seq and (c.container_id = k.container_id or c.field = 'expires_at' or c.container_id in (select unnest(p.parents)"
             " from custody.pool_facts p where p.batch_id = q.batch_id and p.container_id = k.container_id)))"
             " or exists (select from custody.sample_facts m where m.container_id = k.container_id and m.seq > l.printed_seq) as overtaken"
             " from batch.container_facts k left join custody.label_now l"
             " on l.container_id = k.container_id join custody.container_state s on s.container_id = k.container_id"
             " and s.state in ('kept', 'destroying') where k.batch_id = q.batch_id"), 1, NULL},
    [FACT_COPIES] = {"release_copies",
        EACH("select container_id, copy, state from custody.label_copy where batch_id = q.batch_id") ", container_id, copy", 1, NULL},
    [FACT_WAITED] = {"release_waited",
        EACH("select p.code, p.ordinal as place from release.pending_test p where p.batch_id = q.batch_id and p.release_seq = (select max(d.seq)"
             " from release.disposition d where d.batch_id = q.batch_id and d.disposition in ('released', 'cond_released', 'except_released'))") ", place", 1, NULL},
    [FACT_TASKS] = {"release_tasks", EACH("select count(*) as n from quality.task_facts where batch_id = q.batch_id and done_ms is null"), 1, NULL},
    [FACT_LAPSED] = {"release_lapsed",
        EACH("select entry, stream_id, correction_seq from release.lapse_facts where batch_id = q.batch_id"
             " and act = 'release.release' order by stream_id desc, correction_seq desc limit 1"), 1, NULL},
    [FACT_COLLECTED] = {"release_collected",
        EACH("select c.seq, c.person_id, c.seq > coalesce((select max(w.collection_seq) from release.review w"
             " where w.batch_id = q.batch_id), -1) as is_new from source.correction_facts c join batch.batch_facts b on b.collection_id = c.stream_id"
             " where b.batch_id = q.batch_id") ", seq", 1, NULL},
    [FACT_REVIEW] = {"release_review",
        EACH("select r.person_id, r.seq from release.review r where r.batch_id = q.batch_id and not exists (select from"
             " batch.lapse_facts l where l.batch_id = q.batch_id and l.entry = r.seq and l.renewed_seq is null)"
             " and not exists (select from release.lapse_facts k where k.batch_id = q.batch_id and k.entry = r.seq)"
             " order by r.seq desc limit 1"), 1, NULL},
    [FACT_TRAINING] = {"release_training",
        EACH_WITH("k.procedure_id, k.procedure_version",
            "select coalesce(max(t.expires_ms), 0) as valid_until_ms from access.training_state t"
            " where t.person_id = $2 and t.document_id = b.procedure_id and t.document_version = b.procedure_version"), 2, NULL},
    [FACT_HEAD] = {"release_head",
        "select q.ordinal, h.seq" BATCHES "join ledger.heads($1) h on h.stream = q.batch_id order by q.ordinal", 1, NULL},
    [FACT_SETTING] = {"release_setting",
        EACH("select setting from release.except_evaluation where batch_id = q.batch_id order by seq desc limit 1"), 1, NULL},
    [QUERY_PROCEDURES] = {"release_procedures",
        "select distinct on (b.procedure_id, b.procedure_version) b.procedure_id as id, b.procedure_version as version, b.procedure_document"
        " as document" BATCHES "join batch.batch_facts b using (batch_id)", 1, NULL},
    [QUERY_SPECIFICATIONS] = {"release_specifications",
        "select distinct on (s.specification_id, s.version) s.specification_id as id, s.version, s.document" BATCHES
        "join batch.batch_facts b using (batch_id) join quality.specification_facts s on s.specification_id = b.specification_id"
        " and s.version = b.specification_version", 1, NULL},
    [QUERY_DOUBTED] = {"release_doubted",
        "select " IDENTITY_COLUMNS ", i.batch_id, b.state, t.tested_ms, k.owner_id, s.document" IDENTITY_FROM
        " join release.release_facts k using (batch_id) join quality.specification_facts s on s.specification_id = b.specification_id"
        " and s.version = b.specification_version where t.is_valid and b.state <> 'rejected' and (o.seq <> i.reference_seq or"
        " m.seq <> i.mother_seq) order by t.tested_ms, i.batch_id, t.code", 0, NULL},
    [QUERY_PEOPLE] = {"release_people", "select p.state as physician_state, p.roles as physician_roles, o.state as owner_state, o.roles as"
        " owner_roles from (select) one left join access.person_state p on p.person_id = $1"
        " left join access.person_state o on o.person_id = $2", 2, NULL},
    [QUERY_PENDING] = {"release_pending",
        "select w.batch_id, w.kind, w.code, to_timestamp(w.expected_ms / 1000.0) as expected_at,"
        " to_timestamp(w.overdue_ms / 1000.0) as overdue_at, case when w.overdue_ms < $1 then 'overdue'"
        " when w.expected_ms < $1 then 'grace' else 'waiting' end as state, w.owner_id, b.state as batch_state"
        " from release.waiting w join batch.batch_facts b using (batch_id) order by w.expected_ms, w.batch_id, w.code limit 501",
        1, &record_pending_row},
    [QUERY_OVERDUE] = {"release_overdue", "select count(*) as n from release.waiting where overdue_ms < $1", 1, NULL},
    [QUERY_DISPOSITIONS] = {"release_dispositions",
        "select d.batch_id, d.disposition, d.person_id, to_timestamp(d.time_ms / 1000.0) as time,"
        " coalesce(b.correction_seq, s.correction_seq) as corrected_by,"
        " case when b.correction_seq is null then s.stream_id end as corrected_in"
        " from release.disposition d left join lateral (select max(l.correction_seq) as correction_seq from"
        " batch.lapse_facts l where l.batch_id = d.batch_id and l.entry = d.seq and l.renewed_seq is null) b on true"
        " left join lateral (select l.stream_id, l.correction_seq from release.lapse_facts l where l.batch_id = d.batch_id"
        " and l.entry = d.seq order by l.stream_id desc, l.correction_seq desc limit 1) s on true"
        " order by d.time_ms desc limit 501",
        0, &record_disposition_row},
    [QUERY_WAITING] = {"release_waiting",
        "select batch_id, 'waiting' as lane, state, use, donation_number, " DB_TIME("opened_ms") " as opened_at,"
        " 0::bigint as head_seq, null::jsonb as open_points, null::text as touched from (" OLDEST("in_test") " union all " OLDEST("on_hold")
        ") w order by w.opened_ms, batch_id limit 51", 0, &record_review_item},
    [QUERY_EXCEPT] = {"release_except", "select q.seq as request_seq, q.physician_id, q.recipient_code, q.hazard, q.alternatives,"
        " v.seq as evaluation_seq, v.person_id as evaluator_id, v.evaluation, v.setting, v.notify, a.seq as accepted_seq"
        " from release.except_request q left join lateral (select k.* from release.except_evaluation k where k.batch_id = q.batch_id"
        " and k.request_seq = q.seq order by k.seq desc limit 1) v on true left join release.except_acceptance a"
        " on a.batch_id = q.batch_id and a.evaluation_seq = v.seq where q.batch_id = $1 order by q.seq desc limit 1", 1, NULL},
    [QUERY_NOTICES] = {"release_notices", "select release_seq, task, duty, owner_id, to_timestamp(due_ms / 1000.0) as due_at,"
        " to_timestamp(notified_ms / 1000.0) as notified_at from release.except_notice where batch_id = $1"
        " order by done_seq is not null, release_seq desc, due_ms, task limit 20", 1, &record_except_notice_row},
    [QUERY_NOTICE] = {"release_notice", "select n.owner_id, n.done_seq is not null as is_done, d.time_ms from release.except_notice n"
        " join release.disposition d on d.batch_id = n.batch_id and d.seq = n.release_seq"
        " where n.batch_id = $1 and n.release_seq = $2 and n.task = $3", 3, NULL},
    [QUERY_COUNT + RELEASE_REVIEW_INSERT] = {"release_review_insert",
        "insert into release.review (batch_id, seq, person_id, entries, collection_seq)"
        " values ($1, $2, $3, $4, $5)", 5, NULL},
    [QUERY_COUNT + RELEASE_DISPOSITION_INSERT] = {"release_disposition_insert",
        "insert into release.disposition (batch_id, disposition, person_id, seq,"
        " time_ms, follow_up_by, evidence_seq, collection_seq, accepted_seq)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
    [QUERY_COUNT + RELEASE_PENDING_INSERT] = {"release_pending_insert",
        "insert into release.pending_test (batch_id, release_seq, ordinal, code, expected_ms,"
        " grace_days, owner_id) values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [QUERY_COUNT + RELEASE_RENEW] = {"release_renew", "select batch.renew($1, $2, 0, $3)", 3, NULL},
    [QUERY_COUNT + RELEASE_MOVE] = {"release_move", "select batch.move($1, $2, $3)", 3, NULL},
    [QUERY_COUNT + RELEASE_ASK_INSERT] = {"release_ask_insert", "insert into release.except_request (batch_id, seq, physician_id,"
        " recipient_code, hazard, alternatives) values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [QUERY_COUNT + RELEASE_EVALUATION_INSERT] = {"release_evaluation_insert",
        "insert into release.except_evaluation (batch_id, seq, request_seq, person_id,"
        " evaluation, setting, notify) values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [QUERY_COUNT + RELEASE_ACCEPTANCE_INSERT] = {"release_acceptance_insert",
        "insert into release.except_acceptance (batch_id, seq, evaluation_seq, person_id)"
        " values ($1, $2, $3, $4)", 4, NULL},
    [QUERY_COUNT + RELEASE_NOTICE_INSERT] = {"release_notice_insert",
        "insert into release.except_notice (batch_id, release_seq, task, duty, owner_id, due_ms)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [QUERY_COUNT + RELEASE_NOTICE_DONE] = {"release_notice_done", "update release.except_notice set notified_ms = $4, done_by = $5,"
        " done_seq = $6, text = $7 where batch_id = $1 and release_seq = $2 and task = $3", 7, NULL},
    [QUERY_COUNT + RELEASE_ACT] = {"release_act", "select batch.act($1, $2, $3, $4)", 4, NULL},
};

const struct statement_table release_statements = STATEMENT_TABLE(rows);

const struct statement_row *release_query(enum release_query which)
{
    return &rows[which];
}

const struct statement_row *release_row(enum release_row which)
{
    return &rows[QUERY_COUNT + which];
}
