-- Corrections of a collection and of its receipt (R12): rows of source.correction as a donor's are, and views that give what counts. A
-- receipt that was corrected, or rests on what was, stands as unsigned until the record of a batch of it is reviewed; so do reviews and
-- releases that did not know of it (R14, PI 041).
alter table release.review add column collection_seq bigint;
alter table release.disposition add column collection_seq bigint;

create or replace view source.collection_facts as
    select c.collection_id, c.donor_id, c.donation_number, c.tissue, source.stands_ms(c.collection_id, 0, 'started_at', c.started_ms) as started_ms,
           source.stands_ms(c.collection_id, 0, 'ended_at', c.ended_ms) as ended_ms,
           source.stands(c.collection_id, 0, 'volume_ml', c.volume_ml::text)::numeric as volume_ml,
           source.stands(c.collection_id, 0, 'mass_g', c.mass_g::text)::numeric as mass_g,
           source.stands(c.collection_id, 0, 'length_cm', c.length_cm::text)::numeric as length_cm,
           r.decision, r.collection_id is not null as received, source.stands_ms(c.collection_id, r.seq, 'received_at', r.received_ms) as received_ms,
           r.seq as received_seq
    from source.collection c left join source.receipt r using (collection_id);

-- Corrections; which determination each left unsigned (null: none, or one came since), and which receipt (null: none, or a review knew since).
create or replace view source.correction_facts as
    select c.stream_id, c.seq, c.entry, c.act, c.field, c.old_value, c.new_value, c.reason, c.person_id, c.time_ms,
           (select max(e.seq) from source.eligibility e where e.donor_id = c.stream_id and e.seq between c.entry and c.seq
            and not exists (select from source.eligibility n where n.donor_id = c.stream_id and n.seq > c.seq)) as determined_seq,
           (select r.seq from source.receipt r where r.collection_id = c.stream_id and r.seq < c.seq
            and not exists (select from release.review w join batch.batch b using (batch_id)
                            where b.collection_id = c.stream_id and w.collection_seq >= c.seq)) as receipt_seq
    from source.correction c;

-- The last release of a batch, with every correction of what it rests on elsewhere that it did not know; and every review with those of the
-- collection that neither it nor a later one knew.
create or replace view release.lapse_facts as
    with released as not materialized (select distinct on (k.batch_id) k.batch_id, k.seq, k.person_id, k.evidence_seq, k.collection_seq, b.donor_id, b.collection_id
                      from release.disposition k join batch.batch b using (batch_id)
                      where k.disposition in ('released', 'cond_released') order by k.batch_id, k.seq desc)
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

grant execute on function source.stands(text, bigint, text, text), source.stands_ms(text, bigint, text, bigint) to stemma_batch;
