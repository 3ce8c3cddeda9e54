-- Conditional release (R29): what it left pending, until when and with whom; the tasks that a failure after the release leaves; interim
-- readings (T21). Projections of statements; nobody deletes. A batch may have several dispositions: conditional, then final.
alter table release.disposition drop constraint disposition_disposition_check,
    add constraint disposition_disposition_check
        check (disposition in ('released', 'cond_released', 'released_final', 'rejected')),
    add column follow_up_by text,
    add check (follow_up_by is null or disposition = 'cond_released');

create table release.pending_test (
    batch_id    text not null,
    release_seq bigint not null,
    ordinal     integer not null,
    code        text not null,
    expected_ms bigint not null,
    grace_days  bigint not null check (grace_days >= 0),
    owner_id    text not null,
    primary key (batch_id, release_seq, ordinal),
    unique (batch_id, release_seq, code)
);

create table quality.task (
    batch_id text not null,
    test_seq bigint not null,
    task     text not null check (task in ('physician', 'sponsor', 'authority', 'isolate', 'look_back')),
    owner_id text not null,
    due_ms   bigint not null,
    done_ms  bigint,
    done_by  text,
    done_seq bigint,
    text     text,
    primary key (batch_id, test_seq, task),
    foreign key (batch_id, test_seq) references quality.test,
    check ((done_seq is null) = (done_ms is null) and (done_seq is null) = (done_by is null) and (done_seq is null) = (text is null))
);
create index task_open on quality.task (due_ms) where done_seq is null;

create table quality.sterility_read (
    batch_id   text not null,
    seq        bigint not null,
    code       text not null,
    day        bigint not null check (day >= 0),
    final_day  bigint not null,
    sampled_ms bigint not null,
    read_ms    bigint not null,
    result     text not null,
    person_id  text not null,
    primary key (batch_id, seq),
    check (day < final_day and sampled_ms <= read_ms)
);

create view quality.task_facts as
    select batch_id, test_seq, task, owner_id, due_ms, done_ms from quality.task;

-- Who follows up what the batch was released with; of a release that named nobody, whoever released it. Without a row the batch was
-- never released.
create view release.release_facts as
    select distinct on (batch_id) batch_id, seq, coalesce(follow_up_by, person_id) as owner_id
    from release.disposition where disposition in ('released', 'cond_released') order by batch_id, seq desc;

-- What somebody waits for: results of the last conditional release that no reviewed result of the test has answered, and tasks of failures
-- that are not done.
create view release.waiting as
    select p.batch_id, 'test' as kind, p.code, p.expected_ms, p.expected_ms + p.grace_days * 86400000 as overdue_ms, p.owner_id
    from release.pending_test p
    join (select batch_id, max(seq) as seq from release.disposition where disposition <> 'rejected' group by batch_id) d
        on d.batch_id = p.batch_id and d.seq = p.release_seq
    where not exists (select from quality.test_facts t where t.batch_id = p.batch_id and t.code = p.code and t.is_valid
                      and t.verdict <> 'cannot_evaluate' and t.reviewed_by is not null)
    union all
    select batch_id, 'task', task || ' (entry ' || test_seq || ')', due_ms, due_ms, owner_id from quality.task_facts where done_ms is null;

grant select on release.pending_test to stemma_release, stemma_audit;
grant insert on release.pending_test to stemma_release;
grant select on release.waiting to stemma_release, stemma_audit;
grant usage on schema release to stemma_quality;
grant select on release.release_facts to stemma_quality, stemma_audit;
grant select on quality.task, quality.sterility_read to stemma_quality, stemma_audit;
grant insert on quality.task, quality.sterility_read to stemma_quality;
grant update (done_ms, done_by, done_seq, text) on quality.task to stemma_quality;
grant select on quality.task_facts to stemma_release;
