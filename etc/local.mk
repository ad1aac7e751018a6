# Examples to copy; `make install` never touches a configuration that is in use.
examplesdir = $(docdir)/examples
dist_examples_DATA = etc/gatehouse.conf
apacheexamplesdir = $(docdir)/examples/apache
dist_apacheexamples_DATA = \
	etc/apache/gatehouse-cgi.conf \
	etc/apache/gatehouse-fcgid.conf \
	etc/apache/gatehouse-proxy.conf \
	etc/apache/gatehouse-tls.conf
lighttpdexamplesdir = $(docdir)/examples/lighttpd
dist_lighttpdexamples_DATA = \
	etc/lighttpd/gatehouse.conf \
	etc/lighttpd/gatehouse-cgi.conf \
	etc/lighttpd/gatehouse-sockets.conf \
	etc/lighttpd/gatehouse-tls.conf
nginxexamplesdir = $(docdir)/examples/nginx
dist_nginxexamples_DATA = \
	etc/nginx/gatehouse.conf \
	etc/nginx/gatehouse-fastcgi.conf \
	etc/nginx/gatehouse-http.conf \
	etc/nginx/gatehouse-tls.conf
systemdexamplesdir = $(docdir)/examples/systemd
dist_systemdexamples_DATA = \
	etc/systemd/gatehouse-admin.socket \
	etc/systemd/gatehouse-admin@.service \
	etc/systemd/gatehouse-cups.socket \
	etc/systemd/gatehouse-cups@.service \
	etc/systemd/gatehouse-kickstarter.socket \
	etc/systemd/gatehouse-kickstarter@.service \
	etc/systemd/gatehouse-sign.service \
	etc/systemd/gatehouse-sign.socket \
	etc/systemd/gatehouse-tick.service \
	etc/systemd/gatehouse-tick.timer \
	etc/systemd/gatehouse-trust.service \
	etc/systemd/gatehouse-trust.timer \
	etc/systemd/gatehouse-udp-config.socket \
	etc/systemd/gatehouse-udp-config@.service
systemdworkersdir = $(docdir)/examples/systemd/gatehouse-cups@1.service.d
dist_systemdworkers_DATA = etc/systemd/gatehouse-cups@1.service.d/workers.conf
EXTRA_DIST += \
	etc/shared-hosting/README.txt \
	etc/shared-hosting/build.sh \
	etc/shared-hosting/closed.htaccess \
	etc/shared-hosting/gatehouse.conf \
	etc/shared-hosting/htaccess \
	etc/shared-hosting/open.htaccess \
	etc/shared-hosting/run.sh \
	etc/shared-hosting/tool.sh
