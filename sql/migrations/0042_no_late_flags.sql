-- Whether an entry about a donor or a collection was late (R15) followed from a setting of the day it was made, and no statement says
-- it: a projection made again under another setting came out otherwise. Both times stand in the row; nobody reads the flag.
alter table source.consent drop column is_late;
alter table source.withdrawal drop column is_late;
alter table source.screening drop column is_late;
alter table source.collection drop column is_late;
alter table source.receipt drop column is_late;
