-- Least rights: a value of a donor's record as it stands is what source's views give. The functions that look corrections up answer for every field of
-- every entry; the views called them with the rights of whoever read the view, and so five roles could ask them for anything. The views look
-- up themselves now, with their owner's rights, and only source may call the functions. They give what they gave.
create or replace view source.consent_now as
    select k.donor_id, k.seq,
           coalesce((select c.new_value from source.correction c where c.stream_id = k.donor_id and c.entry = k.seq
                     and c.field = 'form_version' order by c.seq desc limit 1), k.form_version) collate "default" as form_version,
           coalesce((select (extract(epoch from c.new_value::timestamptz) * 1000)::bigint from source.correction c
                     where c.stream_id = k.donor_id and c.entry = k.seq and c.field = 'given_at' order by c.seq desc limit 1), k.given_ms)
               as given_ms,
           array(select s.scope from unnest(k.scopes) s (scope)
                 where not exists (select from source.withdrawal w where w.donor_id = k.donor_id and w.seq > k.seq
                                   and s.scope = any (w.scopes))) as scopes
    from source.consent k
    where not exists (select from source.consent l where l.donor_id = k.donor_id and l.seq > k.seq);

create or replace view source.donor_hold as
    select d.donor_id, w.seq,
           coalesce((select (extract(epoch from c.new_value::timestamptz) * 1000)::bigint from source.correction c
                     where c.stream_id = d.donor_id and c.entry = w.seq and c.field = 'withdrawn_at' order by c.seq desc limit 1),
                    w.withdrawn_ms) as withdrawn_ms
    from source.donor d
    cross join lateral (select case d.use when 'research' then 'research' else 'treatment' end as scope) n
    join lateral (select k.seq, k.withdrawn_ms from source.withdrawal k
                  where k.donor_id = d.donor_id and n.scope = any (k.scopes) order by k.seq desc limit 1) w on true
    where not exists (select from source.consent c where c.donor_id = d.donor_id and c.seq > w.seq
                      and n.scope = any (c.scopes));

create or replace view source.donor_facts as
    select d.donor_id, d.tissue, d.use, d.subject,
           coalesce((select k.new_value from source.correction k where k.stream_id = d.donor_id and k.entry = 0
                     and k.field = 'recipient_code' order by k.seq desc limit 1), d.recipient_code) collate "default" as recipient_code,
           coalesce('treatment' = any (c.scopes), false) as consent_treatment,
           coalesce('research' = any (c.scopes), false) as consent_research,
           e.determination, e.seq as determined_seq, e.recovery_ms, e.reasons, e.fully_tested, e.has_risk, e.reactive,
           coalesce('storage' = any (c.scopes), false) as consent_storage,
           e.rules_id, e.rules_version, e.stored, e.reason, e.jurisdiction, e.missing,
           coalesce((select k.new_value from source.correction k where k.stream_id = d.donor_id and k.entry = 0
                     and k.field = 'relation' order by k.seq desc limit 1), d.relation) collate "default" as relation
    from source.donor d
    left join source.consent_now c on c.donor_id = d.donor_id
    left join lateral (select k.* from source.eligibility k
                       where k.donor_id = d.donor_id order by k.seq desc limit 1) e on true;

create or replace view source.collection_facts as
    select c.collection_id, c.donor_id, c.donation_number, c.tissue,
           coalesce((select (extract(epoch from k.new_value::timestamptz) * 1000)::bigint from source.correction k
                     where k.stream_id = c.collection_id and k.entry = 0 and k.field = 'started_at' order by k.seq desc limit 1), c.started_ms) as started_ms,
           coalesce((select (extract(epoch from k.new_value::timestamptz) * 1000)::bigint from source.correction k
                     where k.stream_id = c.collection_id and k.entry = 0 and k.field = 'ended_at' order by k.seq desc limit 1), c.ended_ms) as ended_ms,
           coalesce((select k.new_value::numeric from source.correction k where k.stream_id = c.collection_id and k.entry = 0
                     and k.field = 'volume_ml' order by k.seq desc limit 1), c.volume_ml) as volume_ml,
           coalesce((select k.new_value::numeric from source.correction k where k.stream_id = c.collection_id and k.entry = 0
                     and k.field = 'mass_g' order by k.seq desc limit 1), c.mass_g) as mass_g,
           coalesce((select k.new_value::numeric from source.correction k where k.stream_id = c.collection_id and k.entry = 0
                     and k.field = 'length_cm' order by k.seq desc limit 1), c.length_cm) as length_cm,
           r.decision, r.collection_id is not null as received,
           coalesce((select (extract(epoch from k.new_value::timestamptz) * 1000)::bigint from source.correction k
                     where k.stream_id = c.collection_id and k.entry = r.seq and k.field = 'received_at' order by k.seq desc limit 1), r.received_ms) as received_ms,
           r.seq as received_seq
    from source.collection c left join source.receipt r using (collection_id);

revoke execute on function source.stands(text, bigint, text, text), source.stands_ms(text, bigint, text, bigint)
    from stemma_batch, stemma_quality, stemma_custody, stemma_release, stemma_audit;
revoke select on source.correction_facts from stemma_release;
grant select (stream_id, seq, person_id) on source.correction_facts to stemma_release;
