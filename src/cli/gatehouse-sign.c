/*
 * gatehouse-sign: the only program that touches a key which signs firmware. As a command a
 * digest comes in and a signature goes out; as a service the same over a UNIX socket. It
 * knows no network and no database.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/number.h"
#include "cli/sign_confine.h"
#include "cli/sign_service.h"
#include "crypto/encode.h"

#define INPUT_MAX (2 * SHA512_SIZE + 2) /* hex digits and a line end */
#define PEER_MS 2000
#define LISTEN_FD 3 /* the first that systemd hands over */

enum form { FORM_RAW, FORM_HEX, FORM_BASE64 };

struct job {
	const char *keys[SIGN_KEYS_MAX];
	size_t key_count;
	struct sign_token token;
	const char *create, *socket;
	bool public, inetd, handed_over;
	enum form form;
	struct sign_service service; /* opened keys, too, where there is no service */
	struct fault fault;
};

static const char help[] =
    "gatehouse-sign: signs firmware for LoRaWAN gateways\n"
    "\n"
    "usage: gatehouse-sign --key FILE|pkcs11:URI [options] <DIGEST >SIGNATURE\n"
    "       gatehouse-sign --key FILE|pkcs11:URI --public >sig-N.key\n"
    "       gatehouse-sign --create FILE [--public]\n"
    "       gatehouse-sign --key FILE|pkcs11:URI... --socket PATH | --inetd\n"
    "                      [--allow USER]...\n"
    "\n"
    "Reads a SHA-512 digest (64 bytes, or 128 hex digits) and writes an ECDSA P-256\n"
    "signature (DER), which the gateway's station verifies.\n"
    "\n"
    "  --key FILE|URI   the private key: a PEM file that its owner alone can read "
    "(0600),\n"
    "                   or a key in a token: pkcs11:token=...;object=...; a service "
    "may\n"
    "                   have several\n"
    "  --pin-file FILE  the token's PIN; or ?pin-source=FILE in the URI\n"
    "  --module FILE    the token's PKCS#11 module; or ?module-path=FILE in the URI\n"
    "  --public         write the public key instead: the 64 bytes of sig-N.key\n"
    "  --create FILE    make a key in a new file\n"
    "  --hex, --base64  write one line of text instead of bytes\n"
    "  --socket PATH    serve signatures on this UNIX socket\n"
    "  --inetd          serve the socket that is standard input; a socket of systemd "
    "is\n"
    "                   found without it\n"
    "  --allow USER     who may ask the service, by name or number (else its own user\n"
    "                   and root)\n"
    "  --help, --version\n"
    "\n"
    "More: gatehouse-sign(1)\n";

/* ---- the command line ------------------------------------------------------------------ */

static int
allow(struct job *job, const char *user)
{
	struct sign_service *s = &job->service;
	const struct passwd *found;
	uint64_t uid;

	if (s->allowed_count == SIGN_ALLOWED_MAX)
		return fault_set(
		    &job->fault, E_TOOBIG, "--allow", "is given too often");
	if (!number_u64(span_str(user), 0, UINT32_MAX - 1, &uid)) {
		if ((found = getpwnam(user)) == NULL)
			return fault_set(&job->fault, E_NOTFOUND, "--allow",
			    "there is no user %.60s", user);
		uid = found->pw_uid;
	}
	s->allowed[s->allowed_count++] = (uid_t)uid;
	return E_OK;
}

static int
add_key(struct job *job, const char *where)
{
	if (job->key_count == SIGN_KEYS_MAX)
		return fault_set(&job->fault, E_TOOBIG, "--key", "is given too often");
	job->keys[job->key_count++] = where;
	return E_OK;
}

static int
take_option(struct job *job, int c)
{
	switch (c) {
	case 'k':
		return add_key(job, optarg);
	case 'n':
		job->token.pin_file = optarg;
		break;
	case 'm':
		job->token.module = optarg;
		break;
	case 'p':
		job->public = true;
		break;
	case 'c':
		job->create = optarg;
		break;
	case 'x':
		job->form = FORM_HEX;
		break;
	case 'b':
		job->form = FORM_BASE64;
		break;
	case 's':
		job->socket = optarg;
		break;
	case 'i':
		job->inetd = true;
		break;
	case 'a':
		return allow(job, optarg);
	default:
		return fault_set(&job->fault, E_INVALID, NULL,
		    "unknown option, or without its value; see gatehouse-sign --help");
	}
	return E_OK;
}

/* One of its four uses, and nothing of another. */
static int
check_use(struct job *job, int words)
{
	bool serves = job->socket != NULL || job->inetd || job->handed_over;
	const char *why = NULL;

	if (words > 0)
		why = "takes options only; the digest comes on standard input";
	else if ((job->socket != NULL) + job->inetd + job->handed_over > 1)
		why = "serves one socket: --socket, --inetd or that of systemd";
	else if (serves && (job->public || job->create != NULL || job->form))
		why = "a service has no use for --public, --create, --hex and --base64";
	else if (!serves && job->service.allowed_count > 0)
		why = "--allow is for a service: --socket or --inetd";
	else if (job->create != NULL && job->key_count > 0)
		why = "--create makes a key, --key names one: give one of them";
	else if (job->create == NULL && job->key_count == 0)
		why = "--key is needed; see gatehouse-sign --help";
	else if (!serves && job->key_count > 1)
		why = "signs with one --key at a time";
	return why == NULL ? E_OK : fault_set(&job->fault, E_INVALID, NULL, "%s", why);
}

static int
read_options(struct job *job, int argc, char **argv)
{
	static const struct option options[] = {{"key", 1, NULL, 'k'},
	    {"pin-file", 1, NULL, 'n'}, {"module", 1, NULL, 'm'},
	    {"public", 0, NULL, 'p'}, {"create", 1, NULL, 'c'}, {"hex", 0, NULL, 'x'},
	    {"base64", 0, NULL, 'b'}, {"socket", 1, NULL, 's'}, {"inetd", 0, NULL, 'i'},
	    {"allow", 1, NULL, 'a'}, {NULL, 0, NULL, 0}};
	int c, err = E_OK;

	opterr = 0;
	while (err == E_OK && (c = getopt_long(argc, argv, "", options, NULL)) != -1)
		err = take_option(job, c);
	return err == E_OK ? check_use(job, argc - optind) : err;
}

/* Before everything else, whatever stands beside them. */
static bool
told_about_itself(int argc, char **argv)
{
	const char *text = NULL;

	for (int i = 1; i < argc && text == NULL; i++)
		if (strcmp(argv[i], "--help") == 0)
			text = help;
		else if (strcmp(argv[i], "--version") == 0)
			text = "gatehouse-sign " PACKAGE_VERSION "\n";
	if (text != NULL)
		fputs(text, stdout);
	return text != NULL;
}

/* ---- bytes in and out ------------------------------------------------------------------ */

static int
read_digest(struct job *job, uint8_t digest[SHA512_SIZE])
{
	char in[INPUT_MAX + 1];
	size_t got = 0;
	ssize_t n = 1;

	if (isatty(STDIN_FILENO))
		return fault_set(&job->fault, E_INVALID, NULL,
		    "the digest comes on standard input: openssl dgst -sha512 -binary "
		    "FILE | gatehouse-sign ...");
	while (n != 0 && got < sizeof in) {
		n = read(STDIN_FILENO, in + got, sizeof in - got);
		if (n < 0 && errno != EINTR)
			return file_fault(&job->fault, "standard input", "read");
		got += n > 0 ? (size_t)n : 0;
	}
	if (got == SHA512_SIZE) {
		memcpy(digest, in, SHA512_SIZE);
		return E_OK;
	}
	if (got <= INPUT_MAX &&
	    hex_decode(span_trim(span_of(in, got)), digest, SHA512_SIZE))
		return E_OK;
	return fault_set(&job->fault, E_INVALID, NULL,
	    "standard input is no SHA-512 digest: 64 bytes, or 128 hex digits");
}

static int
put_out(struct job *job, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes.data, bytes.len);

		if (n < 0 && errno != EINTR)
			return file_fault(&job->fault, "standard output", "write");
		if (n > 0)
			bytes = span_from(bytes, (size_t)n);
	}
	return E_OK;
}

static int
put_formed(struct job *job, struct span bytes)
{
	char hex[2 * SIGN_DER_MAX + 1];
	struct strbuf text;
	int err;

	if (job->form == FORM_RAW && isatty(STDOUT_FILENO))
		return fault_set(&job->fault, E_INVALID, NULL,
		    "bytes are nothing for a terminal: say --hex or --base64");
	if (job->form == FORM_RAW)
		return put_out(job, bytes);
	strbuf_init(&text, 1024);
	if (job->form == FORM_HEX) {
		hex_encode(bytes.data, bytes.len, hex);
		strbuf_puts(&text, hex);
	} else {
		base64_encode(bytes, &text);
	}
	strbuf_putc(&text, '\n');
	err = text.err == E_OK ? put_out(job, strbuf_span(&text)) : text.err;
	strbuf_clear(&text);
	return err;
}

/* ---- keys ------------------------------------------------------------------------------ */

static bool
has_token(const struct job *job)
{
	for (size_t i = 0; i < job->key_count; i++)
		if (strncmp(job->keys[i], "pkcs11:", 7) == 0)
			return true;
	return false;
}

static int
open_keys(struct job *job)
{
	struct sign_service *s = &job->service;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < job->key_count; i++) {
		err =
		    sign_key_open(job->keys[i], &job->token, &s->keys[i], &job->fault);
		s->key_count += err == E_OK;
	}
	for (size_t i = 1; err == E_OK && i < s->key_count; i++)
		for (size_t k = 0; k < i; k++)
			if (sign_key_crc(s->keys[i]) == sign_key_crc(s->keys[k]))
				err = fault_set(&job->fault, E_EXISTS, "--key",
				    "is given twice, or two keys have one CRC");
	return err;
}

static void
close_keys(struct job *job)
{
	for (size_t i = 0; i < job->service.key_count; i++)
		sign_key_close(job->service.keys[i]);
}

/* ---- what it does ---------------------------------------------------------------------- */

static int
create_key(struct job *job)
{
	uint8_t point[SIGN_POINT];
	uint32_t crc;
	int err = sign_key_create(job->create, point, &job->fault);

	if (err != E_OK)
		return err;
	if (job->public)
		return put_formed(job, span_of(point, sizeof point));
	crc = sign_point_crc(point);
	fprintf(stderr, "gatehouse-sign: made %s, CRC %08x (%u)\n", job->create,
	    (unsigned)crc, (unsigned)crc);
	return E_OK;
}

static int
command(struct job *job)
{
	uint8_t digest[SHA512_SIZE];
	struct sign_key *key;
	struct sign_der der;
	int err;

	if ((err = open_keys(job)) != E_OK)
		return err;
	confine_end(has_token(job));
	key = job->service.keys[0];
	if (job->public)
		return put_formed(job, span_of(sign_key_point(key), SIGN_POINT));
	if ((err = read_digest(job, digest)) != E_OK ||
	    (err = sign_digest(key, digest, &der, &job->fault)) != E_OK)
		return err;
	return put_formed(job, span_of(der.bytes, der.len));
}

/* Who may ask when nobody was named. */
static void
default_peers(struct sign_service *s)
{
	if (s->allowed_count > 0)
		return;
	s->allowed[s->allowed_count++] = 0;
	if (getuid() != 0)
		s->allowed[s->allowed_count++] = getuid();
}

/* Of inetd standard error is the connection too, so the log goes to syslog. */
static int
own_output(struct job *job)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		return file_fault(&job->fault, "/dev/null", "use");
	close(null);
	tzset();
	log_open("gatehouse-sign", LOG_SYSLOG, LOG_NOTE);
	return E_OK;
}

static int
serve(struct job *job)
{
	struct sign_service *s = &job->service;
	int fd = job->inetd ? STDIN_FILENO : LISTEN_FD, err;
	bool listening = true;

	sign_service_signals();
	s->peer_ms = PEER_MS;
	default_peers(s);
	if ((err = open_keys(job)) != E_OK)
		return err;
	if (job->socket != NULL)
		err = sign_service_listen(job->socket, &fd, &job->fault);
	else
		err = sign_service_socket(fd, &listening, &job->fault);
	if (err == E_OK && job->inetd)
		err = own_output(job);
	if (err != E_OK)
		return err;
	confine_end(has_token(job));
	for (size_t i = 0; listening && i < s->key_count; i++)
		log_line(LOG_NOTE, "serves the key %08x",
		    (unsigned)sign_key_crc(s->keys[i]));
	return listening ? sign_service_run(s, fd) : sign_service_once(s, fd);
}

/* Has systemd handed over a socket to this very process? */
static bool
handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t number, count;

	return pid != NULL && fds != NULL &&
	       number_u64(span_str(pid), 1, INT32_MAX, &number) &&
	       (pid_t)number == getpid() && number_u64(span_str(fds), 1, 1, &count);
}

static int
run(struct job *job, int argc, char **argv)
{
	int err;

	job->handed_over = handed_over();
	err = confine_begin(job->handed_over ? LISTEN_FD : -1, &job->fault);
	if (err == E_OK)
		err = read_options(job, argc, argv);
	if (err != E_OK)
		return err;
	if (job->socket != NULL || job->inetd || job->handed_over)
		return serve(job);
	return job->create != NULL ? create_key(job) : command(job);
}

int
main(int argc, char **argv)
{
	static struct job job;
	char text[400];
	int err;

	if (told_about_itself(argc, argv))
		return fflush(stdout) == 0 ? 0 : err_exit(E_IO);
	log_open("gatehouse-sign", LOG_STDERR, LOG_NOTE);
	if ((err = run(&job, argc, argv)) != E_OK) {
		job.fault.err = err;
		log_text(LOG_ERROR, fault_text(&job.fault, text, sizeof text));
	}
	close_keys(&job);
	return err_exit(err);
}
