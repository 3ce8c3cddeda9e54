-- Opened vials (R18): a lot may say how long a vial of it keeps once it is opened. Every use of such a lot is of a vial, which is opened, numbered,
-- and used up or discarded; what is left in it is part of what is left of the lot. Vial 0 is none: lots without that limit.
alter table batch.material_lot add column in_use_h integer check (in_use_h > 0);

create table batch.vial (
    lot_id        text not null references batch.material_lot,
    vial_no       integer not null check (vial_no > 0),
    opened_seq    bigint not null,
    opened_by     text not null,
    opened_ms     bigint not null,                -- as it stands
    use_by_ms     bigint not null check (use_by_ms > opened_ms),
    late_min      bigint,
    content       numeric not null check (content > 0),
    quantity      numeric not null check (quantity >= 0 and quantity <= content),    -- left; discarded: thrown away
    discarded_seq bigint,
    discarded_by  text,
    discarded_ms  bigint,
    primary key (lot_id, vial_no),
    check ((discarded_seq is null) = (discarded_by is null) and (discarded_seq is null) = (discarded_ms is null))
);
create index vial_open on batch.vial (use_by_ms) where discarded_seq is null and quantity > 0;
create index vial_discarded on batch.vial (discarded_ms) where quantity > 0;

create table batch.vial_correction (
    lot_id       text not null,
    seq          bigint not null,
    vial_no      integer not null,
    corrects_seq bigint not null check (corrects_seq < seq),
    old_ms       bigint not null,
    new_ms       bigint not null check (new_ms <> old_ms),
    reason       text not null,
    person_id    text not null,
    primary key (lot_id, seq),
    foreign key (lot_id, vial_no) references batch.vial
);

alter table batch.material_use add column vial_no integer not null default 0,
    drop constraint material_use_pkey, add primary key (batch_id, step, lot_id, vial_no, seq);
drop index batch.material_use_stands;
create unique index material_use_stands on batch.material_use (batch_id, step, lot_id, vial_no) where ended_seq is null;
drop index batch.material_use_lot;
create index material_use_lot on batch.material_use (lot_id, vial_no);

-- What was used from a vial was in date until its in-use limit: the gate's seventh point asks this view.
create or replace view batch.material_use_facts as
    select u.batch_id, u.step, u.lot_id, u.quantity, u.used_ms, u.seq, m.material, m.material_class, m.lot_number,
           coalesce(v.use_by_ms, m.expires_ms) as expires_ms, m.unit, m.released_ms, m.released_seq, u.vial_no
    from batch.material_use u join batch.material_lot m using (lot_id)
    left join batch.vial v on v.lot_id = u.lot_id and v.vial_no = u.vial_no
    where u.ended_seq is null;

-- The vial is open at the end of that step, and was not discarded before it began; it and its lot are this transaction's from here on. The lot first, so
-- that two never wait for each other crosswise.
create function batch.vial_hold(p_lot_id text, p_vial_no integer, p_batch_id text, p_step integer) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform from batch.material_lot m where m.lot_id = p_lot_id for update;
    if p_vial_no > 0 and not exists (select from batch.vial v, batch.step_facts s where v.lot_id = p_lot_id and v.vial_no = p_vial_no
                                     and s.batch_id = p_batch_id and s.step = p_step and v.opened_ms <= s.ended_ms and v.use_by_ms > s.ended_ms
                                     and coalesce(v.discarded_ms, s.started_ms) >= s.started_ms) then
        raise exception using errcode = 'ZL064', column = 'materials', constraint = 'R18',
            message = format('vial %s of %s is not open, past its in-use limit, or discarded', p_vial_no, p_lot_id);
    end if;
end $$;

-- A lot, and the vial that it is in, get or (less than zero) give. What is thrown away is no part of the lot any more.
create function batch.material_move(p_lot_id text, p_vial_no integer, p_gets numeric) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_discarded boolean;
begin
    if p_vial_no > 0 then
        update batch.vial v set quantity = v.quantity + p_gets
        where v.lot_id = p_lot_id and v.vial_no = p_vial_no and v.quantity + p_gets >= 0
        returning v.discarded_seq is not null into v_discarded;
        if not found then
            raise exception using errcode = 'ZL064', column = 'materials', constraint = 'R18',
                message = format('vial %s of %s has not %s left', p_vial_no, p_lot_id, -p_gets);
        end if;
        if v_discarded then
            return;
        end if;
    end if;
    update batch.material_lot m set quantity = m.quantity + p_gets
    where m.lot_id = p_lot_id and m.state = 'released' and m.quantity + p_gets >= 0;
    if not found then
        raise exception using errcode = 'ZL064', column = 'materials', constraint = 'R18',
            message = format('lot %s has not %s left', p_lot_id, -p_gets);
    end if;
end $$;

drop function batch.use_materials(text, integer, text[], text[], bigint, bigint);
create function batch.use_materials(p_batch_id text, p_step integer, p_lots text[], p_vials bigint[], p_quantities text[],
                                    p_used_ms bigint, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_use record;
begin
    for v_use in select u.lot_id, u.vial_no::integer as vial_no, sum(u.quantity::numeric) as quantity
                 from unnest(p_lots, p_vials, p_quantities) as u (lot_id, vial_no, quantity) group by 1, 2 order by 1, 2 loop
        perform batch.vial_hold(v_use.lot_id, v_use.vial_no, p_batch_id, p_step);
        perform batch.material_move(v_use.lot_id, v_use.vial_no, -v_use.quantity);
        insert into batch.material_use (batch_id, step, lot_id, vial_no, quantity, used_ms, seq)
        values (p_batch_id, p_step, v_use.lot_id, v_use.vial_no, v_use.quantity, p_used_ms, p_seq);
    end loop;
end $$;

-- What was used of p_old (null: it was not recorded) was used of p_new (null: of none); without p_quantity as much as was
-- recorded. The lots get and give, in their order so that two corrections never wait for each other crosswise.
drop function batch.correct_material(text, integer, text, text, text, bigint);
create function batch.correct_material(p_batch_id text, p_step integer, p_old text, p_old_vial integer, p_new text, p_new_vial integer,
                                       p_quantity text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_recorded numeric;
    v_used_ms bigint;
    v_lot record;
begin
    select s.ended_ms into v_used_ms from batch.step_facts s where s.batch_id = p_batch_id and s.step = p_step;
    update batch.material_use u set ended_seq = p_seq
    where u.batch_id = p_batch_id and u.step = p_step and u.lot_id = p_old and u.vial_no = p_old_vial and u.ended_seq is null
    returning u.quantity into v_recorded;
    perform from batch.material_lot m where m.lot_id in (p_old, p_new) order by m.lot_id for update;
    if p_new is not null then
        perform batch.vial_hold(p_new, p_new_vial, p_batch_id, p_step);
    end if;
    for v_lot in select d.lot_id, d.vial_no, sum(d.gets) as gets
                 from (values (p_old, p_old_vial, v_recorded),
                              (p_new, p_new_vial, -coalesce(p_quantity::numeric, v_recorded))) d (lot_id, vial_no, gets)
                 where d.lot_id is not null group by 1, 2 order by 1, 3 desc loop
        perform batch.material_move(v_lot.lot_id, v_lot.vial_no, v_lot.gets);
    end loop;
    insert into batch.material_use (batch_id, step, lot_id, vial_no, quantity, used_ms, seq)
    select p_batch_id, p_step, p_new, p_new_vial, coalesce(p_quantity::numeric, v_recorded), v_used_ms, p_seq where p_new is not null;
end $$;

create or replace function batch.correct_time(p_batch_id text, p_step integer, p_from_ms bigint, p_until_ms bigint, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update batch.step s set stands_from_ms = coalesce(p_from_ms, s.stands_from_ms),
                            stands_until_ms = coalesce(p_until_ms, s.stands_until_ms)
    where s.batch_id = p_batch_id and s.step = p_step;
    perform batch.vial_hold(u.lot_id, u.vial_no, p_batch_id, p_step)
    from (select k.lot_id, k.vial_no from batch.material_use k where k.batch_id = p_batch_id and k.step = p_step and k.ended_seq is null
          and k.vial_no > 0 order by k.lot_id, k.vial_no) u;
    with ended as (update batch.material_use u set ended_seq = p_seq
                   where u.batch_id = p_batch_id and u.step = p_step and u.ended_seq is null and p_until_ms is not null
                   returning u.lot_id, u.vial_no, u.quantity)
    insert into batch.material_use (batch_id, step, lot_id, vial_no, quantity, used_ms, seq)
    select p_batch_id, p_step, e.lot_id, e.vial_no, e.quantity, p_until_ms, p_seq from ended e;
    with ended as (update batch.step_equipment u set ended_seq = p_seq
                   where u.batch_id = p_batch_id and u.step = p_step and u.ended_seq is null
                   returning u.equipment_id, u.used_from_ms, u.used_until_ms)
    insert into batch.step_equipment (batch_id, step, equipment_id, used_from_ms, used_until_ms, seq)
    select p_batch_id, p_step, e.equipment_id, coalesce(p_from_ms, e.used_from_ms), coalesce(p_until_ms, e.used_until_ms), p_seq
    from ended e;
end $$;

-- The uses of a vial, first and last, as they stand, and when the last step with one began.
create function batch.vial_used(p_lot_id text, p_vial_no integer) returns table (first_ms bigint, last_ms bigint, began_ms bigint)
language sql stable set search_path = pg_catalog as $$
    select min(u.used_ms), max(u.used_ms), max(s.started_ms) from batch.material_use u join batch.step_facts s using (batch_id, step)
    where u.lot_id = p_lot_id and u.vial_no = p_vial_no and u.ended_seq is null
$$;

-- When a vial was opened, as it is corrected; no use may come to lie outside.
create function batch.correct_vial(p_lot_id text, p_seq bigint, p_vial_no integer, p_corrects bigint, p_old_ms bigint, p_new_ms bigint,
                                   p_use_by_ms bigint, p_reason text, p_person_id text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform from batch.material_lot m where m.lot_id = p_lot_id for update;
    if exists (select from batch.vial_used(p_lot_id, p_vial_no) u where u.first_ms < p_new_ms or u.last_ms >= p_use_by_ms) then
        raise exception using errcode = 'ZL064', column = 'opened_at', constraint = 'R18',
            message = format('vial %s of %s was used before, or after its in-use limit', p_vial_no, p_lot_id);
    end if;
    if exists (select from batch.vial v where v.lot_id = p_lot_id and v.vial_no = p_vial_no and v.discarded_ms < p_new_ms) then
        raise exception using errcode = 'ZL064', column = 'opened_at', constraint = 'R18',
            message = format('vial %s of %s was discarded before', p_vial_no, p_lot_id);
    end if;
    insert into batch.vial_correction (lot_id, seq, vial_no, corrects_seq, old_ms, new_ms, reason, person_id)
    values (p_lot_id, p_seq, p_vial_no, p_corrects, p_old_ms, p_new_ms, p_reason, p_person_id);
    update batch.vial set opened_ms = p_new_ms, use_by_ms = p_use_by_ms where lot_id = p_lot_id and vial_no = p_vial_no;
end $$;

create function batch.discard_vial(p_lot_id text, p_seq bigint, p_vial_no integer, p_ms bigint, p_person_id text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform from batch.material_lot m where m.lot_id = p_lot_id for update;
    if exists (select from batch.vial_used(p_lot_id, p_vial_no) u where u.began_ms > p_ms) then
        raise exception using errcode = 'ZL064', column = 'discarded_at', constraint = 'R18',
            message = format('a use of vial %s of %s began later', p_vial_no, p_lot_id);
    end if;
    if exists (select from batch.vial v where v.lot_id = p_lot_id and v.vial_no = p_vial_no and v.opened_ms > p_ms) then
        raise exception using errcode = 'ZL064', column = 'discarded_at', constraint = 'R18',
            message = format('vial %s of %s was not open yet', p_vial_no, p_lot_id);
    end if;
    with gone as (update batch.vial set discarded_seq = p_seq, discarded_by = p_person_id, discarded_ms = p_ms
                  where lot_id = p_lot_id and vial_no = p_vial_no and discarded_seq is null returning quantity)
    update batch.material_lot m set quantity = m.quantity - g.quantity from gone g where m.lot_id = p_lot_id;
end $$;

grant select on batch.vial, batch.vial_correction to stemma_batch, stemma_audit;
grant insert on batch.vial, batch.vial_correction to stemma_batch;
grant update (quantity, opened_ms, use_by_ms, discarded_seq, discarded_by, discarded_ms) on batch.vial to stemma_batch;
revoke all on function batch.vial_hold(text, integer, text, integer), batch.material_move(text, integer, numeric),
    batch.use_materials(text, integer, text[], bigint[], text[], bigint, bigint),
    batch.correct_material(text, integer, text, integer, text, integer, text, bigint), batch.vial_used(text, integer),
    batch.correct_vial(text, bigint, integer, bigint, bigint, bigint, bigint, text, text),
    batch.discard_vial(text, bigint, integer, bigint, text) from public;
grant execute on function batch.vial_hold(text, integer, text, integer), batch.material_move(text, integer, numeric),
    batch.use_materials(text, integer, text[], bigint[], text[], bigint, bigint),
    batch.correct_material(text, integer, text, integer, text, integer, text, bigint), batch.vial_used(text, integer),
    batch.correct_vial(text, bigint, integer, bigint, bigint, bigint, bigint, text, text),
    batch.discard_vial(text, bigint, integer, bigint, text) to stemma_batch;
