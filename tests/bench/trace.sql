-- Projections as a lab of many years leaves them, by the thousand: ten containers a batch, four batches a donor, a lot in fifty batches, a
-- machine in two hundred, a person in five hundred, a tank of a thousand places; every third batch went out, every tenth was given.
-- And one lot that was in every hundredth batch. What one thing reached stays the same while the tables grow. The rows are put there by
-- SQL, not by acts: no entries, no signatures. Batches from $from (exclusive) to $to; replaced by tests/bench/trace.c.
set statement_timeout = 0;
insert into batch.procedure (procedure_id, version, state, title, document, steps_total, verify_steps, author_id, authored_seq, approver_id, approved_seq)
values ('P-BENCH', 1, 'approved', 'Bench', '{}', 1, '{}', 'U-1', 0, 'U-2', 1) on conflict do nothing;
insert into batch.material_lot (lot_id, state, material, material_class, manufacturer, lot_number, expires_ms, received, quantity, unit,
    received_by, received_seq, released_by, released_seq, released_ms)
select 'M-' || i, 'released', 'Medium', 'medium', 'Maker', 'L' || i, 9e12, 1e6, 1e6, 'mL', 'U-1', 0, 'U-2', 1, 1
from generate_series($from / 50 * 2, $to / 50 * 2 + 1) i on conflict do nothing;
insert into batch.material_lot (lot_id, state, material, material_class, manufacturer, lot_number, expires_ms, received, quantity, unit,
    received_by, received_seq, released_by, released_seq, released_ms)
values ('M-MANY', 'released', 'Medium', 'medium', 'Maker', 'MANY', 9e12, 1e6, 1e6, 'mL', 'U-1', 0, 'U-2', 1, 1) on conflict do nothing;
insert into batch.equipment (equipment_id, title, equipment_class, serial_number, registered_by, registered_seq)
select 'E-' || i, 'Centrifuge', 'centrifuge', 'S' || i, 'U-1', 0 from generate_series($from / 200, $to / 200) i on conflict do nothing;
insert into batch.equipment (equipment_id, title, equipment_class, serial_number, registered_by, registered_seq)
select 'E-TANK' || i, 'Tank', 'tank', 'T' || i, 'U-1', 0 from generate_series($from / 100, $to / 100) i on conflict do nothing;

insert into source.donor (donor_id, tissue, use, subject, recipient_code, registered_ms)
select 'D-' || i, 'marrow', 'allogeneic', 'donor', 'R-' || i, i from generate_series(($from + 3) / 4, $to / 4) i on conflict do nothing;
insert into source.collection (collection_id, donor_id, donation_number, tissue, site, started_ms, ended_ms, volume_ml, container_lot, seal_number,
    recorded_ms)
select 'C-' || i, 'D-' || i / 2, 'A9999' || lpad(i::text, 8, '0'), 'marrow', 'iliac crest', i, i, 10, 'Cup', 'S', i from generate_series(($from + 1) / 2, $to / 2) i
on conflict do nothing;
insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id, specification_version, donor_id,
    collection_id, donation_number, tissue, use, recipient_code, collected_ms, opened_ms, opened_by, steps_total, steps_done, volume_in_ml, samples_ml,
    waste_ml, filled_seq, expires_ms)
select 'B-' || i, case when i % 3 = 0 then 'handed_over' else 'released' end, 8, 'P-BENCH', 1, 'Q-BENCH', 1, 'D-' || i / 4, 'C-' || i / 2, 'A9999' || lpad((i / 2)::text, 8, '0'),
    'marrow', 'allogeneic', 'R-' || i / 4, i, i, 'U-' || i / 500, 1, 1, 12, 1, 1, 3, 9e12 from generate_series($from + 1, $to) i;
insert into batch.step (batch_id, step, performed_by, performed_seq, started_ms, ended_ms, recorded_ms, needs_verify, body)
select 'B-' || i, 1, 'U-' || i / 500, 1, i, i, i, false, '{}' from generate_series($from + 1, $to) i;
insert into batch.material_use (batch_id, step, lot_id, quantity, used_ms, seq)
select 'B-' || i, 1, 'M-' || i / 50 * 2 + k, 1, i, 1 from generate_series($from + 1, $to) i cross join generate_series(0, 1) k
union all select 'B-' || i, 1, 'M-MANY', 1, i, 1 from generate_series($from + 1, $to) i where i % 100 = 0;
insert into batch.step_equipment (batch_id, step, equipment_id, used_from_ms, used_until_ms, seq)
select 'B-' || i, 1, 'E-' || i / 200, i, i, 1 from generate_series($from + 1, $to) i;
insert into batch.actor (batch_id, seq, person_id, act)
select 'B-' || i, k, 'U-' || (i / 500 + k % 2), (array['batch.open', 'batch.step', 'quality.test_report', 'batch.fill', 'batch.complete'])[k + 1]
from generate_series($from + 1, $to) i cross join generate_series(0, 4) k;
insert into batch.container (container_id, batch_id, volume_ml, cells, expires_ms, filled_seq)
select 'K-' || i || '-' || k, 'B-' || i, 1, 1e6, 9e12, 3 from generate_series($from + 1, $to) i cross join generate_series(0, 9) k;

insert into custody.place (container_id, seq, batch_id, equipment_id, position, person_id, since_ms, left_seq)
select 'K-' || i || '-' || k, 5, 'B-' || i, 'E-TANK' || i / 100, 'R' || i % 100 || '/' || k, 'U-1', i, case when i % 3 = 0 then 8 end
from generate_series($from + 1, $to) i cross join generate_series(0, 9) k;
insert into custody.transfer (batch_id, transfer_id, giver_id, receiver_id, destination, condition, seal_number, temperature_c, digest, given_seq,
    given_ms, received_seq, received_ms, received_condition)
select 'B-' || i, 'TR-' || i, 'U-1', 'U-2', 'Clinic ' || i % 40, 'good', 'S', -150, repeat('0', 64), 8, i, 9, i, 'good'
from generate_series($from + 1, $to) i where i % 3 = 0;
insert into custody.transfer_container (container_id, batch_id, transfer_id)
select 'K-' || i || '-' || k, 'B-' || i, 'TR-' || i from generate_series($from + 1, $to) i cross join generate_series(0, 9) k where i % 3 = 0;
insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms)
select 'K-' || i || '-' || k, e.seq, 'B-' || i, e.event, e.state, 'U-2', i from generate_series($from + 1, $to) i cross join generate_series(0, 9) k
cross join (values (8, 'custody.hand_over', 'given', 3), (9, 'custody.receive', 'received', 3), (10, 'custody.administer', 'administered', 30))
    e (seq, event, state, every) where i % e.every = 0;
insert into custody.administration (batch_id, seq, recipient_code, weight_kg, route, site, imaging, started_ms, ended_ms, dose_cells,
    dose_cells_per_kg, adverse_event, person_id)
select 'B-' || i, 10, 'R-' || i / 4, 70, 'intravenous', 'arm', 'none', i, i, 1e6, 1e4, false, 'U-2' from generate_series($from + 1, $to) i
where i % 30 = 0;
insert into custody.dose (container_id, batch_id, seq, volume_given_ml, residual_ml)
select 'K-' || i || '-' || k, 'B-' || i, 10, 1, 0 from generate_series($from + 1, $to) i cross join generate_series(0, 9) k where i % 30 = 0;
analyze;
