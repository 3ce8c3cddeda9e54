/*
 * The formats, one function each: facts in, one file out. Inside of the module only; exports.h is its front.
 */
#pragma once
#include "exports/map.h"

/** fhir_bundle, epcis_document, b2mml_record: the file's text. csv_steps, csv_tests, csv_custody, csv_corrections: a
 *  table each. */
struct bytes fhir_bundle(const struct facts *f);
struct bytes epcis_document(const struct facts *f);
struct bytes b2mml_record(const struct facts *f);
struct bytes csv_steps(const struct facts *f);
struct bytes csv_tests(const struct facts *f);
struct bytes csv_custody(const struct facts *f);
struct bytes csv_corrections(const struct facts *f);
