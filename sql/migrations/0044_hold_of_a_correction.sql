-- A case that is invalidated ends the hold that cases made; where a correction had lapsed the release, its statement says that the batch
-- stays held, and quality.hold_end alone lets it go on (R14).
drop function quality.settle(text, bigint, text, text, text, bigint);
create function quality.settle(p_batch_id text, p_test_seq bigint, p_conclusion text, p_reason text, p_person_id text,
                               p_seq bigint, p_stays_held boolean default false) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_complete boolean;
begin
    update quality.oos set state = 'closed', conclusion = p_conclusion, reason = p_reason, closed_by = p_person_id,
        closed_seq = p_seq where batch_id = p_batch_id and test_seq = p_test_seq;
    if p_conclusion = 'invalidated' then
        update quality.test set ended_seq = p_seq where batch_id = p_batch_id and test_seq = p_test_seq;
    end if;
    perform batch.move(p_batch_id, 'quality.oos_close', p_seq);
    if p_stays_held or exists (select from quality.oos where batch_id = p_batch_id
                               and (state <> 'closed' or conclusion = 'confirmed')) then
        return;
    end if;
    select exists (select from batch.actor_facts where batch_id = p_batch_id and act = 'batch.complete') into v_complete;
    perform batch.move(p_batch_id, case when v_complete then 'quality.unhold_test' else 'quality.unhold_process' end, p_seq);
end $$;
revoke all on function quality.settle(text, bigint, text, text, text, bigint, boolean) from public;
grant execute on function quality.settle(text, bigint, text, text, text, bigint, boolean) to stemma_quality;
