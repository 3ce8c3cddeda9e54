-- Corrections of a fill (R12, R33, T19): what was recorded stays in its row, what stands beside it; the views give what stands.
create table batch.fill_correction (
    batch_id     text not null references batch.batch,
    seq          bigint not null,
    corrects_seq bigint not null,
    field        text not null,
    container_id text,                            -- null: of the fill as a whole
    old_value    text not null,
    new_value    text not null,
    reason       text not null,
    person_id    text not null,
    time_ms      bigint not null,
    primary key (batch_id, seq),
    check (corrects_seq < seq),
    check (old_value <> new_value)
);

alter table batch.container add column stands_volume_ml numeric check (stands_volume_ml > 0),
    add column stands_cells numeric check (stands_cells >= 0);
alter table batch.batch add column stands_volume_in_ml numeric, add column stands_samples_ml numeric,
    add column stands_waste_ml numeric, add column stands_expires_ms bigint;

create or replace view batch.batch_facts as
    select b.batch_id, b.state, b.state_seq, b.procedure_id, b.procedure_version, b.specification_id,
           b.specification_version, b.donor_id, b.collection_id, b.donation_number, b.tissue, b.use, b.recipient_code,
           b.collected_ms, b.opened_ms, b.opened_by, b.steps_total, b.steps_done,
           coalesce(b.stands_volume_in_ml, b.volume_in_ml) as volume_in_ml, coalesce(b.stands_samples_ml, b.samples_ml) as samples_ml,
           coalesce(b.stands_waste_ml, b.waste_ml) as waste_ml,
           b.filled_seq, coalesce(b.stands_expires_ms, b.expires_ms) as expires_ms, p.title as procedure_title,
           p.document as procedure_document
    from batch.batch b join batch.procedure p on p.procedure_id = b.procedure_id and p.version = b.procedure_version;

create or replace view batch.container_facts as
    select k.container_id, k.batch_id, coalesce(k.stands_volume_ml, k.volume_ml) as volume_ml,
           coalesce(k.stands_cells, k.cells) as cells, coalesce(b.stands_expires_ms, k.expires_ms) as expires_ms, k.filled_seq
    from batch.container k join batch.batch b using (batch_id);

create view batch.fill_correction_facts as
    select batch_id, seq, corrects_seq, field, container_id, old_value, new_value, reason, person_id, time_ms
    from batch.fill_correction;

create or replace view custody.label_now as
    select l.batch_id, l.container_id, l.copy, array_to_string(l.statements, chr(10)) as statements,
           coalesce(l.biohazard, false) as biohazard, l.seq as printed_seq
    from custody.label l
    where not exists (select from custody.label k where k.container_id = l.container_id and k.copy > l.copy);

create function batch.correct_fill(p_batch_id text, p_seq bigint, p_corrects bigint, p_field text, p_container_id text,
                                   p_name text, p_old text, p_new text, p_new_ms bigint, p_reason text, p_person_id text,
                                   p_ms bigint) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    insert into batch.fill_correction (batch_id, seq, corrects_seq, field, container_id, old_value, new_value, reason, person_id,
                                       time_ms)
    values (p_batch_id, p_seq, p_corrects, p_field, p_container_id, p_old, p_new, p_reason, p_person_id, p_ms);
    update batch.container k set
        stands_volume_ml = case p_name when 'volume_ml' then p_new::numeric else k.stands_volume_ml end,
        stands_cells = case p_name when 'cells' then p_new::numeric else k.stands_cells end
    where k.batch_id = p_batch_id and k.container_id = p_container_id;
    update batch.batch b set
        stands_volume_in_ml = case p_name when 'volume_in_ml' then p_new::numeric else b.stands_volume_in_ml end,
        stands_samples_ml = case p_name when 'samples_ml' then p_new::numeric else b.stands_samples_ml end,
        stands_waste_ml = case p_name when 'waste_ml' then p_new::numeric else b.stands_waste_ml end,
        stands_expires_ms = coalesce(p_new_ms, b.stands_expires_ms)
    where b.batch_id = p_batch_id and p_container_id is null;
end $$;

grant select on batch.fill_correction, batch.fill_correction_facts to stemma_batch, stemma_audit;
grant insert on batch.fill_correction to stemma_batch;
grant select on batch.fill_correction_facts to stemma_quality, stemma_custody, stemma_release;
grant update (stands_volume_ml, stands_cells) on batch.container to stemma_batch;
grant update (stands_volume_in_ml, stands_samples_ml, stands_waste_ml, stands_expires_ms) on batch.batch to stemma_batch;
revoke all on function batch.correct_fill(text, bigint, bigint, text, text, text, text, text, bigint, text, text, bigint) from public;
grant execute on function batch.correct_fill(text, bigint, bigint, text, text, text, text, text, bigint, text, text, bigint)
    to stemma_batch;
