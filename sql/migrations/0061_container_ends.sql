-- Where each container stands, and its end: destroyed before a witness, lost, returned, administered. A container is in the state of its last
-- event, `kept` before the first; custody.move goes by the machine's rows (sql/api/container_fsm.sql), as batch.move does.
create table custody.fsm_rule (
    machine    text not null check (machine = 'container'),
    rule_id    integer not null,
    from_state text not null,
    event      text not null check (event ~ '^custody\.[a-z_]+$'),
    to_state   text not null,
    needs      text[] not null,
    forbids    text[] not null,
    primary key (machine, rule_id),
    unique (machine, from_state, event)
);

create table custody.container_event (
    container_id text collate "C" not null,
    seq          bigint not null,
    batch_id     text collate "C" not null,
    event        text not null,
    state        text not null,                       -- after it
    person_id    text collate "C" not null,
    time_ms      bigint not null,
    primary key (container_id, seq)
);
create index container_event_batch on custody.container_event (batch_id, seq);

-- What was handed over before containers had states.
insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms)
select k.container_id, t.given_seq, t.batch_id, 'custody.hand_over', 'given', t.giver_id, t.given_ms
from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id)
union all
select k.container_id, t.received_seq, t.batch_id, 'custody.receive', 'received', t.receiver_id, t.received_ms
from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id) where t.received_seq is not null;

create view custody.container_state as
    select k.container_id, k.batch_id, coalesce(m.state, 'kept') as state, m.seq, m.time_ms, m.person_id
    from batch.container_facts k
    left join lateral (select v.state, v.seq, v.time_ms, v.person_id from custody.container_event v
                       where v.container_id = k.container_id order by v.seq desc limit 1) m on true;

-- Moves containers by one event, or refuses it. What leaves its place or has ended lies nowhere any more.
create function custody.move(p_batch_id text, p_containers text[], p_event text, p_person_id text, p_seq bigint, p_ms bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_id text;
    v_state text;
    v_to text;
begin
    foreach v_id in array p_containers loop
        select v.state into v_state from custody.container_event v where v.container_id = v_id order by v.seq desc limit 1;
        if not found then
            v_state := 'kept';
        end if;
        select r.to_state into v_to from custody.fsm_rule r where r.from_state = v_state and r.event = p_event;
        if not found then
            raise exception using errcode = 'ZL060', column = 'containers', constraint = 'container',
                message = format('%s is %s: %s is not possible', v_id, v_state, p_event);
        end if;
        insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms)
        values (v_id, p_seq, p_batch_id, p_event, v_to, p_person_id, p_ms);
        if v_to not in ('kept', 'returned', 'condemned') then
            update custody.place set left_seq = p_seq where container_id = v_id and left_seq is null;
        end if;
    end loop;
end $$;

create table custody.destruction (
    batch_id      text collate "C" not null,
    seq           bigint not null,
    method        text not null,
    reason        text not null,
    person_id     text collate "C" not null,
    witness_id    text collate "C" not null,
    destroyed_ms  bigint not null,
    witnessed_seq bigint,
    primary key (batch_id, seq),
    check (witness_id <> person_id)
);

create table custody.give_back (
    batch_id           text collate "C" not null,
    transfer_id        text collate "C" not null,
    giver_id           text collate "C" not null,
    receiver_id        text collate "C" not null,
    reason             text not null,
    condition          text not null,
    seal_number        text not null,
    temperature_c      numeric not null,
    digest             text not null check (digest ~ '^[0-9a-f]{64}$'),
    given_seq          bigint not null,
    given_ms           bigint not null,
    received_seq       bigint,
    received_ms        bigint,
    received_condition text,
    received_temperature_c numeric,
    primary key (batch_id, transfer_id),
    check (giver_id <> receiver_id),
    check ((received_seq is null) = (received_ms is null))
);
create index give_back_seq on custody.give_back (batch_id, given_seq);

create table custody.administration (
    batch_id          text collate "C" not null,
    seq               bigint not null,
    recipient_code    text collate "C" not null,
    weight_kg         numeric not null check (weight_kg > 0),
    route             text not null,
    site              text not null,
    imaging           text not null,
    started_ms        bigint not null,
    ended_ms          bigint not null,
    dose_cells        numeric not null,
    dose_cells_per_kg numeric not null,
    adverse_event     boolean not null,
    late_min          bigint,
    person_id         text collate "C" not null,
    primary key (batch_id, seq),
    check (started_ms <= ended_ms)
);

create table custody.dose (
    container_id    text collate "C" primary key,     -- given once
    batch_id        text collate "C" not null,
    seq             bigint not null,
    volume_given_ml numeric not null check (volume_given_ml > 0),
    residual_ml     numeric not null check (residual_ml >= 0),
    foreign key (batch_id, seq) references custody.administration
);
create index dose_administration on custody.dose (batch_id, seq);

-- A deviation that another service's statement opens: by its own entry, in the same transaction.
create function quality.deviate(p_batch_id text, p_seq bigint, p_class text, p_text text, p_aware_ms bigint, p_person_id text)
    returns void
language sql security definer set search_path = pg_catalog as $$
    insert into quality.deviation (batch_id, deviation_seq, class, text, aware_ms, opened_by)
    values (p_batch_id, p_seq, p_class, p_text, p_aware_ms, p_person_id)
$$;

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
    select v.batch_id, v.seq, case v.state when 'destroying' then 'destruction' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end,
           v.person_id, v.container_id, g.transfer_id, coalesce(d.method, a.route || ' ' || a.site), v.time_ms
    from custody.container_event v
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and d.seq = v.seq
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    where v.event not in ('custody.hand_over', 'custody.receive');

-- A container is where its own events say, and in its batch's state before the first.
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
    left join custody.transfer t on t.batch_id = h.batch_id and t.transfer_id = h.transfer_id
    left join custody.place p on p.container_id = k.container_id collate "C" and p.left_seq is null;

grant select on custody.fsm_rule, custody.container_event, custody.container_state, custody.destruction, custody.give_back,
    custody.administration, custody.dose to stemma_custody, stemma_audit;
grant select on custody.container_state to stemma_release;
grant insert on custody.container_event, custody.destruction, custody.give_back, custody.administration, custody.dose
    to stemma_custody;
grant update (witnessed_seq) on custody.destruction to stemma_custody;
grant update (received_seq, received_ms, received_condition, received_temperature_c) on custody.give_back to stemma_custody;
revoke all on function custody.move(text, text[], text, text, bigint, bigint),
    quality.deviate(text, bigint, text, text, bigint, text) from public;
grant execute on function custody.move(text, text[], text, text, bigint, bigint) to stemma_custody;
grant execute on function quality.deviate(text, bigint, text, text, bigint, text) to stemma_custody;
