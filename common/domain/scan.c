#include "domain/scan.h"

#include <string.h>

#include "domain/gs1.h"
#include "ledger/stream.h"

#define TEXT_MAX 400

static int refuse(struct err *e, const char *what)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "identifier", "T37",
                     "\"%.60s\" is no label of cells, no GS1 element string and no identifier of the lab; a donation number is typed "
                     "with its check character", what);
}

static const char *trimmed(struct arena *a, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    return arena_dup(a, text, len);
}

static struct scan_piece *piece_add(struct scan *s, const char *number, const char *name, const char *content)
{
    s->piece[s->piece_count] = (struct scan_piece){number, name, content};
    return &s->piece[s->piece_count++];
}

static const char *content_of(const struct scan *s, const char *number)
{
    for (size_t i = 0; i < s->piece_count; i++)
        if (strcmp(s->piece[i].number, number) == 0)
            return s->piece[i].content;
    return NULL;
}

static int container_of(struct arena *a, struct scan *s, const char *product_code, struct err *e)
{
    char id[CONTAINER_MAX];
    int code = container_build(s->donation_number, product_code, id, e);
    if (code == 0)
        s->container_id = arena_text(a, id);
    return code;
}

/* 001 is the donation, and flags that are not part of it (T33); with 003 the container is named (T36). */
static int read_isbt(struct arena *a, const char *text, struct scan *s, struct err *e)
{
    struct isbt_part *part;
    size_t n;
    int code = isbt_parse(a, text, &part, &n, e);
    if (code != 0)
        return code;
    s->symbology = "isbt_128";
    s->piece = ARENA_ARRAY(a, struct scan_piece, n);
    for (size_t i = 0; i < n; i++)
        piece_add(s, part[i].number, part[i].name, part[i].content);
    const char *donation = content_of(s, "001"), *product = content_of(s, "003");
    if (donation != NULL)
        s->donation_number = arena_dup(a, donation, DIN_LEN);
    return donation != NULL && product != NULL ? container_of(a, s, product, e) : 0;
}

static int read_gs1(struct arena *a, const char *text, struct scan *s, struct err *e)
{
    struct gs1_element *element;
    size_t n;
    int code = gs1_parse(a, text, &element, &n, e);
    if (code != 0)
        return code;
    s->symbology = "gs1";
    s->piece = ARENA_ARRAY(a, struct scan_piece, n);
    for (size_t i = 0; i < n; i++)
        piece_add(s, element[i].ai, element[i].name, element[i].value);
    s->lot_number = content_of(s, "10");
    return 0;
}

/* One capital, a hyphen, then what identifiers are made of: a donor, a batch, a lot, a machine, a person ... */
static bool is_stream(const char *text)
{
    return strlen(text) > 2 && strchr("BCDEMPQTU", text[0]) != NULL && text[1] == '-' && stream_is_valid(text, strlen(text));
}

/* a batch's number, and behind it the sample's: "B-2026000123-S1" */
static bool is_sample(struct arena *a, const char *text)
{
    const char *number = strrchr(text, '-');
    if (number == NULL || number[1] != 'S' || number[2] == '\0' || strspn(number + 2, "0123456789") != strlen(number + 2))
        return false;
    const char *batch = arena_dup(a, text, (size_t)(number - text));
    return batch[0] == 'B' && is_stream(batch);
}

static int read_own(struct arena *a, const char *text, struct scan *s, struct err *e)
{
    char donation[DIN_LEN + 1], product[9];
    struct din din;
    struct err why;
    s->symbology = "own";
    s->piece = ARENA_ARRAY(a, struct scan_piece, 1);
    if (is_stream(text)) {
        s->stream_id = piece_add(s, "", "identifier", text)->content;
        return 0;
    }
    if (is_sample(a, text)) {
        s->stream_id = piece_add(s, "", "sample", text)->content;
        return 0;
    }
    if (container_parse(text, donation, product, &why) == 0) {
        s->container_id = piece_add(s, "", "container", text)->content;
        s->donation_number = arena_text(a, donation);
        return 0;
    }
    if (din_from_typed(text, &din, &why) != 0)
        return refuse(e, text);
    s->donation_number = piece_add(s, "", "donation identification number, typed", arena_text(a, din.text))->content;
    return 0;
}

int scan_read(struct arena *a, const char *text, struct scan *ret, struct err *e)
{
    *ret = (struct scan){.symbology = ""};
    if (strlen(text) > TEXT_MAX)
        return refuse(e, text);
    text = trimmed(a, text);
    if (text[0] == '=' || text[0] == '&')
        return read_isbt(a, text, ret, e);
    if (gs1_looks_like(text) || (strncmp(text, "01", 2) == 0 && strlen(text) >= 16))
        return read_gs1(a, text, ret, e);
    return read_own(a, text, ret, e);
}
