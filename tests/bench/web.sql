-- So many copies of one finished batch, with its donor and its collection, in every table that is kept by batch, donor or collection: what
-- the pages read. The ledger has none of them, for nobody signed them: no dossier can be made of one. Each is 50 minutes older than the last.
-- psql -v n=100000 -v source=B-...; prints how many rows there are in how many tables
set session_replication_role = replica;       -- nothing is checked and nobody is told: neither other tables' keys nor what may only be added to
set synchronous_commit = off;
set client_min_messages = warning;

create or replace function pg_temp.renamed(name text, type text, source batch.batch) returns text language sql as $$
    select format('replace(replace(replace(replace(%1$I::text, %2$L, ''B-SEED'' || k), %3$L, ''D-SEED'' || k), %4$L, ''C-SEED'' || k), %5$L,'
                  ' ''B999926'' || substr(k, 2))::%6$s', name, source.batch_id, source.donor_id, source.collection_id, source.donation_number, type)
$$;

create or replace function pg_temp.columns(place oid, source batch.batch) returns text language sql as $$
    select string_agg(case when atttypid = 'bigint[]'::regtype
                           then format('array(select t - i * 3000000::bigint from unnest(%I) with ordinality u (t, n) order by n)', attname)
                           when attname like '%\_ms' then format('%I - i * 3000000::bigint', attname)
                           when atttypid in ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype) then pg_temp.renamed(attname, atttypid::regtype::text, source)
                           else quote_ident(attname) end, ', ' order by attnum)
    from pg_attribute where attrelid = place and attnum > 0 and not attisdropped
$$;

create or replace function pg_temp.copies(of text, n int) returns text language plpgsql as $$
declare
    source batch.batch;
    place record;
    made bigint;
    rows bigint := 0;
    tables int := 0;
begin
    select * into strict source from batch.batch where batch_id = of;
    for place in
        select t.oid, t.oid::regclass as name, k.key, case k.key when 'batch_id' then source.batch_id when 'donor_id' then source.donor_id
                                                          else source.collection_id end as wanted
        from pg_class t cross join lateral (select a.attname::text as key from pg_attribute a where a.attrelid = t.oid
                                            and a.attname in ('batch_id', 'donor_id', 'collection_id') order by a.attname = 'batch_id' desc,
                                            a.attname = 'donor_id' desc limit 1) k
        where t.relkind = 'r' and t.relnamespace::regnamespace::text in ('batch', 'quality', 'custody', 'release', 'source')
    loop
        execute format('insert into %s select %s from %s, (select i, lpad(i::text, 7, ''0'') as k from generate_series(1, %s) i) n where %I = %L',
                       place.name, pg_temp.columns(place.oid, source), place.name, n, place.key, place.wanted);
        get diagnostics made = row_count;
        rows := rows + made;
        tables := tables + (made > 0)::int;
    end loop;
    return format('%s rows in %s tables', rows, tables);
end $$;

begin;
select pg_temp.copies(:'source', :n);
commit;
analyze;
