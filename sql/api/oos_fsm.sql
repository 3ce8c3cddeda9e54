-- The rows of common/fsm/oos.fsm.def as SQL, put in anew at each migration: batch.state_goes_on goes by them.
-- tests/contract/machines.c holds both against each other.
delete from batch.fsm_rule where machine = 'oos';
insert into batch.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('oos', 10, 'open', 'investigate', 'investigated', '{}', '{}'),
('oos', 11, 'investigated', 'investigate', 'investigated', '{}', '{}'),
('oos', 12, 'investigated', 'confirm', 'closed', '{closer_qa}', '{closer_tested}'),
('oos', 13, 'investigated', 'invalidate', 'closed', '{cause_assigned,closer_qa}', '{closer_tested}');
