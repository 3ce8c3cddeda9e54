-- The states of lots, documents and cases go on only as their machines say (common/fsm), whatever an update wants: batch.fsm_rule holds
-- their rows too. Which event it is, and its facts, the service judged by the same rows.
alter table batch.fsm_rule drop constraint fsm_rule_machine_check, drop constraint fsm_rule_event_check;
alter table batch.fsm_rule add constraint fsm_rule_machine_check check (machine in ('batch', 'lot', 'document', 'oos')),
    add constraint fsm_rule_event_check check (case machine when 'batch' then event ~ '^[a-z]+\.[a-z_]+$' else event ~ '^[a-z]+$' end);

create function batch.state_goes_on() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (select from batch.fsm_rule r
                   where r.machine = tg_argv[0] and r.from_state = old.state and r.to_state = new.state) then
        raise exception using errcode = 'ZL060', column = 'state', constraint = tg_argv[0],
            message = format('no %s goes from %s to %s', tg_argv[0], old.state, new.state);
    end if;
    return new;
end $$;
revoke all on function batch.state_goes_on() from public;

create trigger state_goes_on before update of state on batch.material_lot
    for each row when (old.state <> new.state) execute function batch.state_goes_on('lot');
create trigger state_goes_on before update of state on batch.procedure
    for each row when (old.state <> new.state) execute function batch.state_goes_on('document');
create trigger state_goes_on before update of state on quality.specification
    for each row when (old.state <> new.state) execute function batch.state_goes_on('document');
create trigger state_goes_on before update of state on quality.oos
    for each row when (old.state <> new.state) execute function batch.state_goes_on('oos');
