-- Equipment fit for use (R19): qualified, cleaned, in service. What is needed for a step its procedure says; all of it stands in the equipment's own
-- stream, and can be recorded whatever state the equipment is in.
create table batch.qualification (
    equipment_id text not null references batch.equipment,
    seq          bigint not null,
    qualified_ms bigint not null,
    due_ms       bigint not null check (due_ms > qualified_ms),
    report       text not null,
    result       text not null check (result in ('pass', 'fail')),
    qualified_by text not null,
    primary key (equipment_id, seq)
);
create index qualification_at on batch.qualification (equipment_id, qualified_ms);

create table batch.cleaning (
    equipment_id text not null references batch.equipment,
    seq          bigint not null,
    cleaned_ms   bigint not null,
    lot_id       text not null references batch.material_lot,
    vial_no      integer not null default 0,
    late_min     bigint,
    cleaned_by   text not null,
    primary key (equipment_id, seq)
);
create index cleaning_at on batch.cleaning (equipment_id, cleaned_ms);
create index cleaning_agent on batch.cleaning (lot_id, vial_no);

-- What was cleaned with is a use of it too.
create or replace function batch.vial_used(p_lot_id text, p_vial_no integer) returns table (first_ms bigint, last_ms bigint, began_ms bigint)
language sql stable set search_path = pg_catalog as $$
    select min(k.used_ms), max(k.used_ms), max(k.started_ms)
    from (select u.used_ms, s.started_ms from batch.material_use u join batch.step_facts s using (batch_id, step)
          where u.lot_id = p_lot_id and u.vial_no = p_vial_no and u.ended_seq is null
          union all select c.cleaned_ms, c.cleaned_ms from batch.cleaning c where c.lot_id = p_lot_id and c.vial_no = p_vial_no) k
$$;

-- A cleaning; the vial of its agent is open then, also if it is discarded or its opening corrected at once.
create function batch.record_cleaning(p_equipment_id text, p_seq bigint, p_ms bigint, p_lot_id text, p_vial_no integer, p_late_min bigint,
                                      p_person_id text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    if p_vial_no > 0 then
        perform from batch.material_lot m where m.lot_id = p_lot_id for update;
        if not exists (select from batch.vial v where v.lot_id = p_lot_id and v.vial_no = p_vial_no and v.opened_ms <= p_ms and v.use_by_ms > p_ms
                       and coalesce(v.discarded_ms, p_ms) >= p_ms) then
            raise exception using errcode = 'ZL064', column = 'vial_no', constraint = 'R18',
                message = format('vial %s of %s was not open, past its in-use limit, or discarded', p_vial_no, p_lot_id);
        end if;
    end if;
    insert into batch.cleaning (equipment_id, seq, cleaned_ms, lot_id, vial_no, late_min, cleaned_by)
    values (p_equipment_id, p_seq, p_ms, p_lot_id, p_vial_no, p_late_min, p_person_id);
end $$;

create table batch.tag (
    equipment_id text not null references batch.equipment,
    out_seq      bigint not null,
    out_ms       bigint not null,
    out_by       text not null,
    reason       text not null,
    in_seq       bigint check (in_seq > out_seq),
    in_ms        bigint check (in_ms >= out_ms),
    in_by        text check (in_by <> out_by),
    primary key (equipment_id, out_seq),
    check ((in_seq is null) = (in_ms is null) and (in_seq is null) = (in_by is null))
);
create unique index tag_out on batch.tag (equipment_id) where in_seq is null;

-- Equipment as it was for a batch between two times: calibration and qualification that held when it began, the last cleaning by then and who else was
-- there since, and why it was out of service meanwhile.
create function batch.equipment_at(p_batch_id text, p_pieces text[], p_from bigint, p_until bigint)
    returns table (equipment_id text, equipment_class text, result text, due_ms bigint, qualified text, qualified_due_ms bigint,
                   cleaned_ms bigint, cleaned_seq bigint, other text, out_reason text)
language sql stable set search_path = pg_catalog as $$
    select e.equipment_id, e.equipment_class, c.result, c.due_ms, q.result, q.due_ms, k.cleaned_ms, k.seq, o.batch_id, t.reason
    from batch.equipment e
    left join lateral (select x.result, x.due_ms from batch.calibration x where x.equipment_id = e.equipment_id and x.calibrated_ms <= p_from
                       order by x.calibrated_ms desc, x.seq desc limit 1) c on true
    left join lateral (select x.result, x.due_ms from batch.qualification x where x.equipment_id = e.equipment_id and x.qualified_ms <= p_from
                       order by x.qualified_ms desc, x.seq desc limit 1) q on true
    left join lateral (select x.cleaned_ms, x.seq from batch.cleaning x where x.equipment_id = e.equipment_id and x.cleaned_ms <= p_from
                       order by x.cleaned_ms desc, x.seq desc limit 1) k on true
    left join lateral (select b.batch_id from batch.line_other(p_batch_id, e.equipment_id, k.cleaned_ms, greatest(p_until, p_from + 1)) b
                       where k.cleaned_ms is not null) o on true
    left join lateral (select x.reason from batch.tag x where x.equipment_id = e.equipment_id and x.out_ms < greatest(p_until, p_from + 1)
                       and (x.in_ms is null or x.in_ms > p_from) order by x.out_ms limit 1) t on true
    where e.equipment_id = any(p_pieces)
$$;

-- Equipment that a step rests on the cleaning of is this batch's alone since, also if two come at once.
create function batch.clean_hold(p_batch_id text, p_step integer, p_pieces text[], p_entries bigint[]) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_at record;
begin
    perform batch.line_lock(p_pieces);
    for v_at in select k.equipment_id, o.batch_id from unnest(p_pieces, p_entries) p (equipment_id, seq)
                join batch.cleaning k on k.equipment_id = p.equipment_id and k.seq = p.seq
                join batch.step_facts f on f.batch_id = p_batch_id and f.step = p_step
                cross join lateral batch.line_other(p_batch_id, k.equipment_id, k.cleaned_ms, greatest(f.ended_ms, f.started_ms + 1)) o loop
        raise exception using errcode = 'ZL065', column = 'equipment', constraint = 'R19',
            message = format('%s was at %s since it was cleaned', v_at.batch_id, v_at.equipment_id);
    end loop;
end $$;

grant select on batch.qualification, batch.cleaning, batch.tag to stemma_batch, stemma_audit;
grant insert on batch.qualification, batch.cleaning, batch.tag to stemma_batch;
grant update (in_seq, in_ms, in_by) on batch.tag to stemma_batch;
revoke all on function batch.equipment_at(text, text[], bigint, bigint), batch.clean_hold(text, integer, text[], bigint[]),
    batch.record_cleaning(text, bigint, bigint, text, integer, bigint, text) from public;
grant execute on function batch.equipment_at(text, text[], bigint, bigint), batch.clean_hold(text, integer, text[], bigint[]),
    batch.record_cleaning(text, bigint, bigint, text, integer, bigint, text) to stemma_batch;
