#include "receipts_round.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/receipt_note.h"

/* a number and the end of its line; false at the end, or at what is none */
static bool take_number(struct bytes *text, size_t *ret)
{
    size_t n = 0, i = 0;
    for (; i < text->len && text->data[i] >= '0' && text->data[i] <= '9' && i < 15; i++)
        n = 10 * n + (size_t)(text->data[i] - '0');
    if (i == 0 || i == text->len || text->data[i] != '\n')
        return false;
    *text = (struct bytes){text->data + i + 1, text->len - i - 1};
    *ret = n;
    return true;
}

void round_read(struct arena *a, struct bytes text, size_t end, struct receipts_round *ret)
{
    size_t place;
    *ret = (struct receipts_round){.open = ARENA_ARRAY(a, size_t, text.len / 2 + 1)};
    if (!take_number(&text, &ret->next) || ret->next > end)
        ret->next = 0;
    while (ret->next > 0 && take_number(&text, &place))
        if (place < ret->next)
            ret->open[ret->open_count++] = place;
}

const char *round_text(struct arena *a, const struct receipts_round *r)
{
    struct buf b = buf_new(a);
    buf_put(&b, arena_printf(a, "%zu\n", r->next));
    for (size_t i = 0; i < r->open_count; i++)
        buf_put(&b, arena_printf(a, "%zu\n", r->open[i]));
    return b.text;
}

/* the receipt that begins at ${from}, or whatever lies there, to the next first line */
static struct bytes one_at(struct bytes file, size_t from)
{
    const uint8_t *at = file.data + from;
    size_t len = file.len - from, line = strlen(RECEIPT_NOTE_FIRST_LINE);
    const uint8_t *next = memmem(at + 1, len - 1, RECEIPT_NOTE_FIRST_LINE, line);
    return (struct bytes){at, next == NULL ? len : (size_t)(next - at)};
}

/* the first ${most} of the open ones; those that stay so go to the end */
static int ask_again(struct bytes file, size_t most, round_judge *judge, void *ctx, struct receipts_round *r, size_t *ret_asked, struct err *e)
{
    int code = 0;
    for (*ret_asked = 0; *ret_asked < most && code == 0; ++*ret_asked) {
        bool is_done = false;
        size_t place = r->open[0];
        code = judge(ctx, one_at(file, place), &is_done, e);
        if (code != 0)
            break;
        r->open_count--;
        memmove(r->open, r->open + 1, r->open_count * sizeof *r->open);
        if (!is_done)
            r->open[r->open_count++] = place;
    }
    return code;
}

static int ask_new(struct bytes file, size_t most, round_judge *judge, void *ctx, struct receipts_round *r, struct err *e)
{
    int code = 0;
    for (size_t asked = 0; asked < most && r->next < file.len && code == 0; asked++) {
        bool is_done = false;
        struct bytes one = one_at(file, r->next);
        code = judge(ctx, one, &is_done, e);
        if (code != 0)
            break;
        if (!is_done)
            r->open[r->open_count++] = r->next;
        r->next += one.len;
    }
    return code;
}

int round_go(struct arena *a, struct bytes file, size_t most, round_judge *judge, void *ctx, struct receipts_round *r, struct err *e)
{
    size_t asked = 0, again = r->open_count < most / 2 ? r->open_count : most / 2;
    size_t *open = ARENA_ARRAY(a, size_t, r->open_count + most);
    if (r->open_count > 0)
        memcpy(open, r->open, r->open_count * sizeof *open);
    r->open = open;
    int code = ask_again(file, again, judge, ctx, r, &asked, e);
    return code != 0 ? code : ask_new(file, most - asked, judge, ctx, r, e);
}
