-- Corrections of what was recorded of a donor (R12): what was recorded stays in its row, beside it stands the correction, and the views
-- give what counts now. A correction is something newly known of the donor: the determination before it is overtaken (R08), and a
-- release that did not know of it stands as unsigned until reviewed (R14, PI 041). Neither is written down anywhere: both follow.
create table source.correction (
    stream_id text collate "C" not null,          -- the donor
    seq       bigint not null,
    entry     bigint not null,                    -- what is corrected
    act       text not null,
    field     text collate "C" not null,
    old_value text not null,
    new_value text not null,
    reason    text not null,
    person_id text not null,
    time_ms   bigint not null,
    primary key (stream_id, seq),
    check (entry < seq),
    check (old_value <> new_value)
);
create index correction_entry on source.correction (stream_id, entry, field, seq);

-- A value as it stands: the last correction's, else the one recorded.
create function source.stands(p_stream text, p_entry bigint, p_field text, p_recorded text) returns text
language sql stable security definer set search_path = pg_catalog as $$
    select coalesce((select c.new_value from source.correction c where c.stream_id = p_stream and c.entry = p_entry
                     and c.field = p_field order by c.seq desc limit 1), p_recorded)
$$;

create function source.stands_ms(p_stream text, p_entry bigint, p_field text, p_recorded bigint) returns bigint
language sql stable security definer set search_path = pg_catalog as $$
    select coalesce((select (extract(epoch from c.new_value::timestamptz) * 1000)::bigint from source.correction c
                     where c.stream_id = p_stream and c.entry = p_entry and c.field = p_field order by c.seq desc limit 1), p_recorded)
$$;

create or replace view source.consent_now as
    select k.donor_id, k.seq, source.stands(k.donor_id, k.seq, 'form_version', k.form_version) collate "default" as form_version,
           source.stands_ms(k.donor_id, k.seq, 'given_at', k.given_ms) as given_ms,
           array(select s.scope from unnest(k.scopes) s (scope)
                 where not exists (select from source.withdrawal w where w.donor_id = k.donor_id and w.seq > k.seq
                                   and s.scope = any (w.scopes))) as scopes
    from source.consent k
    where not exists (select from source.consent l where l.donor_id = k.donor_id and l.seq > k.seq);

create or replace view source.donor_hold as
    select d.donor_id, w.seq, source.stands_ms(d.donor_id, w.seq, 'withdrawn_at', w.withdrawn_ms) as withdrawn_ms
    from source.donor d
    cross join lateral (select case d.use when 'research' then 'research' else 'treatment' end as scope) n
    join lateral (select k.seq, k.withdrawn_ms from source.withdrawal k
                  where k.donor_id = d.donor_id and n.scope = any (k.scopes) order by k.seq desc limit 1) w on true
    where not exists (select from source.consent c where c.donor_id = d.donor_id and c.seq > w.seq
                      and n.scope = any (c.scopes));

create or replace view source.donor_facts as
    select d.donor_id, d.tissue, d.use, d.subject, source.stands(d.donor_id, 0, 'recipient_code', d.recipient_code) collate "default" as recipient_code,
           coalesce('treatment' = any (c.scopes), false) as consent_treatment,
           coalesce('research' = any (c.scopes), false) as consent_research,
           e.determination, e.seq as determined_seq, e.recovery_ms, e.reasons, e.fully_tested, e.has_risk, e.reactive,
           coalesce('storage' = any (c.scopes), false) as consent_storage,
           e.rules_id, e.rules_version, e.stored, e.reason, e.jurisdiction, e.missing,
           source.stands(d.donor_id, 0, 'relation', d.relation) collate "default" as relation
    from source.donor d
    left join source.consent_now c on c.donor_id = d.donor_id
    left join lateral (select k.* from source.eligibility k
                       where k.donor_id = d.donor_id order by k.seq desc limit 1) e on true;

create or replace view source.evidence_facts as
    select d.donor_id,
           greatest((select max(e.seq) from source.eligibility e where e.donor_id = d.donor_id),
                    (select max(t.seq) from source.donor_test t where t.donor_id = d.donor_id),
                    (select max(s.seq) from source.screening s where s.donor_id = d.donor_id),
                    (select max(c.seq) from source.correction c where c.stream_id = d.donor_id)) as evidence_seq
    from source.donor d;

-- Corrections, and which determination each left unsigned (null: none, or one came since).
create view source.correction_facts as
    select c.stream_id, c.seq, c.entry, c.act, c.field, c.old_value, c.new_value, c.reason, c.person_id, c.time_ms,
           (select max(e.seq) from source.eligibility e where e.donor_id = c.stream_id and e.seq between c.entry and c.seq
            and not exists (select from source.eligibility n where n.donor_id = c.stream_id and n.seq > c.seq)) as determined_seq
    from source.correction c;

-- How much of the donor a release knew (null: a version that did not say it). What was released before is told by its statement.
alter table release.disposition add column evidence_seq bigint;
update release.disposition d set evidence_seq = substring(convert_from(e.statement, 'UTF8') from '[{,]"evidence_seq":([0-9]+)')::bigint
from ledger.entry e where e.stream = d.batch_id and e.seq = d.seq and e.type = 'release.release';

-- The last release of a batch, with every correction of what it rests on elsewhere that it did not know.
create view release.lapse_facts as
    select d.batch_id, d.seq as entry, d.person_id, c.stream_id, c.seq as correction_seq
    from (select distinct on (k.batch_id) k.batch_id, k.seq, k.person_id, k.evidence_seq from release.disposition k
          where k.disposition in ('released', 'cond_released') order by k.batch_id, k.seq desc) d
    join batch.batch b on b.batch_id = d.batch_id
    join source.correction c on c.stream_id = b.donor_id and c.seq > coalesce(d.evidence_seq, -1);

-- QA lets a batch go on from where it was held; one whose release lapsed by a correction elsewhere goes back to be reviewed.
create or replace function quality.go_on(p_batch_id text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform batch.move(p_batch_id, case when exists (select from batch.batch_facts b where b.batch_id = p_batch_id
                                                     and b.state in ('released', 'cond_released')) then 'quality.reopen'
                                        when exists (select from batch.actor_facts a where a.batch_id = p_batch_id
                                                     and a.act = 'batch.complete')
                                        then 'quality.unhold_test' else 'quality.unhold_process' end, p_seq);
end $$;

revoke all on function source.stands(text, bigint, text, text), source.stands_ms(text, bigint, text, bigint) from public;
grant execute on function source.stands(text, bigint, text, text), source.stands_ms(text, bigint, text, bigint)
    to stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_audit;
grant select, insert on source.correction to stemma_source;
grant select on source.correction to stemma_audit;
grant select on source.correction_facts to stemma_source, stemma_batch, stemma_release, stemma_audit;
grant select on source.evidence_facts to stemma_quality;
grant usage on schema release to stemma_source, stemma_batch;
grant select on release.lapse_facts to stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_audit;
