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
