-- A label that somebody has in their hands or took off, one whose destruction nobody witnessed, and a pool that nobody else verified, are open work, as
-- a sample, a destruction and a step are. Labels are said of until their batch is decided on; where they are not reconciled a printed copy waits for
-- nobody.
create index label_open on custody.label (state_by) where state in ('replaced', 'destroying');
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
    from quality.test_facts t
    where t.reviewed_seq is null and t.is_valid
      and (t.batch_id, t.test_seq) in (select u.batch_id, u.test_seq from quality.test u where u.reviewed_seq is null and u.ended_seq is null
                                       union select l.batch_id, l.subject from batch.lapse l
                                       where l.renewed_seq is null and l.renewed_by = 'quality.test_review')
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
    from quality.specification_facts q where q.approved_seq is null
    union all
    select s.person_id, 'sample ' || s.sample_id, s.batch_id, case s.state when 'sent' then 'not received' else s.state end,
           case s.state when 'sent' then 'whoever it was sent to' else 'whoever it is sent to, or says what became of it' end
    from custody.sample s where s.state in ('taken', 'sent', 'received')
    union all
    select l.state_by, 'label of ' || l.container_id || ', copy ' || l.copy, l.batch_id,
           case l.state when 'printed' then 'in hand' when 'replaced' then 'taken off' else 'not witnessed' end,
           case l.state when 'printed' then 'whoever scans it back, or says what became of it' when 'replaced' then 'whoever says what became of it'
           else (l.witness_id || ' witnesses it; or it is said anew') collate "default" end
    from custody.label_copy l join batch.batch_facts b on b.batch_id = l.batch_id
    where l.state in ('printed', 'replaced', 'destroying') and b.state in ('in_process', 'in_test', 'on_hold', 'rejected')
      and (l.state <> 'printed' or (b.procedure_document::jsonb ->> 'reconcile_labels')::boolean
           or exists (select from custody.label_event v where v.batch_id = l.batch_id))
    union all
    select l.witness_id, 'label of ' || l.container_id || ', copy ' || l.copy, l.batch_id, 'not witnessed', 'the lab may say anew what became of it'
    from custody.label_copy l join batch.batch_facts b on b.batch_id = l.batch_id
    where l.state = 'destroying' and b.state in ('in_process', 'in_test', 'on_hold', 'rejected')
    union all
    select p.person_id, 'pool ' || p.container_id, p.batch_id, 'to be verified', 'another who is trained on its procedure'
    from custody.pool_facts p join batch.batch_facts b on b.batch_id = p.batch_id
    where p.needs_verify and p.verified_by is null and b.state in ('in_process', 'in_test', 'on_hold');
