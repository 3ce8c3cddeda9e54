-- Corrections of returns and of doses given (R12): as of hand-overs, what was recorded stays in its row and the correction beside it.
-- What QA decided on a return that was written down wrongly stands as unsigned until it is decided anew (R14, PI 041).
alter table custody.correction add column findings text[] not null default '{}';

create or replace view custody.correction_facts as
    select batch_id, seq, entry, act, field, old_value, new_value, reason, person_id, time_ms, findings from custody.correction;

create function custody.stands(p_batch text, p_entry bigint, p_field text, p_recorded text) returns text
language sql stable security definer set search_path = pg_catalog as $$
    select coalesce((select c.new_value from custody.correction c where c.batch_id = p_batch and c.entry = p_entry
                     and c.field = p_field order by c.seq desc limit 1), p_recorded)
$$;

-- An administration as its corrections leave it.
create view custody.administration_now as
    select a.batch_id, a.seq, a.recipient_code, custody.stands(a.batch_id, a.seq, 'route', a.route) as route,
           custody.stands(a.batch_id, a.seq, 'site', a.site) as site,
           (extract(epoch from custody.stands(a.batch_id, a.seq, 'started_at', null)::timestamptz) * 1000)::bigint as corrected_ms
    from custody.administration a;

create or replace view custody.given_facts as
    select a.batch_id collate "default" as batch_id, a.seq, a.recipient_code collate "default" as recipient_code,
           coalesce(n.corrected_ms, a.started_ms) as started_ms, a.known_later,
           array(select d.container_id::text from custody.dose d where d.batch_id = a.batch_id and d.seq = a.seq order by d.container_id)
               as containers
    from custody.administration a join custody.administration_now n using (batch_id, seq);

revoke all on function custody.stands(text, bigint, text, text) from public;
grant execute on function custody.stands(text, bigint, text, text) to stemma_custody, stemma_quality, stemma_audit;
grant select on custody.administration_now to stemma_custody, stemma_audit;
grant execute on function batch.lapse_acts(text, bigint, bigint[], text[], bigint[], text[]),
    batch.renew(text, text, bigint, bigint) to stemma_custody;
