-- A result that came after the release is corrected where the release did not rest on it: the batch goes on from where it stands, or fails
-- there. The statement says which it is, by what it lapses.
drop function quality.correct(text, bigint, bigint, text, text, text, text, text, text, text, bigint);
create function quality.correct(p_batch_id text, p_seq bigint, p_test_seq bigint, p_old text, p_new text, p_reason text,
                                p_reported text, p_verdict text, p_explanation text, p_person_id text, p_ms bigint,
                                p_event text default 'quality.test_correct') returns void
language plpgsql set search_path = pg_catalog as $$
begin
    insert into quality.correction (batch_id, seq, test_seq, old_value, new_value, reason, reported, verdict, explanation,
                                    person_id, time_ms)
    values (p_batch_id, p_seq, p_test_seq, p_old, p_new, p_reason, p_reported, p_verdict, p_explanation, p_person_id, p_ms);
    perform batch.move(p_batch_id, p_event, p_seq);
    if p_verdict = 'fail' and (select t.gates from quality.test t
                               where t.batch_id = p_batch_id and t.test_seq = p_test_seq) then
        insert into quality.oos (batch_id, test_seq, state) values (p_batch_id, p_test_seq, 'open');
        perform batch.move(p_batch_id, 'quality.hold', p_seq);
    end if;
end $$;
revoke all on function quality.correct(text, bigint, bigint, text, text, text, text, text, text, text, bigint, text) from public;
grant execute on function quality.correct(text, bigint, bigint, text, text, text, text, text, text, text, bigint, text) to stemma_quality;
