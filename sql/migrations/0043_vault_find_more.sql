-- One donor more than a list holds is looked for, so that the list says when it is not all.
create or replace function source.vault_find(of_name text, of_value text) returns table (donor_id text, name text)
language sql stable security definer set search_path = pg_catalog as $$
    select distinct v.subject, v.name from source.vault v
    where v.name = of_name and lower(convert_from(v.value, 'UTF8')) = lower(of_value) order by 1 limit 201
$$;
