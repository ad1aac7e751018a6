/*
 * answer FOLDER [CERTIFICATE KEY [ca | PRIORITY]]: a server that answers every request with
 * the bytes of FOLDER/answer and writes what came to FOLDER/request. Prints its port into
 * FOLDER/port when it listens on 127.0.0.1. With a certificate (PEM) it speaks TLS; with
 * "ca" it asks for a client certificate and writes that into FOLDER/peer (DER); any other
 * word there is GnuTLS's priority. Ends with whoever started it, or after ten minutes.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

static const char *folder;
static gnutls_certificate_credentials_t credentials;
static const char *priority = "NORMAL";
static int ask_client;

static FILE *
open_file(const char *name, const char *mode)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return fopen(path, mode);
}

static void
save(const char *name, const void *bytes, size_t len)
{
	FILE *f = open_file(name, "w");

	if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		exit(1);
}

static size_t
load(const char *name, void *buf, size_t size)
{
	FILE *f = open_file(name, "r");
	size_t n;

	if (f == NULL)
		return 0;
	n = fread(buf, 1, size, f);
	fclose(f);
	return n;
}

/* Whether the header and as many bytes as it promises are there. */
static int
is_whole(const char *request, size_t len)
{
	const char *end = memmem(request, len, "\r\n\r\n", 4);
	const char *length = memmem(request, len, "Content-Length:", 15);

	if (end == NULL)
		return 0;
	if (length == NULL || length > end)
		return 1;
	return len >= (size_t)(end + 4 - request) + strtoul(length + 15, NULL, 10);
}

static ssize_t
receive(gnutls_session_t session, int fd, void *buf, size_t size)
{
	return session != NULL ? gnutls_record_recv(session, buf, size)
			       : recv(fd, buf, size, 0);
}

static void
serve(gnutls_session_t session, int fd)
{
	static char request[1 << 16], answer[1 << 20];
	size_t len = 0, n, sent = 0;
	ssize_t got = 1;

	while (len < sizeof request && !is_whole(request, len) &&
	       (got = receive(session, fd, request + len, sizeof request - len)) > 0)
		len += (size_t)got;
	save("request", request, len);
	n = load("answer", answer, sizeof answer);
	while (sent < n) {
		got = session != NULL
			  ? gnutls_record_send(session, answer + sent, n - sent)
			  : send(fd, answer + sent, n - sent, MSG_NOSIGNAL);
		if (got <= 0)
			break;
		sent += (size_t)got;
	}
}

static void
serve_tls(int fd)
{
	gnutls_session_t session;
	const gnutls_datum_t *peer;
	unsigned count = 0;
	int rc;

	gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_priority_set_direct(session, priority, NULL);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_certificate_server_set_request(
	    session, ask_client ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
	gnutls_transport_set_int(session, fd);
	do {
		rc = gnutls_handshake(session);
	} while (rc != 0 && gnutls_error_is_fatal(rc) == 0);
	if (rc == 0) {
		peer = gnutls_certificate_get_peers(session, &count);
		save("peer", count > 0 ? peer->data : (unsigned char *)"",
		    count > 0 ? peer->size : 0);
		serve(session, fd);
		gnutls_bye(session, GNUTLS_SHUT_WR);
	} else {
		gnutls_alert_send_appropriate(session, rc);
	}
	gnutls_deinit(session);
}

static int
listen_here(void)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	char text[8];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(fd, 10) != 0 || getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		exit(1);
	snprintf(text, sizeof text, "%u", ntohs(at.sin_port));
	save("port", text, strlen(text));
	return fd;
}

int
main(int argc, char **argv)
{
	int fd, one;

	if (argc < 2)
		return 2;
	folder = argv[1];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(600);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 3 && (gnutls_certificate_allocate_credentials(&credentials) != 0 ||
			    gnutls_certificate_set_x509_key_file(credentials, argv[2],
				argv[3], GNUTLS_X509_FMT_PEM) < 0))
		return 1;
	if (argc > 4 && strcmp(argv[4], "ca") == 0)
		ask_client = 1;
	else if (argc > 4)
		priority = argv[4];
	fd = listen_here();
	while ((one = accept(fd, NULL, NULL)) >= 0) {
		if (credentials != NULL)
			serve_tls(one);
		else
			serve(NULL, one);
		close(one);
	}
	return 1;
}
