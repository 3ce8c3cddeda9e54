/* `stemma-audit verify`: the verification without the service, for the nightly unit and for whoever has only the host. */
#pragma once
#include <stdbool.h>

/** audit_command_is_asked(argc, argv): the first word is a command, not an option of the service. */
bool audit_command_is_asked(int argc, char **argv);

/** audit_command(argc, argv): run it. Exit status: 0 the record holds, 1 it does not, 2 wrong usage, 3 it could not be read,
 *  4 not read to the end (--at-most), 75 somebody verifies it already. */
int audit_command(int argc, char **argv);
