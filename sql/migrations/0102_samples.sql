-- Samples (domain.md §2.4, §7): of which container or of which batch before it is filled, how much, for which tests until when, and how each stands by
-- its own machine (sql/api/sample_fsm.sql). What they leave in a container follows from them; nothing is written down for the container.
alter table custody.fsm_rule drop constraint fsm_rule_machine_check;
alter table custody.fsm_rule add constraint fsm_rule_machine_check check (machine in ('container', 'shipment', 'sample'));
alter table custody.fsm_rule drop constraint fsm_rule_event_check;
alter table custody.fsm_rule add constraint fsm_rule_event_check check (event ~ '^(custody|quality)\.[a-z_]+$');

create table custody.sample (
    sample_id    text collate "C" primary key,
    batch_id     text collate "C" not null,
    seq          bigint not null,
    container_id text collate "C",
    volume_ml    numeric not null check (volume_ml > 0),
    cells        numeric check (cells >= 0),
    sample_point text not null,
    codes        text[] not null check (cardinality(codes) > 0),
    due_ms       bigint[] not null check (cardinality(due_ms) = cardinality(codes)),
    taken_ms     bigint not null,
    taken_by     text collate "C" not null,
    time_ms      bigint not null,
    late_min     bigint,
    state        text not null,                       -- of its last event; with whom and where it is since
    place        text not null,
    person_id    text collate "C" not null,
    since_ms     bigint not null,
    check ((container_id is null) = (cells is null)),
    unique (batch_id, seq)
);
create index sample_container on custody.sample (container_id);

create table custody.sample_event (
    sample_id text collate "C" not null references custody.sample,
    seq       bigint not null,
    batch_id  text collate "C" not null,
    event     text not null,
    state     text not null,                          -- after it
    person_id text collate "C" not null,
    place     text,
    time_ms   bigint not null,
    primary key (sample_id, seq)
);
create index sample_event_batch on custody.sample_event (batch_id, seq);

-- Moves samples by one event, or refuses it.
create function custody.sample_move(p_batch_id text, p_samples text[], p_event text, p_person_id text, p_place text, p_seq bigint, p_ms bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_id text;
    v_state text;
    v_to text;
begin
    foreach v_id in array p_samples loop
        select s.state into v_state from custody.sample s where s.sample_id = v_id and s.batch_id = p_batch_id for update;
        if not found then
            raise exception using errcode = 'ZL040', column = 'samples', message = format('no sample %s of %s', v_id, p_batch_id);
        end if;
        select r.to_state into v_to from custody.fsm_rule r where r.machine = 'sample' and r.from_state = v_state and r.event = p_event;
        if not found then
            raise exception using errcode = 'ZL060', column = 'samples', constraint = 'sample',
                message = format('%s is %s: %s is not possible', v_id, v_state, p_event);
        end if;
        update custody.sample s set state = v_to, place = coalesce(p_place, s.place), person_id = p_person_id, since_ms = p_ms
        where s.sample_id = v_id;
        insert into custody.sample_event (sample_id, seq, batch_id, event, state, person_id, place, time_ms)
        values (v_id, p_seq, p_batch_id, p_event, v_to, p_person_id, p_place, p_ms);
    end loop;
end $$;

-- What a container has, less what samples took of it.
create view custody.container_left as
    select k.container_id, k.batch_id, k.volume_ml - coalesce(t.volume_ml, 0) as volume_ml, k.cells - coalesce(t.cells, 0) as cells,
           t.volume_ml as taken_ml, t.cells as taken_cells
    from batch.container_facts k
    left join lateral (select sum(s.volume_ml) as volume_ml, sum(s.cells) as cells from custody.sample s
                       where s.container_id = k.container_id collate "C") t on true;

create view custody.sample_facts as
    select sample_id, batch_id, seq, state, container_id, sample_point, volume_ml, cells, taken_ms, taken_by, place, person_id, since_ms, codes, due_ms
    from custody.sample;

-- Which sample a result is of.
create table quality.test_sample (
    batch_id  text not null,
    test_seq  bigint not null,
    sample_id text collate "C" not null,
    primary key (batch_id, test_seq),
    foreign key (batch_id, test_seq) references quality.test
);
create index test_sample_sample on quality.test_sample (sample_id);

-- Results that stand, by the sample that they are of.
create view quality.sample_result as
    select s.sample_id, t.code, t.test_seq
    from quality.test_sample s join quality.test_facts t using (batch_id, test_seq) where t.is_valid and t.verdict <> 'cannot_evaluate';

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
    select v.batch_id, v.seq, case when v.event = 'custody.decide_use' then 'for use' when v.event = 'custody.ship_unpack' then 'unpacked'
               when v.seq = d.cancelled_seq then 'destruction taken back' else
               case v.state when 'destroying' then 'destruction begun' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end end,
           v.person_id, v.container_id, coalesce(g.transfer_id, s.transfer_id),
           coalesce(case when d.cancelled_seq = v.seq then 'of entry ' || d.seq || ', ' || d.method || '; ' || v.state || ' again' else d.method end,
                    a.route || ' ' || a.site, 'shipper ' || s.shipper_id || ', seal ' || s.seal_number), v.time_ms
    from custody.container_event v
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and v.seq in (d.seq, d.cancelled_seq)
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    left join custody.shipment s on s.batch_id = v.batch_id and v.seq in (s.seq, s.unpacked_seq)
    where v.event not in ('custody.hand_over', 'custody.receive', 'custody.sample_take', 'custody.sample_last')
    union all
    select batch_id, seq, 'sample taken', taken_by, container_id, null, sample_id || ', ' || volume_ml || ' mL', time_ms from custody.sample
    union all
    select v.batch_id, v.seq, case v.state when 'sent' then 'sample sent' when 'received' then 'sample received' when 'used_up' then 'sample used up'
           when 'retained' then 'sample retained' when 'lost' then 'sample lost' else 'sample destroyed' end,
           v.person_id, k.container_id, null, concat_ws(', ', v.sample_id, v.place), v.time_ms
    from custody.sample_event v join custody.sample k using (sample_id);

-- Trace, with samples: of a container, or of a batch that was not filled yet.
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

grant select on custody.sample, custody.sample_event to stemma_custody, stemma_audit;
grant insert on custody.sample, custody.sample_event to stemma_custody;
grant update (state, place, person_id, since_ms) on custody.sample to stemma_custody;
grant usage on schema custody to stemma_batch;
grant select on custody.container_left to stemma_batch, stemma_custody, stemma_audit;
grant select on custody.sample_facts to stemma_quality, stemma_custody, stemma_release, stemma_audit;
grant select on quality.test_sample to stemma_quality, stemma_audit;
grant insert on quality.test_sample to stemma_quality;
grant select on quality.sample_result to stemma_custody, stemma_audit;
revoke all on function custody.sample_move(text, text[], text, text, text, bigint, bigint) from public;
grant execute on function custody.sample_move(text, text[], text, text, text, bigint, bigint) to stemma_custody;
