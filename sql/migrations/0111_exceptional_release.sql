-- Exceptional release of what is out of specification (EudraLex Vol 4 Part IV 11.5, R31): the physician's request, the manufacturer's
-- evaluation of the risk, the physician's acceptance, and whom to tell. Projections of statements; nobody deletes.
create table release.except_request (
    batch_id       text not null,
    seq            bigint not null,
    physician_id   text not null,
    recipient_code text not null,
    hazard         text not null,
    alternatives   text not null,
    primary key (batch_id, seq)
);

create table release.except_evaluation (
    batch_id    text not null,
    seq         bigint not null,
    request_seq bigint not null,
    person_id   text not null,
    evaluation  text not null,
    setting     text not null check (setting in ('trial', 'marketed')),
    notify      text not null,
    primary key (batch_id, seq),
    foreign key (batch_id, request_seq) references release.except_request
);

create table release.except_acceptance (
    batch_id       text not null,
    seq            bigint not null,
    evaluation_seq bigint not null,
    person_id      text not null,
    primary key (batch_id, seq),
    unique (batch_id, evaluation_seq),
    foreign key (batch_id, evaluation_seq) references release.except_evaluation
);

create table release.except_notice (
    batch_id    text not null,
    release_seq bigint not null,
    task        text not null check (task in ('sponsor', 'holder', 'authority')),
    duty        text not null,
    owner_id    text not null,
    due_ms      bigint not null,
    notified_ms bigint,
    done_by     text,
    done_seq    bigint,
    text        text,
    primary key (batch_id, release_seq, task),
    check ((done_seq is null) = (notified_ms is null) and (done_seq is null) = (done_by is null) and (done_seq is null) = (text is null))
);
create index except_notice_open on release.except_notice (due_ms) where done_seq is null;

alter table release.disposition drop constraint disposition_disposition_check, drop constraint disposition_check,
    add column accepted_seq bigint,
    add constraint disposition_disposition_check
        check (disposition in ('released', 'cond_released', 'except_released', 'released_final', 'rejected')),
    add constraint disposition_check check (follow_up_by is null or disposition in ('cond_released', 'except_released')),
    add constraint disposition_accepted check ((accepted_seq is null) = (disposition <> 'except_released'));

create or replace view release.release_facts as
    select distinct on (batch_id) batch_id, seq, coalesce(follow_up_by, person_id) as owner_id
    from release.disposition where disposition in ('released', 'cond_released', 'except_released') order by batch_id, seq desc;

create or replace view release.waiting as
    select p.batch_id, 'test' as kind, p.code, p.expected_ms, p.expected_ms + p.grace_days * 86400000 as overdue_ms, p.owner_id
    from release.pending_test p
    join (select batch_id, max(seq) as seq from release.disposition where disposition <> 'rejected' group by batch_id) d
        on d.batch_id = p.batch_id and d.seq = p.release_seq
    where not exists (select from quality.test_facts t where t.batch_id = p.batch_id and t.code = p.code and t.is_valid
                      and t.verdict <> 'cannot_evaluate' and t.reviewed_by is not null)
    union all
    select batch_id, 'task', task || ' (entry ' || test_seq || ')', due_ms, due_ms, owner_id from quality.task_facts where done_ms is null
    union all
    select batch_id, 'notice', task || ' (entry ' || release_seq || ')', due_ms, due_ms, owner_id from release.except_notice
    where done_seq is null;

create or replace view release.lapse_facts as
    with released as not materialized (select distinct on (k.batch_id) k.batch_id, k.seq, k.person_id, k.evidence_seq, k.collection_seq, b.donor_id, b.collection_id
                      from release.disposition k join batch.batch b using (batch_id)
                      where k.disposition in ('released', 'cond_released', 'except_released') order by k.batch_id, k.seq desc)
    select d.batch_id, d.seq as entry, d.person_id, c.stream_id, c.seq as correction_seq, 'release.release' as act
    from released d join source.correction c on c.stream_id = d.donor_id and c.seq > coalesce(d.evidence_seq, -1)
    union all
    select d.batch_id, d.seq, d.person_id, c.stream_id, c.seq, 'release.release'
    from released d join source.correction c on c.stream_id = d.collection_id and c.seq > coalesce(d.collection_seq, -1)
    union all
    select r.batch_id, r.seq, r.person_id, c.stream_id, c.seq, 'release.review'
    from release.review r join batch.batch b using (batch_id)
    join source.correction c on c.stream_id = b.collection_id and c.seq > coalesce(r.collection_seq, -1)
    where not exists (select from release.review n where n.batch_id = r.batch_id and n.seq > r.seq and n.collection_seq >= c.seq);

-- To whom alone a batch may be given that went exceptionally; without a row, to whom its record says.
create view release.except_facts as
    select d.batch_id, (select q.recipient_code from release.except_request q where q.batch_id = d.batch_id and q.seq < d.seq
                        order by q.seq desc limit 1) as recipient_code
    from (select distinct on (batch_id) batch_id, seq, disposition from release.disposition
          where disposition <> 'rejected' order by batch_id, seq desc) d
    where d.disposition = 'except_released';

create or replace function quality.go_on(p_batch_id text, p_seq bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform batch.move(p_batch_id, case when exists (select from batch.batch_facts b where b.batch_id = p_batch_id
                                                     and b.state in ('released', 'cond_released', 'except_released')) then 'quality.reopen'
                                        when exists (select from batch.actor_facts a where a.batch_id = p_batch_id
                                                     and a.act = 'batch.complete')
                                        then 'quality.unhold_test' else 'quality.unhold_process' end, p_seq);
end $$;

grant select, insert on release.except_request, release.except_evaluation, release.except_acceptance, release.except_notice to stemma_release;
grant update (notified_ms, done_by, done_seq, text) on release.except_notice to stemma_release;
grant select on release.except_request, release.except_evaluation, release.except_acceptance, release.except_notice to stemma_audit;
grant select on release.except_facts to stemma_custody, stemma_audit;
