/*
 * `stemma`: the command line of a bench, a reviewer, an auditor. Every verb of the contract is a command; fields are
 * `name=value`; required fields may stand without a name, in order. Nothing here decides: services do.
 */
#pragma once
#include "desk/desk.h"

struct cli {
    struct arena *arena;
    struct desk *desk;
    struct desk_settings settings;
    const char *config;        /* the terminal's settings file */
    const char *person_id;     /* of the session, "" for none */
    const char *out;           /* --out */
    bool json, yes;
    int secret_fd;             /* -1: ask on the terminal */
};

/** cli_verb(words, count, ret_used): the verb that the words name ("batch open", "step", "batch.open"), NULL if none. */
const struct verb_row *cli_verb(char **words, int count, int *ret_used);

/** cli_fill(cli, type, words, count, record, e): read `name=value`, `list.first=second` and bare values into ${record}. */
int cli_fill(struct cli *cli, const struct record_type *type, char **words, int count, void *record, struct err *e);

/** cli_show(cli, type, record): print a record for people, or as JSON with --json. */
void cli_show(struct cli *cli, const struct record_type *type, const void *record);

/** cli_refused(cli, code, e): print what was refused and what to do. Returns the exit status, 1 or 2. */
int cli_refused(struct cli *cli, int code, const struct err *e);

/** cli_secret(cli, prompt, ret, size): read a secret with echo off from the terminal, or a line of --secret-fd. Returns
 *  its length, 0 for none; the caller wipes ${ret}. */
size_t cli_secret(struct cli *cli, const char *prompt, char *ret, size_t size);

/** cli_session_load(cli), cli_session_save(cli, session), cli_session_end(cli): the session of this person at this
 *  terminal, in a file of mode 0600 in the home folder. */
void cli_session_load(struct cli *cli);
int cli_session_save(struct cli *cli, const struct session *session, struct err *e);
void cli_session_end(struct cli *cli);

/** cli_describe(words, count), cli_completion(): print the verbs, or one with its fields; a completion script for bash. */
int cli_describe(struct cli *cli, char **words, int count);
int cli_completion(void);

/** cli_run(cli, words, count): carry out a command. Returns the exit status. */
int cli_run(struct cli *cli, char **words, int count);

/** cli_main(argc, argv): options, settings, session, command. Returns the exit status. */
int cli_main(int argc, char **argv);
