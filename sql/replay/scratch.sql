-- Put into a scratch database after the migrations, never into the live one: what `stemma-audit replay` needs to compare.
-- Every table of the six services' schemas is a projection, unless its comment says "no projection: ...".
create schema replay;

create table replay.live (tab text collate "C" not null, key text collate "C" not null, row jsonb not null);
create table replay.made (tab text collate "C" not null, key text collate "C" not null, row jsonb not null);

-- Which entry wrote a row last: the replaying connection says which one it is at.
create table replay.touched (
    tab    text collate "C" not null,
    key    text collate "C" not null,
    stream text not null,
    seq    bigint not null,
    primary key (tab, key)
);

create function replay.columns_of(of_table oid) returns text[]
language sql stable set search_path = pg_catalog as $$
    select array(select a.attname::text from pg_index i
                 cross join unnest(i.indkey::int2[]) with ordinality k (attnum, n)
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                 where i.indrelid = of_table and i.indisprimary order by k.n)
$$;

-- The projections; page: how one of them is read in pages, from the row behind $1 on.
create view replay.tables as
    select n.nspname || '.' || c.relname as tab, format('%I.%I', n.nspname, c.relname) as quoted,
           replay.columns_of(c.oid) as columns,
           format('select t.ctid::text as at, %s as key, to_jsonb(t)::text as row from %I.%I t where t.ctid > $1::tid'
                  ' order by t.ctid limit 2000',
                  coalesce((select string_agg(format('t.%I::text', k.name), ' || '' '' || ' order by k.n)
                            from unnest(replay.columns_of(c.oid)) with ordinality k (name, n)), 'md5(t::text)'),
                  n.nspname, c.relname) as page,
           obj_description(c.oid, 'pg_class') like 'no projection:%' is not true as is_projection
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('access', 'source', 'batch', 'quality', 'custody', 'release');

create function replay.touch() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    v_row jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    v_key text := v_row ->> tg_argv[1];
begin
    for i in 2 .. tg_nargs - 1 loop
        v_key := v_key || ' ' || (v_row ->> tg_argv[i]);
    end loop;
    insert into replay.touched (tab, key, stream, seq)
    values (tg_argv[0], v_key, current_setting('stemma.stream'), current_setting('stemma.seq')::bigint)
    on conflict (tab, key) do update set stream = excluded.stream, seq = excluded.seq;
    return null;
end
$$;

do $$
declare
    t record;
begin
    for t in select * from replay.tables where is_projection and cardinality(columns) > 0 loop
        execute format('create trigger replay_touch after insert or update or delete on %s for each row'
                       ' execute function replay.touch(%s)', t.quoted,
                       (select string_agg(quote_literal(x), ', ') from unnest(t.tab || t.columns) x));
    end loop;
end
$$;

-- What lies in the projections now, and what they are made of.
create function replay.collect() returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
    t record;
begin
    for t in select * from replay.tables where is_projection loop
        execute format('insert into replay.made (tab, key, row) select %L, p.key, p.row::jsonb from (%s) p', t.tab,
                       replace(replace(t.page, ' where t.ctid > $1::tid', ''), ' order by t.ctid limit 2000', ''));
    end loop;
    return (select count(*) from replay.made);
end
$$;

-- Rows that are not what the statements make them.
create view replay.differences as
    select coalesce(l.tab, m.tab) as tab, coalesce(l.key, m.key) as key, t.stream, t.seq,
           case when l.row is null then 'the row is missing'
                when m.row is null then 'no statement makes this row'
                else (select string_agg(format('%s is %s, the statements make it %s', c.name, coalesce(l.row -> c.name, 'null'),
                                               coalesce(m.row -> c.name, 'null')), '; ' order by c.name)
                      from jsonb_object_keys(l.row || m.row) c (name)
                      where (l.row -> c.name) is distinct from (m.row -> c.name)) end as what
    from replay.live l full join replay.made m on l.tab = m.tab and l.key = m.key
    left join replay.touched t on t.tab = coalesce(l.tab, m.tab) and t.key = coalesce(l.key, m.key)
    where l.row is distinct from m.row;
