/* One station that asks for firmware. */
#ifndef GH_TESTS_SELECTION_SCENE_H
#define GH_TESTS_SELECTION_SCENE_H

#include "tests/unit/unit.h"

#include "firmware/selection.h"

#define NOW INT64_C(1893456000)
#define DAY INT64_C(86400)

#define KEY_A 0x0a0a0a0a
#define KEY_B 0x0b0b0b0b

/* A gateway that runs v1, in a channel whose own release is v2, with a roll-out of v3 that
 * runs at 100 %. */
struct scene {
	struct arena arena;
	struct gateway gateway;
	struct gateway_state state, next;
	struct firmware_report report;
	uint32_t keys[4];
	struct channel channel;
	struct firmware_signature signatures[2];
	struct firmware firmware;
	struct release v2, v3;
	struct rollout rollout;
	struct rollout_state rollout_state;
	struct firmware_candidate candidates[2]; /* of the roll-out, of the channel */
	struct firmware_policy policy;
	struct firmware_inputs in;
	struct firmware_choice choice;
	bool changed;
};

extern struct scene scene;

/* The scene, as it is described above. */
struct scene *begin(void);

/* Selects. */
void choose(struct scene *s);
/* It becomes what the ledger has, and it is `seconds` later. */
void keep(struct scene *s, int64_t seconds);
/* The reasons of a choice: "RELEASE:WHY RELEASE:WHY". */
void say_reasons(const struct firmware_choice *c, char *text, size_t size);

/* What may be otherwise. */
void without_roll_out(struct scene *s);
void not_auto(struct scene *s);
void unauthenticated(struct scene *s);
void redirected(struct scene *s);
void runs_v3(struct scene *s);
void paused(struct scene *s);
void aborted(struct scene *s);
void finished(struct scene *s);
void other_channel(struct scene *s);

#endif
