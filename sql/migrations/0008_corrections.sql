-- Corrections: what was recorded stays in its row; beside it stands the correction, and views give what counts now (R12, T41).
-- A signature on what was corrected lapses: it stands as unsigned until the act that signs it anew (R14, PI 041).
create table batch.correction (
    batch_id     text not null references batch.batch,
    seq          bigint not null,
    step         integer not null,
    corrects_seq bigint not null,
    field        text not null,
    old_value    text,
    new_value    text not null,
    reason       text not null,
    person_id    text not null,
    time_ms      bigint not null,
    primary key (batch_id, seq),
    check (corrects_seq < seq),
    check (old_value is distinct from new_value)
);

create table quality.correction (
    batch_id    text not null,
    seq         bigint not null,
    test_seq    bigint not null,
    old_value   text not null,
    new_value   text not null,
    reason      text not null,
    reported    text,
    verdict     text not null check (verdict in ('pass', 'fail', 'cannot_evaluate')),
    explanation text,
    person_id   text not null,
    time_ms     bigint not null,
    primary key (batch_id, seq),
    foreign key (batch_id, test_seq) references quality.test,
    check (test_seq < seq),
    check (old_value <> new_value)
);
create index correction_test on quality.correction (batch_id, test_seq, seq);

create table batch.lapse (
    batch_id       text not null references batch.batch,
    correction_seq bigint not null,
    entry          bigint not null,                -- whose signature lapses
    act            text not null,
    subject        bigint not null,                -- the step, or the entry of the test; 0: the batch
    renewed_by     text not null,                  -- the act that signs it anew
    renewed_seq    bigint,                         -- null: unsigned until reviewed
    primary key (batch_id, correction_seq, entry),
    check (entry < correction_seq),
    check (renewed_seq > correction_seq)
);
create index lapse_subject on batch.lapse (batch_id, subject);
create index lapse_unsigned on batch.lapse (batch_id) where renewed_seq is null;

-- Only the services whose records are corrected call it, in the transaction of the correction.
create function batch.lapse_acts(p_batch_id text, p_seq bigint, p_entries bigint[], p_acts text[], p_subjects bigint[],
                                 p_renewed_by text[]) returns void
language sql security definer set search_path = pg_catalog as $$
    insert into batch.lapse (batch_id, correction_seq, entry, act, subject, renewed_by)
    select p_batch_id, p_seq, u.entry, u.act, u.subject, u.renewed_by
    from unnest(p_entries, p_acts, p_subjects, p_renewed_by) as u (entry, act, subject, renewed_by)
$$;

-- Signs anew what lapsed; an act belongs to the service in its name, and only that service's role may raise it.
create function batch.renew(p_batch_id text, p_act text, p_subject bigint, p_seq bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not pg_has_role(session_user, 'stemma_' || split_part(p_act, '.', 1), 'MEMBER') then
        raise exception using errcode = 'ZL060', column = 'batch_id', constraint = 'batch',
            message = format('%s may not raise %s', session_user, p_act);
    end if;
    update batch.lapse l set renewed_seq = p_seq
    where l.batch_id = p_batch_id and l.renewed_by = p_act and l.subject = p_subject and l.renewed_seq is null;
end $$;

create or replace view batch.step_facts as
    select s.batch_id, s.step, s.performed_by, s.performed_seq, s.started_ms, s.ended_ms, s.recorded_ms,
           s.needs_verify or l.lapses > 0 as needs_verify, s.reason, s.body,
           case when l.corrected_seq is null then s.verified_by end as verified_by,
           case when l.corrected_seq is null then s.verified_seq end as verified_seq,
           l.corrected_seq, s.verified_seq as last_verified_seq
    from batch.step s
    cross join lateral (select count(*) as lapses, max(k.correction_seq) filter (where k.renewed_seq is null) as corrected_seq
                        from batch.lapse k where k.batch_id = s.batch_id and k.subject = s.step
                        and k.renewed_by = 'batch.step_verify') l;

create view batch.lapse_facts as
    select batch_id, correction_seq, entry, act, subject, renewed_by, renewed_seq from batch.lapse;

create view batch.correction_facts as
    select batch_id, seq, step, corrects_seq, field, old_value, new_value, reason, person_id, time_ms from batch.correction;

create function batch.count_steps(p_batch_id text) returns void
language sql set search_path = pg_catalog as $$
    update batch.batch b set steps_done = (select count(*) from batch.step_facts s where s.batch_id = b.batch_id
                                           and (not s.needs_verify or s.verified_by is not null))
    where b.batch_id = p_batch_id
$$;

create function batch.verify(p_batch_id text, p_step integer, p_person_id text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update batch.step set verified_by = p_person_id, verified_seq = p_seq where batch_id = p_batch_id and step = p_step;
    perform batch.renew(p_batch_id, 'batch.step_verify', p_step, p_seq);
    perform batch.count_steps(p_batch_id);
end $$;

-- A test as it stands: the last correction counts, the report stays in its row.
create or replace view quality.test_facts as
    select t.batch_id, t.test_seq, t.code, coalesce(c.new_value, t.result) as result, t.method, t.sample_point, t.sampled_ms,
           t.tested_ms, case when c.seq is null then t.reported else c.reported end as reported,
           coalesce(c.verdict, t.verdict) as verdict,
           case when c.seq is null then t.explanation else c.explanation end as explanation, t.gates, t.performed_by,
           case when l.corrected_seq is null then t.reviewed_by end as reviewed_by,
           case when l.corrected_seq is null then t.reviewed_seq end as reviewed_seq, t.ended_seq is null as is_valid,
           case when c.seq is not null then t.result end as was_result, l.corrected_seq, t.reviewed_seq as last_reviewed_seq
    from quality.test t
    left join lateral (select k.seq, k.new_value, k.reported, k.verdict, k.explanation from quality.correction k
                       where k.batch_id = t.batch_id and k.test_seq = t.test_seq order by k.seq desc limit 1) c on true
    cross join lateral (select max(k.correction_seq) as corrected_seq from batch.lapse k
                        where k.batch_id = t.batch_id and k.subject = t.test_seq and k.renewed_by = 'quality.test_review'
                        and k.renewed_seq is null) l;

create view quality.correction_facts as
    select c.batch_id, c.seq, c.test_seq, t.code, c.old_value, c.new_value, c.reason, c.person_id, c.time_ms
    from quality.correction c join quality.test t using (batch_id, test_seq);

-- A corrected result. One that now fails, and that the specification releases by, opens a case and stops the batch (R26).
create function quality.correct(p_batch_id text, p_seq bigint, p_test_seq bigint, p_old text, p_new text, p_reason text,
                                p_reported text, p_verdict text, p_explanation text, p_person_id text, p_ms bigint)
    returns void
language plpgsql set search_path = pg_catalog as $$
begin
    insert into quality.correction (batch_id, seq, test_seq, old_value, new_value, reason, reported, verdict, explanation,
                                    person_id, time_ms)
    values (p_batch_id, p_seq, p_test_seq, p_old, p_new, p_reason, p_reported, p_verdict, p_explanation, p_person_id, p_ms);
    perform batch.move(p_batch_id, 'quality.test_correct', p_seq);
    if p_verdict = 'fail' and (select t.gates from quality.test t
                               where t.batch_id = p_batch_id and t.test_seq = p_test_seq) then
        insert into quality.oos (batch_id, test_seq, state) values (p_batch_id, p_test_seq, 'open');
        perform batch.move(p_batch_id, 'quality.hold', p_seq);
    end if;
end $$;

-- QA lets a batch go on from where it was held.
create function quality.go_on(p_batch_id text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform batch.move(p_batch_id, case when exists (select from batch.actor_facts a where a.batch_id = p_batch_id
                                                     and a.act = 'batch.complete')
                                        then 'quality.unhold_test' else 'quality.unhold_process' end, p_seq);
end $$;

-- A batch whose release lapsed is released anew: its dispositions are all kept.
alter table release.disposition drop constraint disposition_pkey, add primary key (batch_id, seq);

grant select on batch.correction, batch.lapse, batch.lapse_facts, batch.correction_facts to stemma_batch, stemma_audit;
grant insert on batch.correction to stemma_batch;
grant select on batch.lapse_facts, batch.correction_facts to stemma_quality, stemma_custody, stemma_release;
grant select on quality.correction, quality.correction_facts to stemma_quality, stemma_audit;
grant insert on quality.correction to stemma_quality;
grant select on quality.correction_facts to stemma_batch;
revoke all on function batch.lapse_acts(text, bigint, bigint[], text[], bigint[], text[]),
    batch.renew(text, text, bigint, bigint), batch.count_steps(text), batch.verify(text, integer, text, bigint),
    quality.correct(text, bigint, bigint, text, text, text, text, text, text, text, bigint), quality.go_on(text, bigint) from public;
grant execute on function batch.lapse_acts(text, bigint, bigint[], text[], bigint[], text[]) to stemma_batch, stemma_quality;
grant execute on function batch.renew(text, text, bigint, bigint) to stemma_batch, stemma_quality, stemma_release;
grant execute on function batch.count_steps(text), batch.verify(text, integer, text, bigint) to stemma_batch;
grant execute on function quality.correct(text, bigint, bigint, text, text, text, text, text, text, text, bigint),
    quality.go_on(text, bigint) to stemma_quality;
