#include "domain/identifier.h"

#include <string.h>

#include "domain/procedure.h"

static const char CHECK[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

int mod37_value(const char *text, size_t len)
{
    int p = 0;
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] == '\0' ? NULL : strchr(CHECK, text[i]);
        if (at == NULL)
            return -1;
        p = (p + (int)(at - CHECK)) * 2 % 37;
    }
    return (38 - p) % 37;
}

char mod37_char(int value)
{
    return value < 0 || value > 36 ? '?' : CHECK[value];
}

bool din_is_valid(const char *text)
{
    if (strlen(text) != DIN_LEN)
        return false;
    for (size_t i = 0; i < DIN_LEN; i++) {
        char c = text[i];
        bool letter = is_upper(c) && c != 'O';
        if (!(i < 3 ? letter || (is_digit(c) && (i > 0 || c != '0')) : is_digit(c)))
            return false;
    }
    return true;
}

static int refuse(struct err *e, const char *rule, const char *why, const char *what)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "identifier", rule, "%s: \"%.60s\"", why, what);
}

static enum din_flags flags_kind(const char flags[2])
{
    static const struct {
        int first, last;
        enum din_flags kind;
    } rows[] = {{0, 0, DIN_FLAGS_NONE}, {1, 4, DIN_FLAGS_CONTAINER}, {5, 13, DIN_FLAGS_PROCESS}, {14, 14, DIN_FLAGS_RESERVED},
        {15, 19, DIN_FLAGS_CONTAINER}, {20, 59, DIN_FLAGS_LOCAL}, {60, 96, DIN_FLAGS_CHECK}};
    if (!is_digit(flags[0]) || !is_digit(flags[1]))
        return DIN_FLAGS_RESERVED;
    int value = (flags[0] - '0') * 10 + (flags[1] - '0');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (value >= rows[i].first && value <= rows[i].last)
            return rows[i].kind;
    return DIN_FLAGS_RESERVED;
}

/* 0-9, A-H, J-N, P, R-Y */
static bool is_flag(char c)
{
    return is_digit(c) || (is_upper(c) && strchr("IOQZ", c) == NULL);
}

int din_from_scan(const char *scan, struct din *ret, struct err *e)
{
    struct din d = {0};
    if (strlen(scan) != 1 + DIN_LEN + 2 || scan[0] != '=')
        return refuse(e, "T37", "a donation number is scanned as = and 15 characters", scan);
    memcpy(d.text, scan + 1, DIN_LEN);
    memcpy(d.flags, scan + 1 + DIN_LEN, 2);
    if (!din_is_valid(d.text))
        return refuse(e, "T34", "not the layout of a donation number", scan);
    if (!is_flag(d.flags[0]) || !is_flag(d.flags[1]))
        return refuse(e, "T33", "no flag characters", scan);
    int value = mod37_value(d.text, DIN_LEN);
    d.kind = flags_kind(d.flags);
    d.check = mod37_char(value);
    if (d.kind == DIN_FLAGS_CHECK && (d.flags[0] - '0') * 10 + (d.flags[1] - '0') != 60 + value)
        return refuse(e, "T33", "the flag characters are not the check of the number", scan);
    *ret = d;
    return 0;
}

int din_from_typed(const char *typed, struct din *ret, struct err *e)
{
    struct din d = {.flags = "00"};
    char text[DIN_LEN + 2] = "";
    size_t n = 0;
    for (const char *p = typed; *p != '\0'; p++) {
        if (*p == ' ')
            continue;
        if (n == DIN_LEN + 1)
            return refuse(e, "R03", "more than 13 characters and a check character", typed);
        text[n++] = *p;
    }
    if (n != DIN_LEN + 1)
        return refuse(e, "R03", "13 characters and the check character are needed", typed);
    memcpy(d.text, text, DIN_LEN);
    if (!din_is_valid(d.text))
        return refuse(e, "T34", "not the layout of a donation number", typed);
    d.check = mod37_char(mod37_value(d.text, DIN_LEN));
    if (d.check != text[DIN_LEN])
        return refuse(e, "R03", "the check character does not fit", typed);
    *ret = d;
    return 0;
}

void din_print(const struct din *din, char ret[20])
{
    const char *t = din->text;
    size_t o = 0;
    for (size_t i = 0; i < DIN_LEN; i++) {
        if (i == 5 || i == 7)
            ret[o++] = ' ';
        ret[o++] = t[i];
    }
    ret[o++] = ' ';
    ret[o++] = din->check;
    ret[o] = '\0';
}

bool product_code_is_valid(const char *code)
{
    if (strlen(code) != 8 || !is_upper(code[0]))
        return false;
    for (size_t i = 1; i < 5; i++)
        if (!is_digit(code[i]) && !is_upper(code[i]))
            return false;
    bool type = is_digit(code[5]) || is_upper(code[5]) || code[5] == 'r';
    bool second = is_digit(code[7]) || (code[7] >= 'a' && code[7] <= 'z');
    return type && second && (is_digit(code[6]) || is_upper(code[6]));
}

int container_build(const char *din, const char *product_code, char ret[CONTAINER_MAX], struct err *e)
{
    if (!din_is_valid(din))
        return refuse(e, "T34", "not the layout of a donation number", din);
    if (!product_code_is_valid(product_code))
        return refuse(e, "T36", "not the layout of a product code", product_code);
    memcpy(ret, din, DIN_LEN);
    ret[DIN_LEN] = '-';
    memcpy(ret + DIN_LEN + 1, product_code, 9);
    return 0;
}

int container_parse(const char *id, char ret_din[DIN_LEN + 1], char ret_product_code[9], struct err *e)
{
    char din[DIN_LEN + 1] = "";
    if (strlen(id) != DIN_LEN + 1 + 8 || id[DIN_LEN] != '-')
        return refuse(e, "T36", "a container is a donation number, - and a product code", id);
    memcpy(din, id, DIN_LEN);
    if (!din_is_valid(din))
        return refuse(e, "T34", "not the layout of a donation number", id);
    if (!product_code_is_valid(id + DIN_LEN + 1))
        return refuse(e, "T36", "not the layout of a product code", id);
    memcpy(ret_din, din, sizeof din);
    memcpy(ret_product_code, id + DIN_LEN + 1, 9);
    return 0;
}

bool container_division(const char *product_code, int index, char ret[9])
{
    if (!product_code_is_valid(product_code) || index < 0 || index > 26 * 27)
        return false;
    memcpy(ret, product_code, 9);
    ret[6] = index == 0 ? '0' : "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(index - 1) % 26];
    ret[7] = index <= 26 ? '0' : "abcdefghijklmnopqrstuvwxyz"[(index - 27) / 26];
    return true;
}

bool collection_type_fits(char type, const char *use)
{
    static const char *const types[USE_COUNT] = {
        [USE_AUTOLOGOUS] = "1XA80", [USE_ALLOGENEIC] = "VP70", [USE_DIRECTED] = "23D450", [USE_RELATIVE] = "F234D0", [USE_RESEARCH] = "Rr"};
    for (int u = 0; u < USE_COUNT; u++)
        if (strcmp(use_words[u], use) == 0)
            return type != '\0' && strchr(types[u], type) != NULL;
    return false;
}
