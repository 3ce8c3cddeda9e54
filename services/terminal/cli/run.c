#include <stdio.h>
#include <string.h>

#include "cli.h"

static int login(struct cli *cli, char **words, int count)
{
    struct err e;
    struct logged_in in;
    CLEANUP(cli_secret_wipe) struct cli_secret secret = {0};
    if (count != 1)
        return cli_unable(cli, "login takes one person", "e.g. `stemma login U-ADA`");
    int status = cli_secret(cli, arena_printf(cli->arena, "Secret of %s", words[0]), false, &secret);
    if (status != 0)
        return status;
    int code = desk_login(cli->desk, cli->arena, words[0], (struct bytes){secret.text, secret.len}, &in, &e);
    if (cli_code_helps(code, &e) && cli_code(cli, &secret))
        code = desk_login(cli->desk, cli->arena, words[0], (struct bytes){secret.text, secret.len}, &in, &e);
    if (code == 0)
        code = cli_session_save(cli, &in.session, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (cli->json)
        cli_show(cli, &record_session, &in.session);
    else
        printf("%s is logged in at %s.\n", in.session.name, in.session.terminal_id);
    fprintf(cli->json ? stderr : stdout, "%s\n", desk_notice(cli->arena, &in.proof));
    for (size_t i = 0; i < in.session.roles.count; i++)
        if (strcmp(TEXTS_AT(in.session.roles, i), "admin") == 0)
            cli_alert(cli);
    cli_receipts_check(cli);
    return 0;
}

static int logout(struct cli *cli, char **words, int count)
{
    struct err e;
    if (count != 0)
        return cli_unable(cli, arena_printf(cli->arena, "logout takes no %.40s", words[0]), "");
    int code = desk_logout(cli->desk, cli->arena, &e);
    cli_session_end(cli);
    return code == 0 || code == ERR_SESSION_ENDED || code == ERR_SESSION_MISSING ? 0 : cli_refused(cli, code, &e);
}

static void show_prepared(struct cli *cli, const struct prepared *p)
{
    if (cli->json || cli->yes)
        return;
    const char *where = p->reviewed_seq < 0 ? arena_printf(cli->arena, "as the first entry of %s", p->stream)
                        : arena_printf(cli->arena, "after entry %lld of %s", (long long)p->reviewed_seq, p->stream);
    printf("%s\n--- This is what you sign as %s, %s. ---\n", p->rendered, cli->person_id, where);
    fflush(stdout);
}

int cli_sign_act(struct cli *cli, const struct verb_row *row, const void *in, struct signed_act *ret)
{
    struct err e;
    struct prepared prepared;
    CLEANUP(cli_secret_wipe) struct cli_secret secret = {0};
    int code = desk_prepare(cli->desk, cli->arena, row->name, NULL, in, &prepared, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    show_prepared(cli, &prepared);
    int status = cli_secret(cli, "Secret, to sign this", false, &secret);
    if (status != 0)
        return status;
    ret->statement = prepared.statement;
    code = desk_sign(cli->desk, cli->arena, cli->person_id, prepared.statement, (struct bytes){secret.text, secret.len},
                     &ret->signature, &e);
    if (cli_code_helps(code, &e) && cli_code(cli, &secret))
        code = desk_sign(cli->desk, cli->arena, cli->person_id, prepared.statement, (struct bytes){secret.text, secret.len},
                         &ret->signature, &e);
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

int cli_commit_act(struct cli *cli, const struct verb_row *row, const struct signed_act *act)
{
    struct err e;
    struct receipt receipt;
    int code = desk_commit(cli->desk, cli->arena, row->name, act->statement, act->signature, &receipt, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (cli->json)
        cli_show(cli, &record_receipt, &receipt);
    else
        printf("Recorded as entry %lld of %s, leaf %.16s...\n", (long long)receipt.seq, receipt.stream, receipt.leaf);
    return 0;
}

/* prepare, show, ask for the secret, sign, commit */
static int act(struct cli *cli, const struct verb_row *row, const void *in)
{
    struct signed_act signed_act;
    int status = cli_sign_act(cli, row, in, &signed_act);
    return status != 0 ? status : cli_commit_act(cli, row, &signed_act);
}

/* answers that are more than a record to show */
static const struct {
    const char *verb;
    int (*run)(struct cli *cli, const struct verb_row *row, void *in);
} special[] = {{"audit.dossier", cli_dossier}, {"custody.label", cli_label},  {"custody.label_preview", cli_label}, {"audit.receipt", cli_receipt},
               {"audit.export", cli_export},   {"audit.verify", cli_verify}, {"audit.replay", cli_verify}};

static int run_verb(struct cli *cli, const struct verb_row *row, char **words, int count)
{
    struct err e;
    void *in = record_new(cli->arena, row->in), *out = record_new(cli->arena, row->out);
    cli->verb = row;
    int code = cli_fill(cli, row->in, words, count, in, &e);
    if (code == 0 && cli->format != NULL && (row->in == &record_export_request || row->in == &record_label_request))
        code = record_from_text(cli->arena, row->in, "format", cli->format, in, &e);
    if (code == 0 && cli->person_id[0] != '\0')
        code = cli_check_missing(cli, row, in, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (row->kind == VERB_ACT)
        return act(cli, row, in);
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (strcmp(row->name, special[i].verb) == 0)
            return special[i].run(cli, row, in);
    code = row->kind == VERB_OBSERVE ? desk_observe(cli->desk, cli->arena, row->name, NULL, in, out, &e)
                                     : desk_call(cli->desk, cli->arena, row->name, in, out, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    cli_show(cli, row->out, out);
    return 0;
}

int cli_run(struct cli *cli, char **words, int count)
{
    int used;
    if (count > 0 && strcmp(words[0], "login") == 0)
        return login(cli, words + 1, count - 1);
    if (count > 0 && strcmp(words[0], "logout") == 0)
        return logout(cli, words + 1, count - 1);
    if (cli_is_person(words, count))
        return cli_person(cli, words + 1, count - 1);
    if (count > 1 && strcmp(words[0], "receipt") == 0 && strcmp(words[1], "verify") == 0)
        return cli_receipts_verify(cli, words + 2, count - 2);
    if (count > 0 && strcmp(words[0], "call") == 0) {
        words++;
        count--;
    }
    const struct verb_row *row = cli_verb(words, count, &used);
    if (row == NULL)
        return cli_unknown(cli, words, count);
    if (strcmp(row->service, "service") == 0)
        return cli_service(cli, row, words + used, count - used);
    return run_verb(cli, row, words + used, count - used);
}
