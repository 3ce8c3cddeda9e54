-- The rows of common/fsm/sample.fsm.def as SQL, made by fsm_to_sql and put in anew at each migration: custody.sample_move goes by
-- them. tests/unit/services/custody_samples.c holds both against each other.
delete from custody.fsm_rule where machine = 'sample';
insert into custody.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('sample', 10, 'taken', 'custody.sample_send', 'sent', '{}', '{}'),
('sample', 11, 'taken', 'quality.test_report', 'taken', '{}', '{}'),
('sample', 12, 'taken', 'custody.sample_used_up', 'used_up', '{}', '{}'),
('sample', 13, 'taken', 'custody.sample_retained', 'retained', '{}', '{}'),
('sample', 14, 'taken', 'custody.sample_destroyed', 'destroyed', '{}', '{}'),
('sample', 15, 'taken', 'custody.sample_lost', 'lost', '{}', '{}'),
('sample', 20, 'sent', 'custody.sample_receive', 'received', '{other_sent}', '{}'),
('sample', 21, 'sent', 'custody.sample_lost', 'lost', '{}', '{}'),
('sample', 30, 'received', 'custody.sample_send', 'sent', '{}', '{}'),
('sample', 31, 'received', 'quality.test_report', 'received', '{}', '{}'),
('sample', 32, 'received', 'custody.sample_used_up', 'used_up', '{}', '{}'),
('sample', 33, 'received', 'custody.sample_retained', 'retained', '{}', '{}'),
('sample', 34, 'received', 'custody.sample_destroyed', 'destroyed', '{}', '{}'),
('sample', 35, 'received', 'custody.sample_lost', 'lost', '{}', '{}'),
('sample', 40, 'retained', 'custody.sample_send', 'sent', '{}', '{}'),
('sample', 41, 'retained', 'quality.test_report', 'retained', '{}', '{}'),
('sample', 42, 'retained', 'custody.sample_used_up', 'used_up', '{}', '{}'),
('sample', 43, 'retained', 'custody.sample_destroyed', 'destroyed', '{}', '{}'),
('sample', 44, 'retained', 'custody.sample_lost', 'lost', '{}', '{}'),
('sample', 50, 'used_up', 'quality.test_report', 'used_up', '{}', '{}');
