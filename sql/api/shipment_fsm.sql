-- The rows of common/fsm/shipment.fsm.def as SQL, made by fsm_to_sql and put in anew at each migration: custody.ship_move goes by
-- them. tests/unit/services/custody_ships.c holds both against each other.
delete from custody.fsm_rule where machine = 'shipment';
insert into custody.fsm_rule (machine, rule_id, from_state, event, to_state, needs, forbids) values
('shipment', 10, 'packed', 'custody.hand_over', 'dispatched', '{keeps_until_due}', '{}'),
('shipment', 11, 'packed', 'custody.ship_unpack', 'unpacked', '{}', '{}'),
('shipment', 20, 'dispatched', 'custody.ship_receive', 'received', '{}', '{}'),
('shipment', 21, 'dispatched', 'custody.ship_quarantine', 'quarantined', '{}', '{}'),
('shipment', 30, 'quarantined', 'custody.container_decide', 'closed', '{}', '{}');
