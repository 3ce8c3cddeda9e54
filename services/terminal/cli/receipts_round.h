/*
 * Which of a terminal's kept receipts are held against the log at one login: so many that nobody waits, and so chosen that
 * each has its turn. Those found missing before are asked for again, in turns, beside the ones that were never looked at, so that one that
 * stays missing hides none behind it. It asks nobody: the caller judges.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"

/** How far the file of receipts was looked at: all before ${next}, and of those which are not in the log, by their places, the next to be
 *  asked first. */
struct receipts_round {
    size_t next;
    size_t *open;
    size_t open_count;
};

/** round_read(a, text, end, ret): from its text, of a file of ${end} bytes; what makes no sense is left out, and looked at anew.
 *  round_text(a, r): its text. */
void round_read(struct arena *a, struct bytes text, size_t end, struct receipts_round *ret);
const char *round_text(struct arena *a, const struct receipts_round *r);

/** Whether ${one}, a receipt from its first line to the next one's, is done with; ${ret_done} false: ask again at a later login. Not 0: nothing
 *  more can be asked now. */
typedef int round_judge(void *ctx, struct bytes one, bool *ret_done, struct err *e);

/** round_go(a, file, most, judge, ctx, r, e): judge ${most} receipts of ${file}, half of them of the open ones where there are so many, and move
 *  ${r} on; what ${judge} answers when it is not 0. ${r} is right then too, and the one it was about has its turn again. */
int round_go(struct arena *a, struct bytes file, size_t most, round_judge *judge, void *ctx, struct receipts_round *r, struct err *e);
