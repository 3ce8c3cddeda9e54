/*
 * The command line: stemma-supervisor check|run|status|stop FILE. Says what went wrong on standard error; exit 0 done, 1 not
 * all ready, 2 wrong call or file, 3 nothing runs.
 */
#pragma once

/** command_run(argc, argv): do what the words ask; returns the exit code. */
int command_run(int argc, char **argv);
