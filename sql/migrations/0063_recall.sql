-- Recalls, in earnest or tried (domain.md §4.6): by whom, from what it was traced, and how long it took until every container of the
-- batch was accounted for. Which containers, and with whom they are, is in the statement.
create table custody.recall (
    batch_id    text collate "C" not null,
    seq         bigint not null,
    is_mock     boolean not null,
    cause       text not null,
    cause_id    text collate "C" not null,
    class       text not null check (class in ('class_1', 'class_2', 'class_3')),
    reason      text not null,
    begun_ms    bigint not null,
    taken_min   bigint not null,
    containers  bigint not null check (containers >= 0),
    unaccounted bigint not null check (unaccounted between 0 and containers),
    person_id   text collate "C" not null,
    time_ms     bigint not null,
    primary key (batch_id, seq)
);
create index recall_cause on custody.recall (cause, cause_id);

-- Whatever lets a held batch go on, one that was recalled is released no more: for the gate it is a case that stays open.
create or replace view quality.case_facts as
    select batch_id, deviation_seq as seq, deviation_seq::text as id, 'deviation' as kind, class, closed_seq is null as is_open
    from quality.deviation
    union all
    select batch_id, test_seq, test_seq::text, 'out-of-specification case', 'major', state <> 'closed' from quality.oos
    union all
    select batch_id collate "default", seq, seq::text, 'recall', 'critical', true from custody.recall where not is_mock;

grant select, insert on custody.recall to stemma_custody;
grant select on custody.recall to stemma_audit;
