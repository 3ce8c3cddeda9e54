/*
 * `stemma`: the command line of a bench, a reviewer, an auditor. Every verb of the contract is a command; fields are
 * `name=value`; required fields may stand without a name, in order. Nothing here decides: services do.
 */
#pragma once
#include "desk/desk.h"

#define CLI_SECRET_MAX 255
#define CLI_CODE_MAX 15

struct cli {
    struct arena *arena;
    struct desk *desk;
    struct desk_settings settings;
    const char *config;        /* the terminal's settings file */
    const char *person_id;     /* of the session, "" for none */
    const char *out;           /* --out */
    const char *format;        /* --format of an export */
    const struct verb_row *verb;   /* what is being carried out; NULL at first */
    bool json, yes;
    bool redacted;             /* a dossier without free text and names */
    bool all;                  /* --all: a verification from the start */
    int secret_fd;             /* -1: ask on the terminal */
    char used_code[CLI_CODE_MAX + 1];   /* the code that was given last: it serves once */
};

/** cli_verb(words, count, ret_used): the verb that the words name ("batch open", "step", "batch.open"), NULL if none. */
const struct verb_row *cli_verb(char **words, int count, int *ret_used);

/** cli_shortcut(i, ret_first, ret_second): the ${i}th short name of a verb, of one word (${ret_second} NULL) or two; false behind
 *  the last. */
bool cli_shortcut(size_t i, const char **ret_first, const char **ret_second);

/** cli_fill(cli, type, words, count, record, e): read `name=value`, `list.first=second` and bare values into ${record}. */
int cli_fill(struct cli *cli, const struct record_type *type, char **words, int count, void *record, struct err *e);

/** cli_show(cli, type, record): print a record for people, or as JSON with --json. */
void cli_show(struct cli *cli, const struct record_type *type, const void *record);

/** cli_table(cells, rows, columns): print rows of ${columns} cells in aligned columns, the first row being the head. On a
 *  terminal long cells are broken to its width; elsewhere nothing is broken and nothing is emphasised. */
void cli_table(const char *const *cells, size_t rows, size_t columns);

/** cli_is_strong(fd): emphasis may be used: ${fd} is a terminal that is not dumb, and NO_COLOR is not set. */
bool cli_is_strong(int fd);

/** cli_put_json(b, text): append ${text} (UTF-8) as a JSON string. */
void cli_put_json(struct buf *b, const char *text);

/** cli_refused(cli, code, e): print what was refused and what to do, as one JSON object with --json, on standard error.
 *  Returns the exit status: 1 for a refusal, 2 for a fault. */
int cli_refused(struct cli *cli, int code, const struct err *e);

/** cli_unable(cli, text, hint): the same for a command that makes no sense. Returns 2. */
int cli_unable(struct cli *cli, const char *text, const char *hint);

/** cli_unknown(cli, words, count): no verb is called so: say which there are, or which was meant. Returns 2. */
int cli_unknown(struct cli *cli, char **words, int count);

/** cli_check_missing(cli, row, record, e): all required fields that ${record} lacks, in one refusal (ERR_FIELD_MISSING). */
int cli_check_missing(struct cli *cli, const struct verb_row *row, const void *record, struct err *e);

/** A secret as a person gave it; behind it a line feed and a code, once one was asked for. */
struct cli_secret {
    uint8_t text[CLI_SECRET_MAX + 1 + CLI_CODE_MAX];
    size_t len;
};

/** cli_secret(cli, prompt, is_new, ret): read a secret with echo off from the terminal, a new one twice, or a line of
 *  --secret-fd. Returns 0 or, with the reason printed, the exit status.
 *  cli_code(cli, secret): ask for a one-time code and put it behind ${secret}, as the signer takes it; one that was given
 *  before in this command serves no more and is asked for again. False when none was given.
 *  cli_code_helps(code, e): a refusal that a code would overcome; an authenticator serves at a page alone.
 *  cli_secret_wipe(secret): for CLEANUP(cli_secret_wipe) struct cli_secret secret. */
int cli_secret(struct cli *cli, const char *prompt, bool is_new, struct cli_secret *ret);
bool cli_code(struct cli *cli, struct cli_secret *secret);
bool cli_code_helps(int code, const struct err *e);
void cli_secret_wipe(struct cli_secret *secret);

/** cli_session_load(cli), cli_session_save(cli, session), cli_session_end(cli): the session of this person at this
 *  terminal, in a file of mode 0600 in the home folder. */
void cli_session_load(struct cli *cli);
int cli_session_save(struct cli *cli, const struct session *session, struct err *e);
void cli_session_end(struct cli *cli);

/** cli_folder(cli): ~/.stemma, made if need be.
 *  cli_receipts_keep(cli): from now on receipts are appended to <terminal>.receipts (0600) in that folder.
 *  cli_receipts_check(cli): hold those that were not found in the log yet against it, some hundreds at most and in turns
 *  (receipts_round.h); a warning names what was promised and is not there. Nothing fails by it. For each login.
 *  cli_receipts_verify(cli, files, count): hold the receipts of ${files}, none: the kept ones, against the log, with the anchors
 *  of the terminal's settings; name each entry that was promised and is not there. Returns the exit status: 1 if one was dropped. */
const char *cli_folder(struct cli *cli);
void cli_receipts_keep(struct cli *cli);
void cli_receipts_check(struct cli *cli);
int cli_receipts_verify(struct cli *cli, char **files, int count);

/** cli_describe(cli, words, count): print the verbs, those of one service, or one verb with its fields.
 *  cli_completion(): print a completion script for bash. Both return the exit status. */
int cli_describe(struct cli *cli, char **words, int count);
int cli_completion(struct cli *cli);

/** cli_service(cli, row, words, count): a verb that every service has: the health of the services called so, of all where
 *  none is; the metrics of one. Returns the exit status: 1 when one of them is not ready. */
int cli_service(struct cli *cli, const struct verb_row *row, char **words, int count);

/** cli_sign_act(cli, row, in, ret): prepare an act, show it, ask for the secret, have it signed; cli_commit_act(cli, row,
 *  act): commit it and print the receipt. Both return 0 or, with the refusal printed, the exit status. */
int cli_sign_act(struct cli *cli, const struct verb_row *row, const void *in, struct signed_act *ret);
int cli_commit_act(struct cli *cli, const struct verb_row *row, const struct signed_act *act);

/** cli_is_person(words, count): the words name one of the commands about people's keys.
 *  cli_person_word(i): the ${i}th of them, NULL behind the last.
 *  cli_person(cli, words, count): carry it out; ${words} begin behind `person`. Returns the exit status.
 *  cli_alert(cli): tell an administrator on standard error which keys are locked, if any are. */
const char *cli_person_word(size_t i);
bool cli_is_person(char **words, int count);
int cli_person(struct cli *cli, char **words, int count);
void cli_alert(struct cli *cli);

/** cli_verify(cli, row, in): have the live record verified, say how far it is, wait for the end, print the report. Returns
 *  the exit status: 1 when the record does not hold, 2 when it could not be read to its end. */
int cli_verify(struct cli *cli, const struct verb_row *row, void *in);

/** cli_dossier, cli_label, cli_receipt, cli_export(cli, row, in): have the file or files of that verb, write them where
 *  --out says, else under the service's own name. Each returns the exit status. */
int cli_dossier(struct cli *cli, const struct verb_row *row, void *in);
int cli_label(struct cli *cli, const struct verb_row *row, void *in);
int cli_receipt(struct cli *cli, const struct verb_row *row, void *in);
int cli_export(struct cli *cli, const struct verb_row *row, void *in);

/** cli_run(cli, words, count): carry out a command. Returns the exit status. */
int cli_run(struct cli *cli, char **words, int count);

/** cli_main(argc, argv): options, settings, session, command. Returns the exit status. */
int cli_main(int argc, char **argv);
