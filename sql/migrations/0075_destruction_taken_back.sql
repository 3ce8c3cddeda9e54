-- A destruction that nobody witnesses is taken back: its containers stand as before it. Neither is both; what is open of it stands in
-- the work that a person has begun.
alter table custody.destruction add column cancelled_seq bigint, add check (witnessed_seq is null or cancelled_seq is null);
grant update (cancelled_seq) on custody.destruction to stemma_custody;

create or replace view access.open_work as
    select distinct a.person_id, 'batch' as what, b.batch_id as stream, b.state, 'anyone trained on its procedure' as next
    from batch.actor_facts a join batch.batch_facts b using (batch_id)
    where b.state in ('open', 'in_process')
    union all
    select s.performed_by, 'step ' || s.step, s.batch_id, 'to be verified', 'another technician or supervisor'
    from batch.step_facts s join batch.batch_facts b using (batch_id)
    where s.needs_verify and s.verified_seq is null and b.state in ('open', 'in_process')
    union all
    select t.performed_by, 'test ' || t.code, t.batch_id, 'to be reviewed', 'another of QC'
    from quality.test_facts t where t.reviewed_seq is null and t.is_valid
    union all
    select t.giver_id, 'hand-over ' || t.transfer_id, t.batch_id, 'not received', 'the receiver' from custody.transfer_facts t
    where t.received_seq is null
      and exists (select from custody.transfer_container k join custody.container_state s on s.container_id = k.container_id collate "default"
                  where k.batch_id = t.batch_id and k.transfer_id = t.transfer_id and s.state <> 'lost')
    union all
    select d.person_id, 'destruction, entry ' || d.seq, d.batch_id, 'not witnessed',
           (d.witness_id || ' witnesses it; QA may take it back') collate "default"
    from custody.destruction d where d.witnessed_seq is null and d.cancelled_seq is null
    union all
    select d.witness_id, 'destruction, entry ' || d.seq, d.batch_id, 'not witnessed',
           (d.person_id || ' or QA may take it back') collate "default"
    from custody.destruction d where d.witnessed_seq is null and d.cancelled_seq is null
    union all
    select p.author_id, 'procedure', p.procedure_id, 'version ' || p.version || ' ' || p.state, 'another author'
    from batch.procedure_facts p where p.approved_seq is null
    union all
    select q.author_id, 'specification', q.specification_id, 'version ' || q.version || ' ' || q.state, 'another author'
    from quality.specification_facts q where q.approved_seq is null;
