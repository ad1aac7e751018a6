# The programs that a web server runs, and what each of them is linked with.
cgi_PROGRAMS += cgi-bin/cups.fcgi
cgi_bin_cups_fcgi_SOURCES = cgi-bin/cups.c
cgi_bin_cups_fcgi_LDADD = $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
