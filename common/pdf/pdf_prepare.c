/* The incremental update: a signature, its field, the page and the catalog again with references to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "pdf/pdf.h"

#define DIGITS "%010llu"

/* The drawing, and the update behind it. Objects that are written again keep their numbers. */
struct update {
    const char *text;                /* the drawing, NUL behind it */
    struct buf out;
    unsigned long long size, root, page, previous;
    struct { unsigned long long number, offset; } object[4];
    size_t count;
};

/* The number behind the last ${key} of the trailer. */
static bool trailer_number(const char *trailer, const char *key, unsigned long long *ret)
{
    const char *at = strstr(trailer, key);
    char *end;
    if (at == NULL)
        return false;
    *ret = strtoull(at + strlen(key), &end, 10);
    return end != at + strlen(key);
}

/* Object ${number}, whole, up to its `endobj`; NULL if there is none. */
static const char *object_find(struct arena *a, const struct update *u, unsigned long long number)
{
    const char *head = arena_printf(a, "\n%llu 0 obj\n", number);
    const char *at = strstr(u->text, head);
    const char *end = at == NULL ? NULL : strstr(at, "endobj");
    return end == NULL ? NULL : arena_dup(a, at + strlen(head), (size_t)(end - at) - strlen(head));
}

static void object_begin(struct update *u, unsigned long long number)
{
    u->object[u->count].number = number;
    u->object[u->count++].offset = u->out.len;
    buf_printf(&u->out, "%llu 0 obj\n", number);
}

/* The dictionary ${object} once more, with ${entry} in it. */
static bool object_again(struct update *u, unsigned long long number, const char *object, const char *entry)
{
    const char *open = object == NULL ? NULL : strstr(object, "<<");
    if (open == NULL)
        return false;
    object_begin(u, number);
    buf_printf(&u->out, "<< %s%sendobj\n", entry, open + 2);
    return true;
}

/* strstr finds its end at the first NUL; streams hold NULs, so the text is made free of them for searching only. */
static char *searchable(struct arena *a, struct bytes drawn)
{
    char *text = arena_dup(a, drawn.data, drawn.len);
    for (size_t i = 0; i < drawn.len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    return text;
}

static bool find_ends(struct arena *a, struct update *u, size_t len)
{
    const char *trailer = NULL, *start;
    for (const char *at = u->text; (at = strstr(at, "trailer\n")) != NULL; at++)
        trailer = at;
    start = trailer == NULL ? NULL : strstr(trailer, "startxref\n");
    if (start == NULL || !trailer_number(trailer, "/Size ", &u->size) || !trailer_number(trailer, "/Root ", &u->root) ||
        !trailer_number(start, "startxref\n", &u->previous) || u->previous >= len)
        return false;
    const char *catalog = object_find(a, u, u->root);
    unsigned long long pages;
    if (catalog == NULL || !trailer_number(catalog, "/Pages ", &pages))
        return false;
    const char *tree = object_find(a, u, pages);
    return tree != NULL && (trailer_number(tree, "/Kids [ ", &u->page) || trailer_number(tree, "/Kids [", &u->page));
}

static void put_signature(struct update *u, unsigned long long number, const char *reason, size_t ret_place[2])
{
    object_begin(u, number);
    buf_put(&u->out, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached\n/ByteRange [0 ");
    ret_place[0] = u->out.len;
    buf_printf(&u->out, DIGITS " " DIGITS " " DIGITS "]\n/Contents ", 0ULL, 0ULL, 0ULL);
    ret_place[1] = u->out.len;
    buf_char(&u->out, '<');
    for (size_t i = 0; i < PDF_SIGNATURE_MAX; i++)
        buf_put(&u->out, "00");
    buf_printf(&u->out, ">\n/Reason (%s) >>\nendobj\n", reason);
}

static int by_number(const void *x, const void *y)
{
    const unsigned long long *p = x, *q = y;
    return *p < *q ? -1 : *p > *q;
}

static void put_trailer(struct update *u, struct bytes drawn)
{
    uint8_t digest[DIGEST_LEN];
    char id[DIGEST_HEX];
    size_t at = u->out.len;
    digest_sha256(drawn.data, drawn.len, digest);
    hex_of(digest, 16, id);
    qsort(u->object, u->count, sizeof *u->object, by_number);
    buf_put(&u->out, "xref\n");
    for (size_t i = 0; i < u->count; i++)
        buf_printf(&u->out, "%llu 1\n" DIGITS " 00000 n \n", u->object[i].number, u->object[i].offset);
    buf_printf(&u->out, "trailer\n<< /Size %llu /Root %llu 0 R /Prev %llu /ID [<%s> <%s>] >>\nstartxref\n%zu\n%%%%EOF\n",
               u->size + 2, u->root, u->previous, id, id, at);
}

int pdf_prepare(struct arena *a, struct bytes drawn, const char *reason, struct bytes *ret, struct err *e)
{
    size_t place[2];
    struct update u = {.out = buf_new(a)};
    u.text = searchable(a, drawn);
    if (drawn.len < 20 || memcmp(drawn.data, "%PDF-", 5) != 0 || !find_ends(a, &u, drawn.len))
        return err_fault(e, "the drawing is no PDF with a classic cross-reference table");
    buf_add(&u.out, drawn.data, drawn.len);
    if (u.out.text[u.out.len - 1] != '\n')
        buf_char(&u.out, '\n');
    unsigned long long signature = u.size, field = u.size + 1;
    put_signature(&u, signature, reason, place);
    object_begin(&u, field);
    buf_printf(&u.out, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (audit) /F 132 /Rect [0 0 0 0] /P %llu 0 R /V %llu 0 R >>\n"
               "endobj\n", u.page, signature);
    if (!object_again(&u, u.page, object_find(a, &u, u.page), arena_printf(a, "/Annots [%llu 0 R] ", field)) ||
        !object_again(&u, u.root, object_find(a, &u, u.root),
                      arena_printf(a, "/AcroForm << /Fields [%llu 0 R] /SigFlags 3 >> ", field)))
        return err_fault(e, "the drawing has no first page or no catalog");
    put_trailer(&u, drawn);
    size_t gap_end = place[1] + 2 * PDF_SIGNATURE_MAX + 2;
    const char *range = arena_printf(a, DIGITS " " DIGITS " " DIGITS, (unsigned long long)place[1],
                                     (unsigned long long)gap_end, (unsigned long long)(u.out.len - gap_end));
    memcpy(u.out.text + place[0], range, strlen(range));
    *ret = (struct bytes){(const uint8_t *)u.out.text, u.out.len};
    return 0;
}
