-- Schema batch: procedures, materials, equipment, batches, their steps, containers, readings. Every row is a projection
-- of a statement and can be made again from it: no defaults that read a clock, no sequences, no triggers that add data.
-- Times are UTC milliseconds of the record. Other services read the views and change state through batch.move alone.
create schema batch;

create table batch.procedure (
    procedure_id  text not null,
    version       integer not null check (version between 1 and 9999),
    state         text not null check (state in ('draft', 'approved', 'superseded')),
    title         text not null,
    document      text not null,                  -- canonical JSON, exactly as in the statement
    steps_total   integer not null check (steps_total between 1 and 200),
    verify_steps  bigint[] not null,              -- numbers of the steps that a second person verifies (R10)
    author_id     text not null,
    authored_seq  bigint not null,
    approver_id   text,
    approved_seq  bigint,
    primary key (procedure_id, version),
    check ((approver_id is null) = (state = 'draft')),
    check (approver_id <> author_id)
);
create unique index procedure_approved on batch.procedure (procedure_id) where state = 'approved';

create table batch.material_lot (
    lot_id         text primary key,
    state          text not null check (state in ('quarantine', 'released')),
    material       text not null,
    material_class text not null,
    manufacturer   text not null,
    lot_number     text not null,
    expires_ms     bigint not null,
    received       numeric not null check (received > 0),
    quantity       numeric not null check (quantity >= 0),    -- left (R18)
    unit           text not null,
    received_by    text not null,
    received_seq   bigint not null,
    released_by    text,
    released_seq   bigint,
    released_ms    bigint,
    check ((released_by is null) = (state = 'quarantine')),
    check (quantity <= received)
);

create table batch.equipment (
    equipment_id    text primary key,
    title           text not null,
    equipment_class text not null,
    serial_number   text not null,
    registered_by   text not null,
    registered_seq  bigint not null
);

create table batch.calibration (
    equipment_id  text not null references batch.equipment,
    seq           bigint not null,
    calibrated_ms bigint not null,
    due_ms        bigint not null,
    certificate   text not null,
    result        text not null check (result in ('pass', 'fail')),
    calibrated_by text not null,
    primary key (equipment_id, seq),
    check (due_ms > calibrated_ms)
);
create index calibration_when on batch.calibration (equipment_id, calibrated_ms, seq);

create table batch.batch (
    batch_id              text primary key,
    state                 text not null,
    state_seq             bigint not null,
    procedure_id          text not null,
    procedure_version     integer not null,
    specification_id      text not null,
    specification_version integer not null,
    donor_id              text not null,
    collection_id         text not null,
    donation_number       text not null,
    tissue                text not null,
    use                   text not null,
    recipient_code        text,
    collected_ms          bigint not null,
    opened_ms             bigint not null,
    opened_by             text not null,
    steps_total           integer not null,
    steps_done            integer not null default 0,
    volume_in_ml          numeric,                -- of the fill, with what balances it (R33)
    samples_ml            numeric,
    waste_ml              numeric,
    filled_seq            bigint,
    expires_ms            bigint,
    foreign key (procedure_id, procedure_version) references batch.procedure,
    check (steps_done between 0 and steps_total)
);
create index batch_worklist on batch.batch (state, opened_ms, batch_id);
create index batch_newest on batch.batch (opened_ms, batch_id);
create index batch_donor on batch.batch (donor_id);
create index batch_donation on batch.batch (donation_number);

create table batch.step (
    batch_id      text not null references batch.batch,
    step          integer not null,
    performed_by  text not null,
    performed_seq bigint not null,
    started_ms    bigint not null,
    ended_ms      bigint not null,
    recorded_ms   bigint not null,
    needs_verify  boolean not null,
    reason        text,
    body          text not null,                  -- the record as signed: values, materials, equipment, computed
    verified_by   text,
    verified_seq  bigint,
    primary key (batch_id, step),
    check (started_ms <= ended_ms),
    check (verified_by <> performed_by),          -- R10
    check ((verified_by is null) = (verified_seq is null))
);

create table batch.material_use (
    batch_id text not null,
    step     integer not null,
    lot_id   text not null references batch.material_lot,
    quantity numeric not null check (quantity > 0),
    used_ms  bigint not null,
    seq      bigint not null,
    primary key (batch_id, step, lot_id),
    foreign key (batch_id, step) references batch.step
);
create index material_use_lot on batch.material_use (lot_id);

create table batch.step_equipment (
    batch_id      text not null,
    step          integer not null,
    equipment_id  text not null references batch.equipment,
    used_from_ms  bigint not null,
    used_until_ms bigint not null,
    seq           bigint not null,
    primary key (batch_id, step, equipment_id),
    foreign key (batch_id, step) references batch.step
);
create index step_equipment_use on batch.step_equipment (equipment_id, used_from_ms);

create table batch.container (
    container_id text primary key,
    batch_id     text not null references batch.batch,
    volume_ml    numeric not null check (volume_ml > 0),
    cells        numeric not null check (cells >= 0),
    expires_ms   bigint not null,
    filled_seq   bigint not null
);
create index container_batch on batch.container (batch_id);

create table batch.actor (
    batch_id  text not null,
    seq       bigint not null,
    person_id text not null,
    act       text not null check (act ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$'),   -- the verb
    primary key (batch_id, seq)
);
create index actor_person on batch.actor (person_id);

create table batch.reading (
    batch_id     text not null,
    seq          bigint not null,
    equipment_id text not null,
    quantity     text not null,
    value        numeric not null,
    read_ms      bigint not null,
    person_id    text not null,
    primary key (batch_id, seq)
);

-- The batch's state machine, one row a transition; filled by sql/api/batch_fsm.sql from the rows of common/fsm.
create table batch.fsm_rule (
    machine    text not null check (machine = 'batch'),
    rule_id    integer not null,
    from_state text not null,
    event      text not null check (event ~ '^[a-z]+\.[a-z_]+$'),     -- service.verb, or the outcome of one
    to_state   text not null,
    needs      text[] not null,                   -- facts, judged in code with the same rows
    forbids    text[] not null,
    primary key (machine, rule_id),
    unique (machine, from_state, event)
);

-- Moves a batch by one event, or refuses it. The only way in which another service changes a batch; an event belongs to
-- the service in its name, and only that service's role may raise it.
create function batch.move(p_batch_id text, p_event text, p_seq bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    v_state text;
    v_to text;
begin
    select b.state into v_state from batch.batch b where b.batch_id = p_batch_id for update;
    if not found then
        raise exception using errcode = 'ZL040', column = 'batch_id', message = format('no batch %s', p_batch_id);
    end if;
    select r.to_state into v_to from batch.fsm_rule r where r.from_state = v_state and r.event = p_event;
    if not found then
        raise exception using errcode = 'ZL060', column = 'batch_id', constraint = 'batch',
            message = format('%s is %s: %s is not possible', p_batch_id, v_state, p_event);
    end if;
    if not pg_has_role(session_user, 'stemma_' || split_part(p_event, '.', 1), 'MEMBER') then
        raise exception using errcode = 'ZL060', column = 'batch_id', constraint = 'batch',
            message = format('%s may not raise %s', session_user, p_event);
    end if;
    update batch.batch b set state = v_to, state_seq = p_seq where b.batch_id = p_batch_id;
end $$;

-- Notes who did act on a batch, for segregation of duties by person (R10, R11). Called by every service that records an act.
create function batch.act(p_batch_id text, p_person_id text, p_act text, p_seq bigint) returns void
language sql security definer set search_path = pg_catalog as $$
    insert into batch.actor (batch_id, seq, person_id, act) values (p_batch_id, p_seq, p_person_id, p_act)
$$;

-- A step's materials: takes them from their lots, in order of lot so that two steps never wait for each other crosswise.
create function batch.use_materials(p_batch_id text, p_step integer, p_lots text[], p_quantities text[], p_used_ms bigint,
                                    p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_use record;
begin
    for v_use in select u.lot_id, sum(u.quantity::numeric) as quantity
                 from unnest(p_lots, p_quantities) as u (lot_id, quantity) group by u.lot_id order by u.lot_id loop
        update batch.material_lot m set quantity = m.quantity - v_use.quantity
        where m.lot_id = v_use.lot_id and m.state = 'released' and m.quantity >= v_use.quantity;
        if not found then
            raise exception using errcode = 'ZL064', column = 'materials', constraint = 'R18',
                message = format('lot %s has not %s left', v_use.lot_id, v_use.quantity);
        end if;
        insert into batch.material_use (batch_id, step, lot_id, quantity, used_ms, seq)
        values (p_batch_id, p_step, v_use.lot_id, v_use.quantity, p_used_ms, p_seq);
    end loop;
end $$;

-- What the other services may know.
create view batch.batch_facts as
    select b.batch_id, b.state, b.state_seq, b.procedure_id, b.procedure_version, b.specification_id,
           b.specification_version, b.donor_id, b.collection_id, b.donation_number, b.tissue, b.use, b.recipient_code,
           b.collected_ms, b.opened_ms, b.opened_by, b.steps_total, b.steps_done, b.volume_in_ml, b.samples_ml, b.waste_ml,
           b.filled_seq, b.expires_ms, p.title as procedure_title, p.document as procedure_document
    from batch.batch b join batch.procedure p on p.procedure_id = b.procedure_id and p.version = b.procedure_version;

create view batch.step_facts as
    select batch_id, step, performed_by, performed_seq, started_ms, ended_ms, recorded_ms, needs_verify, reason, body,
           verified_by, verified_seq
    from batch.step;

create view batch.actor_facts as
    select batch_id, person_id, act, seq from batch.actor
    union all
    select batch_id, person_id, 'batch.reading', seq from batch.reading;

create view batch.container_facts as
    select container_id, batch_id, volume_ml, cells, expires_ms, filled_seq from batch.container;

-- Use of equipment with the calibration that held when the use began (R19), and of materials with their expiry (R18).
create view batch.equipment_use as
    select u.batch_id, u.step, u.equipment_id, u.used_from_ms, u.used_until_ms, u.seq, e.title, e.equipment_class,
           c.seq as calibration_seq, c.calibrated_ms, c.due_ms, c.result
    from batch.step_equipment u
    join batch.equipment e using (equipment_id)
    left join lateral (select k.seq, k.calibrated_ms, k.due_ms, k.result from batch.calibration k
                       where k.equipment_id = u.equipment_id and k.calibrated_ms <= u.used_from_ms
                       order by k.calibrated_ms desc, k.seq desc limit 1) c on true;

create view batch.material_use_facts as
    select u.batch_id, u.step, u.lot_id, u.quantity, u.used_ms, u.seq, m.material, m.material_class, m.lot_number,
           m.expires_ms, m.unit, m.released_ms, m.released_seq
    from batch.material_use u join batch.material_lot m using (lot_id);

create view batch.procedure_facts as
    select procedure_id, version, state, title, author_id, approver_id, authored_seq, approved_seq from batch.procedure;

create view batch.equipment_facts as
    select equipment_id, title, equipment_class from batch.equipment;

-- Rights. Nobody deletes; batch's own role updates only what moves.
grant usage on schema batch to stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_audit;
grant select on all tables in schema batch to stemma_batch, stemma_audit;
grant insert on batch.procedure, batch.material_lot, batch.equipment, batch.calibration, batch.batch, batch.step,
    batch.material_use, batch.step_equipment, batch.container, batch.actor, batch.reading to stemma_batch;
grant update (state, approver_id, approved_seq) on batch.procedure to stemma_batch;
grant update (state, quantity, released_by, released_seq, released_ms) on batch.material_lot to stemma_batch;
grant update (steps_done, volume_in_ml, samples_ml, waste_ml, filled_seq, expires_ms) on batch.batch to stemma_batch;
grant update (verified_by, verified_seq) on batch.step to stemma_batch;
grant select on batch.batch_facts, batch.step_facts, batch.actor_facts, batch.container_facts, batch.equipment_use,
    batch.material_use_facts, batch.procedure_facts, batch.equipment_facts to stemma_quality, stemma_custody, stemma_release;
grant select on batch.fsm_rule to stemma_quality, stemma_custody, stemma_release;
revoke all on function batch.move(text, text, bigint), batch.act(text, text, text, bigint),
    batch.use_materials(text, integer, text[], text[], bigint, bigint) from public;
grant execute on function batch.move(text, text, bigint) to stemma_batch, stemma_quality, stemma_custody, stemma_release;
grant execute on function batch.act(text, text, text, bigint) to stemma_batch, stemma_quality, stemma_custody, stemma_release;
grant execute on function batch.use_materials(text, integer, text[], text[], bigint, bigint) to stemma_batch;
