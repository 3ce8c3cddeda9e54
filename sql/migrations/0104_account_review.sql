-- Reviews of accounts (21 CFR 11.300(b)): whether a person still needs the account and its roles. The last one of each person counts.
create table access.account_review (
    person_id   text collate "C" not null references access.person,
    seq         bigint not null,
    finding     text not null check (finding in ('keeps', 'change_wanted')),
    review_days bigint not null check (review_days between 1 and 3660),
    reviewer_id text collate "C" not null,
    time_ms     bigint not null,
    primary key (person_id, seq),
    check (reviewer_id <> person_id)
);

grant select, insert on access.account_review to stemma_access;
grant select on access.account_review to stemma_audit;
