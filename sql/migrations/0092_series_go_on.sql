-- Since when a unit was outside its limits as a series of readings ended; null: its last reading was inside, or was recorded before this was kept.
-- A series that goes on from it is judged with that time (domain.md §7.4).
alter table custody.reading_series add column running_from_ms bigint check (running_from_ms <= until_ms);
