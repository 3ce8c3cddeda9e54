-- The record (docs/FORMAT.md): entries in their streams, the log over all of them, its checkpoints. Only functions of
-- sql/api/ledger.sql write here. Indexes are few on purpose: every one is paid for at each append.
create schema ledger;
grant usage on schema ledger to stemma_access, stemma_source, stemma_batch, stemma_quality, stemma_custody,
    stemma_release, stemma_sequencer, stemma_audit;

-- The log's name, fixed once (ledger.found).
create table ledger.log (
    one boolean primary key default true check (one),
    origin text not null check (origin ~ '^[a-z0-9.-]+(/[a-z0-9.-]+)*$')
);

create table ledger.entry (
    stream text collate "C" not null check (length(stream) <= 32),
    seq bigint not null check (seq >= 0),
    time_ms bigint not null,
    leaf bytea not null,
    bytes bytea not null,
    statement bytea not null check (length(statement) <= 60000),
    signature bytea,                       -- null: an observation
    command bytea not null check (length(command) = 16),
    type text collate "C" not null,
    constraint entry_pkey primary key (stream, seq),
    constraint entry_command_key unique (command)
);
-- A signed row is 3 to 4 kB: kept in the row, for a second table and its index cost more than the bytes.
alter table ledger.entry set (toast_tuple_target = 8160);
alter table ledger.entry alter column signature set storage external;
alter table ledger.entry alter column bytes set storage external;

-- The last entry of each stream: a projection, and the lock of the stream. Room in the page for updates in place.
create table ledger.head (
    stream text collate "C" not null,
    seq bigint not null,
    leaf bytea not null,
    time_ms bigint not null,
    constraint head_pkey primary key (stream)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- What is committed and not yet in the tree. Drawn while the stream's head is locked, so that enq rises with seq. No
-- index: the sequencer takes all of it.
create table ledger.pending (
    enq bigint generated always as identity,
    stream text collate "C" not null,
    seq bigint not null,
    time_ms bigint not null,
    leaf bytea not null,
    type text collate "C" not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

create table ledger.attachment (
    sha256 bytea primary key check (length(sha256) = 32),
    bytes bytea not null
);
alter table ledger.attachment alter column bytes set storage external;

-- The tree: leaves without gap, and the root of every 256 of them (enough to cut any proof quickly).
create table ledger.leaf (
    leaf_index bigint primary key check (leaf_index >= 0),
    leaf bytea not null check (length(leaf) = 32),
    stream text collate "C" not null,
    seq bigint not null,
    constraint leaf_position_key unique (stream, seq)
);
create table ledger.tile (
    n bigint primary key check (n >= 0),
    root bytea not null check (length(root) = 32)
);
create table ledger.tree_state (
    one boolean primary key default true check (one),
    epoch bigint not null default 0,
    size bigint not null default 0,
    root bytea not null default sha256(''),
    frontier bytea not null default ''
);
insert into ledger.tree_state default values;

create table ledger.checkpoint (
    size bigint primary key,
    root bytea not null check (length(root) = 32),
    note bytea not null,
    cosignatures bytea not null,
    token bytea not null,                  -- TimeStampResp, DER
    token_ms bigint not null,
    is_seal boolean not null               -- closes a seal: log.heads and log.timestamp before it are covered
);

-- Belt to the braces: services have no right to these anyway. A superuser gets past both; the checkpoints, time-stamps
-- and witnesses are what then tells (docs/ARCHITECTURE.md).
create function ledger.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    raise exception 'the record can only be added to: % of %.%', lower(tg_op), tg_table_schema, tg_table_name
        using errcode = 'ZL048', column = tg_table_name;
end
$$;
create trigger append_only before update or delete or truncate on ledger.entry
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.attachment
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.leaf
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.tile
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.checkpoint
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.log
    for each statement execute function ledger.refuse_change();
create trigger append_only before delete or truncate on ledger.head
    for each statement execute function ledger.refuse_change();
create trigger append_only before delete or truncate on ledger.tree_state
    for each statement execute function ledger.refuse_change();
create trigger append_only before update or truncate on ledger.pending
    for each statement execute function ledger.refuse_change();

-- The auditor reads everything and writes nothing; the sequencer reads what it puts into the tree.
grant select on all tables in schema ledger to stemma_audit, stemma_sequencer;
