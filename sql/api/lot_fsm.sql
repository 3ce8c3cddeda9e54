-- The rows of common/fsm/lot.fsm.def as SQL, put in anew at each migration: batch.state_goes_on goes by them.
-- tests/contract/machines.c holds both against each other.
delete from batch.fsm_rule where machine = 'lot';
insert into batch.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('lot', 10, 'quarantine', 'release', 'released', '{lot_in_date,releaser_quality}', '{releaser_received}'),
('lot', 11, 'quarantine', 'reject', 'rejected', '{releaser_quality}', '{}'),
('lot', 12, 'released', 'use', 'released', '{lot_in_date}', '{}'),
('lot', 13, 'released', 'reject', 'rejected', '{releaser_quality}', '{}');
