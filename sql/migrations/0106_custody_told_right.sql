-- What was unpacked before its mismatches were kept (0098) had none kept: a replay of its statement writes that there was none.
update custody.shipment set mismatches = '{}' where unpacked_seq is not null and mismatches is null;

-- The chain of custody says of a decision that is signed anew that it is: what was being destroyed, is destroyed or is lost stays so, and the
-- chain said a second time that it was, and by QA.
create or replace view custody.chain as
    select batch_id, seq, 'label printed' as event, person_id, container_id, null::text as transfer_id,
           'copy ' || copy as place, printed_ms as time_ms from custody.label
    union all
    select batch_id, seq, 'stored', person_id, container_id, null, equipment_id || ' ' || position, since_ms from custody.place
    union all
    select t.batch_id, t.given_seq, 'handed over', t.giver_id, k.container_id, t.transfer_id, t.destination, t.given_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id)
    union all
    select t.batch_id, t.received_seq, 'received', t.receiver_id, k.container_id, t.transfer_id, t.destination, t.received_ms
    from custody.transfer t join custody.transfer_container k using (batch_id, transfer_id) where t.received_seq is not null
    union all
    select v.batch_id, v.seq, case when n.is_anew then 'decided anew' when v.event = 'custody.decide_use' then 'for use'
               when v.event = 'custody.ship_unpack' then 'unpacked' when v.seq = d.cancelled_seq then 'destruction taken back' else
               case v.state when 'destroying' then 'destruction begun' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end end,
           v.person_id, v.container_id, coalesce(g.transfer_id, s.transfer_id),
           coalesce(case when d.cancelled_seq = v.seq then 'of entry ' || d.seq || ', ' || d.method || '; ' || v.state || ' again' else d.method end,
                    a.route || ' ' || a.site, case when n.is_anew then case v.state when 'destroying' then 'destruction begun' else v.state end end,
                    'shipper ' || s.shipper_id || ', seal ' || s.seal_number), v.time_ms
    from custody.container_event v
    cross join lateral (select v.event in ('custody.decide_destroy', 'custody.decide_nonclinical')
                        and v.state not in ('condemned', 'nonclinical') as is_anew) n
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and v.seq in (d.seq, d.cancelled_seq)
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    left join custody.shipment s on s.batch_id = v.batch_id and v.seq in (s.seq, s.unpacked_seq)
    where v.event not in ('custody.hand_over', 'custody.receive', 'custody.sample_take', 'custody.sample_last')
    union all
    select batch_id, seq, 'sample taken', taken_by, container_id, null, sample_id || ', ' || volume_ml || ' mL', time_ms from custody.sample
    union all
    select v.batch_id, v.seq, case v.state when 'sent' then 'sample sent' when 'received' then 'sample received' when 'used_up' then 'sample used up'
           when 'retained' then 'sample retained' when 'lost' then 'sample lost' else 'sample destroyed' end,
           v.person_id, k.container_id, null, concat_ws(', ', v.sample_id, v.place), v.time_ms
    from custody.sample_event v join custody.sample k using (sample_id);

-- A sample that somebody has in their hands or on its way is open work, as a hand-over is that nobody has received.
create index sample_in_hands on custody.sample (person_id) where state in ('taken', 'sent', 'received');
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
    from custody.sample s where s.state in ('taken', 'sent', 'received');
