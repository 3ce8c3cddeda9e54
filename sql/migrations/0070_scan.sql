-- What a scan of a pack names is looked up by the manufacturer's lot number.
create index material_lot_number on batch.material_lot (lot_number);

create view batch.lot_facts as
    select lot_id, state, material, manufacturer, lot_number, expires_ms, quantity, unit from batch.material_lot;

grant select on batch.lot_facts to stemma_custody;
