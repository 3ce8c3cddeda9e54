-- Corrections of what was used at a step, and when (R12, R18, R19). Nothing is written over: a use that was recorded wrongly ends
-- at the correction's entry and another stands in its place; a step keeps the times as recorded beside those that stand.
alter table batch.correction alter column new_value drop not null;

alter table batch.material_use add column ended_seq bigint check (ended_seq > seq),
    drop constraint material_use_pkey, add primary key (batch_id, step, lot_id, seq);
create unique index material_use_stands on batch.material_use (batch_id, step, lot_id) where ended_seq is null;

alter table batch.step_equipment add column ended_seq bigint check (ended_seq > seq),
    drop constraint step_equipment_pkey, add primary key (batch_id, step, equipment_id, seq);
create unique index step_equipment_stands on batch.step_equipment (batch_id, step, equipment_id) where ended_seq is null;

alter table batch.step add column stands_from_ms bigint, add column stands_until_ms bigint,
    add check (coalesce(stands_from_ms, started_ms) <= coalesce(stands_until_ms, ended_ms));

create or replace view batch.step_facts as
    select s.batch_id, s.step, s.performed_by, s.performed_seq, coalesce(s.stands_from_ms, s.started_ms) as started_ms,
           coalesce(s.stands_until_ms, s.ended_ms) as ended_ms, s.recorded_ms,
           s.needs_verify or l.lapses > 0 as needs_verify, s.reason, s.body,
           case when l.corrected_seq is null then s.verified_by end as verified_by,
           case when l.corrected_seq is null then s.verified_seq end as verified_seq,
           l.corrected_seq, s.verified_seq as last_verified_seq, s.late_min
    from batch.step s
    cross join lateral (select count(*) as lapses, max(k.correction_seq) filter (where k.renewed_seq is null) as corrected_seq
                        from batch.lapse k where k.batch_id = s.batch_id and k.subject = s.step
                        and k.renewed_by = 'batch.step_verify') l;

create or replace view batch.equipment_use as
    select u.batch_id, u.step, u.equipment_id, u.used_from_ms, u.used_until_ms, u.seq, e.title, e.equipment_class,
           c.seq as calibration_seq, c.calibrated_ms, c.due_ms, c.result
    from batch.step_equipment u
    join batch.equipment e using (equipment_id)
    left join lateral (select k.seq, k.calibrated_ms, k.due_ms, k.result from batch.calibration k
                       where k.equipment_id = u.equipment_id and k.calibrated_ms <= u.used_from_ms
                       order by k.calibrated_ms desc, k.seq desc limit 1) c on true
    where u.ended_seq is null;

create or replace view batch.material_use_facts as
    select u.batch_id, u.step, u.lot_id, u.quantity, u.used_ms, u.seq, m.material, m.material_class, m.lot_number,
           m.expires_ms, m.unit, m.released_ms, m.released_seq
    from batch.material_use u join batch.material_lot m using (lot_id)
    where u.ended_seq is null;

-- What was used of p_old (null: it was not recorded) was used of p_new (null: of none); without p_quantity as much as was
-- recorded. The lots get and give, in their order so that two corrections never wait for each other crosswise.
create function batch.correct_material(p_batch_id text, p_step integer, p_old text, p_new text, p_quantity text, p_seq bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_recorded numeric;
    v_used_ms bigint;
    v_lot record;
begin
    select s.ended_ms into v_used_ms from batch.step_facts s where s.batch_id = p_batch_id and s.step = p_step;
    update batch.material_use u set ended_seq = p_seq
    where u.batch_id = p_batch_id and u.step = p_step and u.lot_id = p_old and u.ended_seq is null
    returning u.quantity into v_recorded;
    for v_lot in select d.lot_id, sum(d.gets) as gets
                 from (values (p_old, v_recorded), (p_new, -coalesce(p_quantity::numeric, v_recorded))) d (lot_id, gets)
                 where d.lot_id is not null group by d.lot_id order by d.lot_id loop
        update batch.material_lot m set quantity = m.quantity + v_lot.gets
        where m.lot_id = v_lot.lot_id and m.state = 'released' and m.quantity + v_lot.gets >= 0;
        if not found then
            raise exception using errcode = 'ZL064', column = 'materials', constraint = 'R18',
                message = format('lot %s has not %s left', v_lot.lot_id, -v_lot.gets);
        end if;
    end loop;
    insert into batch.material_use (batch_id, step, lot_id, quantity, used_ms, seq)
    select p_batch_id, p_step, p_new, coalesce(p_quantity::numeric, v_recorded), v_used_ms, p_seq where p_new is not null;
end $$;

create function batch.correct_equipment(p_batch_id text, p_step integer, p_old text, p_new text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update batch.step_equipment u set ended_seq = p_seq
    where u.batch_id = p_batch_id and u.step = p_step and u.equipment_id = p_old and u.ended_seq is null;
    insert into batch.step_equipment (batch_id, step, equipment_id, used_from_ms, used_until_ms, seq)
    select s.batch_id, s.step, p_new, s.started_ms, s.ended_ms, p_seq from batch.step_facts s
    where s.batch_id = p_batch_id and s.step = p_step and p_new is not null;
end $$;

-- When a step began or ended (null: as it stands); its uses go with it.
create function batch.correct_time(p_batch_id text, p_step integer, p_from_ms bigint, p_until_ms bigint, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update batch.step s set stands_from_ms = coalesce(p_from_ms, s.stands_from_ms),
                            stands_until_ms = coalesce(p_until_ms, s.stands_until_ms)
    where s.batch_id = p_batch_id and s.step = p_step;
    with ended as (update batch.material_use u set ended_seq = p_seq
                   where u.batch_id = p_batch_id and u.step = p_step and u.ended_seq is null and p_until_ms is not null
                   returning u.lot_id, u.quantity)
    insert into batch.material_use (batch_id, step, lot_id, quantity, used_ms, seq)
    select p_batch_id, p_step, e.lot_id, e.quantity, p_until_ms, p_seq from ended e;
    with ended as (update batch.step_equipment u set ended_seq = p_seq
                   where u.batch_id = p_batch_id and u.step = p_step and u.ended_seq is null
                   returning u.equipment_id, u.used_from_ms, u.used_until_ms)
    insert into batch.step_equipment (batch_id, step, equipment_id, used_from_ms, used_until_ms, seq)
    select p_batch_id, p_step, e.equipment_id, coalesce(p_from_ms, e.used_from_ms), coalesce(p_until_ms, e.used_until_ms), p_seq
    from ended e;
end $$;

grant update (ended_seq) on batch.material_use, batch.step_equipment to stemma_batch;
grant update (stands_from_ms, stands_until_ms) on batch.step to stemma_batch;
revoke all on function batch.correct_material(text, integer, text, text, text, bigint),
    batch.correct_equipment(text, integer, text, text, bigint), batch.correct_time(text, integer, bigint, bigint, bigint) from public;
grant execute on function batch.correct_material(text, integer, text, text, text, bigint),
    batch.correct_equipment(text, integer, text, text, bigint), batch.correct_time(text, integer, bigint, bigint, bigint)
    to stemma_batch;
