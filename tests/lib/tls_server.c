#include "tests/lib/tls_server.h"

#include <netdb.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

static const char *expected_sni;

/* A socket that listens at a free port, which is told. */
static int
listen_at(const char *address, uint16_t *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
			    .ai_socktype = SOCK_STREAM},
			*a;
	struct sockaddr_storage bound;
	socklen_t size = sizeof bound;
	char text[8];
	int fd;

	if (getaddrinfo(address, "0", &hints, &a) != 0)
		return -1;
	fd = socket(a->ai_family, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 5) != 0 ||
	    getsockname(fd, (struct sockaddr *)&bound, &size) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, size, NULL, 0, text, sizeof text,
		NI_NUMERICSERV) != 0) {
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(a);
	*port = 0;
	for (const char *c = text; fd >= 0 && *c != '\0'; c++)
		*port = (uint16_t)(*port * 10 + (*c - '0'));
	return fd;
}

static int
check_sni(gnutls_session_t session)
{
	char name[256] = "";
	size_t size = sizeof name;
	unsigned type;

	if (gnutls_server_name_get(session, name, &size, &type, 0) != 0)
		name[0] = '\0';
	return strcmp(name, expected_sni) == 0 ? 0 : GNUTLS_E_UNRECOGNIZED_NAME;
}

static void
speak_tls(
    const struct tls_server *server, gnutls_certificate_credentials_t cred, int fd)
{
	const char *priority = server->priority != NULL ? server->priority : "NORMAL";
	gnutls_session_t session;
	char byte;
	int rc;

	gnutls_init(&session, GNUTLS_SERVER);
	gnutls_priority_set_direct(session, priority, NULL);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred);
	gnutls_certificate_server_set_request(
	    session, server->wants_client ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_IGNORE);
	if (server->sni != NULL) {
		expected_sni = server->sni;
		gnutls_handshake_set_post_client_hello_function(session, check_sni);
	}
	gnutls_transport_set_int(session, fd);
	do {
		rc = gnutls_handshake(session);
	} while (rc != 0 && gnutls_error_is_fatal(rc) == 0);
	if (rc == 0)
		(void)gnutls_record_recv(session, &byte, 1);
	else
		gnutls_alert_send_appropriate(session, rc);
	gnutls_deinit(session);
}

static void
serve(const struct tls_server *server, gnutls_certificate_credentials_t cred, int fd)
{
	static const char plain[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	char buf[512];

	switch (server->manner) {
	case TLS_SPEAKS:
		speak_tls(server, cred, fd);
		break;
	case TLS_MUTE:
		while (read(fd, buf, sizeof buf) > 0)
			;
		break;
	case TLS_NO_TLS:
		if (read(fd, buf, sizeof buf) > 0 &&
		    write(fd, plain, sizeof plain - 1) > 0)
			shutdown(fd, SHUT_WR);
		while (read(fd, buf, sizeof buf) > 0)
			;
		break;
	case TLS_HANGS_UP:
		break;
	}
	close(fd);
}

static void
run(const struct tls_server *server, int listener)
{
	gnutls_certificate_credentials_t cred;
	gnutls_datum_t chain = {(unsigned char *)server->chain.data,
			   (unsigned)server->chain.len},
		       key = {(unsigned char *)server->key.data,
			   (unsigned)server->key.len};
	int fd;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(600);
	gnutls_certificate_allocate_credentials(&cred);
	if (server->manner == TLS_SPEAKS && gnutls_certificate_set_x509_key_mem(cred,
						&chain, &key, GNUTLS_X509_FMT_PEM) < 0)
		_exit(1);
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		serve(server, cred, fd);
	_exit(1);
}

bool
tls_server_start(struct tls_server *server)
{
	const char *address = server->address != NULL ? server->address : "127.0.0.1";
	int listener = listen_at(address, &server->port);

	server->pid = -1;
	if (listener < 0)
		return false;
	if ((server->pid = fork()) == 0)
		run(server, listener);
	close(listener);
	return server->pid > 0;
}

void
tls_server_stop(struct tls_server *server)
{
	if (server->pid <= 0)
		return;
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	server->pid = -1;
}
