/* Running the program gatehouse-sign; internal to src/manage. */
#ifndef GH_MANAGE_SIGNER_H
#define GH_MANAGE_SIGNER_H

#include "manage/signing_key.h"

#define SIGNER_TEXT 1024

enum signer_order { SIGNER_CREATE, SIGNER_POINT, SIGNER_SIGN };

/* All inside, so that it can be handed to another process. */
struct signer_job {
	enum signer_order order;
	char key[SIGNER_TEXT]; /* path or pkcs11 URI */
	char pin_file[SIGNER_TEXT], module[SIGNER_TEXT], program[SIGNER_TEXT];
	uint8_t digest[SHA512_SIZE];
	int wait_ms;
};

struct signer_result {
	struct fault fault;
	uint8_t bytes[SIGN_DER_MAX + 1]; /* a point or a signature */
	size_t len;
};

/* Fills a job. E_TOOBIG. */
int signer_job_init(struct signer_job *job, enum signer_order order, const char *key,
    const struct signing_options *options, struct fault *fault);

/* Runs it, by the process that manage_signer_start() left behind where there is one. A job
 * without a program gets the one that is beside this or installed. */
int signer_run(struct signer_job *job, struct signer_result *result);

#endif
