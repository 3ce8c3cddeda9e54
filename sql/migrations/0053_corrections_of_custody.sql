-- Corrections of a hand-over or a receipt (R12): beside the transfer, which keeps what was recorded.
create table custody.correction (
    batch_id  text not null,
    seq       bigint not null,
    entry     bigint not null,                    -- the hand-over or the receipt
    act       text not null,
    field     text not null,
    old_value text not null,
    new_value text not null,
    reason    text not null,
    person_id text not null,
    time_ms   bigint not null,
    primary key (batch_id, seq),
    check (entry < seq),
    check (old_value <> new_value)
);
create index correction_entry on custody.correction (batch_id, entry, seq);

create view custody.correction_facts as
    select batch_id, seq, entry, act, field, old_value, new_value, reason, person_id, time_ms from custody.correction;

grant select on custody.correction, custody.correction_facts to stemma_custody, stemma_audit;
grant insert on custody.correction to stemma_custody;
grant usage on schema custody to stemma_batch;
grant select on custody.correction_facts to stemma_batch, stemma_release;
