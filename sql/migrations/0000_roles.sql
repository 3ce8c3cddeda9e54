-- One login per service and an owner that nobody logs in as. Passwords are set at deployment, never here.
-- Roles belong to the whole cluster, so that they may be there already.
do $$
declare
    name text;
begin
    if not exists (select from pg_roles where rolname = 'stemma_owner') then
        create role stemma_owner nologin;
    end if;
    foreach name in array array['access', 'source', 'batch', 'quality', 'custody', 'release', 'sequencer', 'audit'] loop
        if not exists (select from pg_roles where rolname = 'stemma_' || name) then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole noinherit', 'stemma_' || name);
        end if;
    end loop;
    execute format('revoke all on database %I from public', current_database());
    execute format('grant create, connect, temporary on database %I to stemma_owner', current_database());
    execute format('grant connect on database %I to stemma_access, stemma_source, stemma_batch, stemma_quality, '
                   'stemma_custody, stemma_release, stemma_sequencer, stemma_audit', current_database());
end
$$;
revoke all on schema public from public;
alter default privileges for role stemma_owner revoke execute on functions from public;
grant usage on schema house to stemma_owner;
