-- A container that waits for the witness of its destruction lies where it was stored: one occupant, and what happens to the unit reaches it.
-- Taken back, it lies there still. What was said to be destroyed before left its place at once, and a replay of those statements does the
-- same (custody_leave in the service). Else as before.
create or replace function custody.move(p_batch_id text, p_containers text[], p_event text, p_person_id text, p_seq bigint, p_ms bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_id text;
    v_state text;
    v_rule custody.fsm_rule;
begin
    foreach v_id in array p_containers loop
        select v.state into v_state from custody.container_event v where v.container_id = v_id order by v.seq desc limit 1;
        if not found then
            v_state := 'kept';
        end if;
        select r.* into v_rule from custody.fsm_rule r where r.machine = 'container' and r.from_state = v_state and r.event = p_event;
        if not found then
            raise exception using errcode = 'ZL060', column = 'containers', constraint = 'container',
                message = format('%s is %s: %s is not possible', v_id, v_state, p_event);
        end if;
        if 'held' = any (v_rule.forbids) and exists (select from custody.hold h where h.batch_id = p_batch_id and h.container_id = v_id) then
            raise exception using errcode = 'ZL074', column = 'held', constraint = 'container-' || v_rule.rule_id,
                message = format('%s is on hold until QA decides on it', v_id);
        end if;
        insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms)
        values (v_id, p_seq, p_batch_id, p_event, v_rule.to_state, p_person_id, p_ms);
        if v_rule.to_state not in ('kept', 'returned', 'condemned', 'destroying') then
            update custody.place set left_seq = p_seq where container_id = v_id and left_seq is null;
        end if;
    end loop;
end $$;
