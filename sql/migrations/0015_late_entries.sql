-- Late entries (R15): a step or a result recorded long after it was done says by how much; a late step always needs the
-- second signature. The limit is the procedure's or the specification's own; both times stand in the row already.
alter table batch.step add column late_min bigint check (late_min > 0),
    add check (late_min is null or (needs_verify and reason is not null));
alter table quality.test add column late_min bigint check (late_min > 0), add check (late_min is null or remark is not null);

create or replace view batch.step_facts as
    select s.batch_id, s.step, s.performed_by, s.performed_seq, s.started_ms, s.ended_ms, s.recorded_ms,
           s.needs_verify or l.lapses > 0 as needs_verify, s.reason, s.body,
           case when l.corrected_seq is null then s.verified_by end as verified_by,
           case when l.corrected_seq is null then s.verified_seq end as verified_seq,
           l.corrected_seq, s.verified_seq as last_verified_seq, s.late_min
    from batch.step s
    cross join lateral (select count(*) as lapses, max(k.correction_seq) filter (where k.renewed_seq is null) as corrected_seq
                        from batch.lapse k where k.batch_id = s.batch_id and k.subject = s.step
                        and k.renewed_by = 'batch.step_verify') l;

create or replace view quality.test_facts as
    select t.batch_id, t.test_seq, t.code, coalesce(c.new_value, t.result) as result, t.method, t.sample_point, t.sampled_ms,
           t.tested_ms, case when c.seq is null then t.reported else c.reported end as reported,
           coalesce(c.verdict, t.verdict) as verdict,
           case when c.seq is null then t.explanation else c.explanation end as explanation, t.gates, t.performed_by,
           case when l.corrected_seq is null then t.reviewed_by end as reviewed_by,
           case when l.corrected_seq is null then t.reviewed_seq end as reviewed_seq, t.ended_seq is null as is_valid,
           case when c.seq is not null then t.result end as was_result, l.corrected_seq, t.reviewed_seq as last_reviewed_seq,
           t.late_min, t.remark
    from quality.test t
    left join lateral (select k.seq, k.new_value, k.reported, k.verdict, k.explanation from quality.correction k
                       where k.batch_id = t.batch_id and k.test_seq = t.test_seq order by k.seq desc limit 1) c on true
    cross join lateral (select max(k.correction_seq) as corrected_seq from batch.lapse k
                        where k.batch_id = t.batch_id and k.subject = t.test_seq and k.renewed_by = 'quality.test_review'
                        and k.renewed_seq is null) l;

drop function quality.report(text, bigint, text, text, text, text, bigint, bigint, text, text, text, text, text);
create function quality.report(p_batch_id text, p_seq bigint, p_code text, p_result text, p_method text, p_sample_point text,
                               p_sampled_ms bigint, p_tested_ms bigint, p_remark text, p_reported text, p_verdict text,
                               p_explanation text, p_person_id text, p_late_min bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    v_gates boolean;
begin
    select coalesce(bool_or(t ->> 'gating' <> 'info'), true) into v_gates
    from batch.batch_facts b
    join quality.specification s on s.specification_id = b.specification_id and s.version = b.specification_version
    cross join lateral jsonb_array_elements(s.document::jsonb -> 'tests') t
    where b.batch_id = p_batch_id and t ->> 'code' = p_code;
    update quality.test set ended_seq = p_seq where batch_id = p_batch_id and code = p_code and ended_seq is null;
    insert into quality.test (batch_id, test_seq, code, result, method, sample_point, sampled_ms, tested_ms, remark, reported,
                              verdict, explanation, gates, performed_by, late_min)
    values (p_batch_id, p_seq, p_code, p_result, p_method, p_sample_point, p_sampled_ms, p_tested_ms, p_remark, p_reported,
            p_verdict, p_explanation, v_gates, p_person_id, p_late_min);
    perform batch.move(p_batch_id, 'quality.test_report', p_seq);
    if p_verdict = 'fail' and v_gates then
        insert into quality.oos (batch_id, test_seq, state) values (p_batch_id, p_seq, 'open');
        perform batch.move(p_batch_id, 'quality.hold', p_seq);
    end if;
end $$;

revoke all on function quality.report(text, bigint, text, text, text, text, bigint, bigint, text, text, text, text, text,
    bigint) from public;
grant execute on function quality.report(text, bigint, text, text, text, text, bigint, bigint, text, text, text, text, text,
    bigint) to stemma_quality;
