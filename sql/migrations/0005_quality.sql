-- Schema quality: specifications, test results, out-of-specification cases, deviations. Every row is a projection of a
-- statement and can be made again from it. Results are never changed: a result stops being valid, and says through which
-- entry. Times are UTC milliseconds of the record. Batches are moved by batch.move alone.
create schema quality;

create table quality.specification (
    specification_id text not null,
    version          integer not null check (version between 1 and 9999),
    state            text not null check (state in ('draft', 'approved', 'superseded')),
    title            text not null,
    document         text not null,                -- canonical JSON, exactly as in the statement
    author_id        text not null,
    authored_seq     bigint not null,
    approver_id      text,
    approved_seq     bigint,
    primary key (specification_id, version),
    check ((approver_id is null) = (state = 'draft')),
    check (approver_id <> author_id)
);
create unique index specification_approved on quality.specification (specification_id) where state = 'approved';

create table quality.test (
    batch_id     text not null,
    test_seq     bigint not null,
    code         text not null,
    result       text not null,                    -- as read, censored values as they are (T05)
    method       text not null,
    sample_point text not null,
    sampled_ms   bigint not null,
    tested_ms    bigint not null,
    remark       text,
    reported     text,
    verdict      text not null check (verdict in ('pass', 'fail', 'cannot_evaluate')),
    explanation  text,
    gates        boolean not null,                 -- the specification releases by it, at once or later
    performed_by text not null,
    reviewed_by  text,
    reviewed_seq bigint,
    ended_seq    bigint,                           -- the entry by which it stopped being valid; null: it stands
    primary key (batch_id, test_seq),
    check (sampled_ms <= tested_ms),
    check (reviewed_by <> performed_by),           -- R10
    check ((reviewed_by is null) = (reviewed_seq is null)),
    check (ended_seq > test_seq)
);
create unique index test_standing on quality.test (batch_id, code) where ended_seq is null;     -- R25

create table quality.oos (
    batch_id         text not null,
    test_seq         bigint not null,
    state            text not null check (state in ('open', 'investigated', 'closed')),
    assignable_cause boolean,
    findings         text,
    investigated_by  text,
    investigated_seq bigint,
    conclusion       text check (conclusion in ('confirmed', 'invalidated')),
    reason           text,
    closed_by        text,
    closed_seq       bigint,
    primary key (batch_id, test_seq),
    foreign key (batch_id, test_seq) references quality.test,
    check ((state = 'closed') = (conclusion is not null)),
    check (conclusion <> 'invalidated' or assignable_cause),          -- R27
    check (closed_by <> investigated_by)
);

create table quality.deviation (
    batch_id      text not null,
    deviation_seq bigint not null,
    class         text not null check (class in ('minor', 'major', 'critical')),
    text          text not null,
    aware_ms      bigint not null,
    opened_by     text not null,
    closed_by     text,
    closed_seq    bigint,
    reason        text,
    primary key (batch_id, deviation_seq),
    check (closed_by <> opened_by),
    check ((closed_by is null) = (closed_seq is null))
);

-- A test as reported. What it replaces stops being valid; a failing result that the specification releases by opens a
-- case and stops the batch in the same transaction (R26).
create function quality.report(p_batch_id text, p_seq bigint, p_code text, p_result text, p_method text, p_sample_point text,
                               p_sampled_ms bigint, p_tested_ms bigint, p_remark text, p_reported text, p_verdict text,
                               p_explanation text, p_person_id text) returns void
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
                              verdict, explanation, gates, performed_by)
    values (p_batch_id, p_seq, p_code, p_result, p_method, p_sample_point, p_sampled_ms, p_tested_ms, p_remark, p_reported,
            p_verdict, p_explanation, v_gates, p_person_id);
    perform batch.move(p_batch_id, 'quality.test_report', p_seq);
    if p_verdict = 'fail' and v_gates then
        insert into quality.oos (batch_id, test_seq, state) values (p_batch_id, p_seq, 'open');
        perform batch.move(p_batch_id, 'quality.hold', p_seq);
    end if;
end $$;

-- A case closed. An invalidated result stops being valid, so that the test may be made again; when no case is left that is
-- open or confirmed, the batch goes on from where it was held.
create function quality.settle(p_batch_id text, p_test_seq bigint, p_conclusion text, p_reason text, p_person_id text,
                               p_seq bigint) returns void
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
    if exists (select from quality.oos where batch_id = p_batch_id and (state <> 'closed' or conclusion = 'confirmed')) then
        return;
    end if;
    select exists (select from batch.actor_facts where batch_id = p_batch_id and act = 'batch.complete') into v_complete;
    perform batch.move(p_batch_id, case when v_complete then 'quality.unhold_test' else 'quality.unhold_process' end, p_seq);
end $$;

-- What the other services may know.
create view quality.specification_facts as
    select specification_id, version, state, title, document, author_id, approver_id, authored_seq, approved_seq
    from quality.specification;

create view quality.test_facts as
    select batch_id, test_seq, code, result, method, sample_point, sampled_ms, tested_ms, reported, verdict, explanation, gates,
           performed_by, reviewed_by, reviewed_seq, ended_seq is null as is_valid
    from quality.test;

create view quality.case_facts as
    select batch_id, deviation_seq as seq, deviation_seq::text as id, 'deviation' as kind, class, closed_seq is null as is_open
    from quality.deviation
    union all
    select batch_id, test_seq, test_seq::text, 'out-of-specification case', 'major', state <> 'closed' from quality.oos;

-- Rights. Nobody deletes; quality's own role updates only what moves.
grant usage on schema quality to stemma_quality, stemma_batch, stemma_custody, stemma_release, stemma_audit;
grant select on all tables in schema quality to stemma_quality, stemma_audit;
grant insert on quality.specification, quality.test, quality.oos, quality.deviation to stemma_quality;
grant update (state, approver_id, approved_seq) on quality.specification to stemma_quality;
grant update (reviewed_by, reviewed_seq, ended_seq) on quality.test to stemma_quality;
grant update (state, assignable_cause, findings, investigated_by, investigated_seq, conclusion, reason, closed_by, closed_seq)
    on quality.oos to stemma_quality;
grant update (closed_by, closed_seq, reason) on quality.deviation to stemma_quality;
grant select on quality.specification_facts to stemma_batch, stemma_custody, stemma_release;
grant select on quality.test_facts, quality.case_facts to stemma_release, stemma_custody;
revoke all on function quality.report(text, bigint, text, text, text, text, bigint, bigint, text, text, text, text, text),
    quality.settle(text, bigint, text, text, text, bigint) from public;
grant execute on function quality.report(text, bigint, text, text, text, text, bigint, bigint, text, text, text, text, text),
    quality.settle(text, bigint, text, text, text, bigint) to stemma_quality;
