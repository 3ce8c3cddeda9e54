/*
 * A program of the running house as a person at a terminal runs it: its words, its standard input, what it said. The home folder
 * is one of this process's own and goes with it.
 */
#pragma once
#include <sys/types.h>

#define TERMINAL_WORDS_MAX 20

struct said {
    int status;                      /* of the exit; 128 and more: a signal */
    const char *out, *err;
};

/** terminal_home(name): the path of ${name} in the home folder. */
const char *terminal_home(const char *name);

/** terminal_prepare(program, terminal, words, ret_argv, ret_env): words and environment of ${program} at ${terminal}, for a caller
 *  that spawns it in a way of its own. */
void terminal_prepare(const char *program, const char *terminal, const char *const *words, char *ret_argv[TERMINAL_WORDS_MAX + 2],
                      char *ret_env[3]);

/** terminal_start(program, terminal, words, ret_in): spawn it; ${ret_in} is its standard input. terminal_finish(pid, in): close that,
 *  wait for its end. terminal_run(program, terminal, input, words): both, with ${input} as it stands. */
pid_t terminal_start(const char *program, const char *terminal, const char *const *words, int *ret_in);
struct said terminal_finish(pid_t pid, int in);
struct said terminal_run(const char *program, const char *terminal, const char *input, const char *const *words);

/** terminal_said(): what the program that was started last has printed so far. */
const char *terminal_said(void);

/** terminal_login(person, terminal): the person of the demo logged in there, by the command. */
struct said terminal_login(const char *person, const char *terminal);
