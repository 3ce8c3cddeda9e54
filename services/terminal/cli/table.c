#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

#define COLUMN_LEAST 14   /* no column is made narrower than this */
#define GAP 2

static int columns_of(const char *text, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

/* How many bytes of ${text} stand on one line of ${width} columns: broken at a space where there is one. */
static size_t fits(const char *text, int width)
{
    size_t len = strcspn(text, "\n"), last = 0, i = 0;
    int n = 0;
    for (; i < len; i++) {
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (n > width)
            break;
        if (text[i] == ' ')
            last = i;
    }
    return i == len ? len : last > 0 ? last : i;
}

/* the width of the terminal, 0 where there is none: then nothing is broken */
static int terminal_columns(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void narrow(int *width, size_t columns, int total)
{
    int sum = -GAP;
    for (size_t i = 0; i < columns; i++)
        sum += width[i] + GAP;
    while (total > 0 && sum > total) {
        size_t widest = 0;
        for (size_t i = 1; i < columns; i++)
            if (width[i] > width[widest])
                widest = i;
        if (width[widest] <= COLUMN_LEAST)
            return;
        width[widest]--;
        sum--;
    }
}

static void put_row(const char **cells, const int *width, size_t columns)
{
    bool more = true;
    while (more) {
        int owed = 0;   /* spaces are printed before the next text, so that no line ends with any */
        more = false;
        for (size_t i = 0; i < columns; i++) {
            size_t n = fits(cells[i], width[i]);
            if (n > 0)
                printf("%*s%.*s", owed, "", (int)n, cells[i]);
            owed = (n > 0 ? 0 : owed) + width[i] - columns_of(cells[i], n) + GAP;
            cells[i] += n;
            cells[i] += *cells[i] == ' ' || *cells[i] == '\n';
            more = more || *cells[i] != '\0';
        }
        puts("");
    }
}

void cli_table(const char *const *cells, size_t rows, size_t columns)
{
    int width[RECORD_FIELDS_MAX] = {0};
    const char *row[RECORD_FIELDS_MAX];
    bool strong = cli_is_strong(STDOUT_FILENO);
    for (size_t k = 0; k < rows * columns; k++) {
        int n = columns_of(cells[k], strlen(cells[k]));
        width[k % columns] = n > width[k % columns] ? n : width[k % columns];
    }
    narrow(width, columns, terminal_columns());
    for (size_t k = 0; k < rows; k++) {
        memcpy(row, cells + k * columns, columns * sizeof *row);
        fputs(strong && k == 0 ? "\033[1m" : "", stdout);
        put_row(row, width, columns);
        fputs(strong && k == 0 ? "\033[0m" : "", stdout);
    }
    if (rows <= 1)
        puts("(none)");
}
