-- While a row is here nothing is recorded: the notary has signed another log than this one, so the database is an older copy,
-- or another. The sequencer puts it here and takes it away (docs/OPERATIONS.md, recovery of the log).
create table ledger.halt (
    one boolean primary key default true check (one),
    since_ms bigint not null,
    why text not null
);
grant select on ledger.halt to stemma_audit, stemma_sequencer;
