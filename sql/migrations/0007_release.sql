-- Schema release: reviews of batches and their disposition. Projections of statements; nobody updates or deletes.
create schema release;

create table release.review (
    batch_id  text not null,
    seq       bigint not null,
    person_id text not null,
    entries   bigint not null,
    primary key (batch_id, seq)
);

create table release.disposition (
    batch_id    text primary key,
    disposition text not null check (disposition in ('released', 'rejected')),
    person_id   text not null,
    seq         bigint not null,
    time_ms     bigint not null
);
create index disposition_newest on release.disposition (time_ms);

create view release.disposition_facts as
    select batch_id, disposition, person_id, seq, time_ms from release.disposition;

grant usage on schema release to stemma_release, stemma_custody, stemma_audit;
grant select, insert on release.review, release.disposition to stemma_release;
grant select on all tables in schema release to stemma_audit;
grant select on release.disposition_facts to stemma_custody;
