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

-- What was unpacked again is on hold where its logger does not account for the cold, as what arrives is: by a cause of its own, for the transfer
-- may be packed anew.
create or replace view custody.hold as
    select k.container_id, s.batch_id, 'shipment ' || s.transfer_id as cause, s.received_seq as seq
    from custody.shipment s cross join lateral unnest(s.containers) k (container_id)
    where s.received_seq is not null and cardinality(s.mismatches) > 0
      and not exists (select from custody.hold_end h
                      where h.container_id = k.container_id collate "C" and h.cause = 'shipment ' || s.transfer_id)
    union all
    select r.container_id collate "default", r.batch_id, r.cause, r.seq from custody.excursion_reach r
    where not exists (select from custody.hold_end h where h.container_id = r.container_id and h.cause = r.cause)
    union all
    select k.container_id collate "default", s.batch_id, 'unpacking ' || s.transfer_id || ' ' || s.unpacked_seq, s.unpacked_seq
    from custody.shipment s join custody.container_event k on k.batch_id = s.batch_id and k.seq = s.unpacked_seq
    where s.unpacked_seq is not null and cardinality(s.mismatches) > 0
      and not exists (select from custody.hold_end h where h.container_id = k.container_id
                      and h.cause = 'unpacking ' || s.transfer_id || ' ' || s.unpacked_seq);
