/* The mapping tables leave nothing to chance: every field of every record that can stand in a statement has a row in every
 * format, and no row names what is not there. */
#include "support/test.h"

#include <string.h>

#include "exports/map.h"

static const struct map *const all[] = {&fhir_map, &epcis_map, &b2mml_map, &csv_map};
#define MAPS (sizeof all / sizeof all[0])

static bool is_exported(const struct verb_row *verb)
{
    static const char *const services[] = {"source", "batch", "quality", "custody", "release"};
    bool ours = false;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        ours = ours || strcmp(verb->service, services[i]) == 0;
    return ours && (verb->kind == VERB_ACT || verb->kind == VERB_OBSERVE);
}

static void covered(const struct map *map, const struct record_type *type)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *field = &type->fields[i];
        const struct map_row *row = map_row(map, type->name, field->name);
        if (row == NULL)
            fail_msg("%s: %s.%s has no row", map->format, type->name, field->name);
        if (field->kind == FIELD_LIST && row->how == MAP_CODE)
            covered(map, field->rows);
    }
}

CASE(R39_every_field_of_every_statement_has_a_row_in_every_format)
{
    size_t records = 0;
    for (size_t k = 0; k < MAPS; k++)
        for (size_t i = 0; i < verb_count(); i++)
            if (is_exported(verb_at(i))) {
                covered(all[k], verb_at(i)->in);
                records++;
            }
    assert_true(records > 25 * MAPS);
}

CASE(R39_every_row_names_a_record_and_a_field)
{
    for (size_t k = 0; k < MAPS; k++)
        for (size_t i = 0; i < all[k]->count; i++) {
            const struct map_row *row = &all[k]->row[i];
            const struct record_type *type = record_find(row->record);
            if (strcmp(row->record, "*") != 0 && type == NULL)
                fail_msg("%s: there is no record %s", all[k]->format, row->record);
            if (type != NULL && strcmp(row->field, "*") != 0 && record_field(type, row->field, strlen(row->field)) < 0)
                fail_msg("%s: %s has no field %s", all[k]->format, row->record, row->field);
        }
}

CASE(R39_a_field_has_one_row_only)
{
    for (size_t k = 0; k < MAPS; k++)
        for (size_t i = 0; i < all[k]->count; i++)
            for (size_t n = 0; n < i; n++)
                if (strcmp(all[k]->row[i].record, all[k]->row[n].record) == 0 &&
                    strcmp(all[k]->row[i].field, all[k]->row[n].field) == 0)
                    fail_msg("%s: %s.%s twice", all[k]->format, all[k]->row[i].record, all[k]->row[i].field);
}

CASE(R39_a_fields_own_row_goes_before_the_records_and_that_before_all)
{
    assert_string_equal(map_row(&fhir_map, "collection_record", "tissue")->target, "Specimen.type.text");
    assert_string_equal(map_row(&fhir_map, "collection_record", "volume_ml")->target, "Specimen.extension");
    assert_string_equal(map_row(&fhir_map, "batch_note", "text")->target, "Provenance.extension");
    assert_int_equal(map_row(&fhir_map, "batch_note", "batch_id")->how, MAP_LEFT);
}

/* what names a person but the staff's ids, or says how a donor is, stays in the donor's stream */
CASE(R39_no_format_carries_the_donors_health)
{
    static const char *const records[] = {"donor_register", "consent_record", "screening_record", "donor_test_report",
                                          "donor_correct"};
    for (size_t k = 0; k < MAPS; k++)
        for (size_t i = 0; i < sizeof records / sizeof *records; i++)
            assert_int_equal(map_row(all[k], records[i], "donor_id")->how, MAP_LEFT);
}

CASE(R39_reference_page_has_every_row)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    map_document(&b);
    for (size_t k = 0; k < MAPS; k++)
        for (size_t i = 0; i < all[k]->count; i++)
            assert_non_null(strstr(b.text, all[k]->row[i].target));
    arena_free(a);
}
