-- The rows of common/fsm/container.fsm.def as SQL, made by fsm_to_sql and put in anew at each migration: custody.move goes by
-- them. tests/unit/services/custody_ends.c holds both against each other.
delete from custody.fsm_rule;
insert into custody.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('container', 10, 'kept', 'custody.label_print', 'kept', '{}', '{}'),
('container', 11, 'kept', 'custody.container_store', 'kept', '{}', '{}'),
('container', 12, 'kept', 'custody.hand_over', 'given', '{}', '{}'),
('container', 13, 'kept', 'custody.container_destroy', 'destroying', '{actor_lab}', '{}'),
('container', 14, 'kept', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 20, 'given', 'custody.receive', 'received', '{}', '{}'),
('container', 21, 'given', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 30, 'received', 'custody.administer', 'administered', '{}', '{}'),
('container', 31, 'received', 'custody.return_give', 'returning', '{}', '{}'),
('container', 32, 'received', 'custody.container_destroy', 'destroying', '{actor_clinic}', '{}'),
('container', 33, 'received', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 40, 'returning', 'custody.return_receive', 'returned', '{}', '{}'),
('container', 41, 'returning', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 50, 'returned', 'custody.container_store', 'returned', '{}', '{}'),
('container', 51, 'returned', 'custody.decide_destroy', 'condemned', '{}', '{}'),
('container', 52, 'returned', 'custody.decide_nonclinical', 'nonclinical', '{}', '{}'),
('container', 53, 'returned', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 60, 'condemned', 'custody.container_store', 'condemned', '{}', '{}'),
('container', 61, 'condemned', 'custody.container_destroy', 'destroying', '{actor_lab}', '{}'),
('container', 62, 'condemned', 'custody.container_loss', 'lost', '{}', '{}'),
('container', 70, 'destroying', 'custody.destroy_witness', 'destroyed', '{witness_named}', '{}'),
('container', 80, 'lost', 'custody.receive', 'lost', '{}', '{}'),
('container', 81, 'lost', 'custody.return_receive', 'lost', '{}', '{}');
