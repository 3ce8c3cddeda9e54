-- Line clearance (R05): a work place, which is a piece of equipment, holds one batch at a time. A clearance is of one batch and one place;
-- who stands there follows from the clearances and from what the steps used, by the times that they say. Nothing is kept of a place.
create table batch.line_clearance (
    batch_id          text not null references batch.batch,
    seq               bigint not null,
    equipment_id      text not null references batch.equipment,
    cleared_ms        bigint not null,
    late_min          bigint,
    previous_batch_id text,
    person_id         text not null,
    verified_by       text,
    verified_seq      bigint,
    primary key (batch_id, seq),
    check (verified_by <> person_id),             -- R10
    check ((verified_by is null) = (verified_seq is null)),
    check (verified_seq > seq),
    check (previous_batch_id <> batch_id)
);
create index line_clearance_place on batch.line_clearance (equipment_id, cleared_ms);
create index step_equipment_until on batch.step_equipment (equipment_id, used_until_ms);

alter table batch.voided drop constraint voided_act_check;
alter table batch.voided add constraint voided_act_check check (act in ('batch.reading', 'batch.note', 'batch.line_clear'));

-- Those that are not void.
create view batch.line_standing as
    select k.batch_id, k.seq, k.equipment_id, k.cleared_ms, k.late_min, k.previous_batch_id, k.person_id, k.verified_by, k.verified_seq
    from batch.line_clearance k
    where not exists (select from batch.voided v where v.batch_id = k.batch_id and v.entry = k.seq);

-- The other batch that was last at a place before p_until, of those that came behind p_since.
create function batch.line_other(p_batch_id text, p_equipment_id text, p_since bigint, p_until bigint)
    returns table (batch_id text, until_ms bigint)
language sql stable set search_path = pg_catalog as $$
    select o.batch_id, o.until_ms from (
        (select u.batch_id, u.used_until_ms as until_ms from batch.step_equipment u
         where u.equipment_id = p_equipment_id and u.batch_id <> p_batch_id and u.ended_seq is null and u.used_until_ms > p_since
         and u.used_from_ms < p_until order by u.used_until_ms desc limit 1)
        union all
        (select k.batch_id, k.cleared_ms from batch.line_standing k
         where k.equipment_id = p_equipment_id and k.batch_id <> p_batch_id and k.cleared_ms >= p_since and k.cleared_ms < p_until
         order by k.cleared_ms desc limit 1)) o
    order by o.until_ms desc limit 1
$$;

-- How places stood for a batch that is there between two times: its last clearance by then, and who else came since. Where it
-- has none, who was there last.
create function batch.line_at(p_batch_id text, p_places text[], p_from bigint, p_until bigint)
    returns table (equipment_id text, seq bigint, late_min bigint, verified_by text, other text)
language sql stable set search_path = pg_catalog as $$
    select p.equipment_id, k.seq, k.late_min, k.verified_by, o.batch_id
    from unnest(p_places) p (equipment_id)
    left join lateral (select s.seq, s.cleared_ms, s.late_min, s.verified_by from batch.line_standing s
                       where s.batch_id = p_batch_id and s.equipment_id = p.equipment_id and s.cleared_ms <= p_from
                       order by s.cleared_ms desc, s.seq desc limit 1) k on true
    left join lateral batch.line_other(p_batch_id, p.equipment_id, coalesce(k.cleared_ms, -1), greatest(p_until, p_from + 1)) o on true
$$;

-- A batch that works at a place on an earlier clearance still, or was there before it asked for any: what is cleared under its
-- hands is not cleared.
create function batch.line_busy(p_batch_id text, p_equipment_id text, p_cleared_ms bigint) returns text
language sql stable set search_path = pg_catalog as $$
    select u.batch_id from batch.step_equipment u
    where u.equipment_id = p_equipment_id and u.batch_id <> p_batch_id and u.ended_seq is null and u.used_until_ms > p_cleared_ms
    and coalesce((select max(k.cleared_ms) from batch.line_standing k where k.batch_id = u.batch_id and k.equipment_id = u.equipment_id
                  and k.cleared_ms <= u.used_from_ms), u.used_from_ms) < p_cleared_ms
    order by u.used_until_ms, u.batch_id limit 1
$$;

-- The first step of the batch that rests on a clearance: that one is not void any more.
create function batch.line_rests(p_batch_id text, p_seq bigint) returns integer
language sql stable set search_path = pg_catalog as $$
    select min(u.step) from batch.line_standing k
    join batch.step_equipment u on u.batch_id = k.batch_id and u.equipment_id = k.equipment_id and u.ended_seq is null
        and u.used_from_ms >= k.cleared_ms and u.seq > k.seq
    where k.batch_id = p_batch_id and k.seq = p_seq
    and not exists (select from batch.line_standing n where n.batch_id = k.batch_id and n.equipment_id = k.equipment_id
                    and (n.cleared_ms, n.seq) > (k.cleared_ms, k.seq) and n.cleared_ms <= u.used_from_ms and n.seq < u.seq)
$$;

-- One at a time at a place until its transaction ends, so that two batches never get there at once. In order of place, so that two
-- never wait for each other crosswise.
create function batch.line_lock(p_places text[]) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_place text;
begin
    for v_place in select distinct p from unnest(p_places) p order by p loop
        perform pg_advisory_xact_lock(hashtextextended('batch.line ' || v_place, 0));
    end loop;
end $$;

-- A step at places that its procedure has cleared: they are this batch's still.
create function batch.line_hold(p_batch_id text, p_places text[], p_from bigint, p_until bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_at record;
begin
    perform batch.line_lock(p_places);
    for v_at in select * from batch.line_at(p_batch_id, p_places, p_from, p_until) a where a.seq is null or a.other is not null loop
        raise exception using errcode = 'ZL077', column = 'equipment', constraint = 'R05',
            message = format('%s stands at %s, which is not cleared for %s', coalesce(v_at.other, 'nobody'), v_at.equipment_id, p_batch_id);
    end loop;
end $$;

create function batch.line_clear(p_batch_id text, p_seq bigint, p_equipment_id text, p_cleared_ms bigint, p_late_min bigint,
                                 p_previous text, p_person_id text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_busy text;
begin
    perform batch.line_lock(array[p_equipment_id]);
    v_busy := batch.line_busy(p_batch_id, p_equipment_id, p_cleared_ms);
    if v_busy is not null then
        raise exception using errcode = 'ZL077', column = 'cleared_at', constraint = 'R05',
            message = format('%s works at %s at that time', v_busy, p_equipment_id);
    end if;
    insert into batch.line_clearance (batch_id, seq, equipment_id, cleared_ms, late_min, previous_batch_id, person_id)
    values (p_batch_id, p_seq, p_equipment_id, p_cleared_ms, p_late_min, p_previous, p_person_id);
end $$;

grant select on batch.line_clearance to stemma_batch, stemma_audit;
grant insert on batch.line_clearance to stemma_batch;
grant update (verified_by, verified_seq) on batch.line_clearance to stemma_batch;
grant select on batch.line_standing to stemma_batch, stemma_audit;
revoke all on function batch.line_other(text, text, bigint, bigint), batch.line_at(text, text[], bigint, bigint),
    batch.line_busy(text, text, bigint), batch.line_rests(text, bigint), batch.line_lock(text[]),
    batch.line_hold(text, text[], bigint, bigint), batch.line_clear(text, bigint, text, bigint, bigint, text, text) from public;
grant execute on function batch.line_other(text, text, bigint, bigint), batch.line_at(text, text[], bigint, bigint),
    batch.line_busy(text, text, bigint), batch.line_rests(text, bigint), batch.line_lock(text[]),
    batch.line_hold(text, text[], bigint, bigint), batch.line_clear(text, bigint, text, bigint, bigint, text, text) to stemma_batch;
