-- Trace, both ways (domain.md §4.6, 21 CFR 1271.290): from a donor, a lot, equipment, a person, a batch or a container to all that it
-- touched, and from a container or a batch back to all that touched it. One walk over the record's own edges, by indexes alone: its
-- cost follows what is found, not what there is. Reads only.
create index if not exists batch_collection on batch.batch (collection_id);
create index if not exists reading_equipment on batch.reading (equipment_id);
create index if not exists reading_person on batch.reading (person_id);
create index if not exists place_equipment on custody.place (equipment_id, container_id);

create view batch.equipment_touch as
    select equipment_id, batch_id from batch.step_equipment where ended_seq is null
    union all
    select equipment_id, batch_id from batch.reading;

-- ${depth}: how many edges away; 0 is what was asked for. Forward: donor, collection, batch, container; lot, equipment and person to the
-- batches that they touched, equipment to the containers that lay in it as well. Back: the same edges the other way. Ids are
-- compared by the collation of the column that is looked up, or its index is none.
create function custody.trace(p_kind text, p_id text, p_back boolean) returns table (kind text, id text, depth integer)
language sql stable set search_path = pg_catalog as $$
    with recursive walk (kind, id, depth) as (
        select p_kind, p_id collate "C", 0
        union
        select e.kind, e.id collate "C", w.depth + 1 from walk w cross join lateral (
            select 'collection' as kind, c.collection_id as id from source.collection_facts c
            where not p_back and w.kind = 'donor' and c.donor_id = w.id
            union all
            select 'batch', b.batch_id from batch.batch_facts b
            where not p_back and w.kind = 'collection' and b.collection_id = w.id collate "default"
            union all
            select 'batch', u.batch_id from batch.material_use_facts u where not p_back and w.kind = 'lot' and u.lot_id = w.id collate "default"
            union all
            select 'batch', u.batch_id from batch.equipment_touch u
            where not p_back and w.kind = 'equipment' and u.equipment_id = w.id collate "default"
            union all
            select 'container', p.container_id from custody.place p where not p_back and w.kind = 'equipment' and p.equipment_id = w.id
            union all
            select 'batch', a.batch_id from batch.actor_facts a where not p_back and w.kind = 'person' and a.person_id = w.id collate "default"
            union all
            select 'container', k.container_id from batch.container_facts k
            where not p_back and w.kind = 'batch' and k.batch_id = w.id collate "default"
            union all
            select 'batch', k.batch_id from batch.container_facts k where p_back and w.kind = 'container' and k.container_id = w.id collate "default"
            union all
            select 'equipment', p.equipment_id from custody.place p where p_back and w.kind = 'container' and p.container_id = w.id
            union all
            select 'collection', b.collection_id from batch.batch_facts b where p_back and w.kind = 'batch' and b.batch_id = w.id collate "default"
            union all
            select 'lot', u.lot_id from batch.material_use_facts u where p_back and w.kind = 'batch' and u.batch_id = w.id collate "default"
            union all
            select 'equipment', u.equipment_id from batch.equipment_touch u where p_back and w.kind = 'batch' and u.batch_id = w.id collate "default"
            union all
            select 'person', a.person_id from batch.actor_facts a where p_back and w.kind = 'batch' and a.batch_id = w.id collate "default"
            union all
            select 'donor', c.donor_id from source.collection_facts c where p_back and w.kind = 'collection' and c.collection_id = w.id
        ) e where w.depth < 4
    )
    select w.kind, w.id, min(w.depth) from walk w group by w.kind, w.id limit 200000
$$;

grant select on batch.equipment_touch to stemma_custody, stemma_audit;
revoke all on function custody.trace(text, text, boolean) from public;
grant execute on function custody.trace(text, text, boolean) to stemma_custody, stemma_audit;
