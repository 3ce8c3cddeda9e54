#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli.h"

void cli_secret_wipe(struct cli_secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

int cli_secret(struct cli *cli, const char *prompt, bool is_new, struct cli_secret *ret)
{
    struct err e;
    int (*read_it)(int, const char *, uint8_t *, size_t, size_t *, struct err *) = is_new ? secret_read_new : secret_read;
    if (read_it(cli->secret_fd, prompt, ret->text, CLI_SECRET_MAX, &ret->len, &e) == 0)
        return 0;
    return cli_unable(cli, e.text, "Give it on the terminal, or as a line of --secret-fd N.");
}

bool cli_code_helps(int code, const struct err *e)
{
    return code == ERR_CODE_MISSING && strcmp(e->field, "second_factor") != 0;
}

bool cli_code(struct cli *cli, struct cli_secret *secret)
{
    struct err e;
    char code[CLI_CODE_MAX + 1] = "";
    size_t n = 0;
    bool is_given, is_used;
    do {
        is_given = secret_read(cli->secret_fd, "Code that your device shows", (uint8_t *)code, CLI_CODE_MAX, &n, &e) == 0;
        is_used = is_given && strlen(cli->used_code) == n && memcmp(cli->used_code, code, n) == 0;
        if (is_used)
            fputs("This code was used: wait for the next one.\n", stderr);
    } while (is_used);
    if (is_given) {
        secret->text[secret->len] = '\n';
        memcpy(secret->text + secret->len + 1, code, n);
        secret->len += 1 + n;
        code[n] = '\0';
        memcpy(cli->used_code, code, sizeof code);
    }
    explicit_bzero(code, sizeof code);
    return is_given;
}

const char *cli_folder(struct cli *cli)
{
    const char *home = getenv("HOME");
    const char *folder = arena_printf(cli->arena, "%s/.stemma", home != NULL ? home : ".");
    mkdir(folder, 0700);
    return folder;
}

/* ~/.stemma/<terminal>.session: person id, space, token */
static const char *session_path(struct cli *cli)
{
    return arena_printf(cli->arena, "%s/%s.session", cli_folder(cli), cli->settings.terminal);
}

void cli_session_load(struct cli *cli)
{
    struct err e;
    char line[120] = "";
    int fd = open(session_path(cli), O_RDONLY | O_CLOEXEC);
    cli->person_id = "";
    if (fd < 0)
        return;
    size_t n = 0;
    int code = secret_read(fd, "", (uint8_t *)line, sizeof line - 1, &n, &e);
    close(fd);
    char *space = strchr(line, ' ');
    if (code == 0 && space != NULL && space - line <= 32) {
        *space = '\0';
        cli->person_id = arena_text(cli->arena, line);
        desk_resume(cli->desk, space + 1, line);
    }
    explicit_bzero(line, sizeof line);
}

int cli_session_save(struct cli *cli, const struct session *session, struct err *e)
{
    const char *path = session_path(cli);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || fchmod(fd, 0600) != 0 || dprintf(fd, "%s %s\n", session->person_id, session->token) < 0)
        return err_fault(e, "cannot write %s", path);
    close(fd);
    return 0;
}

void cli_session_end(struct cli *cli)
{
    unlink(session_path(cli));
}
