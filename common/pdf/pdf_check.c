/* Where the signature lies, what it covers, whether it holds. */
#include <string.h>

#include "pdf/inside.h"

static int refuse(struct err *e, const char *why)
{
    return err_raise(e, ERR_SIGNATURE_REFUSED, "pdf", NULL, "%s", why);
}

/* How often ${word} occurs; ${ret} is behind the first. */
static size_t occurrences(struct bytes file, const char *word, const uint8_t **ret)
{
    const uint8_t *at = file.data, *end = file.data + file.len;
    size_t n = 0, len = strlen(word);
    while ((at = memmem(at, (size_t)(end - at), word, len)) != NULL) {
        at += len;
        if (n++ == 0)
            *ret = at;
    }
    return n;
}

static bool take_number(const uint8_t **at, const uint8_t *end, size_t *ret)
{
    size_t n = 0, digits = 0;
    while (*at < end && **at == ' ')
        (*at)++;
    for (; *at < end && **at >= '0' && **at <= '9' && digits < 12; digits++)
        n = n * 10 + (size_t)(*(*at)++ - '0');
    *ret = n;
    return digits > 0;
}

static bool is_hex_string(struct bytes file, size_t from, size_t to)
{
    if (to - from < 4 || (to - from) % 2 != 0 || file.data[from] != '<' || file.data[to - 1] != '>')
        return false;
    for (size_t i = from + 1; i < to - 1; i++)
        if (strchr("0123456789abcdef", file.data[i]) == NULL || file.data[i] == '\0')
            return false;
    return true;
}

int pdf_place(struct bytes file, struct pdf_place *ret, struct err *e)
{
    static const char contents[] = "\n/Contents ";
    const uint8_t *at = NULL, *end = file.data + file.len;
    size_t zero, rest;
    if (file.len < 20 || memcmp(file.data, "%PDF-", 5) != 0)
        return refuse(e, "no PDF");
    if (occurrences(file, "/ByteRange", &at) != 1)
        return refuse(e, "the PDF has no signature, or more than one");
    if (at == end || *at != ' ' || ++at == end || *at++ != '[' || !take_number(&at, end, &zero) || zero != 0 ||
        !take_number(&at, end, &ret->gap) || !take_number(&at, end, &ret->gap_end) || !take_number(&at, end, &rest) ||
        at == end || *at != ']')
        return refuse(e, "the PDF's ByteRange cannot be read");
    size_t n = sizeof contents - 1;
    if (ret->gap_end > file.len || ret->gap < n || ret->gap + 4 > ret->gap_end ||
        memcmp(file.data + ret->gap - n, contents, n) != 0 || !is_hex_string(file, ret->gap, ret->gap_end))
        return refuse(e, "the gap in the PDF's ByteRange is not its /Contents");
    if (rest != file.len - ret->gap_end)
        return refuse(e, "the PDF goes on behind what is signed");
    return 0;
}

int pdf_covered(struct arena *a, struct bytes file, struct bytes *ret, struct err *e)
{
    struct pdf_place place;
    int rc = pdf_place(file, &place, e);
    if (rc != 0)
        return rc;
    size_t rest = file.len - place.gap_end;
    uint8_t *all = arena_alloc(a, place.gap + rest + 1);
    memcpy(all, file.data, place.gap);
    memcpy(all + place.gap, file.data + place.gap_end, rest);
    *ret = (struct bytes){all, place.gap + rest};
    return 0;
}

int pdf_fill(struct arena *a, struct bytes prepared, struct bytes p7s, struct bytes *ret, struct err *e)
{
    struct pdf_place place;
    int rc = pdf_place(prepared, &place, e);
    if (rc != 0)
        return rc;
    if (2 * p7s.len + 2 > place.gap_end - place.gap)
        return refuse(e, "there is no room for the signature in the PDF");
    if (prepared.data[place.gap + 1] != '0' || prepared.data[place.gap + 2] != '0')
        return refuse(e, "the PDF is signed already");
    char *out = arena_dup(a, prepared.data, prepared.len);
    memcpy(out + place.gap + 1, hex_text(a, p7s.data, p7s.len), 2 * p7s.len);
    *ret = (struct bytes){(const uint8_t *)out, prepared.len};
    return 0;
}

/* The DER in /Contents by its own length; what pads it must be zeros. */
static int take_der(struct arena *a, struct bytes file, const struct pdf_place *place, struct bytes *ret, struct err *e)
{
    size_t len = (place->gap_end - place->gap - 2) / 2;
    uint8_t *der = arena_alloc(a, len + 1);
    if (len < 4 || !hex_to((const char *)file.data + place->gap + 1, 2 * len, der) || der[0] != 0x30 || der[1] != 0x82)
        return refuse(e, "the PDF is not signed");
    size_t used = 4 + ((size_t)der[2] << 8 | der[3]);
    for (size_t i = used; i < len; i++)
        if (der[i] != 0)
            return refuse(e, "there is something behind the signature in /Contents");
    if (used > len)
        return refuse(e, "the signature in /Contents is cut off");
    *ret = (struct bytes){der, used};
    return 0;
}

int pdf_verify(struct arena *a, struct cms_trust *t, struct bytes file, int64_t at_ms, struct cms_signer *ret, struct err *e)
{
    struct pdf_place place;
    struct bytes covered, p7s;
    int rc = pdf_place(file, &place, e);
    if (rc == 0)
        rc = take_der(a, file, &place, &p7s, e);
    if (rc == 0)
        rc = pdf_covered(a, file, &covered, e);
    return rc != 0 ? rc : cms_verify(t, covered, p7s, at_ms, ret, e);
}
