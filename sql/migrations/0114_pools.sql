-- Pools (domain.md §1.8, §7.3): which containers of a batch went, each whole, into which new one, and what of them. The new one is a container
-- like those that were filled (batch.container); its parents have ended. What a parent's time in a unit comes to reaches it, too.
create table custody.pool (
    batch_id          text collate "C" not null,
    seq               bigint not null,
    container_id      text collate "C" not null unique,
    volume_in_ml      numeric not null check (volume_in_ml > 0),
    volume_ml         numeric not null check (volume_ml > 0),
    waste_ml          numeric not null check (waste_ml >= 0),
    cells             numeric not null check (cells >= 0),
    tolerance_percent numeric not null,
    tolerance_ml      numeric not null,
    pooled_ms         bigint not null,
    person_id         text collate "C" not null,
    time_ms           bigint not null,
    late_min          bigint,
    needs_verify      boolean not null,
    verified_by       text collate "C",
    verified_seq      bigint,
    verified_ms       bigint,
    primary key (batch_id, seq),
    check ((verified_by is null) = (verified_seq is null) and (verified_by is null) = (verified_ms is null)),
    check (verified_by <> person_id)
);

create table custody.pool_part (
    parent_id    text collate "C" primary key,        -- it is in one pool, once
    container_id text collate "C" not null references custody.pool (container_id),
    volume_ml    numeric not null check (volume_ml > 0),
    cells        numeric not null check (cells >= 0)
);
create index pool_part_container on custody.pool_part (container_id);

create view custody.pool_facts as
    select p.batch_id, p.seq, p.container_id, p.volume_ml, p.waste_ml, p.tolerance_percent, p.tolerance_ml, p.pooled_ms, p.needs_verify, p.person_id,
           p.verified_by, p.verified_seq,
           array(select k.parent_id from custody.pool_part k where k.container_id = p.container_id order by 1) as parents
    from custody.pool p;

-- The new container. Its number may have come to be in use meanwhile, by another batch of the donation.
create function batch.pool_container(p_batch_id text, p_container_id text, p_volume_ml numeric, p_cells numeric, p_expires_ms bigint,
                                     p_seq bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into batch.container (container_id, batch_id, volume_ml, cells, expires_ms, filled_seq)
    values (p_container_id, p_batch_id, p_volume_ml, p_cells, p_expires_ms, p_seq) on conflict do nothing;
    if not found then
        raise exception using errcode = 'ZL041', column = 'container_id', constraint = 'T36', message = format('container %s exists', p_container_id);
    end if;
end $$;

-- What a pool holds, once what was filled is corrected.
create function batch.correct_pooled(p_batch_id text, p_containers text[], p_cells text[]) returns void
language sql set search_path = pg_catalog as $$
    update batch.container k set stands_cells = u.cells::numeric
    from unnest(p_containers, p_cells) u (container_id, cells) where k.batch_id = p_batch_id and k.container_id = u.container_id
$$;

-- What a container has, less what samples took of it; nothing, once it went into a pool.
create or replace view custody.container_left as
    select k.container_id, k.batch_id, case when p.pooled then 0 else k.volume_ml - coalesce(t.volume_ml, 0) end as volume_ml,
           case when p.pooled then 0 else k.cells - coalesce(t.cells, 0) end as cells, t.volume_ml as taken_ml, t.cells as taken_cells, p.pooled
    from batch.container_facts k
    left join lateral (select sum(s.volume_ml) as volume_ml, sum(s.cells) as cells from custody.sample s
                       where s.container_id = k.container_id collate "C") t on true
    cross join lateral (select exists (select from custody.pool_part o where o.parent_id = k.container_id collate "C") as pooled) p;

-- What reached a parent of a pool reaches the pool (7.3: status is inherited pessimistically), but what QA had decided on before.
create or replace view custody.excursion_reach as
    select s.container_id, s.batch_id, x.equipment_id, x.seq, 'excursion ' || x.equipment_id || ' ' || x.seq as cause
    from custody.stay s
    join custody.reading_series x on x.equipment_id = s.equipment_id and x.is_excursion
        and s.since_ms < x.outside_until_ms and (s.left_ms is null or s.left_ms > x.outside_from_ms)
    union all
    select p.container_id, s.batch_id, x.equipment_id, x.seq, 'excursion ' || x.equipment_id || ' ' || x.seq
    from custody.pool_part p
    join custody.stay s on s.container_id = p.parent_id
    join custody.reading_series x on x.equipment_id = s.equipment_id and x.is_excursion
        and s.since_ms < x.outside_until_ms and (s.left_ms is null or s.left_ms > x.outside_from_ms)
    where not exists (select from custody.hold_end h
                      where h.container_id = p.parent_id and h.cause = 'excursion ' || x.equipment_id || ' ' || x.seq);

-- Trace, with pools: on from a parent to its pool, back from a pool to its parents.
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
            select 'container', p.container_id from custody.pool_part p where not p_back and w.kind = 'container' and p.parent_id = w.id
            union all
            select 'container', p.parent_id from custody.pool_part p where p_back and w.kind = 'container' and p.container_id = w.id
            union all
            select 'sample', s.sample_id from custody.sample s where not p_back and w.kind = 'container' and s.container_id = w.id
            union all
            select 'sample', s.sample_id from custody.sample s
            where not p_back and w.kind = 'batch' and s.batch_id = w.id and s.container_id is null
            union all
            select 'container', s.container_id from custody.sample s
            where p_back and w.kind = 'sample' and s.sample_id = w.id and s.container_id is not null
            union all
            select 'batch', s.batch_id from custody.sample s where p_back and w.kind = 'sample' and s.sample_id = w.id and s.container_id is null
            union all
            select 'donor', c.donor_id from source.collection_facts c where p_back and w.kind = 'collection' and c.collection_id = w.id
        ) e where w.depth < 4 and w.kind <> all (case when p_back then array['donor', 'lot', 'equipment', 'person'] else array['sample'] end)
    )
    select w.kind, w.id, min(w.depth) from walk w group by w.kind, w.id limit 200000
$$;

grant select on custody.pool, custody.pool_part to stemma_custody, stemma_audit;
grant insert on custody.pool, custody.pool_part to stemma_custody;
grant update (verified_by, verified_seq, verified_ms) on custody.pool to stemma_custody;
grant select on custody.pool_facts to stemma_batch, stemma_custody, stemma_release, stemma_audit;
revoke all on function batch.pool_container(text, text, numeric, numeric, bigint, bigint), batch.correct_pooled(text, text[], text[]) from public;
grant execute on function batch.pool_container(text, text, numeric, numeric, bigint, bigint) to stemma_custody;
grant execute on function batch.correct_pooled(text, text[], text[]) to stemma_batch;
