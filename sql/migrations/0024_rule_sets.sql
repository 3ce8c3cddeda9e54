-- Rule sets of donor eligibility as documents: authored, approved by another person, in effect from a day on (T51). What is in
-- effect follows from the day; nothing is switched. And what a determination by a rule set knows more: its rules, whether the cells
-- are stored, what is missing; of a specimen, what may have diluted its plasma; of a relative, the degree.
create table source.rule_set (
    rules_id     text collate "C" not null,
    version      integer not null check (version between 1 and 9999),
    title        text not null,
    document     text not null,                    -- canonical JSON, exactly as in the statement
    author_id    text not null,
    authored_seq bigint not null,
    approver_id  text,
    approved_seq bigint,
    effective_ms bigint,
    primary key (rules_id, version),
    check ((approver_id is null) = (effective_ms is null)),
    check (approver_id <> author_id)
);

alter table source.donor add relation text;
alter table source.donor_test
    add dilution_suspected boolean, add weight_kg numeric, add blood_ml numeric, add colloid_ml numeric, add crystalloid_ml numeric;
alter table source.eligibility
    add rules_id text collate "C", add rules_version integer, add stored boolean, add reason text, add jurisdiction text,
    add missing text[];

create or replace view source.donor_facts as
    select d.donor_id, d.tissue, d.use, d.subject, d.recipient_code,
           coalesce('treatment' = any (c.scopes), false) as consent_treatment,
           coalesce('research' = any (c.scopes), false) as consent_research,
           e.determination, e.seq as determined_seq, e.recovery_ms, e.reasons, e.fully_tested, e.has_risk, e.reactive,
           coalesce('storage' = any (c.scopes), false) as consent_storage,
           e.rules_id, e.rules_version, e.stored, e.reason, e.jurisdiction, e.missing, d.relation
    from source.donor d
    left join source.consent_now c on c.donor_id = d.donor_id
    left join lateral (select k.* from source.eligibility k
                       where k.donor_id = d.donor_id order by k.seq desc limit 1) e on true;

grant select, insert on source.rule_set to stemma_source;
grant update (approver_id, approved_seq, effective_ms) on source.rule_set to stemma_source;
grant select on source.rule_set to stemma_audit;
