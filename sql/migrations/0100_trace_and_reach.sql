-- What a donor's cells reached is asked by the collation of source's ids: batch_donor is of the other one and was never used for it.
create index batch_donor_reach on batch.batch (donor_id collate "C");

-- As before (0062_trace.sql), but that nobody looks behind what has nothing behind it: most of what is found are containers.
create or replace function custody.trace(p_kind text, p_id text, p_back boolean) returns table (kind text, id text, depth integer)
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
        ) e where w.depth < 4 and w.kind <> all (case when p_back then array['donor', 'lot', 'equipment', 'person'] else array['container'] end)
    )
    select w.kind, w.id, min(w.depth) from walk w group by w.kind, w.id limit 200000
$$;
