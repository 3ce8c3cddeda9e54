/*
 * What a person does with a notary at the machine: make its key and its empty memory, or check both.
 */
#pragma once
#include <stdbool.h>

/** notary_command_is_asked(argc, argv): the first word is --make-key or --self-check.
 *  notary_command(argc, argv): do it; returns the exit status. */
bool notary_command_is_asked(int argc, char **argv);
int notary_command(int argc, char **argv);
