-- Instruments' files (T52): which were kept of a batch, and what they say of it. The bytes are the entry's attachment; who has them
-- reads the same again. And which test took its result from which file.
create table quality.instrument_file (
    batch_id    text not null,
    file_seq    bigint not null,
    file_name   text not null,
    format      text not null,
    file_sha256 bytea not null check (length(file_sha256) = 32),
    size        bigint not null check (size > 0),
    contents    jsonb not null,                    -- the values of this batch, as the statement has them
    imported_by text not null,
    primary key (batch_id, file_seq)
);

create table quality.test_source (
    batch_id text not null,
    test_seq bigint not null,
    file_seq bigint not null,
    quantity text,                                 -- null: the result was typed, the file is kept beside it
    primary key (batch_id, test_seq),
    foreign key (batch_id, test_seq) references quality.test,
    foreign key (batch_id, file_seq) references quality.instrument_file,
    check (file_seq < test_seq)
);

grant select, insert on quality.instrument_file, quality.test_source to stemma_quality;
grant select on quality.instrument_file, quality.test_source to stemma_audit;
