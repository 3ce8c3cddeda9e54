-- What a donor's cells reached is asked by the collation of source's ids: batch_donor is of the other one and was never used for it.
create index batch_donor_reach on batch.batch (donor_id collate "C");
