-- Clocks (R16): what the last time-stamp proved of the lab's clock, and what was noticed of any clock and waits for its
-- entry in stream SYS. The first is no record: it is measured again and again. The second becomes one.
create table ledger.clock (
    one boolean primary key default true check (one),
    ahead_ms bigint not null,              -- the database's clock before the authority's; behind: negative
    measured_ms bigint not null
);

create table ledger.clock_news (
    id bigint generated always as identity primary key,
    clock text collate "C" not null,       -- whose: a service, or `lab` for the database's own
    state text collate "C" not null check (state in ('step', 'off', 'right')),
    against text collate "C" not null check (against in ('itself', 'database', 'authority')),
    ahead_ms bigint not null,
    seen_ms bigint not null
);

grant select on ledger.clock, ledger.clock_news to stemma_audit, stemma_sequencer;
