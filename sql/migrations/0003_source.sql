-- Schema source: donors and what is known of them, collections, and the vault of personal data. All but the vault are
-- projections of statements, with the statement's time and number. Other services read two views: what a batch, a label
-- and the release gate must know of a donor and of a collection. Times are UTC milliseconds.
create schema source;

create table source.donor (
    donor_id       text collate "C" primary key check (length(donor_id) <= 32),
    tissue         text not null,
    use            text not null,
    subject        text not null check (subject in ('donor', 'mother_and_infant')),
    recipient_code text,
    registered_ms  bigint not null
);
create index donor_newest on source.donor (registered_ms desc, donor_id desc);

create table source.consent (
    donor_id     text collate "C" not null references source.donor,
    seq          bigint not null,
    form_version text not null,
    scopes       text[] not null,
    given_ms     bigint not null,
    recorded_ms  bigint not null,
    is_late      boolean not null,             -- recorded later than the site's limit after it happened (R15)
    primary key (donor_id, seq)
);

create table source.screening (
    donor_id    text collate "C" not null references source.donor,
    seq         bigint not null,
    subject     text not null check (subject in ('donor', 'mother', 'infant')),
    outcome     text not null,
    screened_ms bigint not null,
    recorded_ms bigint not null,
    is_late     boolean not null,
    primary key (donor_id, seq)
);

create table source.donor_test (
    donor_id    text collate "C" not null references source.donor,
    seq         bigint not null,
    subject     text not null check (subject in ('donor', 'mother', 'infant')),
    specimen_ms bigint not null,
    laboratory  text not null,
    recorded_ms bigint not null,
    primary key (donor_id, seq)
);

create table source.donor_result (
    donor_id text collate "C" not null,
    seq      bigint not null,
    assay    text not null,
    result   text not null,
    primary key (donor_id, seq, assay),
    foreign key (donor_id, seq) references source.donor_test
);

create table source.eligibility (
    donor_id      text collate "C" not null references source.donor,
    seq           bigint not null,
    recovery_ms   bigint not null,
    determination text not null check (determination in ('eligible', 'ineligible', 'incomplete', 'not_required')),
    reasons       text[] not null,
    fully_tested  boolean not null,
    has_risk      boolean not null,
    reactive      text[] not null,             -- diseases to name on the label (21 CFR 1271.90(c))
    determined_ms bigint not null,
    primary key (donor_id, seq)
);

create table source.collection (
    collection_id   text collate "C" primary key check (length(collection_id) <= 32),
    donor_id        text collate "C" not null references source.donor,
    donation_number text collate "C" not null check (length(donation_number) = 13),
    tissue          text not null,
    site            text not null,
    started_ms      bigint not null,
    ended_ms        bigint not null check (ended_ms >= started_ms),
    volume_ml       numeric,
    mass_g          numeric,
    length_cm       numeric,
    container_lot   text not null,
    seal_number     text not null,
    recorded_ms     bigint not null,
    is_late         boolean not null,
    constraint collection_donation_number unique (donation_number)   -- 13 characters, no flags, no check character (T33)
);
create index collection_donor on source.collection (donor_id);
create index collection_newest on source.collection (recorded_ms desc, collection_id desc);

create table source.receipt (
    collection_id   text collate "C" primary key references source.collection,
    seq             bigint not null,
    received_ms     bigint not null,
    courier         text not null,
    decision        text not null check (decision in ('accepted', 'quarantined', 'rejected')),
    reason          text,
    transit_h       numeric not null,
    temperature_min_c numeric not null,
    temperature_max_c numeric not null,
    recorded_ms     bigint not null,
    is_late         boolean not null
);

-- Personal data and the salt of its commitment, which are erased together (docs/FORMAT.md). Not part of the record and
-- not made again by a replay. Even the service may not read value and salt back: no verb shows them.
create table source.vault (
    commitment bytea not null check (length(commitment) = 32),
    subject    text collate "C" not null,
    name       text collate "C" not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    value      bytea not null,
    salt       bytea not null check (length(salt) = 32),
    constraint vault_commitment unique (commitment)
);

-- Consent is what is recorded and not narrowed since: the latest consent counts.
create view source.donor_facts as
    select d.donor_id, d.tissue, d.use, d.subject, d.recipient_code,
           coalesce('treatment' = any (c.scopes), false) as consent_treatment,
           coalesce('research' = any (c.scopes), false) as consent_research,
           e.determination, e.seq as determined_seq, e.recovery_ms, e.reasons, e.fully_tested, e.has_risk, e.reactive
    from source.donor d
    left join lateral (select k.scopes from source.consent k where k.donor_id = d.donor_id order by k.seq desc limit 1) c
        on true
    left join lateral (select k.* from source.eligibility k
                       where k.donor_id = d.donor_id order by k.seq desc limit 1) e on true;

create view source.collection_facts as
    select c.collection_id, c.donor_id, c.donation_number, c.tissue, c.started_ms, c.ended_ms, c.volume_ml, c.mass_g,
           c.length_cm, r.decision, r.collection_id is not null as received, r.received_ms, r.seq as received_seq
    from source.collection c left join source.receipt r using (collection_id);

-- Rights. Nobody updates, nobody deletes.
grant usage on schema source to stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_audit;
grant select on source.donor_facts, source.collection_facts to stemma_source, stemma_batch, stemma_quality, stemma_custody,
    stemma_release, stemma_audit;
grant select, insert on source.donor, source.consent, source.screening, source.donor_test, source.donor_result,
    source.eligibility, source.collection, source.receipt to stemma_source;
grant select on source.donor, source.consent, source.screening, source.donor_test, source.donor_result,
    source.eligibility, source.collection, source.receipt to stemma_audit;
grant insert on source.vault to stemma_source;
grant select (commitment, subject, name) on source.vault to stemma_source;
