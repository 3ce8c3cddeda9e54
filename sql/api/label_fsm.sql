-- The rows of common/fsm/label.fsm.def as SQL, made by fsm_to_sql and put in anew at each migration: custody.label_move goes by
-- them. tests/unit/services/custody_labels.c holds both against each other.
delete from custody.fsm_rule where machine = 'label';
insert into custody.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('label', 10, 'printed', 'custody.label_apply', 'applied', '{}', '{}'),
('label', 11, 'printed', 'custody.label_spoiled', 'spoiled', '{}', '{}'),
('label', 12, 'printed', 'custody.label_destroyed', 'destroying', '{}', '{}'),
('label', 13, 'printed', 'custody.label_specimen', 'specimen', '{}', '{}'),
('label', 20, 'applied', 'custody.label_replaced', 'replaced', '{}', '{}'),
('label', 30, 'replaced', 'custody.label_spoiled', 'spoiled', '{}', '{}'),
('label', 31, 'replaced', 'custody.label_destroyed', 'destroying', '{}', '{}'),
('label', 32, 'replaced', 'custody.label_specimen', 'specimen', '{}', '{}'),
('label', 40, 'destroying', 'custody.label_witness', 'destroyed', '{label_witness}', '{}'),
('label', 41, 'destroying', 'custody.label_spoiled', 'spoiled', '{}', '{}'),
('label', 42, 'destroying', 'custody.label_destroyed', 'destroying', '{}', '{}'),
('label', 43, 'destroying', 'custody.label_specimen', 'specimen', '{}', '{}');
