/*
 * A redacted dossier: what may be left out while it still verifies. Signed statements stand as they were signed and the
 * subject is whole, so their free text and the names in signers' certificates remain; what goes is every statement about
 * people that no rule rests on, people's certificates beside the record, and all of it from the paper.
 */
#pragma once
#include "dossier/dossier.h"

/** audit_redact(a, d): drop from the streams of people in ${d} all but their training; streams that are empty then go
 *  too. README.txt says so. */
void audit_redact(struct arena *a, struct dossier *d);

/** audit_redact_file(name): whether the file ${name} of pki/ is a person's. */
bool audit_redact_file(const char *name);
