# The programs that a web server runs, and what each of them is linked with.
cgi_PROGRAMS += cgi-bin/cups.fcgi
cgi_bin_cups_fcgi_SOURCES = cgi-bin/cups.c
cgi_bin_cups_fcgi_LDADD = $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)

cgi_PROGRAMS += cgi-bin/udp-config.fcgi
cgi_bin_udp_config_fcgi_SOURCES = cgi-bin/udp-config.c
cgi_bin_udp_config_fcgi_LDADD = $(APP_LIBS) $(GATEWAY_FILES_LIBS) $(RADIO_LIBS) \
	$(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS)

cgi_PROGRAMS += cgi-bin/kickstarter.fcgi
cgi_bin_kickstarter_fcgi_SOURCES = cgi-bin/kickstarter.c
cgi_bin_kickstarter_fcgi_LDADD = $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)

cgi_PROGRAMS += cgi-bin/admin.fcgi
cgi_bin_admin_fcgi_SOURCES = cgi-bin/admin.c
cgi_bin_admin_fcgi_LDADD = $(APP_LIBS) $(ADMIN_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) \
	$(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS)
