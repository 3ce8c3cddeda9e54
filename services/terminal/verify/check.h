/*
 * What stemma-verify does with files: reads the trust folder and the dossiers, prints the verdicts. All judgement is in
 * common/dossier; this only opens, prints and counts.
 */
#pragma once
#include "arguments.h"

/** check_all(args): judge every file; returns the exit status. */
int check_all(const struct arguments *args);
