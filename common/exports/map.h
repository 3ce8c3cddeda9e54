/*
 * The mapping as a table: one row says where one field of one record goes in a format, or why it is left out. The tables
 * are walked to write the exports, to print the reference page, and by a test that wants a row for every field of every
 * record. What needs a decision is placed by the format's code; its row still says where.
 */
#pragma once
#include "exports/facts.h"
#include "exports/tree.h"

enum map_how {
    MAP_TEXT,        /* as text: decimals, times and words as they stand in the record */
    MAP_NUMBER,      /* the same digits, without quotes where the format has numbers */
    MAP_URI,         /* an id, made absolute with the log's origin */
    MAP_EXTENSION,   /* FHIR: an extension named after the record and the field */
    MAP_CODE,        /* placed by code, after the rule that the format's page states */
    MAP_LEFT,        /* left out: `target` says why */
    MAP_HOW_COUNT
};

/** `record` "*": all records; `field` "*": all fields of the record that have no row of their own. `target` is a path as in tree.h. */
struct map_row {
    const char *record, *field, *target;
    enum map_how how;
};

struct map {
    const char *format, *title;
    const struct map_row *row;
    size_t count;
};

/** Rows of records whose streams a dossier holds beside the batch's, for formats that have no place for them. */
#define MAP_OTHER_STREAMS \
    {"procedure_author", "*", "the document is in the dossier; its names and units are used", MAP_LEFT}, \
    {"specification_author", "*", "the document is in the dossier; its limits are used", MAP_LEFT}, \
    {"procedure_approve", "*", "about the procedure, not the batch", MAP_LEFT}, \
    {"specification_approve", "*", "about the specification, not the batch", MAP_LEFT}, \
    {"material_receive", "*", "the lot's own stream is in the dossier", MAP_LEFT}, \
    {"material_release", "*", "the lot's own stream is in the dossier", MAP_LEFT}, \
    {"material_open", "*", "the lot's own stream is in the dossier", MAP_LEFT}, \
    {"vial_correct", "*", "the lot's own stream is in the dossier", MAP_LEFT}, \
    {"vial_discard", "*", "the lot's own stream is in the dossier", MAP_LEFT}, \
    {"equipment_qualify", "*", "the equipment's own stream is in the dossier", MAP_LEFT}, \
    {"equipment_clean", "*", "the equipment's own stream is in the dossier", MAP_LEFT}, \
    {"equipment_tag", "*", "the equipment's own stream is in the dossier", MAP_LEFT}, \
    {"equipment_register", "*", "the equipment's own stream is in the dossier", MAP_LEFT}, \
    {"equipment_calibrate", "*", "the equipment's own stream is in the dossier", MAP_LEFT}

#define MAP(format, title, rows) {format, title, rows, sizeof(rows) / sizeof((rows)[0])}

extern const struct map fhir_map, epcis_map, b2mml_map, csv_map;

/** map_record(f, map, type, record, prefix, node): put every field of ${record} whose row has a target under ${prefix}
 *  (`Specimen`, `Observation.component[]`) into ${node}. */
void map_record(const struct facts *f, const struct map *map, const struct record_type *type, const void *record,
                const char *prefix, struct tree *node);

/** map_was(f, type, was, is, prefix, node): what the fields of a corrected record were that are another now: a member of
 *  ${node} each, named by ${prefix} and the field; of a list an item for each row that differs, with the row's first field.
 *  map_was_text: those without lists in one text, `destination: Ward 4; condition: good`. Nothing, "", for ${was} NULL. */
void map_was(const struct facts *f, const struct record_type *type, const void *was, const void *is, const char *prefix,
             struct tree *node);
const char *map_was_text(const struct facts *f, const struct record_type *type, const void *was, const void *is);

/** map_row(map, record, field): the row that rules this field; NULL for none. */
const struct map_row *map_row(const struct map *map, const char *record, const char *field);

/** map_extend(f, type, i, record, node): one field as FHIR extension of ${node}, lists nested. */
void map_extend(const struct facts *f, const struct record_type *type, size_t i, const void *record, struct tree *node);

/** map_quantity(node, path, value, unit): a FHIR Quantity there: the digits as they stand, the unit and its UCUM code. */
void map_quantity(struct tree *node, const char *path, const char *value, const char *unit);

/** map_field_text(a, f, at): the value at ${at} as text; NULL for lists and documents. */
const char *map_field_text(struct arena *a, const struct field *f, const void *at);

/** map_document(b): all mappings as a Markdown page, the reference. */
void map_document(struct buf *b);
