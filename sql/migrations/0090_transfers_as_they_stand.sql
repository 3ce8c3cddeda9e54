-- A transfer as its corrections leave it (R12); what was recorded stays in its row.
create view custody.transfer_now as
    select t.batch_id, t.transfer_id, t.giver_id, t.receiver_id, t.given_seq, t.received_seq,
           coalesce((select k.new_value from custody.correction k where k.batch_id = t.batch_id and k.entry = t.given_seq
                     and k.field = 'destination' order by k.seq desc limit 1), t.destination) as destination
    from custody.transfer t;

grant select on custody.transfer_now to stemma_custody, stemma_audit;
