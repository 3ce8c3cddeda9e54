#include "base/secret.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NEW_MAX 1024

static int read_line(int fd, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    size_t len = 0;
    for (;;) {
        uint8_t c;
        ssize_t n = read(fd, &c, 1);
        if (n <= 0 || c == '\n')
            break;
        if (len < size)
            ret[len] = c;
        len++;
    }
    if (len > size)
        return err_raise(e, ERR_FIELD_TOO_LONG, "secret", NULL, "a secret has at most %zu bytes", size);
    *ret_len = len;
    return len > 0 ? 0 : err_raise(e, ERR_FIELD_MISSING, "secret", NULL, "no secret was given");
}

static int ask(int tty, const char *prompt, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    struct termios before, quiet;
    if (tcgetattr(tty, &before) != 0)
        return err_fault(e, "no terminal to ask at");
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &quiet);
    int code = dprintf(tty, "%s: ", prompt) < 0 ? err_fault(e, "no terminal to ask at") : read_line(tty, ret, size, ret_len, e);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (write(tty, "\n", 1) < 0)
        return err_fault(e, "the terminal is gone");
    return code;
}

static int ask_again(int tty, const uint8_t *first, size_t len, struct err *e)
{
    uint8_t again[NEW_MAX];
    size_t n = 0;
    int code = ask(tty, "Once more", again, sizeof again, &n, e);
    if (code == ERR_FIELD_MISSING || code == ERR_FIELD_TOO_LONG || (code == 0 && (n != len || memcmp(first, again, len) != 0)))
        code = err_raise(e, ERR_SECRET_WRONG, "secret", NULL, "the two differ");
    explicit_bzero(again, sizeof again);
    return code;
}

static int read_one(int fd, const char *prompt, bool twice, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    if (fd >= 0)
        return read_line(fd, ret, size, ret_len, e);
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return err_fault(e, "no terminal to ask at; give --secret-fd N");
    int code = ask(tty, prompt, ret, size, ret_len, e);
    if (code == 0 && twice)
        code = ask_again(tty, ret, *ret_len, e);
    close(tty);
    return code;
}

int secret_read(int fd, const char *prompt, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    return read_one(fd, prompt, false, ret, size, ret_len, e);
}

int secret_read_new(int fd, const char *prompt, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    return read_one(fd, prompt, true, ret, size < NEW_MAX ? size : NEW_MAX, ret_len, e);
}
