-- A calibration that failed looks back (R20, 21 CFR 211.192): at every use of the equipment since the last good one. Nothing is written down for a
-- batch: whoever asks asks the uses as they stand, so that none is forgotten that was recorded late or corrected.
alter table batch.calibration add column good_ms bigint check (good_ms <= calibrated_ms);
create index calibration_looks_back on batch.calibration (equipment_id) where good_ms is not null;
create index shipment_logger on custody.shipment (logger_id);

create view batch.lookback as
    select k.equipment_id, k.seq as calibration_seq, k.equipment_id || ' ' || k.seq as calibration, k.good_ms, k.calibrated_ms as failed_ms,
           u.batch_id, u.use, u.used_from_ms, u.used_until_ms, u.person_id
    from batch.calibration k
    join (select s.equipment_id, s.batch_id, 'step ' || s.step as use, s.used_from_ms, s.used_until_ms, t.performed_by as person_id
          from batch.step_equipment s join batch.step t using (batch_id, step) where s.ended_seq is null
          union all
          select r.equipment_id, r.batch_id, 'reading ' || r.seq, r.read_ms, r.read_ms, r.person_id from batch.reading r
          where not exists (select from batch.voided v where v.batch_id = r.batch_id and v.entry = r.seq)
          union all
          select h.logger_id collate "default", h.batch_id collate "default", 'shipment ' || h.transfer_id, h.time_ms, h.time_ms,
                 h.person_id collate "default"
          from custody.shipment h) u
        on u.equipment_id = k.equipment_id and u.used_until_ms > k.good_ms and u.used_from_ms <= k.calibrated_ms
    where k.good_ms is not null;

-- The deviation that answers it names it.
alter table quality.deviation add column calibration text;
create index deviation_calibration on quality.deviation (batch_id, calibration) where calibration is not null;

-- For the gate a failed calibration is a case of each batch that it reached, open until a deviation of that batch answers it.
create or replace view quality.case_facts as
    select batch_id, deviation_seq as seq, deviation_seq::text as id, 'deviation' as kind, class, closed_seq is null as is_open
    from quality.deviation
    union all
    select batch_id, test_seq, test_seq::text, 'out-of-specification case', 'major', state <> 'closed' from quality.oos
    union all
    select batch_id collate "default", seq, seq::text, 'recall', 'critical', true from custody.recall where not is_mock
    union all
    select b.batch_id, r.seq, (r.equipment_id || ' ' || r.seq) collate "default", 'excursion', 'major',
           bool_or(k.state in ('kept', 'packed', 'given', 'received')
                   and not exists (select from custody.hold_end h where h.container_id = r.container_id and h.cause = r.cause))
    from batch.batch b join custody.excursion_reach r on r.batch_id = b.batch_id
    join custody.container_state k on k.container_id = r.container_id
    group by b.batch_id, r.equipment_id, r.seq
    union all
    select distinct l.batch_id, l.calibration_seq, l.calibration, 'failed calibration', 'major',
           not exists (select from quality.deviation d where d.batch_id = l.batch_id and d.calibration = l.calibration)
    from batch.lookback l;

grant select on batch.lookback to stemma_quality, stemma_audit;
