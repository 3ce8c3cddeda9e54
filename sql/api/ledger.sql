-- The only way into the record. What runs in every group is plpgsql, whose plans are kept; SQL functions with other
-- rights than the caller's are parsed and planned at each call. Each function runs with the owner's rights and a fixed search path; the caller's own
-- login (session_user) says for which service it may speak.

-- Name the log, once and for ever.
create or replace function ledger.found(new_origin text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into ledger.log (origin) values (new_origin) on conflict (one) do nothing;
    if (select origin from ledger.log) <> new_origin then
        raise exception 'this log is called %', (select origin from ledger.log) using errcode = 'ZL048', column = 'origin';
    end if;
end
$$;

create or replace function ledger.origin() returns text
language sql stable security definer set search_path = pg_catalog as $$
    select origin from ledger.log
$$;

-- The heads of these streams, locked in the order of their names until the transaction ends. A stream without entries
-- has no row; two who begin the same stream meet at its key.
create or replace function ledger.lock_heads(streams text[])
returns table (stream text, seq bigint, leaf bytea, time_ms bigint)
language plpgsql security definer set search_path = pg_catalog set enable_seqscan = off as $$
#variable_conflict use_column
begin
    return query
    select h.stream, h.seq, h.leaf, h.time_ms from ledger.head h
    where h.stream = any (streams) order by h.stream for update;
end
$$;

-- The same without the lock.
create or replace function ledger.heads(streams text[])
returns table (stream text, seq bigint, leaf bytea, time_ms bigint)
language plpgsql stable security definer set search_path = pg_catalog set enable_seqscan = off as $$
#variable_conflict use_column
begin
    return query
    select h.stream, h.seq, h.leaf, h.time_ms from ledger.head h where h.stream = any (streams);
end
$$;

-- What was recorded under these command ids: the answer to a repeated command.
create or replace function ledger.by_command(commands bytea[])
returns table (command bytea, stream text, seq bigint, leaf bytea, time_ms bigint, type text, statement bytea,
               signature bytea)
language plpgsql stable security definer set search_path = pg_catalog set enable_seqscan = off as $$
#variable_conflict use_column
begin
    return query
    select e.command, e.stream, e.seq, e.leaf, e.time_ms, e.type, e.statement, e.signature
    from ledger.entry e where e.command = any (commands);
end
$$;

-- Leaf hashes of positions: is what was reviewed an entry of that stream?
create or replace function ledger.leaf_at(streams text[], seqs bigint[])
returns table (stream text, seq bigint, leaf bytea, type text)
language plpgsql stable security definer set search_path = pg_catalog set enable_seqscan = off as $$
#variable_conflict use_column
begin
    return query
    select e.stream, e.seq, e.leaf, e.type
    from unnest(streams, seqs) u (stream, seq) join ledger.entry e on e.stream = u.stream and e.seq = u.seq;
end
$$;

-- A part of a stream, in order.
create or replace function ledger.chain(of_stream text, from_seq bigint, at_most bigint)
returns table (seq bigint, time_ms bigint, leaf bytea, bytes bytea, statement bytea, signature bytea, type text)
language sql stable security definer set search_path = pg_catalog as $$
    select e.seq, e.time_ms, e.leaf, e.bytes, e.statement, e.signature, e.type from ledger.entry e
    where e.stream = of_stream and e.seq >= from_seq order by e.seq limit at_most
$$;

-- Keep attachments by their SHA-256; one that is there already is the same one.
create or replace function ledger.attach(files bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
#variable_conflict use_column
begin
    insert into ledger.attachment (sha256, bytes) select distinct sha256(f), f from unnest(files) f
    on conflict (sha256) do nothing;
end
$$;

create or replace function ledger.attachment_get(of_sha256 bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
    select bytes from ledger.attachment where sha256 = of_sha256
$$;

-- Append a group: one call, all or nothing, one entry a stream. Every entry must name the log, its stream, its number and
-- the leaf before it, lie later than it, and hash to its leaf; only its own service records a type. A head that moved
-- meanwhile is ZL042, to be tried again. An entry two seconds before the last time-stamp, a minute before the database's
-- clock or two seconds after it comes from a clock that is not to be trusted (ZL083). Anything else is a mistake of the
-- service (ZL044). Nothing is appended to a log that is not the one signed (ledger.halt, ZL051). Whether an entry fits its
-- statement and signature is not looked at here: that costs as much again, and `audit verify` reads all of it.
create or replace function ledger.append(streams text[], seqs bigint[], leaves bytea[], entries bytea[],
    statements bytea[], signatures bytea[], commands bytea[], types text[], times bigint[]) returns void
language plpgsql security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    speaker text := case session_user when 'stemma_sequencer' then 'log' else substr(session_user, 8) end;
    log_origin text := (select origin from ledger.log);
    front text := E'stemma-entry/1\nlog ' || log_origin || E'\nstream ';
    genesis text := E'stemma-genesis/1\n' || log_origin || E'\n';
    here_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
    stamp_ms bigint := (select c.token_ms from ledger.checkpoint c order by c.size desc limit 1);
    halted text := (select h.why from ledger.halt h);
    heads_moved bigint;
    first_ms bigint;
    last_ms bigint;
    wrong text;
begin
    with given as materialized (
        select u.stream, u.seq, u.time_ms, u.leaf, u.bytes, u.type,
               (front || u.stream || E'\nseq ' || u.seq || E'\nprev ')::bytea as front,
               octet_length(front) + octet_length(u.stream) + octet_length(u.seq::text) + 11 as front_length
        from unnest(streams, seqs, leaves, entries, types, times) as u (stream, seq, leaf, bytes, type, time_ms)
    ), moved as (
        update ledger.head h set seq = g.seq, leaf = g.leaf, time_ms = g.time_ms
        from given g
        where h.stream = g.stream and h.seq = g.seq - 1 and h.time_ms < g.time_ms
          and substr(g.bytes, g.front_length + 1, 65) = (encode(h.leaf, 'hex') || E'\n')::bytea
        returning 1
    ), begun as (
        insert into ledger.head (stream, seq, leaf, time_ms)
        select g.stream, 0, g.leaf, g.time_ms from given g
        where g.seq = 0 and substr(g.bytes, g.front_length + 1, 65)
              = (encode(sha256((genesis || g.stream || E'\n')::bytea), 'hex') || E'\n')::bytea
        returning 1
    )
    select (select count(*) from moved) + (select count(*) from begun),
           (select min(g.stream || ' ' || g.seq) from given g
            where sha256('\x00'::bytea || g.bytes) is distinct from g.leaf
               or substr(g.bytes, 1, g.front_length) is distinct from g.front
               or (split_part(g.type, '.', 1) is distinct from speaker
                   and not (speaker = 'log' and g.type = 'sequencer.recover' and g.seq = 0))
               or (g.stream = 'SYS') <> (speaker = 'log')),
           (select min(g.time_ms) from given g), (select max(g.time_ms) from given g)
    into heads_moved, wrong, first_ms, last_ms;
    if wrong is not null or log_origin is null then
        raise exception 'not an entry of this log by this service: %', coalesce(wrong, 'no log is founded')
            using errcode = 'ZL044', column = 'entry';
    end if;
    if halted is not null then
        raise exception '%', halted using errcode = 'ZL051';
    end if;
    if first_ms < greatest(here_ms - 60000, stamp_ms - 2000) or last_ms > here_ms + 2000 then
        raise exception 'a clock is off: entries from % to % ms, the database has % ms, the last time-stamp % ms',
            first_ms, last_ms, here_ms, stamp_ms using errcode = 'ZL083', column = 'time';
    end if;
    if heads_moved <> cardinality(streams) then
        raise exception 'another entry came first' using errcode = 'ZL042', column = 'seq';
    end if;
    insert into ledger.entry (stream, seq, time_ms, leaf, bytes, statement, signature, command, type)
    select u.stream, u.seq, u.time_ms, u.leaf, u.bytes, u.statement, u.signature, u.command, u.type
    from unnest(streams, seqs, leaves, entries, statements, signatures, commands, types, times)
        as u (stream, seq, leaf, bytes, statement, signature, command, type, time_ms);
    insert into ledger.pending (stream, seq, time_ms, leaf, type) select * from unnest(streams, seqs, times, leaves, types);
end
$$;

-- The sequencer's own part. An epoch is taken at start; who holds an older one is refused, so that two cannot integrate.
-- is_new: the tree holds entries of services that no checkpoint covers yet.
create or replace function ledger.epoch_begin()
returns table (epoch bigint, size bigint, root bytea, frontier bytea, is_new boolean, last_ms bigint)
language sql security definer set search_path = pg_catalog as $$
    update ledger.tree_state t set epoch = t.epoch + 1
    returning t.epoch, t.size, t.root, t.frontier, exists (select from ledger.leaf l
        where l.leaf_index >= (select coalesce(max(c.size), 0) from ledger.checkpoint c) and (l.stream <> 'SYS' or exists
        (select from ledger.entry x where x.stream = l.stream and x.seq = l.seq and x.type in ('log.rehash', 'log.clock', 'log.export')))),
        -- no token may be older than this by more than a second; what the last checkpoint covers counts, for its own token
        -- may be that second older, and another authority's clock may be behind it
        (select coalesce(max(x.time_ms), 0) from ledger.leaf l join ledger.entry x on x.stream = l.stream and x.seq = l.seq
         where l.leaf_index >= coalesce((select c.size from ledger.checkpoint c order by c.size desc offset 1 limit 1), 0))
$$;

-- Oldest first, by a bound on enq: a limit with a join would be planned for an empty table and run on a full one. Each leaf
-- took one number, so while the numbers beyond the tree's size are few enough there cannot be more entries than that, and
-- the bound, a scan of its own, is not needed.
create or replace function ledger.drain(of_epoch bigint, at_most bigint)
returns table (leaf_index bigint, leaf bytea, stream text, seq bigint, type text, time_ms bigint)
language plpgsql security definer set search_path = pg_catalog as $$
declare
    base bigint;
    bound bigint;
begin
    select t.size into base from ledger.tree_state t where t.epoch = of_epoch for update;
    if base is null then
        raise exception 'another sequencer has taken over' using errcode = 'ZL049', column = 'epoch';
    end if;
    if pg_sequence_last_value('ledger.pending_enq_seq') - base > at_most then
        select min(p.enq) + at_most into bound from ledger.pending p;
    end if;
    return query
    with taken as (
        delete from ledger.pending p where bound is null or p.enq < bound returning p.enq, p.stream, p.seq, p.time_ms, p.leaf, p.type
    ), numbered as materialized (
        select base - 1 + row_number() over (order by t.enq) as leaf_index, t.* from taken t
    ), placed as (
        insert into ledger.leaf (leaf_index, leaf, stream, seq) select n.leaf_index, n.leaf, n.stream, n.seq from numbered n
    )
    select n.leaf_index, n.leaf, n.stream, n.seq, n.type, n.time_ms from numbered n;
end
$$;

create or replace function ledger.tree_advance(of_epoch bigint, old_size bigint, new_size bigint, new_root bytea,
    new_frontier bytea, tiles bigint[], tile_roots bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into ledger.tile (n, root) select * from unnest(tiles, tile_roots);
    update ledger.tree_state set size = new_size, root = new_root, frontier = new_frontier
    where epoch = of_epoch and size = old_size;
    if not found or new_size <> (select coalesce(max(leaf_index), -1) + 1 from ledger.leaf) then
        raise exception 'the tree is not of the size it was' using errcode = 'ZL049', column = 'size';
    end if;
end
$$;

create or replace function ledger.checkpoint_add(of_epoch bigint, of_size bigint, of_root bytea, of_note bytea,
    of_cosignatures bytea, of_token bytea, of_token_ms bigint, closes boolean) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (select from ledger.tree_state where epoch = of_epoch and size >= of_size) then
        raise exception 'another sequencer has taken over' using errcode = 'ZL049', column = 'epoch';
    end if;
    insert into ledger.checkpoint (size, root, note, cosignatures, token, token_ms, is_seal)
    values (of_size, of_root, of_note, of_cosignatures, of_token, of_token_ms, closes) on conflict (size) do nothing;
end
$$;

-- The notary remembers another log than this one: until it is found, nothing is recorded here.
create or replace function ledger.halt(of_epoch bigint, of_why text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (select from ledger.tree_state where epoch = of_epoch) then
        raise exception 'another sequencer has taken over' using errcode = 'ZL049', column = 'epoch';
    end if;
    insert into ledger.halt (since_ms, why) values ((extract(epoch from clock_timestamp()) * 1000)::bigint, of_why)
    on conflict (one) do update set why = excluded.why;
end
$$;

create or replace function ledger.resume(of_epoch bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (select from ledger.tree_state where epoch = of_epoch) then
        raise exception 'another sequencer has taken over' using errcode = 'ZL049', column = 'epoch';
    end if;
    delete from ledger.halt;
end
$$;

-- A service begins: remembered when program or settings are not those that it began with last.
create or replace function ledger.began(of_instance text, of_version text, of_program bytea, of_settings bytea) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    speaker text := substr(session_user, 8);
    last ledger.program;
begin
    select p.* into last from ledger.program p where p.service = speaker and p.instance = of_instance order by p.began_ms desc limit 1;
    if (last.version, last.program_sha256, last.settings_sha256) is distinct from (of_version, of_program, of_settings) then
        insert into ledger.program (service, instance, began_ms, version, program_sha256, settings_sha256)
        values (speaker, of_instance, (extract(epoch from clock_timestamp()) * 1000)::bigint, of_version, of_program, of_settings)
        on conflict do nothing;
    end if;
end
$$;

create or replace function ledger.program_logged(of_epoch bigint, of_service text, of_instance text, of_began_ms bigint) returns void
language sql security definer set search_path = pg_catalog as $$
    update ledger.program set is_logged = true
    where service = of_service and instance = of_instance and began_ms = of_began_ms
      and exists (select from ledger.tree_state where epoch = of_epoch)
$$;

-- The heads map of a tree size: each stream's last entry below it.
create or replace function ledger.heads_at(of_size bigint)
returns table (stream text, seq bigint, leaf bytea)
language sql stable security definer set search_path = pg_catalog as $$
    select h.stream, last.seq, last.leaf
    from ledger.head h cross join lateral (
        select l.seq, l.leaf from ledger.leaf l
        where l.stream = h.stream and l.leaf_index < of_size order by l.seq desc limit 1
    ) last
$$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.origin(), ledger.lock_heads(text[]), ledger.heads(text[]), ledger.by_command(bytea[]),
    ledger.leaf_at(text[], bigint[]), ledger.chain(text, bigint, bigint), ledger.attach(bytea[]),
    ledger.attachment_get(bytea),
    ledger.append(text[], bigint[], bytea[], bytea[], bytea[], bytea[], bytea[], text[], bigint[]),
    ledger.began(text, text, bytea, bytea)
    to stemma_access, stemma_source, stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_sequencer;
grant execute on function ledger.epoch_begin(), ledger.drain(bigint, bigint),
    ledger.tree_advance(bigint, bigint, bigint, bytea, bytea, bigint[], bytea[]),
    ledger.checkpoint_add(bigint, bigint, bytea, bytea, bytea, bytea, bigint, boolean),
    ledger.halt(bigint, text), ledger.resume(bigint), ledger.program_logged(bigint, text, text, bigint) to stemma_sequencer;
grant execute on function ledger.heads_at(bigint) to stemma_sequencer, stemma_audit;
grant execute on function ledger.origin(), ledger.heads(text[]), ledger.leaf_at(text[], bigint[]),
    ledger.chain(text, bigint, bigint), ledger.attachment_get(bytea), ledger.by_command(bytea[]) to stemma_audit;
