#include "tests/unit/selection_scene.h"

#include <stdio.h>

struct scene scene;

struct scene *
begin(void)
{
	struct scene *s = &scene;

	arena_clear(&s->arena);
	memset(s, 0, sizeof *s);
	arena_init(&s->arena, 1 << 16);
	s->gateway = (struct gateway){.serial = 50,
	    .gateway_id = "gw",
	    .eui = 0x1234,
	    .auto_update = true,
	    .update_channel = "stable",
	    .model_id = "corecell"};
	record_init(&gateway_state_kind, &s->state);
	s->state.serial = 50;
	s->keys[0] = KEY_A;
	s->report = (struct firmware_report){.package = span_str("v1"),
	    .station = span_str("2.0.6"),
	    .model = span_str("linux"),
	    .keys = s->keys,
	    .key_count = 1};
	s->channel =
	    (struct channel){.serial = 10, .channel_id = "stable", .release = 20};
	s->signatures[0] =
	    (struct firmware_signature){.crc = KEY_A, .der = BYTES("derA")};
	s->signatures[1] =
	    (struct firmware_signature){.crc = KEY_B, .der = BYTES("derB")};
	s->firmware = (struct firmware){
	    .serial = 15, .size = 1000000, .signatures = {s->signatures, 2}};
	s->v2 = (struct release){
	    .serial = 20, .release_id = "two", .firmware = 15, .version = "v2"};
	s->v3 = (struct release){
	    .serial = 30, .release_id = "three", .firmware = 15, .version = "v3"};
	s->rollout = (struct rollout){.serial = 40,
	    .rollout_id = "out",
	    .release = 30,
	    .channel = 10,
	    .attempts = 3,
	    .downloads = 5,
	    .minimum_rate = 1000,
	    .failure_limit = 5,
	    .failure_least = 10};
	record_init(&rollout_state_kind, &s->rollout_state);
	s->rollout_state.serial = 40;
	s->rollout_state.status = ROLLOUT_RUNNING;
	s->rollout_state.percentage = 100;
	s->candidates[0] = (struct firmware_candidate){.rollout = &s->rollout,
	    .release = &s->v3,
	    .firmware = &s->firmware,
	    .state = &s->rollout_state,
	    .offer = {.serial = 50}};
	s->candidates[1] =
	    (struct firmware_candidate){.release = &s->v2, .firmware = &s->firmware};
	s->policy = (struct firmware_policy){
	    .attempts = 2, .downloads = 20, .minimum_rate = 10000};
	s->in = (struct firmware_inputs){.gateway = &s->gateway,
	    .report = &s->report,
	    .channel = &s->channel,
	    .candidates = s->candidates,
	    .candidate_count = 2,
	    .policy = &s->policy,
	    .now = NOW};
	return s;
}

void
choose(struct scene *s)
{
	s->next = s->state;
	s->changed = firmware_select(&s->in, &s->arena, &s->choice, &s->next);
}

void
keep(struct scene *s, int64_t seconds)
{
	s->state = s->next;
	s->rollout_state = s->candidates[0].next_state;
	s->candidates[0].offer = s->candidates[0].next_offer;
	s->in.now += seconds;
}

void
without_roll_out(struct scene *s)
{
	s->in.candidates++;
	s->in.candidate_count--;
}

void
not_auto(struct scene *s)
{
	s->gateway.auto_update = false;
}

void
unauthenticated(struct scene *s)
{
	s->in.blocked = FIRMWARE_UNAUTHENTICATED;
}

void
redirected(struct scene *s)
{
	s->in.blocked = FIRMWARE_REDIRECTED;
}

void
runs_v3(struct scene *s)
{
	s->report.package = span_str("v3");
}

void
paused(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_PAUSED;
}

void
aborted(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_ABORTED;
}

void
finished(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_FINISHED;
}

void
other_channel(struct scene *s)
{
	s->rollout.channel = 11;
}

void
say_reasons(const struct firmware_choice *c, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < c->reason_count && len < size; i++) {
		const struct firmware_reason *r = &c->reasons[i];
		const char *of = r->release == NULL ? "" : r->release->release_id;

		if (r->release != NULL && strcmp(r->release->version, "2.0.6") == 0)
			of = "2.0.6";
		len += (size_t)snprintf(text + len, size - len, "%s%s%s%s",
		    i > 0 ? " " : "", of, of[0] != '\0' ? ":" : "",
		    firmware_why_name(r->why));
	}
}
