-- Consent in tiers that can be withdrawn, one by one, and the hold that follows from it. A hold is written down nowhere: it
-- follows from the donor's consents and withdrawals, so that everything that descends from the donor is held at once.
create table source.withdrawal (
    donor_id     text collate "C" not null references source.donor,
    seq          bigint not null,
    scopes       text[] not null check (cardinality(scopes) > 0),
    withdrawn_ms bigint not null,
    remark       text,
    recorded_ms  bigint not null,
    is_late      boolean not null,
    primary key (donor_id, seq)
);

-- What a donor consents to now: the latest consent without what was withdrawn since.
create view source.consent_now as
    select k.donor_id, k.seq, k.form_version, k.given_ms,
           array(select s.scope from unnest(k.scopes) s (scope)
                 where not exists (select from source.withdrawal w where w.donor_id = k.donor_id and w.seq > k.seq
                                   and s.scope = any (w.scopes))) as scopes
    from source.consent k
    where not exists (select from source.consent l where l.donor_id = k.donor_id and l.seq > k.seq);

-- Donors whose withdrawal took away what their cells are for. A later consent lifts the hold.
create view source.donor_hold as
    select d.donor_id, w.seq, w.withdrawn_ms
    from source.donor d
    cross join lateral (select case d.use when 'research' then 'research' else 'treatment' end as scope) n
    join lateral (select k.seq, k.withdrawn_ms from source.withdrawal k
                  where k.donor_id = d.donor_id and n.scope = any (k.scopes) order by k.seq desc limit 1) w on true
    where not exists (select from source.consent c where c.donor_id = d.donor_id and c.seq > w.seq
                      and n.scope = any (c.scopes));

create or replace view source.donor_facts as
    select d.donor_id, d.tissue, d.use, d.subject, d.recipient_code,
           coalesce('treatment' = any (c.scopes), false) as consent_treatment,
           coalesce('research' = any (c.scopes), false) as consent_research,
           e.determination, e.seq as determined_seq, e.recovery_ms, e.reasons, e.fully_tested, e.has_risk, e.reactive,
           coalesce('storage' = any (c.scopes), false) as consent_storage
    from source.donor d
    left join source.consent_now c on c.donor_id = d.donor_id
    left join lateral (select k.* from source.eligibility k
                       where k.donor_id = d.donor_id order by k.seq desc limit 1) e on true;

-- Everything that descends from a donor, and where it is.
create view source.donor_reach as
    select c.donor_id, 'collection' as kind, c.collection_id as id, coalesce(r.decision, 'collected') as state,
           null::text as place
    from source.collection c left join source.receipt r using (collection_id)
    union all
    select b.donor_id, 'batch', b.batch_id, b.state, null from batch.batch b
    union all
    select b.donor_id, 'container', k.container_id,
           case when t.received_seq is not null then 'received' when h.container_id is not null then 'handed_over'
                else b.state end,
           coalesce(t.destination, p.equipment_id || ' ' || p.position)
    from batch.batch b
    join batch.container k using (batch_id)
    left join custody.transfer_container h on h.container_id = k.container_id collate "C"
    left join custody.transfer t on t.batch_id = h.batch_id and t.transfer_id = h.transfer_id
    left join custody.place p on p.container_id = k.container_id collate "C" and p.left_seq is null;

grant select, insert on source.withdrawal to stemma_source;
grant select on source.consent_now, source.donor_reach to stemma_source;
grant select on source.withdrawal, source.consent_now, source.donor_reach to stemma_audit;
grant select on source.donor_hold to stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release,
    stemma_audit;
