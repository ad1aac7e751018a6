# Examples to copy; `make install` never touches a configuration that is in use.
examplesdir = $(docdir)/examples
dist_examples_DATA = etc/gatehouse.conf
lighttpdexamplesdir = $(docdir)/examples/lighttpd
dist_lighttpdexamples_DATA = etc/lighttpd/gatehouse.conf etc/lighttpd/gatehouse-tls.conf
