#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

static size_t read_line(int fd, char *ret, size_t size)
{
    size_t n = 0;
    char c;
    while (n + 1 < size && read(fd, &c, 1) == 1 && c != '\n')
        ret[n++] = c;
    ret[n] = '\0';
    return n;
}

size_t cli_secret(struct cli *cli, const char *prompt, char *ret, size_t size)
{
    if (cli->secret_fd >= 0)
        return read_line(cli->secret_fd, ret, size);
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return 0;
    struct termios before, quiet;
    tcgetattr(tty, &before);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &quiet);
    dprintf(tty, "%s: ", prompt);
    size_t n = read_line(tty, ret, size);
    tcsetattr(tty, TCSAFLUSH, &before);
    dprintf(tty, "\n");
    close(tty);
    return n;
}

bool cli_code(struct cli *cli, char *secret, size_t size, size_t *len)
{
    char code[16];
    size_t n = cli_secret(cli, "Code that your device shows", code, sizeof code);
    if (n == 0 || *len + 1 + n >= size)
        return false;
    secret[*len] = '\n';
    memcpy(secret + *len + 1, code, n);
    *len += 1 + n;
    explicit_bzero(code, sizeof code);
    return true;
}

/* ~/.stemma/<terminal>.session: person id, space, token */
static const char *session_path(struct cli *cli)
{
    const char *home = getenv("HOME");
    const char *folder = arena_printf(cli->arena, "%s/.stemma", home != NULL ? home : ".");
    mkdir(folder, 0700);
    return arena_printf(cli->arena, "%s/%s.session", folder, cli->settings.terminal);
}

void cli_session_load(struct cli *cli)
{
    char line[120];
    int fd = open(session_path(cli), O_RDONLY | O_CLOEXEC);
    cli->person_id = "";
    if (fd < 0)
        return;
    size_t n = read_line(fd, line, sizeof line);
    close(fd);
    char *space = strchr(line, ' ');
    if (n > 0 && space != NULL && space - line <= 32) {
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
