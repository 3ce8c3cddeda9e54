-- What makes the records (R40): each service that records says at its start which program it is and how it is set. What changed is
-- put into the log by the sequencer (log.program), so that for every entry it is known by which software and settings it was made.
create table ledger.program (
    service text collate "C" not null,
    instance text collate "C" not null,
    began_ms bigint not null,
    version text not null,
    program_sha256 bytea not null check (length(program_sha256) = 32),
    settings_sha256 bytea not null check (length(settings_sha256) = 32),
    is_logged boolean not null default false,
    constraint program_pkey primary key (service, instance, began_ms)
);
grant select on ledger.program to stemma_audit, stemma_sequencer;
