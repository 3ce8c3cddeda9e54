-- Where a donor's cells went, as corrections leave it (R12).
create or replace view source.donor_reach as
    select c.donor_id, 'collection' as kind, c.collection_id as id, coalesce(r.decision, 'collected') as state,
           null::text as place
    from source.collection c left join source.receipt r using (collection_id)
    union all
    select b.donor_id, 'batch', b.batch_id, b.state, null from batch.batch b
    union all
    select b.donor_id, 'container', k.container_id,
           case k.state when 'kept' then b.state when 'given' then 'handed_over' else k.state end,
           coalesce(p.equipment_id || ' ' || p.position, case when k.state in ('given', 'received') then t.destination end)
    from batch.batch b
    join custody.container_state k using (batch_id)
    left join custody.transfer_container h on h.container_id = k.container_id collate "C"
    left join custody.transfer_now t on t.batch_id = h.batch_id and t.transfer_id = h.transfer_id
    left join custody.place p on p.container_id = k.container_id collate "C" and p.left_seq is null;
