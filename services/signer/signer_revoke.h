/*
 * Revoking a person's certificate, and issuing the list anew: at the machine, with the issuing key. Services read the
 * lists at their start.
 */
#pragma once
#include <stdbool.h>

/** signer_revoke_is_asked(argc, argv): the first word is --revoke or --renew-crl.
 *  signer_revoke(argc, argv): `--revoke DIR U-ID` or `--renew-crl DIR`; returns the exit status. */
bool signer_revoke_is_asked(int argc, char **argv);
int signer_revoke(int argc, char **argv);
