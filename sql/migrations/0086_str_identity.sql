-- Identity by short tandem repeats (T31, T32): reference profiles of the persons behind a donor, and what a test said of a sample's.
create table source.str_reference (
    donor_id    text collate "C" not null,
    seq         bigint not null,
    subject     text not null check (subject in ('donor', 'mother', 'infant')),
    specimen_ms bigint not null,
    laboratory  text not null,
    profile     text not null,
    person_id   text collate "C" not null,
    primary key (donor_id, seq)
);

-- The last one of each person counts.
create view source.str_reference_facts as
    select distinct on (donor_id, subject) donor_id, subject, seq, profile
    from source.str_reference order by donor_id, subject, seq desc;

create table quality.test_identity (
    batch_id      text not null,
    test_seq      bigint not null,
    profile       text not null,
    identity      text not null,
    match_percent numeric,
    reference_seq bigint not null,
    mother_seq    bigint,
    primary key (batch_id, test_seq),
    foreign key (batch_id, test_seq) references quality.test
);

grant select, insert on source.str_reference to stemma_source;
grant select on source.str_reference to stemma_audit;
grant select on source.str_reference_facts to stemma_quality;
grant select, insert on quality.test_identity to stemma_quality;
grant select on quality.test_identity to stemma_audit;
