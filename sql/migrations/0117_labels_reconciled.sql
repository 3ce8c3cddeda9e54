-- What became of each copy of a label (R06, R07, domain.md §7.3): on its container, taken off, spoiled, destroyed, attached to the record; by its
-- own machine (sql/api/label_fsm.sql). A copy of which nothing was said is printed.
alter table custody.fsm_rule drop constraint fsm_rule_machine_check;
alter table custody.fsm_rule add constraint fsm_rule_machine_check check (machine in ('container', 'shipment', 'sample', 'label'));

alter table custody.label
    add column state text not null default 'printed',
    add column state_seq bigint,                      -- since its last event; null: since its print
    add column state_ms bigint,
    add column state_by text collate "C",
    add column witness_id text collate "C",           -- who is asked to witness its destruction
    add column said text,
    add constraint label_state_told check ((state_seq is null) = (state = 'printed') and (state_ms is null) = (state_seq is null)
        and (state_by is null) = (state_seq is null)),
    add constraint label_witness_other check (witness_id <> state_by);            -- R10
create unique index label_applied on custody.label (container_id) where state = 'applied';

create table custody.label_event (
    container_id text collate "C" not null,
    copy         integer not null,
    seq          bigint not null,
    batch_id     text collate "C" not null,
    event        text not null,
    state        text not null,                       -- after it
    person_id    text collate "C" not null,
    reason       text,
    time_ms      bigint not null,
    primary key (container_id, copy, seq),
    foreign key (container_id, copy) references custody.label
);
create index label_event_batch on custody.label_event (batch_id, seq);

-- Moves a copy by one event, or refuses it.
create function custody.label_move(p_batch_id text, p_container_id text, p_copy bigint, p_event text, p_person_id text, p_witness_id text,
                                   p_reason text, p_seq bigint, p_ms bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_state text;
    v_to text;
begin
    select l.state into v_state from custody.label l
    where l.container_id = p_container_id and l.copy = p_copy and l.batch_id = p_batch_id for update;
    if not found then
        raise exception using errcode = 'ZL040', column = 'copy', message = format('no copy %s of %s was printed', p_copy, p_container_id);
    end if;
    select r.to_state into v_to from custody.fsm_rule r where r.machine = 'label' and r.from_state = v_state and r.event = p_event;
    if not found then
        raise exception using errcode = 'ZL060', column = 'copy', constraint = 'label',
            message = format('copy %s of %s is %s: %s is not possible', p_copy, p_container_id, v_state, p_event);
    end if;
    update custody.label l set state = v_to, state_seq = p_seq, state_ms = p_ms, state_by = p_person_id, witness_id = p_witness_id,
        said = p_reason
    where l.container_id = p_container_id and l.copy = p_copy;
    insert into custody.label_event (container_id, copy, seq, batch_id, event, state, person_id, reason, time_ms)
    values (p_container_id, p_copy, p_seq, p_batch_id, p_event, v_to, p_person_id, p_reason, p_ms);
end $$;

-- The copies as they stand, for whoever reconciles them.
create view custody.label_copy as
    select l.batch_id, l.container_id, l.copy, l.state, coalesce(l.state_seq, l.seq) as state_seq, coalesce(l.state_ms, l.printed_ms) as state_ms,
           coalesce(l.state_by, l.person_id) as state_by, l.witness_id, case when l.state_seq is null then l.reason else l.said end as said
    from custody.label l;

grant select on custody.label_event to stemma_custody, stemma_audit;
grant insert on custody.label_event to stemma_custody;
grant update (state, state_seq, state_ms, state_by, witness_id, said) on custody.label to stemma_custody;
grant select on custody.label_copy to stemma_custody, stemma_release, stemma_audit;
revoke all on function custody.label_move(text, text, bigint, text, text, text, text, bigint, bigint) from public;
grant execute on function custody.label_move(text, text, bigint, text, text, text, text, bigint, bigint) to stemma_custody;

-- The chain of custody says what became of labels (LABEL, RELABEL) and of pools (POOL).
create or replace view custody.chain as
    select batch_id, seq, 'label printed' as event, person_id, container_id, null::text as transfer_id,
           'copy ' || copy as place, printed_ms as time_ms from custody.label
    union all
    select batch_id, seq, 'stored', person_id, container_id, null, equipment_id || ' ' || position, since_ms from custody.place
    union all
    select t.batch_id, t.given_seq, 'handed over', t.giver_id, k.container_id, t.transfer_id, t.destination, t.given_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id)
    union all
    select t.batch_id, t.received_seq, 'received', t.receiver_id, k.container_id, t.transfer_id, t.destination, t.received_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id) where t.received_seq is not null
    union all
    select v.batch_id, v.seq, case when n.is_anew then 'decided anew' when v.event = 'custody.decide_use' then 'for use'
               when v.event = 'custody.ship_unpack' then 'unpacked' when v.seq = d.cancelled_seq then 'destruction taken back' else
               case v.state when 'destroying' then 'destruction begun' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end end,
           v.person_id, v.container_id, coalesce(g.transfer_id, s.transfer_id),
           coalesce(case when d.cancelled_seq = v.seq then 'of entry ' || d.seq || ', ' || d.method || '; ' || v.state || ' again' else d.method end,
                    a.route || ' ' || a.site, case when n.is_anew then case v.state when 'destroying' then 'destruction begun' else v.state end end,
                    'shipper ' || s.shipper_id || ', seal ' || s.seal_number, 'into ' || p.container_id), v.time_ms
    from custody.container_event v
    cross join lateral (select v.event in ('custody.decide_destroy', 'custody.decide_nonclinical')
                        and v.state not in ('condemned', 'nonclinical') as is_anew) n
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and v.seq in (d.seq, d.cancelled_seq)
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    left join custody.shipment s on s.batch_id = v.batch_id and v.seq in (s.seq, s.unpacked_seq)
    left join custody.pool p on p.batch_id = v.batch_id and p.seq = v.seq
    where v.event not in ('custody.hand_over', 'custody.receive', 'custody.sample_take', 'custody.sample_last')
    union all
    select p.batch_id, p.seq, 'made of a pool', p.person_id, p.container_id, null,
           'of ' || (select string_agg(k.parent_id, ', ' order by k.parent_id) from custody.pool_part k where k.container_id = p.container_id), p.time_ms
    from custody.pool p
    union all
    select batch_id, verified_seq, 'pool verified', verified_by, container_id, null, null, verified_ms from custody.pool where verified_seq is not null
    union all
    select batch_id, seq, 'sample taken', taken_by, container_id, null, sample_id || ', ' || volume_ml || ' mL', time_ms from custody.sample
    union all
    select v.batch_id, v.seq, case v.state when 'sent' then 'sample sent' when 'received' then 'sample received' when 'used_up' then 'sample used up'
           when 'retained' then 'sample retained' when 'lost' then 'sample lost' else 'sample destroyed' end,
           v.person_id, k.container_id, null, concat_ws(', ', v.sample_id, v.place), v.time_ms
    from custody.sample_event v join custody.sample k using (sample_id)
    union all
    select v.batch_id, v.seq, case v.state when 'applied' then case when r.copy is null then 'label applied' else 'relabelled' end
               when 'spoiled' then 'label spoiled' when 'destroying' then 'label''s destruction begun' when 'destroyed' then 'label destroyed'
               else 'label attached to the record' end,
           v.person_id, v.container_id, null, 'copy ' || v.copy || coalesce(' for copy ' || r.copy, ''), v.time_ms
    from custody.label_event v
    left join custody.label_event r on r.container_id = v.container_id and r.seq = v.seq and r.event = 'custody.label_replaced'
        and v.event = 'custody.label_apply'
    where v.event <> 'custody.label_replaced';
