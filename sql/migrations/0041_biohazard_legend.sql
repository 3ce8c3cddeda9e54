-- The biohazard legend (21 CFR 1271.90(c)(2)): whether a copy of a label bears it, as its statement says; null where the statement
-- is older than rule sets, which decided it. Copies printed until now take it from their statements.
alter table custody.label add column biohazard boolean;

update custody.label l
set biohazard = (substr(s.text, strpos(s.text, e'\n\n') + 2)::jsonb ->> 'biohazard')::boolean
from ledger.entry e cross join lateral (select convert_from(e.statement, 'UTF8') as text) s
where e.stream = l.batch_id and e.seq = l.seq and e.type = 'custody.label_print';

create or replace view custody.label_now as
    select l.batch_id, l.container_id, l.copy, array_to_string(l.statements, chr(10)) as statements,
           coalesce(l.biohazard, false) as biohazard
    from custody.label l
    where not exists (select from custody.label k where k.container_id = l.container_id and k.copy > l.copy);
