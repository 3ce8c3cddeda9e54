-- Readings of storage units, judged by what the unit is qualified for, and whom an excursion reached: every container that lay there during it,
-- by the history of positions (R35, domain.md §7.4). Nothing is written down for a container: whoever asks about one asks its places and the
-- unit's readings at that moment, so that none is forgotten. What was reached is on hold, and its batch has an open case, until QA decides.
create table custody.reading_series (
    equipment_id    text collate "C" not null,
    seq             bigint not null,
    logger_id       text collate "C",
    logger_sha256   text,
    readings        bigint not null check (readings > 0),
    from_ms         bigint not null,
    until_ms        bigint not null,
    qualified_seq   bigint not null,
    min_c           numeric not null,
    max_c           numeric not null,
    outside_min     bigint not null,
    is_excursion    boolean not null,
    outside_from_ms bigint,
    outside_until_ms bigint,
    person_id       text collate "C" not null,
    time_ms         bigint not null,
    primary key (equipment_id, seq),
    check (from_ms <= until_ms),
    check (not is_excursion or outside_from_ms <= outside_until_ms)
);
create index reading_series_excursion on custody.reading_series (equipment_id, outside_from_ms) where is_excursion;

-- From when to when a container lay where; left_ms null: it is there.
create view custody.stay as
    select p.container_id, p.batch_id, p.equipment_id, p.position, p.since_ms, coalesce(n.since_ms, v.time_ms) as left_ms
    from custody.place p
    left join custody.place n on n.container_id = p.container_id and n.seq = p.left_seq
    left join custody.container_event v on v.container_id = p.container_id and v.seq = p.left_seq;

create view custody.excursion_reach as
    select s.container_id, s.batch_id, x.equipment_id, x.seq, 'excursion ' || x.equipment_id || ' ' || x.seq as cause
    from custody.stay s
    join custody.reading_series x on x.equipment_id = s.equipment_id and x.is_excursion
        and s.since_ms < x.outside_until_ms and (s.left_ms is null or s.left_ms > x.outside_from_ms);

create or replace view custody.hold as
    select k.container_id, s.batch_id, 'shipment ' || s.transfer_id as cause, s.received_seq as seq
    from custody.shipment s cross join lateral unnest(s.containers) k (container_id)
    where s.received_seq is not null and cardinality(s.mismatches) > 0
      and not exists (select from custody.hold_end h
                      where h.container_id = k.container_id collate "C" and h.cause = 'shipment ' || s.transfer_id)
    union all
    select r.container_id collate "default", r.batch_id, r.cause, r.seq from custody.excursion_reach r
    where not exists (select from custody.hold_end h where h.container_id = r.container_id and h.cause = r.cause);

-- A container may have lain in two positions of one unit: its hold ends once.
create or replace function custody.end_holds(p_batch_id text, p_containers text[], p_causes text[], p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_transfer text;
begin
    insert into custody.hold_end (container_id, cause, batch_id, seq)
    select distinct h.container_id, h.cause, p_batch_id, p_seq from custody.hold h
    where h.batch_id = p_batch_id and h.container_id = any (p_containers) and h.cause = any (p_causes);
    for v_transfer in select s.transfer_id from custody.shipment s
                      where s.batch_id = p_batch_id and s.state = 'quarantined' and not exists (
                          select from custody.hold h where h.batch_id = p_batch_id and h.cause = 'shipment ' || s.transfer_id) loop
        perform custody.ship_move(p_batch_id, v_transfer, 'custody.container_decide');
    end loop;
end $$;

-- For the gate an excursion is a case of each batch that it reached, open until QA has decided on all that is left of it.
create or replace view quality.case_facts as
    select batch_id, deviation_seq as seq, deviation_seq::text as id, 'deviation' as kind, class, closed_seq is null as is_open
    from quality.deviation
    union all
    select batch_id, test_seq, test_seq::text, 'out-of-specification case', 'major', state <> 'closed' from quality.oos
    union all
    select batch_id collate "default", seq, seq::text, 'recall', 'critical', true from custody.recall where not is_mock
    union all
    select b.batch_id, r.seq, (r.equipment_id || ' ' || r.seq) collate "default", 'excursion', 'major',
           bool_or(k.state in ('kept', 'packed', 'given', 'received')
                   and not exists (select from custody.hold_end h where h.container_id = r.container_id and h.cause = r.cause))
    from batch.batch b join custody.excursion_reach r on r.batch_id = b.batch_id
    join custody.container_state k on k.container_id = r.container_id
    group by b.batch_id, r.equipment_id, r.seq;

grant select on custody.reading_series, custody.stay, custody.excursion_reach to stemma_custody, stemma_audit;
grant insert on custody.reading_series to stemma_custody;
