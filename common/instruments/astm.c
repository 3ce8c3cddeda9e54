/*
 * ASTM E1381 frames with E1394 records in them (LIS1-A, LIS2-A2): each frame's number and check characters, then the records. H has
 * the delimiters, P the patient, O the sample, R a result, L the message's end.
 */
#include <stdio.h>
#include <string.h>

#include "inside.h"

#define STX 0x02
#define ETX 0x03
#define EOT 0x04
#define ENQ 0x05
#define ETB 0x17

bool astm_known(struct bytes file)
{
    return file.len > 0 && (file.data[0] == STX || file.data[0] == ENQ);
}

/* one frame from its STX on: what is in it put to ${text}; ${at} is left behind its check characters */
static int frame_read(const struct reading *r, struct bytes file, size_t *at, int number, struct buf *text)
{
    unsigned sum = 0;
    char check[3];
    size_t i = *at + 1;
    for (; i < file.len && file.data[i] != ETX && file.data[i] != ETB; i++)
        sum += file.data[i];
    if (i + 2 >= file.len)
        return file_refuse(r, number, 1, "the frame has no end");
    snprintf(check, sizeof check, "%02X", (sum + file.data[i]) & 0xff);
    if (memcmp(check, file.data + i + 1, 2) != 0)
        return file_refuse(r, number, 1, "the frame's check characters are not %s", check);
    if (file.data[*at + 1] != (uint8_t)('0' + number % 8))
        return file_refuse(r, number, 1, "a frame is missing before this one");
    buf_add(text, file.data + *at + 2, i - *at - 2);
    *at = i + 3;
    return 0;
}

static int frames_read(const struct reading *r, struct bytes file, struct buf *text)
{
    int number = 1, code = 0;
    for (size_t i = 0; code == 0 && i < file.len;) {
        uint8_t c = file.data[i];
        if (c == STX)
            code = frame_read(r, file, &i, number++, text);
        else if (c == ENQ || c == EOT || c == '\r' || c == '\n')
            i++;
        else
            return file_refuse(r, number, 1, "the byte 0x%02x between frames", c);
    }
    return code;
}

/* "^^^^WBC^1" is WBC */
static const char *first_part(struct arena *a, const char *text)
{
    const char *part = "";
    for (size_t n = 0; n < 6 && part[0] == '\0'; n++)
        part = file_part(a, text, '^', n);
    return part;
}

static const char *field(const struct file_cell *cell, size_t count, size_t n)
{
    return n < count ? cell[n].text : "";
}

static int result_read(struct reading *r, const char *sample, const struct file_cell *cell, size_t count)
{
    const char *status = field(cell, count, 8);
    struct value_of of = {sample, field(cell, count, 12), NULL};
    struct value_rule rule = {"", first_part(r->a, field(cell, count, 2)), field(cell, count, 4), 0};
    if (status[0] != '\0' && strcmp(status, "F") != 0)
        of.note = arena_printf(r->a, "status %.20s", status);
    return count < 4 ? file_refuse(r, cell[0].line, 1, "a result without its value") : file_value(r, &of, &rule, &cell[3]);
}

/* a message ends with its terminator: one that does not was cut off, and what is missing may be results */
static void end_check(struct reading *r, const char *type, const char **open, int line)
{
    if ((type == NULL || strcmp(type, "H") == 0) && *open != NULL && r->out->lacks == NULL)
        r->out->lacks = arena_printf(r->a, "the message of %s has no terminator (L): it is cut off", *open);
    if (type != NULL && strcmp(type, "H") == 0)
        *open = arena_printf(r->a, "line %d", line);
    if (type != NULL && strcmp(type, "L") == 0)
        *open = NULL;
}

/* with another patient or message the sample before is over: a result that names none is of none */
static int record_read(struct reading *r, const char **sample, const struct file_cell *cell, size_t count)
{
    const char *type = cell[0].text;
    if (strcmp(type, "H") == 0 || strcmp(type, "P") == 0)
        *sample = "";
    if (strcmp(type, "P") == 0 && field(cell, count, 5)[0] != '\0')
        r->out->person = arena_printf(r->a, "line %d (P-6)", cell[0].line);
    if (strcmp(type, "O") == 0)
        *sample = first_part(r->a, field(cell, count, 2)[0] != '\0' ? field(cell, count, 2) : field(cell, count, 3));
    return strcmp(type, "R") == 0 ? result_read(r, *sample, cell, count) : 0;
}

static int records_read(struct reading *r)
{
    struct file_cell cell[FILE_CELLS_MAX];
    const char *sample = "", *open = NULL;
    int code = 0;
    for (size_t i = 0; code == 0 && i < r->line_count; i++) {
        size_t count = file_cells(r, i, '|', cell);
        for (size_t k = 0; k < count; k++)
            cell[k].column = (int)k + 1;
        end_check(r, cell[0].text, &open, cell[0].line);
        code = record_read(r, &sample, cell, count);
    }
    end_check(r, NULL, &open, 0);
    return code;
}

int astm_read(struct reading *r, struct bytes file)
{
    struct buf text = buf_new(r->a);
    int code = frames_read(r, file, &text);
    code = code != 0 ? code : file_lines(r, (struct bytes){(const uint8_t *)text.text, text.len});
    if (code == 0 && strncmp(r->line[0].text, "H|\\^&", 5) != 0)
        code = file_refuse(r, 1, 1, "no E1394 header with the delimiters |\\^&");
    r->out->format = "astm";
    return code != 0 ? code : records_read(r);
}
