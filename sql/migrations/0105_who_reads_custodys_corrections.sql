-- Least rights, as 0099 has them for a donor: what a hand-over or a dose is as corrected is what custody's views give. custody.stands answers for
-- every field of every entry, and custody.given_facts called it with the rights of whoever read the view: quality could ask it for a weight or an
-- adverse event. The views look up themselves now and give what they gave.
create or replace view custody.administration_now as
    select a.batch_id, a.seq, a.recipient_code,
           coalesce((select c.new_value from custody.correction c where c.batch_id = a.batch_id and c.entry = a.seq
                     and c.field = 'route' order by c.seq desc limit 1), a.route) collate "C" as route,
           coalesce((select c.new_value from custody.correction c where c.batch_id = a.batch_id and c.entry = a.seq
                     and c.field = 'site' order by c.seq desc limit 1), a.site) collate "C" as site,
           (select (extract(epoch from c.new_value::timestamptz) * 1000)::bigint from custody.correction c
            where c.batch_id = a.batch_id and c.entry = a.seq and c.field = 'started_at' order by c.seq desc limit 1) as corrected_ms
    from custody.administration a;

-- What a batch's readers see of those corrections: how a recipient is stays in the record, for who may read a batch is not who treats.
create view custody.correction_told as
    select c.batch_id, c.seq, c.entry, c.act, c.field, case when m.is_kept then '-' else c.old_value end as old_value,
           case when m.is_kept then '-' else c.new_value end as new_value, case when m.is_kept then '-' else c.reason end as reason,
           c.person_id, c.time_ms, c.findings
    from custody.correction c
    cross join lateral (select c.field in ('weight_kg', 'adverse_event', 'adverse_text') as is_kept) m;

revoke execute on function custody.stands(text, bigint, text, text) from stemma_quality, stemma_audit;
revoke select on custody.correction_facts from stemma_batch, stemma_release;
grant select on custody.correction_told to stemma_batch, stemma_audit;
