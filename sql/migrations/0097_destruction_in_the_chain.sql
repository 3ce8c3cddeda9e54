-- The chain of custody says in words that a destruction was begun, and that one was taken back: its containers stand as before it, which
-- alone ("kept") told nobody that they had nearly gone.
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
    select v.batch_id, v.seq, case v.event when 'custody.decide_use' then 'for use' when 'custody.ship_unpack' then 'unpacked'
               when 'custody.destroy_cancel' then 'destruction taken back' else
               case v.state when 'destroying' then 'destruction begun' when 'condemned' then 'to be destroyed'
               when 'nonclinical' then 'for nonclinical use only' when 'returning' then 'given back' else v.state end end,
           v.person_id, v.container_id, coalesce(g.transfer_id, s.transfer_id),
           coalesce(case when d.cancelled_seq = v.seq then 'of entry ' || d.seq || ', ' || d.method || '; ' || v.state || ' again' else d.method end,
                    a.route || ' ' || a.site, 'shipper ' || s.shipper_id || ', seal ' || s.seal_number), v.time_ms
    from custody.container_event v
    left join custody.give_back g on g.batch_id = v.batch_id and v.seq in (g.given_seq, g.received_seq)
    left join custody.destruction d on d.batch_id = v.batch_id and v.seq in (d.seq, d.cancelled_seq)
    left join custody.administration a on a.batch_id = v.batch_id and a.seq = v.seq
    left join custody.shipment s on s.batch_id = v.batch_id and v.seq in (s.seq, s.unpacked_seq)
    where v.event not in ('custody.hand_over', 'custody.receive');
