#include "signer_secret.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int read_line(int fd, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    size_t len = 0;
    for (;;) {
        uint8_t c;
        ssize_t n = read(fd, &c, 1);
        if (n <= 0 || c == '\n')
            break;
        if (len == size)
            return err_raise(e, ERR_FIELD_TOO_LONG, "secret", NULL, "the secret has at most %zu bytes", size);
        ret[len++] = c;
    }
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
    int code = write(tty, prompt, strlen(prompt)) < 0 ? err_fault(e, "no terminal to ask at")
                                                      : read_line(tty, ret, size, ret_len, e);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (write(tty, "\n", 1) < 0)
        return err_fault(e, "the terminal is gone");
    return code;
}

static int ask_twice(uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    uint8_t again[1024];
    size_t len = 0;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return err_fault(e, "no terminal to ask at; give --secret-fd");
    int code = ask(tty, "New secret: ", ret, size, ret_len, e);
    if (code == 0)
        code = ask(tty, "Once more: ", again, sizeof again < size ? sizeof again : size, &len, e);
    if (code == 0 && (len != *ret_len || memcmp(ret, again, len) != 0))
        code = err_raise(e, ERR_SECRET_WRONG, "secret", NULL, "the two differ");
    explicit_bzero(again, sizeof again);
    close(tty);
    return code;
}

int secret_read(int fd, uint8_t *ret, size_t size, size_t *ret_len, struct err *e)
{
    return fd < 0 ? ask_twice(ret, size, ret_len, e) : read_line(fd, ret, size, ret_len, e);
}
