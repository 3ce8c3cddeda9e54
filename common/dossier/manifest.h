/*
 * The manifest of a dossier (META-INF/ASiCManifest001.xml): the SHA-256 of every member but mimetype and META-INF, one a
 * line in file order, so that `sed` can read it (format.md, "Dossier"). It is what the dossier's maker signs.
 */
#pragma once
#include "dossier/zip.h"

#define MANIFEST_NAME "META-INF/ASiCManifest001.xml"
#define MANIFEST_SIGNATURE "META-INF/signature001.p7s"

/** manifest_build(a, zip): the manifest over the members of ${zip} that it covers. */
struct bytes manifest_build(struct arena *a, const struct zip *zip);

/** manifest_check(a, zip, manifest, e): ${manifest} has the line of every member that it must cover, in file order, and
 *  no other line. ERR_DOSSIER_REFUSED names the member. */
int manifest_check(struct arena *a, const struct zip *zip, struct bytes manifest, struct err *e);
