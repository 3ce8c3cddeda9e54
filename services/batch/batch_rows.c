/* The statement table. Rows that fill a record have its fields as columns, in order. */
#include "batch_store.h"

/* the calibration that held at a time: the last one done by then */
#define CALIBRATION_AT(equipment, at)                                                                                   \
    "left join lateral (select k.result, k.due_ms from batch.calibration k where k.equipment_id = " equipment            \
    " and k.calibrated_ms <= " at " order by k.calibrated_ms desc, k.seq desc limit 1) c on true"

/* why equipment was out of service at a time */
#define TAGGED(equipment, at)                                                                                           \
    "(select t.reason from batch.tag t where t.equipment_id = " equipment " and t.out_ms <= " at                          \
    " and (t.in_ms is null or t.in_ms > " at ") order by t.out_ms limit 1) as out_reason"

/* a lot m, and the vial v of it that is asked for as k */
#define LOT_COLUMNS                                                                                                     \
    "m.lot_id, m.state, m.material_class, m.unit, m.received_by, m.expires_ms, m.released_ms, m.in_use_h, k.vial_no,"    \
    " v.opened_ms, v.use_by_ms, v.discarded_ms"

#define BATCH_COLUMNS                                                                                                   \
    "b.batch_id, b.state, b.procedure_id, b.procedure_version, b.tissue, b.use, b.donation_number, b.steps_done,"        \
    " b.steps_total, " DB_TIME("b.opened_ms") " as opened_at, (select count(distinct l.entry) from batch.lapse l"           \
    " where l.batch_id = b.batch_id and l.renewed_seq is null) + (select count(distinct k.entry) from release.lapse_facts k"    \
    " where k.batch_id = b.batch_id) as unsigned_count"

/* when the collection ended, as it stands */
/* so long what is no longer in use stays listed, for what is recorded late: a week */
#define VIAL_LATE_MS "604800000"
#define COLLECTED "(select f.ended_ms from source.collection_facts f where f.collection_id = b.collection_id)"

/* a page behind a batch, newest first; without one, from the start. The page of one state is written without `=`, so that
 * only the worklist's index gives its order: a state that few batches are in is found as fast as any. */
#define PLACE(p)                                                                                                        \
    "coalesce((select k.opened_ms from batch.batch k where k.batch_id = " p "), 9223372036854775807), coalesce(" p ", '')"

/* what is next at each of the oldest open batches: the first step that is not done and verified; the containers behind the step
 * that fills; the end. Hold time runs from the end of the step before, at the first one from the collection's. A procedure is read once
 * (m, i, p), however many batches are made by it. */
#define NEXT_WORK                                                                                                       \
    "with b as materialized (select * from batch.batch where state in ('open', 'in_process')"                            \
    " order by opened_ms, batch_id limit 201), m as materialized (select procedure_id, version,"                         \
    " document::jsonb -> 'steps' as steps from batch.procedure where (procedure_id, version) in"                         \
    " (select procedure_id, procedure_version from b)), i as materialized (select m.procedure_id, m.version,"            \
    " f.no::integer as no, f.doc ->> 'name' as name, f.doc ->> 'stage' as stage,"                                        \
    " ((f.doc ->> 'max_hold_h')::numeric * 3600000)::bigint as hold_ms"                                                  \
    " from m cross join jsonb_array_elements(m.steps) with ordinality f (doc, no)), p as materialized"                   \
    " (select procedure_id, version, min(no) filter (where stage = 'fill') as fill_no from i group by 1, 2)"             \
    " select b.*, n.no as step, n.name, s.performed_by,"                                                                 \
    " case when not k.filled and coalesce(n.no, 201) > p.fill_no then 'fill'"                                            \
    " when n.no is null then 'complete' when s.step is null then 'perform' else 'verify' end as what,"                   \
    " case when s.step is null then coalesce(e.ended_ms, case when n.no = 1 then " COLLECTED " end) + n.hold_ms end"      \
    " as due_ms from b left join p on p.procedure_id = b.procedure_id and p.version = b.procedure_version"               \
    " cross join lateral (select exists (select from batch.container c where c.batch_id = b.batch_id) as filled"           \
    " offset 0) k"                                                                                                       \
    " left join lateral (select i.no, i.name, i.hold_ms from i left join batch.step d on d.batch_id = b.batch_id"        \
    " and d.step = i.no where i.procedure_id = b.procedure_id and i.version = b.procedure_version"                       \
    " and (d.step is null or d.needs_verify and d.verified_by is null) order by i.no limit 1) n on true"                 \
    " left join batch.step s on s.batch_id = b.batch_id and s.step = n.no"                                               \
    " left join batch.step e on e.batch_id = b.batch_id and e.step = n.no - 1"

#define WHY_NOT_MINE(person, now)                                                                                       \
    "case when exists (select from source.donor_hold h where h.donor_id = w.donor_id) then 'held: consent withdrawn'"    \
    " when w.what = 'verify' and w.performed_by = " person " then 'you performed it: another person verifies'"           \
    " when not exists (select from access.training_state t where t.person_id = " person                                  \
    " and t.document_id = w.procedure_id and t.document_version = w.procedure_version and t.expires_ms > " now ")"       \
    " then 'you have no valid training on this procedure' end"

static const struct statement_row rows[ROW_COUNT] = {
    [ROW_PROCEDURE_STATE] = {"batch_procedure_state",
        "select p.state, p.author_id, (select max(n.version) from batch.procedure n where n.procedure_id = $1) as newest"
        " from (select) one left join batch.procedure p on p.procedure_id = $1 and p.version = $2", 2, NULL},
    [ROW_PROCEDURE_LIST] = {"batch_procedure_list",
        "select procedure_id, version, title, state from batch.procedure order by procedure_id, version desc limit 201", 0,
        &record_procedure_row},
    [ROW_PROCEDURE_SHOW] = {"batch_procedure_show",
        "select procedure_id, version, state, document from batch.procedure"
        " where procedure_id = $1 and ($2::integer is null or version = $2) order by version desc limit 1", 2,
        &record_procedure_show},
    [ROW_PROCEDURE_INSERT] = {"batch_procedure_insert",
        "insert into batch.procedure (procedure_id, version, state, title, document, steps_total, verify_steps, author_id,"
        " authored_seq) values ($1, $2, 'draft', $3, $4, $5, $6, $7, $8)", 8, NULL},
    [ROW_PROCEDURE_SUPERSEDE] = {"batch_procedure_supersede",
        "update batch.procedure set state = 'superseded' where procedure_id = $1 and state = 'approved'", 1, NULL},
    [ROW_PROCEDURE_APPROVE] = {"batch_procedure_approve",
        "update batch.procedure set state = 'approved', approver_id = $3, approved_seq = $4"
        " where procedure_id = $1 and version = $2 and state = 'draft'", 4, NULL},
    [ROW_LOTS] = {"batch_lots",
        "select " LOT_COLUMNS ", m.quantity, v.quantity as vial_left from unnest($1::text[], $2::bigint[]) k (lot_id, vial_no)"
        " join batch.material_lot m on m.lot_id = k.lot_id left join batch.vial v on v.lot_id = k.lot_id and v.vial_no = k.vial_no", 2, NULL},
    [ROW_STEP_LOTS] = {"batch_step_lots",
        "select " LOT_COLUMNS ", m.quantity + coalesce(u.quantity, 0) as quantity, v.quantity + coalesce(u.quantity, 0) as vial_left"
        " from (select lot_id, vial_no::bigint from batch.material_use where batch_id = $1 and step = $2 and ended_seq is null"
        " union select n.lot_id, n.vial_no from unnest($3::text[], $4::bigint[]) n (lot_id, vial_no)) k (lot_id, vial_no)"
        " join batch.material_lot m on m.lot_id = k.lot_id left join batch.vial v on v.lot_id = k.lot_id and v.vial_no = k.vial_no"
        " left join batch.material_use u on u.lot_id = k.lot_id and u.vial_no = k.vial_no and u.batch_id = $1 and u.step = $2"
        " and u.ended_seq is null", 4, NULL},
    [ROW_VIAL] = {"batch_vial",
        "select " LOT_COLUMNS ", m.quantity, v.quantity as vial_left, v.opened_seq, v.opened_by,"
        " (select count(*) from batch.vial o where o.lot_id = m.lot_id) as opened,"
        " m.quantity - (select coalesce(sum(o.quantity), 0) from batch.vial o where o.lot_id = m.lot_id and o.discarded_seq is null) as unopened,"
        " u.first_ms, u.last_ms, u.began_ms, (select w.used_by from (select w.batch_id as used_by, w.used_ms from batch.material_use w"
        " where w.lot_id = m.lot_id and w.vial_no = k.vial_no and w.ended_seq is null union all select w.equipment_id, w.cleaned_ms"
        " from batch.cleaning w where w.lot_id = m.lot_id and w.vial_no = k.vial_no) w order by w.used_ms desc limit 1) as used_by"
        " from (values ($1::text, $2::bigint)) k (lot_id, vial_no)"
        " join batch.material_lot m on m.lot_id = k.lot_id left join batch.vial v on v.lot_id = k.lot_id and v.vial_no = k.vial_no"
        " left join lateral batch.vial_used(v.lot_id, v.vial_no) u on true", 2, NULL},
    [ROW_VIAL_LIST] = {"batch_vial_list",
        "select v.lot_id, v.vial_no, m.material, m.material_class, " DB_TIME("v.opened_ms") " as opened_at, v.opened_by, " DB_TIME("v.use_by_ms")
        " as use_by, " DB_TIME("v.discarded_ms") " as discarded_at, v.quantity, m.unit from batch.vial v join batch.material_lot m using (lot_id)"
        " cross join lateral (select case when v.discarded_seq is null and v.use_by_ms > $1 then 0"
        " when coalesce(v.discarded_ms, v.use_by_ms) > $1 - " VIAL_LATE_MS " then 1 else 2 end as part, coalesce(v.discarded_ms, v.use_by_ms) as ended_ms) k"
        " where v.quantity > 0 and (v.discarded_seq is null or v.discarded_ms > $1 - " VIAL_LATE_MS ")"
        " order by k.part, case when k.part = 0 then k.ended_ms else -k.ended_ms end, v.lot_id, v.vial_no limit 501", 1, &record_vial_row},
    [ROW_VIAL_INSERT] = {"batch_vial_insert",
        "insert into batch.vial (lot_id, vial_no, opened_seq, opened_by, opened_ms, use_by_ms, late_min, content, quantity)"
        " values ($1, $2::bigint, $3, $4, $5, $6, $7, $8::numeric, $8::numeric)", 8, NULL},
    [ROW_VIAL_CORRECT] = {"batch_vial_correct", "select batch.correct_vial($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
    [ROW_VIAL_DISCARD] = {"batch_vial_discard", "select batch.discard_vial($1, $2, $3, $4, $5)", 5, NULL},
    [ROW_LOT_LIST] = {"batch_lot_list",
        "select lot_id, material, material_class, state, " DB_TIME("expires_ms") " as expires_at, quantity, unit, in_use_h"
        " from batch.material_lot order by lot_id limit 501", 0, &record_material_row},
    [ROW_LOT_INSERT] = {"batch_lot_insert",
        "insert into batch.material_lot (lot_id, state, material, material_class, manufacturer, lot_number, expires_ms,"
        " received, quantity, unit, received_by, received_seq, in_use_h)"
        " values ($1, 'quarantine', $2, $3, $4, $5, $6, $7::numeric, $7::numeric, $8, $9, $10, $11)", 11, NULL},
    [ROW_LOT_RELEASE] = {"batch_lot_release",
        "update batch.material_lot set state = 'released', released_by = $2, released_seq = $3, released_ms = $4"
        " where lot_id = $1 and state = 'quarantine'", 4, NULL},
    [ROW_EQUIPMENT_AT] = {"batch_equipment_at", "select * from batch.equipment_at($1, $2, $3, $4)", 4, NULL},
    [ROW_STEP_EQUIPMENT] = {"batch_step_equipment",
        "select a.* from batch.step_facts s, batch.equipment_at($1, array(select u.equipment_id from batch.step_equipment u where u.batch_id = $1"
        " and u.step = $2 and u.ended_seq is null union select $3::text where $3::text is not null), coalesce($4::bigint, s.started_ms),"
        " coalesce($5::bigint, s.ended_ms)) a where s.batch_id = $1 and s.step = $2", 5, NULL},
    [ROW_TAG] = {"batch_tag",
        "select e.equipment_id, t.out_by from batch.equipment e left join batch.tag t on t.equipment_id = e.equipment_id and t.in_seq is null"
        " where e.equipment_id = $1", 1, NULL},
    [ROW_QUALIFICATION_INSERT] = {"batch_qualification_insert",
        "insert into batch.qualification (equipment_id, seq, qualified_ms, due_ms, report, result, qualified_by) values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_CLEANING_INSERT] = {"batch_cleaning_insert",
        "select batch.record_cleaning($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_TAG_OUT] = {"batch_tag_out", "insert into batch.tag (equipment_id, out_seq, out_ms, out_by, reason) values ($1, $2, $3, $4, $5)", 5, NULL},
    [ROW_TAG_IN] = {"batch_tag_in", "update batch.tag set in_seq = $2, in_ms = greatest(out_ms, $3), in_by = $4 where equipment_id = $1 and in_seq is null", 4, NULL},
    [ROW_CLEAN_HOLD] = {"batch_clean_hold", "select batch.clean_hold($1, $2, $3, $4)", 4, NULL},
    [ROW_EQUIPMENT_LIST] = {"batch_equipment_list",
        "select e.equipment_id, e.title, e.equipment_class, c.result as calibration, " DB_TIME("c.due_ms") " as due_at,"
        " case when exists (select from batch.line_standing k where k.equipment_id = e.equipment_id)"
        " then (select o.batch_id from batch.line_other('', e.equipment_id, -1, 9223372036854775807) o) end as batch_id,"
        " (select case q.result when 'pass' then " DB_TIME("q.due_ms") " end from batch.qualification q where q.equipment_id = e.equipment_id"
        " order by q.qualified_ms desc, q.seq desc limit 1) as qualified_until,"
        " (select " DB_TIME("max(k.cleaned_ms)") " from batch.cleaning k where k.equipment_id = e.equipment_id) as cleaned_at,"
        " (select t.reason from batch.tag t where t.equipment_id = e.equipment_id and t.in_seq is null) as out_of_service"
        " from batch.equipment e " CALIBRATION_AT("e.equipment_id", "$1") " order by e.equipment_id limit 501", 1,
        &record_equipment_row},
    [ROW_EQUIPMENT_INSERT] = {"batch_equipment_insert",
        "insert into batch.equipment (equipment_id, title, equipment_class, serial_number, registered_by, registered_seq)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_CALIBRATION_INSERT] = {"batch_calibration_insert",
        "insert into batch.calibration (equipment_id, seq, calibrated_ms, due_ms, certificate, result, calibrated_by, good_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    [ROW_LAST_GOOD] = {"batch_last_good",
        "select max(calibrated_ms) as good_ms from batch.calibration where equipment_id = $1 and result = 'pass' and calibrated_ms <= $2", 2, NULL},
    [ROW_OPEN_FACTS] = {"batch_open_facts",
        "select p.state as procedure_state, p.document, s.state as specification_state, d.tissue as donor_tissue,"
        " d.use as donor_use, d.recipient_code as donor_recipient, d.determination, d.consent_treatment,"
        " d.consent_research, k.donor_id as collection_donor, k.tissue as collection_tissue, k.donation_number, k.decision,"
        " exists (select from source.urgent_need_facts n where n.donor_id = $5 and n.recipient_code = $7) as urgent"
        " from (select) one"
        " left join batch.procedure p on p.procedure_id = $1 and p.version = $2"
        " left join quality.specification_facts s on s.specification_id = $3 and s.version = $4"
        " left join source.donor_facts d on d.donor_id = $5"
        " left join source.collection_facts k on k.collection_id = $6", 7, NULL},
    [ROW_BATCH] = {"batch_batch",
        "select b.state, b.donation_number, b.use, " COLLECTED " as collected_ms, coalesce(b.stands_expires_ms, b.expires_ms) as expires_ms, b.steps_total, b.steps_done, p.document,"
        " (select count(*) from batch.step k where k.batch_id = b.batch_id) as steps_performed,"
        " (select count(*) from batch.container k where k.batch_id = b.batch_id) as container_count,"
        " exists (select from source.donor_hold h where h.donor_id = b.donor_id) as held"
        " from batch.batch b join batch.procedure p on p.procedure_id = b.procedure_id and p.version = b.procedure_version"
        " where b.batch_id = $1", 1, NULL},
    [ROW_BATCH_STATE] = {"batch_batch_state", "select state from batch.batch where batch_id = $1", 1, NULL},
    [ROW_BATCH_STATE_MANY] = {"batch_batch_state*",
        "select u.ordinal, b.state from unnest($1::text[]) with ordinality u (batch_id, ordinal)"
        " left join lateral (select k.state from batch.batch k where k.batch_id = u.batch_id) b on true where b.state is not null",
        1, NULL},
    [ROW_STEPS] = {"batch_steps",
        "select step, performed_by, performed_seq, verified_by, needs_verify, ended_ms, body, corrected_seq, last_verified_seq"
        " from batch.step_facts where batch_id = $1 order by step", 1, NULL},
    [ROW_CORRECTIONS] = {"batch_corrections",
        "select step, field, old_value, new_value from batch.correction where batch_id = $1 order by seq", 1, NULL},
    [ROW_CORRECTORS] = {"batch_correctors",
        "select l.subject, c.person_id from batch.lapse l"
        " join batch.correction c on c.batch_id = l.batch_id and c.seq = l.correction_seq"
        " where l.batch_id = $1 and l.renewed_by = 'batch.step_verify' and l.renewed_seq is null", 1, NULL},
    [ROW_RELEASE_ACTS] = {"batch_release_acts",
        "select seq, act from batch.actor where batch_id = $1 and act in ('batch.fill', 'release.review', 'release.release') order by seq",
        1, NULL},
    [ROW_CORRECTION_ROWS] = {"batch_correction_rows",
        "select c.entry, c.corrects, c.field, c.old_value, c.new_value, c.reason, c.person_id, " DB_TIME("c.time_ms")
        " as corrected_at, case when c.stream_id is null then (select count(*) from batch.lapse l where l.batch_id = $1"
        " and l.correction_seq = c.entry and l.renewed_seq is null) else c.unsigned_elsewhere + (select count(*) from release.lapse_facts l"
        " where l.batch_id = $1 and l.stream_id = c.stream_id and l.correction_seq = c.entry) end as unsigned_count, c.stream_id, c.findings"
        " from (select seq as entry, corrects_seq as corrects, 'step ' || step || ', ' || field as field, old_value, new_value,"
        " reason, person_id, time_ms, null::text as stream_id, 0 as unsigned_elsewhere, null::text[] as findings from batch.correction where batch_id = $1 union all"
        " select seq, entry, split_part(act, '.', 2), old_value, 'void', reason, person_id, time_ms, null, 0, null from batch.voided"
        " where batch_id = $1 union all"
        " select seq, corrects_seq, 'fill, ' || field, old_value, new_value, reason, person_id, time_ms, null, 0, null from batch.fill_correction"
        " where batch_id = $1 union all"
        " select seq, entry, split_part(act, '.', 2) || ', ' || field, old_value, new_value, reason, person_id, time_ms, null, 0, findings"
        " from custody.correction_told where batch_id = $1 union all"
        " select s.seq, s.entry, split_part(s.act, '.', 2) || ', ' || s.field, case when s.stream_id = b.donor_id then '-' else s.old_value end,"
        " case when s.stream_id = b.donor_id then '-' else s.new_value end, s.reason, s.person_id, s.time_ms, s.stream_id,"
        " (s.determined_seq is not null)::integer + (s.receipt_seq is not null)::integer, null"
        " from batch.batch b join source.correction_facts s on s.stream_id in (b.donor_id, b.collection_id) where b.batch_id = $1 union all"
        " select seq, test_seq, 'test ' || code, old_value, new_value, reason, person_id, time_ms, null, 0, null"
        " from quality.correction_facts where batch_id = $1) c order by c.time_ms desc, c.entry desc limit 201", 1, &record_correction_row},
    [ROW_UNSIGNED_ROWS] = {"batch_unsigned_rows",
        "select l.entry, l.act, nullif(l.subject, 0) as subject, a.person_id, max(l.correction_seq) as corrected_by,"
        " null::text as corrected_in from batch.lapse l join batch.actor a on a.batch_id = l.batch_id and a.seq = l.entry"
        " where l.batch_id = $1 and l.renewed_seq is null group by 1, 2, 3, 4 union all"
        " select l.entry, l.act, null, l.person_id, max(l.correction_seq), l.stream_id from release.lapse_facts l"
        " where l.batch_id = $1 group by 1, 2, 4, 6 order by 1 limit 501", 1,
        &record_unsigned_row},
    [ROW_TRAINED] = {"batch_trained",
        "select t.person_id, t.expires_ms from batch.batch b join access.training_state t"
        " on t.document_id = b.procedure_id and t.document_version = b.procedure_version where b.batch_id = $1", 1, NULL},
    [ROW_CONTAINERS_TAKEN] = {"batch_containers_taken",
        "select container_id from batch.container where container_id = any($1) order by container_id limit 1", 1, NULL},
    [ROW_READING_FACTS] = {"batch_reading_facts",
        "select b.state, e.equipment_id, e.equipment_class, c.result, c.due_ms, " TAGGED("e.equipment_id", "$3") " from (select) one"
        " left join batch.batch b on b.batch_id = $1 left join batch.equipment e on e.equipment_id = $2 "
        CALIBRATION_AT("$2", "$3"), 3, NULL},
    [ROW_READING_FACTS_MANY] = {"batch_reading_facts*",
        "select u.ordinal, b.state, e.equipment_id, e.equipment_class, c.result, c.due_ms, " TAGGED("e.equipment_id", "u.read_ms")
        " from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality u (batch_id, equipment_id, read_ms, ordinal)"
        " left join lateral (select k.state from batch.batch k where k.batch_id = u.batch_id) b on true"
        " left join lateral (select k.equipment_id, k.equipment_class from batch.equipment k"
        " where k.equipment_id = u.equipment_id) e on true "
        CALIBRATION_AT("u.equipment_id", "u.read_ms"), 3, NULL},
    [ROW_LIST] = {"batch_list",
        "select " BATCH_COLUMNS " from batch.batch b where (b.opened_ms, b.batch_id) < (" PLACE("$1") ")"
        " order by b.opened_ms desc, b.batch_id desc limit $2", 2, &record_batch_row},
    [ROW_LIST_STATE] = {"batch_list_state",
        "select " BATCH_COLUMNS " from batch.batch b where b.state >= $3"
        " and (b.state, b.opened_ms, b.batch_id) < ($3, " PLACE("$1") ")"
        " order by b.state desc, b.opened_ms desc, b.batch_id desc limit $2", 3, &record_batch_row},
    [ROW_WORK] = {"batch_work",
        "select w.batch_id, w.state, w.donation_number, w.tissue, w.use, w.procedure_id, w.procedure_version, w.steps_total,"
        " w.what, w.step, w.name, w.performed_by, " DB_TIME("w.due_ms") " as due_at, " WHY_NOT_MINE("$1", "$2") " as why_not"
        " from (" NEXT_WORK ") w order by 14 is not null, 13, w.opened_ms, 1", 2, &record_work_item},
    [ROW_SHOW] = {"batch_show",
        "select b.batch_id, b.state, b.procedure_id, b.procedure_version, b.specification_id, b.specification_version,"
        " b.donor_id, b.collection_id, b.donation_number, b.tissue, b.use, b.recipient_code, "
        DB_TIME("b.opened_ms") " as opened_at,"
        " (select h.seq from ledger.heads(array[b.batch_id]) h) as head_seq,"
        " null::jsonb as steps, null::jsonb as containers, null::jsonb as corrections, null::jsonb as unsigned_acts,"
        " exists (select from source.donor_hold h where h.donor_id = b.donor_id) as held,"
        " null::boolean as more_corrections, null::boolean as more_unsigned, null::jsonb as lines,"
        " null::boolean as more_lines from batch.batch b where b.batch_id = $1", 1, &record_batch_show},
    [ROW_CONTAINERS] = {"batch_containers",
        "select k.container_id, k.volume_ml, k.cells, " DB_TIME("k.expires_ms") " as expires_at, case when l.taken_ml is not null or l.pooled then l.volume_ml end"
        " as left_ml from batch.container_facts k join custody.container_left l using (container_id)"
        " where k.batch_id = $1 order by k.container_id limit 200", 1, &record_container_row},
    [ROW_SAMPLED] = {"batch_sampled", "select container_id, taken_ml::text as taken_ml, taken_cells::text as taken_cells from custody.container_left"
        " where batch_id = $1 and taken_ml is not null", 1, NULL},
    [ROW_POOLS] = {"batch_pools",
        "select batch_id, parents, container_id, volume_ml, waste_ml, " DB_TIME("pooled_ms") " as pooled_at, null::text as reason, null::jsonb as parts,"
        " null::numeric as volume_in_ml, null::numeric as cells, null::timestamptz as expires_at, null::text[] as donors, null::boolean as verify,"
        " null::bigint as late_min, tolerance_percent, tolerance_ml from custody.pool_facts where batch_id = $1 order by seq", 1,
        &record_container_pool},
    [ROW_CORRECT_POOLED] = {"batch_correct_pooled", "select batch.correct_pooled($1, $2::text[], $3::text[])", 3, NULL},
    [ROW_BATCH_INSERT] = {"batch_batch_insert",
        "insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id,"
        " specification_version, donor_id, collection_id, donation_number, tissue, use, recipient_code, collected_ms,"
        " opened_ms, opened_by, steps_total)"
        " select $1, 'open', $2, p.procedure_id, p.version, $5, $6, d.donor_id, k.collection_id, k.donation_number,"
        " k.tissue, d.use, $9, k.ended_ms, $10, $11, p.steps_total"
        " from batch.procedure p, source.donor_facts d, source.collection_facts k"
        " where p.procedure_id = $3 and p.version = $4 and d.donor_id = $7 and k.collection_id = $8", 11, NULL},
    [ROW_STEP_INSERT] = {"batch_step_insert",
        "with s as (insert into batch.step (batch_id, step, performed_by, performed_seq, started_ms, ended_ms, recorded_ms,"
        " needs_verify, reason, body, late_min)"
        " select b.batch_id, $2::integer, $3, $4, $5, $6, $7, $2::integer = any(p.verify_steps) or $10::bigint is not null, $8,"
        " $9, $10 from batch.batch b"
        " join batch.procedure p on p.procedure_id = b.procedure_id and p.version = b.procedure_version"
        " where b.batch_id = $1 returning needs_verify)"
        " update batch.batch b set steps_done = b.steps_done + (not s.needs_verify)::integer from s where b.batch_id = $1",
        10, NULL},
    [ROW_USE_MATERIALS] = {"batch_use_materials", "select batch.use_materials($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_USE_EQUIPMENT] = {"batch_use_equipment",
        "insert into batch.step_equipment (batch_id, step, equipment_id, used_from_ms, used_until_ms, seq)"
        " select $1, $2, u.equipment_id, $4, $5, $6 from unnest($3::text[]) u (equipment_id)", 6, NULL},
    [ROW_STEP_VERIFY] = {"batch_step_verify",
        "select batch.verify($1, $2::integer, $3, $4)", 4, NULL},
    [ROW_CONTAINERS_INSERT] = {"batch_containers_insert",
        "insert into batch.container (container_id, batch_id, volume_ml, cells, expires_ms, filled_seq)"
        " select u.container_id, $1, u.volume_ml::numeric, u.cells::numeric, $5, $6"
        " from unnest($2::text[], $3::text[], $4::text[]) u (container_id, volume_ml, cells)", 6, NULL},
    [ROW_BATCH_FILL] = {"batch_batch_fill",
        "update batch.batch set volume_in_ml = $2::numeric, samples_ml = $3::numeric, waste_ml = $4::numeric,"
        " filled_seq = $5, expires_ms = $6 where batch_id = $1", 6, NULL},
    [ROW_READING_INSERT] = {"batch_reading_insert",
        "insert into batch.reading (batch_id, seq, equipment_id, quantity, value, read_ms, person_id)"
        " values ($1, $2, $3, $4, $5::numeric, $6, $7)", 7, NULL},
    [ROW_READING_INSERT_MANY] = {"batch_reading_insert*",
        "insert into batch.reading (batch_id, seq, equipment_id, quantity, value, read_ms, person_id)"
        " select u.batch_id, u.seq, u.equipment_id, u.quantity, u.value::numeric, u.read_ms, u.person_id"
        " from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])"
        " u (batch_id, seq, equipment_id, quantity, value, read_ms, person_id)", 7, NULL},
    [ROW_PLACES] = {"batch_places", "select equipment_id, seq, late_min, verified_by, other from batch.line_at($1, $2, $3, $4)", 4, NULL},
    [ROW_STEP_PLACES] = {"batch_step_places",
        "select a.equipment_id, a.seq, a.late_min, a.verified_by, a.other from batch.step_facts s, batch.line_at($1,"
        " array(select u.equipment_id from batch.step_equipment u where u.batch_id = $1 and u.step = $2 and u.ended_seq is null"
        " union select $3::text where $3::text is not null), coalesce($4::bigint, s.started_ms), coalesce($5::bigint, s.ended_ms)) a"
        " where s.batch_id = $1 and s.step = $2", 5, NULL},
    [ROW_LINE] = {"batch_line",
        "select e.equipment_class, k.seq, k.person_id, k.verified_by, batch.line_busy($1, $2, $3::bigint) as busy,"
        " nullif((select o.batch_id from batch.line_other('', $2, -1, $3::bigint + 1) o), $1) as previous"
        " from (select) one left join batch.equipment e on e.equipment_id = $2"
        " left join lateral (select s.seq, s.person_id, s.verified_by from batch.line_standing s where s.batch_id = $1"
        " and s.equipment_id = $2 order by s.cleared_ms desc, s.seq desc limit 1) k on true", 3, NULL},
    [ROW_LINES] = {"batch_lines",
        "select k.seq as entry, k.equipment_id, " DB_TIME("k.cleared_ms") " as cleared_at, k.person_id, k.verified_by, k.late_min,"
        " k.previous_batch_id, o.batch_id as next_batch_id from batch.line_standing k"
        " left join lateral batch.line_other($1, k.equipment_id, k.cleared_ms, 9223372036854775807) o on true"
        " where k.batch_id = $1 order by k.cleared_ms desc, k.seq desc limit 201", 1, &record_line_row},
    [ROW_LINE_HOLD] = {"batch_line_hold",
        "select batch.line_hold($1, p.places, f.started_ms, f.ended_ms) from batch.step_facts f cross join lateral"
        " (select array_agg(u.equipment_id) as places from batch.batch b"
        " join batch.procedure d on d.procedure_id = b.procedure_id and d.version = b.procedure_version"
        " cross join lateral jsonb_array_elements(d.document::jsonb -> 'steps') s (doc)"
        " cross join lateral jsonb_array_elements(s.doc -> 'equipment') q (doc)"
        " join batch.equipment e on e.equipment_class = q.doc ->> 'name'"
        " join batch.step_equipment u on u.batch_id = $1 and u.step = $2 and u.equipment_id = e.equipment_id and u.ended_seq is null"
        " where b.batch_id = $1 and s.doc -> 'no' = to_jsonb($2::integer) and q.doc ->> 'line_clearance' in ('performed', 'verified')) p"
        " where f.batch_id = $1 and f.step = $2 and p.places is not null", 2, NULL},
    [ROW_LINE_CLEAR] = {"batch_line_clear", "select batch.line_clear($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_LINE_VERIFY] = {"batch_line_verify",
        "update batch.line_clearance set verified_by = $3, verified_seq = $4 where batch_id = $1 and seq = $2", 4, NULL},
    [ROW_CORRECT] = {"batch_correct",
        "insert into batch.correction (batch_id, seq, step, corrects_seq, field, old_value, new_value, reason, person_id,"
        " time_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10, NULL},
    [ROW_CORRECT_MATERIAL] = {"batch_correct_material", "select batch.correct_material($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    [ROW_CORRECT_EQUIPMENT] = {"batch_correct_equipment", "select batch.correct_equipment($1, $2, $3, $4, $5)", 5, NULL},
    [ROW_CORRECT_TIME] = {"batch_correct_time", "select batch.correct_time($1, $2, $3, $4, $5)", 5, NULL},
    [ROW_FILL] = {"batch_fill_entry",
        "select b.filled_seq as seq, e.statement from batch.batch b join ledger.chain($1, b.filled_seq, 1) e on e.seq = b.filled_seq"
        " where b.batch_id = $1 and b.filled_seq is not null", 1, NULL},
    [ROW_FILL_CORRECTIONS] = {"batch_fill_corrections",
        "select field, old_value, new_value from batch.fill_correction where batch_id = $1 order by seq", 1, NULL},
    [ROW_CORRECT_FILL] = {"batch_correct_fill", "select batch.correct_fill($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12, NULL},
    [ROW_LAPSE] = {"batch_lapse", "select batch.lapse_acts($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_COUNT_STEPS] = {"batch_count_steps", "select batch.count_steps($1)", 1, NULL},
    [ROW_VOID_FACTS] = {"batch_void_facts",
        "select b.state, e.statement, exists (select from batch.voided v where v.batch_id = $1 and v.entry = $2) as is_void, batch.line_rests($1, $2) as rests"
        " from batch.batch b left join ledger.chain($1, $2, 1) e on e.seq = $2 where b.batch_id = $1", 2, NULL},
    [ROW_VOID] = {"batch_void",
        "insert into batch.voided (batch_id, seq, entry, act, old_value, reason, person_id, time_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    [ROW_MOVE] = {"batch_move", "select batch.move($1, $2, $3)", 3, NULL},
    [ROW_ACT] = {"batch_act",
        "insert into batch.actor (batch_id, seq, person_id, act) values ($1, $2, $3, $4)", 4, NULL},
    [ROW_ACT_MANY] = {"batch_act*",
        "insert into batch.actor (batch_id, seq, person_id, act)"
        " select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[])", 4, NULL},
};

const struct statement_table batch_statements = STATEMENT_TABLE(rows);

const struct statement_row *store_row(enum store_row which)
{
    return &rows[which];
}
