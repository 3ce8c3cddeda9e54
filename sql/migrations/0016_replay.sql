-- The auditor compares every projection with what the statements make of it (`stemma audit replay`); what is no part of the
-- record says so of itself, and is not read.
comment on table access.session is 'no projection: who is logged in is no part of the record';
comment on table access.challenge is 'no projection: challenges of the last minutes';
comment on table source.vault is 'no projection: personal data, of which the record holds commitments only';
comment on table source.vault_look is 'no projection: who looked into the vault; looking makes no statement';

grant usage on schema source, quality, custody to stemma_audit;
grant select on access.person, access.certificate, access.training, access.terminal to stemma_audit;
grant select on source.donor, source.consent, source.screening, source.donor_test, source.donor_result, source.eligibility,
    source.collection, source.receipt to stemma_audit;
grant select on all tables in schema quality to stemma_audit;
