-- What a test of identity was compared with, and the references that there are now: the gate compares again (T31).
grant select on quality.test_identity to stemma_release;
grant usage on schema source to stemma_release;
grant select on source.str_reference_facts to stemma_release;
grant select on release.release_facts to stemma_release;
