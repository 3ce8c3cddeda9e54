-- Schema custody: labels, places, hand-overs between two parties. Projections of statements; nobody deletes. A container is
-- stored by batch (batch.container_facts); here is where it lies and through whose hands it went.
create schema custody;

create table custody.label (
    container_id text collate "C" not null,
    copy         integer not null check (copy between 1 and 99),
    batch_id     text collate "C" not null,
    statements   text[] not null,
    reason       text,
    person_id    text collate "C" not null,
    seq          bigint not null,
    printed_ms   bigint not null,
    primary key (container_id, copy),
    check (copy = 1 or reason is not null)            -- R06
);
create index label_batch on custody.label (batch_id, seq);

-- Where a container lies, and lay: left_seq null means now. A position holds one container at a time (R35).
create table custody.place (
    container_id text collate "C" not null,
    seq          bigint not null,
    batch_id     text collate "C" not null,
    equipment_id text collate "C" not null,
    position     text not null,
    person_id    text collate "C" not null,
    since_ms     bigint not null,
    left_seq     bigint,
    primary key (container_id, seq)
);
create unique index place_position on custody.place (equipment_id, position) where left_seq is null;
create unique index place_container on custody.place (container_id) where left_seq is null;
create index place_batch on custody.place (batch_id, seq);

create table custody.transfer (
    batch_id           text collate "C" not null,
    transfer_id        text collate "C" not null,
    giver_id           text collate "C" not null,
    receiver_id        text collate "C" not null,
    destination        text not null,
    condition          text not null,
    seal_number        text not null,
    temperature_c      numeric not null,
    digest             text not null check (digest ~ '^[0-9a-f]{64}$'),
    given_seq          bigint not null,
    given_ms           bigint not null,
    received_seq       bigint,
    received_ms        bigint,
    received_condition text,
    primary key (batch_id, transfer_id),
    check (giver_id <> receiver_id),                  -- R34
    check ((received_seq is null) = (received_ms is null))
);

create table custody.transfer_container (
    container_id text collate "C" primary key,        -- handed over once
    batch_id     text collate "C" not null,
    transfer_id  text collate "C" not null,
    foreign key (batch_id, transfer_id) references custody.transfer
);
create index transfer_container_transfer on custody.transfer_container (batch_id, transfer_id);

-- Puts a container at a position, and so away from where it was; refuses a position that is taken meanwhile.
create function custody.store(p_container_id text, p_batch_id text, p_equipment_id text, p_position text, p_person_id text,
                              p_seq bigint, p_ms bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update custody.place set left_seq = p_seq where container_id = p_container_id and left_seq is null;
    insert into custody.place (container_id, seq, batch_id, equipment_id, position, person_id, since_ms)
    values (p_container_id, p_seq, p_batch_id, p_equipment_id, p_position, p_person_id, p_ms);
exception when unique_violation then
    raise exception using errcode = 'ZL060', column = 'position', constraint = 'R35',
        message = format('%s of %s is taken', p_position, p_equipment_id);
end $$;

create view custody.chain as
    select batch_id, seq, 'label printed' as event, person_id, container_id, null::text as transfer_id,
           'copy ' || copy as place, printed_ms as time_ms from custody.label
    union all
    select batch_id, seq, 'stored', person_id, container_id, null, equipment_id || ' ' || position, since_ms from custody.place
    union all
    select t.batch_id, t.given_seq, 'handed over', t.giver_id, k.container_id, t.transfer_id, t.destination, t.given_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id)
    union all
    select t.batch_id, t.received_seq, 'received', t.receiver_id, k.container_id, t.transfer_id, t.destination, t.received_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id) where t.received_seq is not null;

create view custody.label_facts as
    select batch_id, container_id, copy, seq, printed_ms from custody.label;
create view custody.transfer_facts as
    select batch_id, transfer_id, giver_id, receiver_id, destination, given_seq, given_ms, received_seq, received_ms,
           received_condition from custody.transfer;

grant usage on schema custody to stemma_custody, stemma_release, stemma_audit;
grant select on all tables in schema custody to stemma_custody, stemma_audit;
grant insert on custody.label, custody.place, custody.transfer, custody.transfer_container to stemma_custody;
grant update (left_seq) on custody.place to stemma_custody;
grant update (received_seq, received_ms, received_condition) on custody.transfer to stemma_custody;
grant select on custody.label_facts, custody.transfer_facts, custody.chain to stemma_release;
revoke all on function custody.store(text, text, text, text, text, bigint, bigint) from public;
grant execute on function custody.store(text, text, text, text, text, bigint, bigint) to stemma_custody;
