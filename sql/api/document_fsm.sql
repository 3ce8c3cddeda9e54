-- The rows of common/fsm/document.fsm.def as SQL, put in anew at each migration: batch.state_goes_on goes by them.
-- tests/contract/machines.c holds both against each other.
delete from batch.fsm_rule where machine = 'document';
insert into batch.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('document', 10, 'draft', 'author', 'draft', '{document_checked}', '{}'),
('document', 11, 'draft', 'approve', 'approved', '{document_checked,approver_qa}', '{approver_author}'),
('document', 12, 'approved', 'supersede', 'superseded', '{}', '{}');
