\set batch random(1, :batches)
begin;
update bench.head set seq = seq + 1 where batch = :batch returning seq \gset
insert into bench.event (batch, seq, body) values (:batch, :seq, :body);
commit;
