-- The life of people's keys: a certificate ends by renewal or revocation and stays for what it signed; and what a leaver has
-- begun. Times are UTC milliseconds.
alter table access.certificate add column cause text check (cause in ('lost', 'stolen', 'suspected', 'replaced', 'left'));
grant update (cause) on access.certificate to stemma_access;

-- What a person has begun and nobody has finished; next says who else can.
create view access.open_work as
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
    union all
    select p.author_id, 'procedure', p.procedure_id, 'version ' || p.version || ' ' || p.state, 'another author'
    from batch.procedure_facts p where p.approved_seq is null
    union all
    select q.author_id, 'specification', q.specification_id, 'version ' || q.version || ' ' || q.state, 'another author'
    from quality.specification_facts q where q.approved_seq is null;
grant select on access.open_work to stemma_access;
