#include "web/transport.h"

#include <stddef.h>

const struct transport *
transport_open(void)
{
	const struct transport *t = fcgi_open();

	return t != NULL ? t : cgi_open();
}

void
transport_patience(int seconds)
{
	fcgi_patience(seconds);
}
