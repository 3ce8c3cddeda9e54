-- Shipment by a carrier: storage and transport units with the temperature that they are qualified for, what was packed into them, and what
-- was found at the other end. A shipment goes by the two-party hand-over of its transfer. What did not arrive in order holds its
-- containers until QA decides on each.
alter table custody.fsm_rule drop constraint fsm_rule_machine_check;
alter table custody.fsm_rule add constraint fsm_rule_machine_check check (machine in ('container', 'shipment'));

create table custody.unit_qualification (
    equipment_id text collate "C" not null,
    seq          bigint not null,
    low_c        numeric,
    high_c       numeric,
    allowed_min  bigint not null check (allowed_min >= 0),
    gap_min      bigint not null check (gap_min > 0),
    hold_min     bigint,
    valid_ms     bigint not null,
    report       text not null,
    person_id    text collate "C" not null,
    time_ms      bigint not null,
    primary key (equipment_id, seq),
    check (low_c is not null or high_c is not null)
);

create table custody.shipment (
    batch_id      text collate "C" not null,
    transfer_id   text collate "C" not null,
    seq           bigint not null,
    state         text not null,
    containers    text[] not null,
    shipper_id    text collate "C" not null,
    logger_id     text collate "C" not null,
    charged_ms    bigint,
    seal_number   text not null,
    receiver_id   text collate "C" not null,
    carrier       text not null,
    waybill       text not null,
    due_ms        bigint not null,
    qualified_seq bigint not null,
    low_c         numeric,
    high_c        numeric,
    allowed_min   bigint not null,
    gap_min       bigint not null,
    keeps_ms      bigint,
    person_id     text collate "C" not null,
    time_ms       bigint not null,
    unpacked_seq  bigint,
    received_seq  bigint,
    min_c         numeric,
    max_c         numeric,
    outside_min   bigint,
    mismatches    text[],
    arrived_ms    bigint,
    logger_sha256 text,
    primary key (batch_id, transfer_id, seq),
    check ((received_seq is null) = (arrived_ms is null))
);
-- A transfer's number is packed once at a time.
create unique index shipment_transfer on custody.shipment (batch_id, transfer_id) where unpacked_seq is null;

-- What QA decided on, by container and cause: the hold is over.
create table custody.hold_end (
    container_id text collate "C" not null,
    cause        text not null,
    batch_id     text collate "C" not null,
    seq          bigint not null,
    primary key (container_id, cause)
);
create index hold_end_batch on custody.hold_end (batch_id, seq);

-- Who is on hold, and by what.
create view custody.hold as
    select k.container_id, s.batch_id, 'shipment ' || s.transfer_id as cause, s.received_seq as seq
    from custody.shipment s cross join lateral unnest(s.containers) k (container_id)
    where s.received_seq is not null and cardinality(s.mismatches) > 0
      and not exists (select from custody.hold_end h
                      where h.container_id = k.container_id collate "C" and h.cause = 'shipment ' || s.transfer_id);

-- Moves a shipment by one event, or refuses it; a transfer that is no shipment's is none of ours.
create function custody.ship_move(p_batch_id text, p_transfer_id text, p_event text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_state text;
    v_to text;
begin
    select s.state into v_state from custody.shipment s
    where s.batch_id = p_batch_id and s.transfer_id = p_transfer_id and s.unpacked_seq is null for update;
    if not found then
        return;
    end if;
    select r.to_state into v_to from custody.fsm_rule r
    where r.machine = 'shipment' and r.from_state = v_state and r.event = p_event;
    if not found then
        raise exception using errcode = 'ZL060', column = 'transfer_id', constraint = 'shipment',
            message = format('shipment %s is %s: %s is not possible', p_transfer_id, v_state, p_event);
    end if;
    update custody.shipment set state = v_to
    where batch_id = p_batch_id and transfer_id = p_transfer_id and unpacked_seq is null;
end $$;

-- Ends the holds that a decision named; a shipment none of whose containers is held any more is closed.
create function custody.end_holds(p_batch_id text, p_containers text[], p_causes text[], p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_transfer text;
begin
    insert into custody.hold_end (container_id, cause, batch_id, seq)
    select h.container_id, h.cause, p_batch_id, p_seq from custody.hold h
    where h.batch_id = p_batch_id and h.container_id = any (p_containers) and h.cause = any (p_causes);
    for v_transfer in select s.transfer_id from custody.shipment s
                      where s.batch_id = p_batch_id and s.state = 'quarantined' and not exists (
                          select from custody.hold h where h.batch_id = p_batch_id and h.cause = 'shipment ' || s.transfer_id) loop
        perform custody.ship_move(p_batch_id, v_transfer, 'custody.container_decide');
    end loop;
end $$;

-- As before, by the container's machine alone; what is held leaves only where its row says so.
create or replace function custody.move(p_batch_id text, p_containers text[], p_event text, p_person_id text, p_seq bigint, p_ms bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_id text;
    v_state text;
    v_rule custody.fsm_rule;
begin
    foreach v_id in array p_containers loop
        select v.state into v_state from custody.container_event v where v.container_id = v_id order by v.seq desc limit 1;
        if not found then
            v_state := 'kept';
        end if;
        select r.* into v_rule from custody.fsm_rule r where r.machine = 'container' and r.from_state = v_state and r.event = p_event;
        if not found then
            raise exception using errcode = 'ZL060', column = 'containers', constraint = 'container',
                message = format('%s is %s: %s is not possible', v_id, v_state, p_event);
        end if;
        if 'held' = any (v_rule.forbids) and exists (select from custody.hold h where h.batch_id = p_batch_id and h.container_id = v_id) then
            raise exception using errcode = 'ZL074', column = 'held', constraint = 'container-' || v_rule.rule_id,
                message = format('%s is on hold until QA decides on it', v_id);
        end if;
        insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms)
        values (v_id, p_seq, p_batch_id, p_event, v_rule.to_state, p_person_id, p_ms);
        if v_rule.to_state not in ('kept', 'returned', 'condemned') then
            update custody.place set left_seq = p_seq where container_id = v_id and left_seq is null;
        end if;
    end loop;
end $$;

-- The calibration that stands, for who sends a logger out.
create view batch.calibration_facts as
    select e.equipment_id, e.equipment_class, k.result, k.due_ms
    from batch.equipment e left join lateral (
        select c.result, c.due_ms from batch.calibration c where c.equipment_id = e.equipment_id
        order by c.calibrated_ms desc, c.seq desc limit 1) k on true;

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
    select v.batch_id, v.seq, case v.event when 'custody.decide_use' then 'for use' when 'custody.ship_unpack' then 'unpacked' else
               case v.state when 'destroying' then 'destruction' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end end,
           v.person_id, v.container_id, coalesce(g.transfer_id, s.transfer_id),
           coalesce(d.method, a.route || ' ' || a.site, 'shipper ' || s.shipper_id || ', seal ' || s.seal_number), v.time_ms
    from custody.container_event v
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and d.seq = v.seq
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    left join custody.shipment s on s.batch_id = v.batch_id and v.seq in (s.seq, s.unpacked_seq)
    where v.event not in ('custody.hand_over', 'custody.receive');

grant select on custody.unit_qualification, custody.shipment, custody.hold_end to stemma_custody, stemma_audit;
grant select on custody.hold to stemma_custody, stemma_audit, stemma_release;
grant insert on custody.unit_qualification, custody.shipment, custody.hold_end to stemma_custody;
grant update (state, unpacked_seq, received_seq, min_c, max_c, outside_min, mismatches, arrived_ms, logger_sha256)
    on custody.shipment to stemma_custody;
grant select on batch.calibration_facts to stemma_custody;
revoke all on function custody.ship_move(text, text, text), custody.end_holds(text, text[], text[], bigint) from public;
grant execute on function custody.ship_move(text, text, text), custody.end_holds(text, text[], text[], bigint) to stemma_custody;
