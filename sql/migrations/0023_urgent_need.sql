-- Urgent medical need (21 CFR 1271.60(d), R31): documented for one recipient, acknowledged by the physician, followed up by
-- two tasks that are named with owner and day when the need is documented. Projections; what is open follows from views.
create table source.urgent_need (
    donor_id       text collate "C" not null references source.donor,
    seq            bigint not null,
    recipient_code text not null,
    author_id      text not null,
    physician_id   text not null,
    finish_by      text not null,
    finish_due_ms  bigint not null,
    inform_by      text not null,
    inform_due_ms  bigint not null,
    recorded_ms    bigint not null,
    primary key (donor_id, seq),
    check (author_id <> physician_id),
    check (inform_due_ms >= finish_due_ms)
);

-- What a physician has acknowledged to know of a donor: of a need (need_seq), or of a relative's ineligibility (null).
create table source.notice (
    donor_id    text collate "C" not null references source.donor,
    seq         bigint not null,
    need_seq    bigint,
    stage       text not null check (stage in ('before_use', 'after_determination')),
    person_id   text not null,
    recorded_ms bigint not null,
    primary key (donor_id, seq),
    foreign key (donor_id, need_seq) references source.urgent_need,
    check (stage = 'before_use' or need_seq is not null)
);

-- The last entry that says anything about the donor's eligibility: a notice before it is out of date.
create view source.evidence_facts as
    select d.donor_id,
           greatest((select max(e.seq) from source.eligibility e where e.donor_id = d.donor_id),
                    (select max(t.seq) from source.donor_test t where t.donor_id = d.donor_id),
                    (select max(s.seq) from source.screening s where s.donor_id = d.donor_id)) as evidence_seq
    from source.donor d;

-- The two tasks of every need. Done: by the first complete determination since what the need rested on; by the physician's
-- second signature.
create view source.follow_up_facts as
    select n.donor_id, n.seq as need_seq, n.recipient_code, n.recorded_ms, 'finish' as task, n.finish_by as owner_id,
           n.finish_due_ms as due_ms,
           (select min(e.determined_ms) from source.eligibility e
            where e.donor_id = n.donor_id and e.fully_tested and e.determination in ('eligible', 'ineligible')
            and e.seq >= (select max(b.seq) from source.eligibility b where b.donor_id = n.donor_id and b.seq < n.seq))
               as done_ms
    from source.urgent_need n
    union all
    select n.donor_id, n.seq, n.recipient_code, n.recorded_ms, 'inform', n.inform_by, n.inform_due_ms,
           (select min(k.recorded_ms) from source.notice k where k.donor_id = n.donor_id and k.need_seq = n.seq
            and k.stage = 'after_determination')
    from source.urgent_need n;

create view source.urgent_need_facts as
    select n.donor_id, n.seq, n.recipient_code, n.physician_id, n.author_id, n.recorded_ms,
           (select max(k.seq) from source.notice k where k.donor_id = n.donor_id and k.need_seq = n.seq
            and k.stage = 'before_use') as noticed_seq,
           (select max(k.seq) from source.notice k where k.donor_id = n.donor_id and k.need_seq = n.seq
            and k.stage = 'after_determination') as informed_seq
    from source.urgent_need n;

-- A physician's notice that stands by no need: cells of an ineligible donor for a relative (1271.65(b)).
create view source.relative_notice_facts as
    select k.donor_id, max(k.seq) as noticed_seq from source.notice k where k.need_seq is null group by k.donor_id;

-- What stands on a container's label now: the statements of the last copy.
create view custody.label_now as
    select l.batch_id, l.container_id, l.copy, array_to_string(l.statements, chr(10)) as statements
    from custody.label l
    where not exists (select from custody.label k where k.container_id = l.container_id and k.copy > l.copy);

grant select, insert on source.urgent_need, source.notice to stemma_source;
grant select on source.follow_up_facts, source.urgent_need_facts, source.evidence_facts, source.relative_notice_facts
    to stemma_source, stemma_batch, stemma_custody, stemma_release, stemma_audit;
grant select on source.urgent_need, source.notice to stemma_audit;
grant select on custody.label_now to stemma_release, stemma_audit;
