/*
 * Asks the service of gatehouse-sign, rightly and wrongly, and verifies signatures:
 *
 *	ask_signer sign SOCKET CRC <DIGEST >SIGNATURE	(CRC in hex)
 *	ask_signer public SOCKET CRC >POINT
 *	ask_signer raw SOCKET HEX			prints the answer in hex
 *	ask_signer drip SOCKET HEX			a byte each second; the same
 *	ask_signer mute SOCKET COUNT			connections that say nothing; waits
 *	ask_signer verify POINTFILE SIGNATURE <DIGEST
 *
 * `drip` and `mute` print how many tenths of a second it took until the service hung up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/sign_client.h"

#define MOST 64
#define WAIT_MS 300000 /* a machine may be slow */

static int
fail(const struct fault *fault, int err)
{
	fprintf(stderr, "ask_signer: %s\n", fault->text);
	return err_exit(err);
}

static void
read_digest(uint8_t digest[SHA512_SIZE])
{
	if (fread(digest, 1, SHA512_SIZE, stdin) != SHA512_SIZE)
		exit(99);
}

static int
ask_sign(const char *path, uint32_t crc)
{
	uint8_t digest[SHA512_SIZE];
	struct fault fault = {0};
	struct sign_der der;
	int err;

	read_digest(digest);
	err = sign_by_service(path, crc, digest, WAIT_MS, &der, &fault);
	if (err != E_OK)
		return fail(&fault, err);
	fwrite(der.bytes, 1, der.len, stdout);
	return 0;
}

static int
ask_public(const char *path, uint32_t crc)
{
	uint8_t point[SIGN_POINT];
	struct fault fault = {0};
	int err = sign_service_point(path, crc, WAIT_MS, point, &fault);

	if (err != E_OK)
		return fail(&fault, err);
	fwrite(point, 1, sizeof point, stdout);
	return 0;
}

static int
dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		perror(path);
		exit(99);
	}
	return fd;
}

static void
print_answer(int fd)
{
	uint8_t bytes[SIGN_ANSWER_MAX];
	char hex[2 * SIGN_ANSWER_MAX + 1];
	size_t got = 0;
	ssize_t n;

	while (
	    got < sizeof bytes && (n = read(fd, bytes + got, sizeof bytes - got)) > 0)
		got += (size_t)n;
	hex_encode(bytes, got, hex);
	puts(hex);
}

static int
ask_raw(const char *path, const char *hex, long pause_ms)
{
	int fd = dial(path);
	size_t len = strlen(hex) / 2;
	uint8_t bytes[1024];

	if (len > sizeof bytes || !hex_decode(span_of(hex, 2 * len), bytes, len))
		return 99;
	if (pause_ms == 0 && send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		perror("send");
	for (size_t i = 0; pause_ms > 0 && i < len; i++) {
		struct timespec t = {pause_ms / 1000, pause_ms % 1000 * 1000000};

		if (send(fd, bytes + i, 1, MSG_NOSIGNAL) != 1)
			break;
		nanosleep(&t, NULL);
	}
	print_answer(fd);
	close(fd);
	return 0;
}

static int
stay_mute(const char *path, int count)
{
	int fds[MOST];
	char c;

	if (count > MOST)
		return 99;
	for (int i = 0; i < count; i++)
		fds[i] = dial(path);
	puts("connected");
	fflush(stdout);
	for (int i = 0; i < count; i++) {
		if (read(fds[i], &c, 1) > 0)
			return 98;
		close(fds[i]);
	}
	return 0;
}

static int
verify(const char *point_file, const char *signature_file)
{
	struct strbuf point, der;
	struct fault fault = {0};
	uint8_t digest[SHA512_SIZE];
	int err;

	read_digest(digest);
	strbuf_init(&point, SIGN_POINT);
	strbuf_init(&der, 4096);
	if ((err = file_read(point_file, &point, &fault)) == E_OK &&
	    (err = file_read(signature_file, &der, &fault)) == E_OK)
		err = point.len != SIGN_POINT
			  ? fault_set(&fault, E_INVALID, NULL, "no point")
			  : sign_verify((const uint8_t *)point.data, digest,
				strbuf_span(&der), &fault);
	strbuf_clear(&point);
	strbuf_clear(&der);
	return err == E_OK ? 0 : fail(&fault, err);
}

int
main(int argc, char **argv)
{
	const char *what = argc == 4 ? argv[1] : "";
	int64_t begin = clock_ticks_ms();
	int status = 99;

	if (strcmp(what, "sign") == 0)
		return ask_sign(argv[2], (uint32_t)strtoul(argv[3], NULL, 16));
	if (strcmp(what, "public") == 0)
		return ask_public(argv[2], (uint32_t)strtoul(argv[3], NULL, 16));
	if (strcmp(what, "raw") == 0)
		return ask_raw(argv[2], argv[3], 0);
	if (strcmp(what, "verify") == 0)
		return verify(argv[2], argv[3]);
	if (strcmp(what, "drip") == 0)
		status = ask_raw(argv[2], argv[3], 1000);
	if (strcmp(what, "mute") == 0)
		status = stay_mute(argv[2], atoi(argv[3]));
	printf("%d\n", (int)((clock_ticks_ms() - begin) / 100));
	return status;
}
