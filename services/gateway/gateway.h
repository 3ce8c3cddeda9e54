/*
 * The gateway as a program: settings, start, ready notice, orderly stop.
 */
#pragma once

/** gateway_main(argc, argv): `--config FILE`, `--check-config FILE`, `--describe settings|routes`, `--version`, `--help`.
 *  Serves until TERM or INT. Returns the exit status. */
int gateway_main(int argc, char **argv);
