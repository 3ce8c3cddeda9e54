-- Who takes the log over is told the time of its newest entries, too (sql/api/ledger.sql): another type of answer.
drop function if exists ledger.epoch_begin();
