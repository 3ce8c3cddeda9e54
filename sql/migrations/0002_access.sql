-- Schema access: who may act. People, their certificates, training, terminals are projections of statements; sessions
-- and challenges are not part of the record. Other services see three things only: access.principals, access.training_state
-- and access.person_state. Times are UTC milliseconds.
create schema access;

-- An id is never used for another person (21 CFR 11.100(a)): closed rows stay.
create table access.person (
    person_id          text collate "C" primary key check (length(person_id) <= 32),
    name               text not null check (length(name) between 2 and 100),
    roles              text not null check (length(roles) <= 200),   -- comma separated, in the order of the word list
    state              text not null check (state in ('open', 'closed')),
    identity_proof     text,                                         -- null: the founder, by the lab root's certificate
    is_founder         boolean not null,
    certificate_sha256 bytea check (length(certificate_sha256) = 32),
    enrolled_ms        bigint not null,
    closed_ms          bigint,
    check ((closed_ms is null) = (state = 'open'))
);
-- A lab is founded once (access.person_found).
create unique index person_founder on access.person (is_founder) where is_founder;

-- Present and former certificates; what a former one signed stays verifiable (T47).
create table access.certificate (
    sha256        bytea primary key check (length(sha256) = 32),
    person_id     text collate "C" not null references access.person,
    der           bytea not null,
    registered_ms bigint not null,
    replaced_ms   bigint
);
create unique index certificate_current on access.certificate (person_id) where replaced_ms is null;

create table access.training (
    person_id        text collate "C" not null references access.person,
    document_id      text collate "C" not null,
    document_version bigint not null check (document_version between 1 and 9999),
    trained_ms       bigint not null,
    expires_ms       bigint not null,
    seq              bigint not null,
    primary key (person_id, seq),
    check (expires_ms > trained_ms)
);
create index training_document on access.training (document_id, document_version);

create table access.terminal (
    terminal_id text collate "C" primary key check (length(terminal_id) <= 32),
    title       text not null,
    kind        text not null check (kind in ('bench', 'office', 'instrument')),
    public_key  text collate "C" not null check (length(public_key) = 40),
    enrolled_ms bigint not null,
    constraint terminal_public_key unique (public_key)
);

create table access.session (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    person_id    text collate "C" not null references access.person,
    terminal_id  text collate "C" not null references access.terminal,
    slot         text collate "C" not null,   -- where one session is active: the terminal, or a person at the gateway
    peer_key     text collate "C" not null,   -- CURVE key that logged in: the terminal's, or the gateway's
    created_ms   bigint not null,
    last_seen_ms bigint not null,
    expires_ms   bigint not null,
    ended_ms     bigint
) with (fillfactor = 70);
-- One active session a terminal, or a person in the browsers behind the gateway (R01).
create unique index session_slot on access.session (slot) where ended_ms is null;
create index session_person on access.session (person_id) where ended_ms is null;

-- Only the hash is kept. A challenge that was used and opened no session is a failed login (R37).
create table access.challenge (
    sha256      bytea primary key check (length(sha256) = 32),
    person_id   text collate "C" not null,
    terminal_id text collate "C" not null,
    made_ms     bigint not null,
    expires_ms  bigint not null,
    used_ms     bigint,
    succeeded   boolean not null default false
);
create index challenge_who on access.challenge (person_id, terminal_id, made_ms);

-- Training of every person, the latest record of each version of a document (11.10(i), R21).
create view access.training_state as
    select distinct on (person_id, document_id, document_version)
           person_id, document_id, document_version, expires_ms, expires_ms as valid_until
    from access.training order by person_id, document_id, document_version, seq desc;

create view access.person_state as
    select person_id, name, roles, state, encode(certificate_sha256, 'hex') as certificate_sha256 from access.person;

-- Who is behind each token, in the order given. state: ok; missing: there is no such session; ended: logged out, expired,
-- idle, or its person closed; terminal_unknown: the token came by another key than the one that logged in. Every service
-- asks this for every group of verbs, so that it stays a lookup by key; last_seen moves once a minute at most and never
-- waits for a lock.
create function access.principals(tokens bytea[], peer_keys text[], now_ms bigint, idle_s bigint)
returns table (ordinal bigint, state text, person_id text, name text, roles text, terminal_id text,
               certificate_sha256 text)
language plpgsql volatile security definer
set search_path = pg_catalog set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
    is_stale boolean;
begin
    return query
    select u.ordinal,
           case when s.token_sha256 is null then 'missing'
                when s.peer_key is distinct from u.peer_key then 'terminal_unknown'
                when s.ended_ms is not null or s.expires_ms <= now_ms or s.last_seen_ms + idle_s * 1000 < now_ms
                     or p.state <> 'open' then 'ended'
                else 'ok' end,
           p.person_id, p.name, p.roles, s.terminal_id, encode(p.certificate_sha256, 'hex')
    from unnest(tokens, peer_keys) with ordinality as u (token, peer_key, ordinal)
    left join access.session s on s.token_sha256 = u.token
    left join access.person p on p.person_id = s.person_id
    order by u.ordinal;
    if pg_is_in_recovery() then
        return;
    end if;
    select bool_or(s.last_seen_ms < now_ms - 60000) into is_stale
    from unnest(tokens) as u (token) join access.session s on s.token_sha256 = u.token;
    if is_stale then
        update access.session s set last_seen_ms = now_ms
        from (select k.token_sha256
              from unnest(tokens, peer_keys) as u (token, peer_key)
              join access.session k on k.token_sha256 = u.token and k.peer_key = u.peer_key
              where k.ended_ms is null and k.expires_ms > now_ms and k.last_seen_ms < now_ms - 60000
                and k.last_seen_ms + idle_s * 1000 >= now_ms
              for update of k skip locked) due
        where s.token_sha256 = due.token_sha256;
    end if;
end
$$;

-- Rights. Nobody deletes but what is not the record: old challenges.
grant usage on schema access to stemma_access, stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release,
    stemma_sequencer, stemma_audit;
grant select on access.training_state, access.person_state to stemma_access, stemma_source, stemma_batch, stemma_quality,
    stemma_custody, stemma_release, stemma_audit;
grant select, insert on access.person, access.certificate, access.training, access.terminal, access.session,
    access.challenge to stemma_access;
grant update (state, certificate_sha256, closed_ms) on access.person to stemma_access;
grant update (replaced_ms) on access.certificate to stemma_access;
grant update (last_seen_ms, ended_ms) on access.session to stemma_access;
grant update (used_ms, succeeded), delete on access.challenge to stemma_access;
revoke all on function access.principals(bytea[], text[], bigint, bigint) from public;
grant execute on function access.principals(bytea[], text[], bigint, bigint) to stemma_access, stemma_source,
    stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_sequencer, stemma_audit;
