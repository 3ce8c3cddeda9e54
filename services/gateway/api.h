/*
 * What the gateway does with a request of the JSON interface: hand a verb on to its service, keep the session's token to
 * itself, describe what there is. It checks form only; whether something may be done is the services' to say.
 */
#pragma once
#include "gateway/request.h"

/** api_answer(r, ret): the answer to an admitted request of any route but pages and events. Never fails: a refusal is an
 *  answer too. */
void api_answer(struct request *r, struct answer *ret);
