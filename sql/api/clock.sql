-- The watch over the clocks (R16). Services ask what the time is here and what the authorities say of it; what they notice
-- they leave to the sequencer, who records it.

create or replace function ledger.clock_now() returns table (here_ms bigint, ahead_ms bigint)
language sql volatile security definer set search_path = pg_catalog as $$
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint, (select c.ahead_ms from ledger.clock c)
$$;

-- Whose clock is told by the login; against an authority it is the lab's. A thousand that wait are enough to be told.
create or replace function ledger.clock_noticed(new_state text, new_against text, new_ahead_ms bigint) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into ledger.clock_news (clock, state, against, ahead_ms, seen_ms)
    select case new_against when 'authority' then 'lab' else substr(session_user, 8) end, new_state, new_against, new_ahead_ms,
           floor(extract(epoch from clock_timestamp()) * 1000)::bigint
    where (select count(*) from ledger.clock_news) < 1000
$$;

create or replace function ledger.clock_measured(of_epoch bigint, new_ahead_ms bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (select from ledger.tree_state where epoch = of_epoch) then
        raise exception 'another sequencer has taken over' using errcode = 'ZL049', column = 'epoch';
    end if;
    insert into ledger.clock (ahead_ms, measured_ms)
    values (new_ahead_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
    on conflict (one) do update set ahead_ms = excluded.ahead_ms, measured_ms = excluded.measured_ms;
end
$$;

-- Taken in the transaction that records it, or not at all.
create or replace function ledger.clock_news_take(at_most bigint)
returns table (clock text, state text, against text, ahead_ms bigint, seen_ms bigint)
language sql volatile security definer set search_path = pg_catalog as $$
    with taken as (
        delete from ledger.clock_news where id in (select id from ledger.clock_news order by id limit at_most) returning *
    )
    select clock, state, against, ahead_ms, seen_ms from taken order by id
$$;

revoke execute on function ledger.clock_now(), ledger.clock_noticed(text, text, bigint),
    ledger.clock_measured(bigint, bigint), ledger.clock_news_take(bigint) from public;
grant execute on function ledger.clock_now() to stemma_access, stemma_source, stemma_batch, stemma_quality, stemma_custody,
    stemma_release, stemma_sequencer, stemma_audit;
grant execute on function ledger.clock_noticed(text, text, bigint) to stemma_access, stemma_source, stemma_batch,
    stemma_quality, stemma_custody, stemma_release, stemma_sequencer;
grant execute on function ledger.clock_measured(bigint, bigint), ledger.clock_news_take(bigint) to stemma_sequencer;
