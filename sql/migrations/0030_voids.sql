-- Readings and remarks recorded in error are void by a later entry; what was recorded stays where it is (R12, T41). The text of
-- a remark is in its statement alone.
create table batch.voided (
    batch_id  text not null references batch.batch,
    seq       bigint not null,
    entry     bigint not null,
    act       text not null check (act in ('batch.reading', 'batch.note')),
    old_value text,                                -- of a reading
    reason    text not null,
    person_id text not null,
    time_ms   bigint not null,
    primary key (batch_id, entry),                 -- once
    unique (batch_id, seq),
    check (entry < seq)
);
grant select on batch.voided to stemma_batch, stemma_audit;
grant insert on batch.voided to stemma_batch;
