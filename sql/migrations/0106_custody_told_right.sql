-- What was unpacked before its mismatches were kept (0098) had none kept: a replay of its statement writes that there was none.
update custody.shipment set mismatches = '{}' where unpacked_seq is not null and mismatches is null;
