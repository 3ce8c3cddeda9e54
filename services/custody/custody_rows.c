/* The statement table. Rows that fill a record have its fields as columns, in order. */
#include "custody_store.h"

/* since when a container ${s} stands as it does: a sample that was taken of it, and a decision that leaves it where it is, move nothing */
#define STANDS_SINCE                                                                                                    \
    "select w.seq, w.time_ms, w.person_id from (select v.seq, v.time_ms, v.person_id, v.state <> lag(v.state, 1, 'kept')" \
    " over (order by v.seq) as is_new from custody.container_event v where v.container_id = s.container_id) w"            \
    " where w.is_new order by w.seq desc limit 1"

/* what of the record a label bears, beside its statements: container k, what is left of it a, batch b */
#define LABEL_COLUMNS                                                                                                   \
    "k.container_id, b.batch_id, b.procedure_document::jsonb ->> 'product' as product, a.volume_ml::text as volume_ml,"  \
    " a.cells::text as cells, b.recipient_code, k.expires_ms"

static const struct statement_row rows[ROW_COUNT] = {
    [ROW_BATCH] = {"custody_batch", "select b.state, b.use, b.recipient_code, b.donation_number, d.recipient_code as donor_recipient, exists (select from source.donor_hold h where h.donor_id = b.donor_id) as held,"
        " coalesce(d.consent_storage, false) as may_store,"
        " exists (select from source.urgent_need_facts n where n.donor_id = b.donor_id and n.recipient_code = b.recipient_code)"
        " as urgent, d.determination, coalesce(v.evidence_seq > coalesce(d.determined_seq, -1), false) as overtaken,"
        " exists (select from release.lapse_facts l where l.batch_id = b.batch_id and l.act = 'release.release') as lapsed,"
        " exists (select from custody.recall r where r.batch_id = b.batch_id and not r.is_mock) as recalled,"
        " (select x.recipient_code from release.except_facts x where x.batch_id = b.batch_id) as except_recipient"
        " from batch.batch_facts b left join source.donor_facts d on d.donor_id = b.donor_id"
        " left join source.evidence_facts v on v.donor_id = b.donor_id where b.batch_id = $1", 1, NULL},
    [ROW_CONTAINERS] = {"custody_containers",
        "select k.container_id, k.expires_ms, s.state, (select max(v.time_ms) from custody.container_event v"
        " where v.container_id = k.container_id and v.event = 'custody.receive') as received_ms, s.person_id, l.volume_ml::text as volume_ml, l.cells::text as cells,"
        " exists (select from custody.place p where p.container_id = k.container_id and p.left_seq is null) as placed,"
        " exists (select from custody.hold h where h.batch_id = k.batch_id and h.container_id = k.container_id) as held"
        " from batch.container_facts k join custody.container_state s using (container_id) join custody.container_left l using (container_id)"
        " where k.batch_id = $1 order by k.container_id", 1, NULL},
    [ROW_COPIES] = {"custody_copies",
        "select coalesce(max(copy), 0) as copies from custody.label where container_id = $1", 1, NULL},
    [ROW_DONOR] = {"custody_donor",
        "select d.donor_id, timestamptz 'epoch' + d.recovery_ms * interval '1 millisecond' as recovery_at, d.rules_id,"
        " d.rules_version, d.stored, d.reason, d.jurisdiction, d.missing, d.determination, d.reasons, d.fully_tested, d.has_risk, d.reactive from batch.batch_facts b"
        " join source.donor_facts d on d.donor_id = b.donor_id where b.batch_id = $1 and d.determination is not null", 1,
        &record_eligibility_determine},
    [ROW_PLACE] = {"custody_place",
        "select q.equipment_class, (select p.container_id from custody.place p where p.equipment_id = $1"
        " and p.position = $2 and p.left_seq is null) as occupant from batch.equipment_facts q where q.equipment_id = $1", 2,
        NULL},
    [ROW_RECEIVER] = {"custody_receiver", "select state, roles from access.person_state where person_id = $1", 1, NULL},
    [ROW_TRANSFER] = {"custody_transfer",
        "select giver_id, receiver_id, seal_number, digest, given_ms, received_seq is not null as received"
        " from custody.transfer where batch_id = $1 and transfer_id = $2", 2, NULL},
    [ROW_TRANSFER_CONTAINERS] = {"custody_transfer_containers",
        "select container_id from custody.transfer_container where batch_id = $1 and transfer_id = $2"
        " order by container_id", 2, NULL},
    [ROW_CHAIN] = {"custody_chain",
        "select h.seq, h.event, h.person_id, h.container_id, h.transfer_id, coalesce(n.destination, a.route || ' ' || a.site, h.place) as place,"
        " case when coalesce(n.destination, a.route || ' ' || a.site) <> h.place then h.place end as was_place,"
        " timestamptz 'epoch' + h.time_ms * interval '1 millisecond' as time from custody.chain h"
        " left join custody.transfer_now n on n.batch_id = h.batch_id and n.transfer_id = h.transfer_id"
        " and h.seq in (n.given_seq, n.received_seq)"
        " left join custody.administration_now a on a.batch_id = h.batch_id and a.seq = h.seq where h.batch_id = $1"
        " order by h.seq desc, h.container_id desc limit 1001", 1, &record_custody_row},
    /* container $1, donation number $2, manufacturer's lot number $3, identifier $4; the fields of scan_hit */
    [ROW_SCAN] = {"custody_scan",
        "select k.* from ("
        "select 'container' as kind, c.container_id as id, b.procedure_title as title, case when v.state in ('kept', 'given', 'received')"
        " then b.state else v.state end as state, coalesce((select p.equipment_id || ' ' ||"
        " p.position from custody.place p where p.container_id = c.container_id and p.left_seq is null), (select case when t.received_seq"
        " is null then 'on the way to ' else '' end || t.destination from custody.transfer_container h join custody.transfer_now t using"
        " (batch_id, transfer_id) where h.container_id = c.container_id)) as place, c.batch_id, timestamptz 'epoch' + c.expires_ms *"
        " interval '1 millisecond' as expires_at from batch.container_facts c join batch.batch_facts b using (batch_id)"
        " join custody.container_state v using (container_id) where c.container_id = $1"
        " union all select 'batch', b.batch_id, b.procedure_title, b.state, null, b.batch_id, timestamptz 'epoch' + b.expires_ms *"
        " interval '1 millisecond' from batch.batch_facts b where b.donation_number = $2 or b.batch_id = $4"
        " union all select 'collection', s.collection_id, s.tissue, s.decision, null, null, null from source.collection_facts s"
        " where s.donation_number = $2 or s.collection_id = $4"
        " union all select 'lot', m.lot_id, m.material || ', ' || m.manufacturer || ' ' || m.lot_number, m.state, m.quantity || ' ' || m.unit"
        " || ' left', null, timestamptz 'epoch' + m.expires_ms * interval '1 millisecond' from batch.lot_facts m"
        " where m.lot_number = $3 or m.lot_id = $4"
        " union all select 'equipment', q.equipment_id, q.title, null, null, null, null from batch.equipment_facts q where q.equipment_id = $4"
        " union all select 'person', u.person_id, u.name, u.state, null, null, null from access.person_state u where u.person_id = $4"
        " union all select 'donor', d.donor_id, d.tissue, d.determination, null, null, null from source.donor_facts d where d.donor_id = $4"
        " union all select 'procedure', p.procedure_id, p.title, p.state, null, null, null from batch.procedure_facts p"
        " where p.procedure_id = $4 and p.state = 'approved'"
        " union all select 'specification', z.specification_id, z.title, z.state, null, null, null from quality.specification_facts z"
        " where z.specification_id = $4 and z.state = 'approved'"
        " union all select 'sample', s.sample_id, s.sample_point || ': ' || array_to_string(s.codes, ', '), s.state, s.place, s.batch_id, null"
        " from custody.sample s where s.sample_id = $4) k order by k.kind, k.id desc limit 50", 4, &record_scan_hit},
    [ROW_LABEL] = {"custody_label",
        "select " LABEL_COLUMNS ", array_to_string(l.statements, e'\\n') as statements, l.printed_ms, l.copy, l.state,"
        " coalesce(l.biohazard, false) as biohazard, exists (select from source.donor_hold h where h.donor_id = b.donor_id) as held"
        " from custody.label l join batch.container_facts k using (container_id) join custody.container_left a using (container_id) join batch.batch_facts b on b.batch_id = l.batch_id"
        " where l.batch_id = $1 and l.container_id = $2 order by l.copy desc limit 1", 2, NULL},
    [ROW_LABEL_NEXT] = {"custody_label_next",
        "select " LABEL_COLUMNS " from batch.container_facts k join custody.container_left a using (container_id) join batch.batch_facts b on b.batch_id = k.batch_id"
        " where k.batch_id = $1 and k.container_id = $2", 2, NULL},
    [ROW_LABEL_INSERT] = {"custody_label_insert",
        "insert into custody.label (container_id, copy, batch_id, statements, reason, person_id, seq, printed_ms, biohazard)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
    [ROW_LABEL_COPIES] = {"custody_label_copies",
        "select l.container_id, l.copy, l.state, l.state_seq as seq, " DB_TIME("l.state_ms") " as since, l.state_by as person_id, l.witness_id,"
        " l.said as reason from custody.label_copy l where l.batch_id = $1 order by l.container_id, l.copy", 1, &record_label_row},
    [ROW_LABEL_ASKED] = {"custody_label_asked",
        "select coalesce((b.procedure_document::jsonb ->> 'reconcile_labels')::boolean, false) as asked from batch.batch_facts b"
        " where b.batch_id = $1", 1, NULL},
    [ROW_LABEL_MOVE] = {"custody_label_move", "select custody.label_move($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
    [ROW_STORE] = {"custody_store", "select custody.store($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_TRANSFER_INSERT] = {"custody_transfer_insert",
        "insert into custody.transfer (batch_id, transfer_id, giver_id, receiver_id, destination, condition, seal_number,"
        " temperature_c, digest, given_seq, given_ms) values ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9, $10, $11)", 11,
        NULL},
    [ROW_TRANSFER_CONTAINERS_INSERT] = {"custody_transfer_containers_insert",
        "insert into custody.transfer_container (container_id, batch_id, transfer_id)"
        " select u.container_id, $1, $2 from unnest($3::text[]) u (container_id)", 3, NULL},
    [ROW_MOVE] = {"custody_move", "select custody.move($1, $2::text[], $3, $4, $5, $6)", 6, NULL},
    [ROW_LEAVE] = {"custody_leave", "update custody.place set left_seq = $2 where container_id = any ($1::text[]) and left_seq is null", 2, NULL},
    [ROW_RECEIVE] = {"custody_receive",
        "update custody.transfer set received_seq = $3, received_ms = $4, received_condition = $5"
        " where batch_id = $1 and transfer_id = $2 and received_seq is null", 5, NULL},
    [ROW_MOVE_GIVEN] = {"custody_move_given",
        "select batch.move($1, case when exists (select from custody.container_state k where k.batch_id = $1 and k.state in ('kept', 'packed'))"
        " then 'custody.hand_over' else 'custody.hand_over_all' end, $2)", 2, NULL},
    [ROW_MOVE_RECEIVED] = {"custody_move_received",
        "select batch.move($1, case when exists (select from custody.container_state k where k.batch_id = $1"
        " and k.state in ('kept', 'packed', 'given')) then 'custody.receive' else 'custody.receive_all' end, $2)", 2, NULL},
    [ROW_BATCH_EVENT] = {"custody_batch_event", "select batch.move($1, $2, $3)", 3, NULL},
    [ROW_DESTRUCTION] = {"custody_destruction",
        "select person_id, witness_id, witnessed_seq is not null as witnessed, cancelled_seq is not null as cancelled from custody.destruction"
        " where batch_id = $1 and seq = $2", 2, NULL},
    [ROW_EVENT_CONTAINERS] = {"custody_event_containers",
        "select v.container_id, coalesce(b.state, 'kept') as before from custody.container_event v left join lateral (select w.state"
        " from custody.container_event w where w.container_id = v.container_id and w.seq < v.seq order by w.seq desc limit 1) b on true"
        " where v.batch_id = $1 and v.seq = $2 order by v.container_id", 2, NULL},
    [ROW_GIVE_BACK] = {"custody_give_back",
        "select giver_id, receiver_id, seal_number, digest, given_ms, received_seq is not null as received"
        " from custody.give_back where batch_id = $1 and transfer_id = $2", 2, NULL},
    [ROW_GIVE_BACK_CONTAINERS] = {"custody_give_back_containers",
        "select v.container_id from custody.container_event v join custody.give_back g on g.batch_id = v.batch_id"
        " and g.given_seq = v.seq where g.batch_id = $1 and g.transfer_id = $2 order by v.container_id", 2, NULL},
    [ROW_WHEREABOUTS] = {"custody_whereabouts",
        "select s.container_id, s.state, s.state = any ($2::text[]) as ended,"
        " s.state <> 'kept' or p.container_id is not null as accounted, coalesce(p.equipment_id || ' ' || p.position,"
        " case when s.state in ('given', 'received') then t.destination || ', ' || t.receiver_id end, 'shipper ' || x.shipper_id,"
        " 'with ' || m.person_id) as place,"
        " coalesce(m.seq, p.seq) as seq,"
        " timestamptz 'epoch' + coalesce(m.time_ms, p.since_ms) * interval '1 millisecond' as since,"
        " array(select distinct o.cause from custody.hold o where o.batch_id = s.batch_id and o.container_id = s.container_id order by 1) as held_by,"
        " (select coalesce(max(l.copy), 0) from custody.label l where l.container_id = s.container_id) as copies,"
        " case when a.taken_ml is not null or a.pooled then a.volume_ml end as left_ml"
        " from custody.container_state s join custody.container_left a using (container_id)"
        " left join custody.place p on p.container_id = s.container_id and p.left_seq is null"
        " left join custody.transfer_container h on h.container_id = s.container_id"
        " left join custody.transfer_now t on t.batch_id = h.batch_id and t.transfer_id = h.transfer_id"
        " left join lateral (" STANDS_SINCE ") m on true"
        " left join custody.shipment x on x.batch_id = s.batch_id and x.seq = m.seq"
        " where s.batch_id = $1 order by accounted, s.container_id limit 1001", 2, &record_whereabouts_row},
    [ROW_TRACE_COUNTS] = {"custody_trace_counts",
        "select count(*) as found, count(*) filter (where t.kind = 'container') as containers, count(*) filter (where t.kind = 'batch')"
        " as batches, count(*) filter (where t.kind = 'container' and s.state = 'kept' and p.container_id is null) as unaccounted"
        " from custody.trace($1, $2, $3) t left join custody.container_state s on t.kind = 'container' and s.container_id = t.id"
        " left join custody.place p on t.kind = 'container' and p.container_id = t.id and p.left_seq is null", 3, NULL},
    [ROW_TRACE] = {"custody_trace",
        "select t.kind, t.id, t.depth, coalesce(s.batch_id, b.batch_id, m.batch_id) as batch_id, coalesce(s.state, b.state, d.determination, m.state) as state,"
        " coalesce(p.equipment_id || ' ' || p.position, m.place) as place, case when s.state = 'administered' then 'recipient ' || a.recipient_code"
        " when s.state in ('given', 'received', 'returning') then x.destination || ', ' || x.receiver_id end as consignee"
        " from (select w.kind, w.id, w.depth from custody.trace($1, $2, $3) w where $4::text is null or (w.kind || ' ' || w.id) collate \"C\" > $4"
        " order by (w.kind || ' ' || w.id) collate \"C\" limit 1001) t"
        " left join custody.container_state s on t.kind = 'container' and s.container_id = t.id"
        " left join batch.batch_facts b on t.kind = 'batch' and b.batch_id = t.id"
        " left join custody.sample m on t.kind = 'sample' and m.sample_id = t.id"
        " left join source.donor_facts d on t.kind = 'donor' and d.donor_id = t.id"
        " left join custody.place p on t.kind = 'container' and p.container_id = t.id and p.left_seq is null"
        " left join custody.dose o on t.kind = 'container' and o.container_id = t.id"
        " left join custody.administration a on a.batch_id = o.batch_id and a.seq = o.seq"
        " left join custody.transfer_container h on t.kind = 'container' and h.container_id = t.id"
        " left join custody.transfer_now x on x.batch_id = h.batch_id and x.transfer_id = h.transfer_id"
        " order by (t.kind || ' ' || t.id) collate \"C\"", 4, &record_trace_row},
    [ROW_RECALL] = {"custody_recall",
        "select s.container_id, s.state, x.destination, x.receiver_id, a.recipient_code, p.container_id is not null as placed"
        " from custody.container_state s left join custody.place p on p.container_id = s.container_id and p.left_seq is null"
        " left join custody.dose o on o.container_id = s.container_id"
        " left join custody.administration a on a.batch_id = o.batch_id and a.seq = o.seq"
        " left join custody.transfer_container h on h.container_id = s.container_id"
        " left join custody.transfer_now x on x.batch_id = h.batch_id and x.transfer_id = h.transfer_id where s.batch_id = $1", 1, NULL},
    [ROW_RECALL_INSERT] = {"custody_recall_insert",
        "insert into custody.recall (batch_id, seq, is_mock, cause, cause_id, class, reason, begun_ms, taken_min, containers,"
        " unaccounted, person_id, time_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", 13, NULL},
    [ROW_DESTRUCTION_INSERT] = {"custody_destruction_insert",
        "insert into custody.destruction (batch_id, seq, method, reason, person_id, witness_id, destroyed_ms)"
        " values ($1, $2, $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_WITNESS] = {"custody_witness",
        "update custody.destruction set witnessed_seq = $3 where batch_id = $1 and seq = $2 and witnessed_seq is null"
        " and cancelled_seq is null", 3, NULL},
    [ROW_CANCEL] = {"custody_cancel",
        "update custody.destruction set cancelled_seq = $3 where batch_id = $1 and seq = $2 and witnessed_seq is null"
        " and cancelled_seq is null", 3, NULL},
    [ROW_DEVIATE] = {"custody_deviate", "select quality.deviate($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_GIVE_BACK_INSERT] = {"custody_give_back_insert",
        "insert into custody.give_back (batch_id, transfer_id, giver_id, receiver_id, reason, condition, seal_number, temperature_c,"
        " digest, given_seq, given_ms) values ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9, $10, $11)", 11, NULL},
    [ROW_TAKE_BACK] = {"custody_take_back",
        "update custody.give_back set received_seq = $3, received_ms = $4, received_condition = $5,"
        " received_temperature_c = $6::numeric where batch_id = $1 and transfer_id = $2 and received_seq is null", 6, NULL},
    [ROW_ADMINISTRATION_INSERT] = {"custody_administration_insert",
        "insert into custody.administration (batch_id, seq, recipient_code, weight_kg, route, site, imaging, started_ms, ended_ms,"
        " dose_cells, dose_cells_per_kg, adverse_event, late_min, person_id, known_later) values ($1, $2, $3, $4::numeric, $5, $6, $7, $8, $9,"
        " $10::numeric, $11::numeric, $12, $13, $14, $15)", 15, NULL},
    [ROW_DOSES_INSERT] = {"custody_doses_insert",
        "insert into custody.dose (container_id, batch_id, seq, volume_given_ml, residual_ml)"
        " select u.container_id, $1, $2, u.given::numeric, u.residual::numeric"
        " from unnest($3::text[], $4::text[], $5::text[]) u (container_id, given, residual)", 5, NULL},
    [ROW_ENTRY] = {"custody_entry", "select b.state, e.statement from batch.batch_facts b left join ledger.chain($1, $2, 1) e"
        " on e.seq = $2 where b.batch_id = $1", 2, NULL},
    [ROW_CORRECT] = {"custody_correct",
        "insert into custody.correction (batch_id, seq, entry, act, field, old_value, new_value, reason, person_id, time_ms, findings)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text[])", 11, NULL},
    [ROW_LAPSE] = {"custody_lapse", "select batch.lapse_acts($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_RENEW] = {"custody_renew", "select batch.renew($1, $2, $3, $4)", 4, NULL},
    [ROW_LAPSED] = {"custody_lapsed", "select count(*) as n from batch.lapse_facts where batch_id = $1 and renewed_seq is null"
        " and renewed_by = 'custody.container_decide'", 1, NULL},
    [ROW_UNIT] = {"custody_unit",
        "select k.equipment_class, k.result, k.due_ms, q.seq, q.low_c::text as low_c, q.high_c::text as high_c, q.allowed_min, q.gap_min,"
        " q.hold_min, q.valid_ms from batch.calibration_facts k left join custody.unit_qualification q on q.equipment_id = k.equipment_id"
        " and q.seq = (select max(x.seq) from custody.unit_qualification x where x.equipment_id = k.equipment_id)"
        " where k.equipment_id = $1", 1, NULL},
    [ROW_SHIPMENT] = {"custody_shipment",
        "select batch_id, transfer_id, containers, shipper_id, logger_id, " DB_TIME("charged_ms") " as charged_at, seal_number, receiver_id,"
        " carrier, waybill, " DB_TIME("due_ms") " as due_at, qualified_seq, low_c, high_c, allowed_min, gap_min,"
        " " DB_TIME("keeps_ms") " as keeps_until from custody.shipment where batch_id = $1 and transfer_id = $2 and unpacked_seq is null", 2,
        &record_ship_pack},
    [ROW_SHIPMENT_STATE] = {"custody_shipment_state",
        "select state, time_ms from custody.shipment where batch_id = $1 and transfer_id = $2 and unpacked_seq is null", 2, NULL},
    [ROW_SHIPMENTS] = {"custody_shipments",
        "select s.transfer_id, s.state, s.shipper_id, s.logger_id, s.seal_number, s.receiver_id, s.carrier, s.waybill,"
        " " DB_TIME("s.due_ms") " as due_at, s.min_c, s.max_c, s.outside_min, s.containers, array(select h.container_id from custody.hold h"
        " where h.batch_id = s.batch_id and h.cause = case when s.unpacked_seq is null then 'shipment ' || s.transfer_id"
        " else 'unpacking ' || s.transfer_id || ' ' || s.unpacked_seq end order by 1) as held"
        " from custody.shipment s where s.batch_id = $1 order by s.seq desc limit 101", 1, &record_shipment_row},
    [ROW_HOLDS] = {"custody_holds",
        "select container_id, cause from custody.hold where batch_id = $1 order by cause collate \"C\", container_id", 1, NULL},
    [ROW_LAST_SERIES] = {"custody_last_series",
        "select until_ms, running_from_ms from custody.reading_series where equipment_id = $1 order by seq desc limit 1", 1, NULL},
    [ROW_EXCURSIONS] = {"custody_excursions",
        "select x.equipment_id, x.seq, " DB_TIME("x.outside_from_ms") " as outside_from, " DB_TIME("x.outside_until_ms") " as outside_until, x.min_c,"
        " x.max_c, x.outside_min, count(distinct r.container_id) as reached, count(distinct r.container_id) filter (where k.state in"
        " ('kept', 'packed', 'given', 'received') and h.container_id is null) as undecided,"
        " count(distinct r.container_id) filter (where k.state = 'administered') as given,"
        " (array_agg(distinct r.batch_id) filter (where r.batch_id is not null))[1:100] as batches"
        " from custody.reading_series x left join custody.excursion_reach r on r.equipment_id = x.equipment_id and r.seq = x.seq"
        " left join custody.container_state k on k.container_id = r.container_id"
        " left join custody.hold_end h on h.container_id = r.container_id and h.cause = r.cause"
        " where x.is_excursion and ($1::text is null or x.equipment_id = $1) group by x.equipment_id, x.seq"
        " order by count(r.container_id) filter (where k.state in ('kept', 'packed', 'given', 'received') and h.container_id is null) > 0 desc,"
        " x.time_ms desc, x.equipment_id limit 101", 1, &record_excursion_row},
    [ROW_SERIES_INSERT] = {"custody_series_insert",
        "insert into custody.reading_series (equipment_id, seq, logger_id, logger_sha256, readings, from_ms, until_ms, qualified_seq, min_c,"
        " max_c, outside_min, is_excursion, outside_from_ms, outside_until_ms, running_from_ms, person_id, time_ms) values ($1, $2, $3, $4, $5, $6,"
        " $7, $8, $9::numeric, $10::numeric, $11, $12, $13, $14, $15, $16, $17)", 17, NULL},
#define SAMPLE_COLUMNS "s.sample_id, s.batch_id, s.state, s.container_id, s.sample_point, s.volume_ml, s.cells, " DB_TIME("s.taken_ms") " as taken_at," \
        " s.taken_by, s.place, s.person_id, " DB_TIME("s.since_ms") " as since, s.codes"
/* a sample's tests that have no result of it; and of one that is gone those that have none at all, and no other sample, later or not gone */
#define SAMPLE_WAITS                                                                                                                   \
    "select array_agg(u.code order by u.due_ms, u.code) as waiting, min(u.due_ms) as due_ms from unnest(s.codes, s.due_ms) u (code, due_ms)" \
    " where case when s.state in ('taken', 'sent', 'received', 'used_up') then not exists (select from quality.sample_result r"          \
    " where r.sample_id = s.sample_id and r.code = u.code) when s.state in ('destroyed', 'lost') then not exists (select from"           \
    " custody.sample o where o.batch_id = s.batch_id and u.code = any (o.codes) and o.seq <> s.seq and (o.seq > s.seq or"                 \
    " o.state not in ('destroyed', 'lost'))) and not exists (select from quality.test_facts t where t.batch_id = s.batch_id"             \
    " and t.code = u.code and t.is_valid and t.verdict <> 'cannot_evaluate') end"
    [ROW_SAMPLES] = {"custody_samples_of", "select " SAMPLE_COLUMNS ", null::text[] as waiting, null::timestamptz as due_at"
        " from custody.sample s where s.batch_id = $1 order by s.seq", 1, &record_sample_row},
    [ROW_SAMPLE_ROWS] = {"custody_samples", "select " SAMPLE_COLUMNS ", w.waiting, " DB_TIME("w.due_ms") " as due_at from custody.sample s"
        " left join lateral (" SAMPLE_WAITS ") w on true where s.batch_id = $1 order by w.due_ms, s.seq limit 501", 1, &record_sample_row},
    /* what somebody has or is on its way, and of batches that are not decided on what is gone: by two indexes, never by all samples */
    [ROW_SAMPLES_WAITING] = {"custody_samples_waiting", "select " SAMPLE_COLUMNS ", w.waiting, " DB_TIME("w.due_ms") " as due_at from"
        " (select h.* from custody.sample h where h.state in ('taken', 'sent', 'received') union all"
        " select g.* from batch.batch_facts b join custody.sample g on g.batch_id = b.batch_id collate \"C\" where b.state in ('open', 'in_process',"
        " 'in_test', 'on_hold', 'cond_released', 'cond_handed_over', 'cond_received') and g.state in ('used_up', 'destroyed', 'lost')) s"
        " cross join lateral (" SAMPLE_WAITS ") w where w.waiting is not null order by w.due_ms, s.batch_id, s.seq limit 501", 0, &record_sample_row},
    [ROW_SAMPLE_INSERT] = {"custody_sample_insert",
        "insert into custody.sample (sample_id, batch_id, seq, container_id, volume_ml, cells, sample_point, codes, due_ms, taken_ms, taken_by, time_ms,"
        " late_min, state, place, person_id, since_ms) values ($1, $2, $3, $4, $5::text::numeric, $6::text::numeric, $7, $8, $9, $10, $11, $12, $13,"
        " 'taken', $14, $11, $12)", 14, NULL},
    [ROW_SAMPLE_MOVE] = {"custody_sample_move", "select custody.sample_move($1, $2::text[], $3, $4, $5, $6, $7)", 7, NULL},
    [ROW_POOL_FACTS] = {"custody_pool_facts",
        "select b.donor_id, b.opened_ms, b.procedure_document as document, exists (select from batch.container_facts k where k.container_id = $2) as taken"
        " from batch.batch_facts b where b.batch_id = $1", 2, NULL},
    [ROW_TRAINED] = {"custody_trained",
        "select t.person_id, t.expires_ms from batch.batch_facts b join access.training_state t"
        " on t.document_id = b.procedure_id and t.document_version = b.procedure_version where b.batch_id = $1", 1, NULL},
    [ROW_POOL_STEPS] = {"custody_pool_steps", "select step, ended_ms from batch.step_facts where batch_id = $1 order by step", 1, NULL},
    [ROW_POOLS] = {"custody_pools", "select container_id, seq, person_id, verified_by from custody.pool where batch_id = $1 order by seq", 1, NULL},
    [ROW_POOL_CONTAINER] = {"custody_pool_container", "select batch.pool_container($1, $2, $3::text::numeric, $4::text::numeric, $5, $6)", 6, NULL},
    [ROW_POOL_INSERT] = {"custody_pool_insert",
        "insert into custody.pool (batch_id, seq, container_id, volume_in_ml, volume_ml, waste_ml, cells, tolerance_percent, tolerance_ml, pooled_ms,"
        " person_id, time_ms, late_min, needs_verify) values ($1, $2, $3, $4::text::numeric, $5::text::numeric, $6::text::numeric, $7::text::numeric,"
        " $8::text::numeric, $9::text::numeric, $10, $11, $12, $13, $14)", 14, NULL},
    [ROW_POOL_PARTS_INSERT] = {"custody_pool_parts_insert",
        "insert into custody.pool_part (parent_id, container_id, volume_ml, cells) select u.parent_id, $1, u.volume_ml::numeric, u.cells::numeric"
        " from unnest($2::text[], $3::text[], $4::text[]) u (parent_id, volume_ml, cells)", 4, NULL},
    [ROW_POOL_VERIFY] = {"custody_pool_verify",
        "update custody.pool set verified_by = $3, verified_seq = $4, verified_ms = $5 where batch_id = $1 and seq = $2 and verified_seq is null", 5,
        NULL},
    [ROW_QUALIFY] = {"custody_qualify",
        "insert into custody.unit_qualification (equipment_id, seq, low_c, high_c, allowed_min, gap_min, hold_min, valid_ms, report,"
        " person_id, time_ms) values ($1, $2, $3::numeric, $4::numeric, $5, $6, $7, $8, $9, $10, $11)", 11, NULL},
    [ROW_SHIP_INSERT] = {"custody_ship_insert",
        "insert into custody.shipment (batch_id, transfer_id, seq, state, containers, shipper_id, logger_id, charged_ms, seal_number,"
        " receiver_id, carrier, waybill, due_ms, qualified_seq, low_c, high_c, allowed_min, gap_min, keeps_ms, person_id, time_ms)"
        " values ($1, $2, $3, 'packed', $4::text[], $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::numeric, $15::numeric, $16, $17, $18,"
        " $19, $20)", 20, NULL},
    [ROW_SHIP_MOVE] = {"custody_ship_move", "select custody.ship_move($1, $2, $3)", 3, NULL},
    [ROW_SHIP_UNPACK] = {"custody_ship_unpack",
        "update custody.shipment set unpacked_seq = $3, min_c = $4::numeric, max_c = $5::numeric, outside_min = $6, mismatches = $7::text[],"
        " logger_sha256 = $8 where batch_id = $1 and transfer_id = $2 and unpacked_seq is null", 8, NULL},
    [ROW_SHIP_RECEIVE] = {"custody_ship_receive",
        "update custody.shipment set received_seq = $3, min_c = $4::numeric, max_c = $5::numeric, outside_min = $6, mismatches = $7::text[],"
        " arrived_ms = $8, logger_sha256 = $9 where batch_id = $1 and transfer_id = $2 and unpacked_seq is null", 9, NULL},
    [ROW_END_HOLDS] = {"custody_end_holds", "select custody.end_holds($1, $2::text[], $3::text[], $4)", 4, NULL},
    [ROW_LINEAGE] = {"custody_lineage", "select b.donor_id, b.collection_id, z.document from batch.batch_facts b join quality.specification_facts z"
        " on z.specification_id = b.specification_id and z.version = b.specification_version where b.batch_id = $1", 1, NULL},
    [ROW_GIVEN_HOLDS] = {"custody_given_holds",
        "select x.equipment_id, x.seq, x.time_ms from custody.hold h left join custody.excursion_reach r on r.container_id = h.container_id"
        " and r.cause = h.cause left join custody.reading_series x on x.equipment_id = r.equipment_id and x.seq = r.seq"
        " where h.batch_id = $1 and h.container_id = any ($2::text[])", 2, NULL},
    /* of what was unpacked a hold is decided on before anybody receives it */
    [ROW_ENDED_HOLDS] = {"custody_ended_holds",
        "select h.container_id, coalesce(x.time_ms, a.time_ms) as known_ms, v.time_ms as ended_ms from custody.hold_end h"
        " join custody.container_event v on v.container_id = h.container_id and v.seq = h.seq"
        " left join custody.excursion_reach r on r.container_id = h.container_id and r.cause = h.cause"
        " left join custody.reading_series x on x.equipment_id = r.equipment_id and x.seq = r.seq"
        " left join custody.shipment s on s.batch_id = h.batch_id and 'shipment ' || s.transfer_id = h.cause"
        " left join custody.container_event a on a.container_id = h.container_id and a.seq = s.received_seq"
        " where h.batch_id = $1 and coalesce(x.time_ms, a.time_ms) is not null", 1, NULL},
    [ROW_BATCH_EXCURSIONS] = {"custody_batch_excursions",
        "select r.container_id, x.time_ms as known_ms, v.time_ms as ended_ms from custody.excursion_reach r"
        " join custody.reading_series x on x.equipment_id = r.equipment_id and x.seq = r.seq"
        " left join custody.hold_end h on h.container_id = r.container_id and h.cause = r.cause"
        " left join custody.container_event v on v.container_id = h.container_id and v.seq = h.seq where r.batch_id = $1", 1, NULL},
    [ROW_HISTORY] = {"custody_history", "select seq, time_ms, statement from ledger.chain($1, 0, null) order by seq", 1, NULL},
    [ROW_ACT] = {"custody_act", "select batch.act($1, $2, $3, $4)", 4, NULL},
};

const struct statement_table custody_statements = STATEMENT_TABLE(rows);

const struct statement_row *store_row(enum store_row which)
{
    return &rows[which];
}
