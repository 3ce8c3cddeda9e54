-- An administration that happened before a failure or a hold was known is recorded as it happened, and says so; a case lists who received.
alter table custody.administration add column known_later boolean not null default false;

create view custody.given_facts as
    select a.batch_id collate "default" as batch_id, a.seq, a.recipient_code collate "default" as recipient_code, a.started_ms, a.known_later,
           array(select d.container_id::text from custody.dose d where d.batch_id = a.batch_id and d.seq = a.seq order by d.container_id)
               as containers
    from custody.administration a;
grant usage on schema custody to stemma_quality;
grant select on custody.given_facts to stemma_quality;
