-- The vault's rules: how long personal data must stay, who looked, to whom it was disclosed, what was erased and why.
-- Disclosures, erasures and purges are projections of statements; value and salt never are. A value leaves the vault
-- through two functions only: to be found by those who know it, and to be shown after a disclosure was signed.
alter table source.vault
    add retention text collate "C" not null default 'traceability' check (retention in ('traceability', 'extra'));

create table source.disclosure (
    donor_id     text collate "C" not null,
    seq          bigint not null,
    commitment   bytea not null,
    name         text collate "C" not null,
    disclosed_to text not null,
    purpose      text not null,
    person_id    text collate "C" not null,
    disclosed_ms bigint not null,
    primary key (donor_id, seq, commitment)
);

-- One act proposes, another person's act approves; nothing is purged between the two.
create table source.purge (
    donor_id    text collate "C" not null,
    seq         bigint not null,
    reason      text not null,
    proposed_by text collate "C" not null,
    proposed_ms bigint not null,
    approved_by text collate "C",
    approved_seq bigint,
    approved_ms bigint,
    primary key (donor_id, seq),
    check ((approved_by is null) = (approved_seq is null)),
    check (approved_by <> proposed_by)
);

create table source.erasure (
    commitment bytea primary key,
    donor_id   text collate "C" not null,
    seq        bigint not null,
    name       text collate "C" not null,
    reason     text not null,
    erased_ms  bigint not null
);
create index erasure_donor on source.erasure (donor_id, seq);

-- Who looked into the vault. Not of the record; kept like it.
create table source.vault_look (
    look_ms     bigint not null,
    person_id   text collate "C" not null,
    terminal_id text collate "C" not null,
    kind        text collate "C" not null check (kind in ('find', 'open')),
    name        text collate "C",
    donor_id    text collate "C",
    hits        integer not null
);
create index vault_look_time on source.vault_look (look_ms);

-- What retention counts from (domain.md 3.6): the last entry about the donor; the last entry about or the expiry of any
-- batch; how many batches have no end yet.
create view source.donor_retention as
    select d.donor_id, h.time_ms as recorded_ms, b.used_ms, coalesce(b.unfinished, 0) as unfinished
    from source.donor d
    join ledger.head h on h.stream = d.donor_id
    left join lateral (
        select max(greatest(coalesce(k.expires_ms, 0), g.time_ms)) as used_ms,
               count(*) filter (where k.state not in ('rejected', 'received')) as unfinished
        from batch.batch k join ledger.head g on g.stream = k.batch_id collate "C"
        where k.donor_id = d.donor_id collate "default"
    ) b on true;

create function source.vault_find(of_name text, of_value text) returns table (donor_id text, name text)
language sql stable security definer set search_path = pg_catalog as $$
    select distinct v.subject, v.name from source.vault v
    where v.name = of_name and lower(convert_from(v.value, 'UTF8')) = lower(of_value) order by 1 limit 200
$$;

create function source.vault_open(of_donor text, of_seq bigint)
returns table (name text, commitment text, value text, salt text)
language sql stable security definer set search_path = pg_catalog as $$
    select v.name, encode(v.commitment, 'hex'), convert_from(v.value, 'UTF8'), encode(v.salt, 'hex')
    from source.disclosure d join source.vault v on v.commitment = d.commitment and v.subject = d.donor_id
    where d.donor_id = of_donor and d.seq = of_seq order by 1, 2
$$;

-- Value and salt go together. Only what an erasure of the same transaction or before it names.
create function source.vault_erase(of_donor text) returns void
language sql security definer set search_path = pg_catalog as $$
    delete from source.vault v using source.erasure e
    where e.commitment = v.commitment and v.subject = of_donor and e.donor_id = of_donor
$$;

grant select (retention) on source.vault to stemma_source;
grant select on source.donor_retention to stemma_source;
grant select, insert on source.disclosure, source.purge, source.erasure to stemma_source;
grant update (approved_by, approved_seq, approved_ms) on source.purge to stemma_source;
grant insert on source.vault_look to stemma_source;
grant select on source.disclosure, source.purge, source.erasure, source.vault_look to stemma_audit;
revoke execute on function source.vault_find(text, text), source.vault_open(text, bigint), source.vault_erase(text) from public;
grant execute on function source.vault_find(text, text), source.vault_open(text, bigint), source.vault_erase(text)
    to stemma_source;
