/*
 * Founding a lab: its root, issuing CA, service and time-stamp certificates, and the first administrator's key. Done
 * once, by a person at the machine, before any service runs; deploy/ calls it. Nothing that is there is overwritten.
 */
#pragma once
#include <stdbool.h>

/** signer_found(argc, argv): `stemma-signer --found DIR ...`; returns the exit status. */
int signer_found(int argc, char **argv);

/** signer_found_is_asked(argc, argv): the first word is --found. */
bool signer_found_is_asked(int argc, char **argv);
