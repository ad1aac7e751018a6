dist_man_MANS += man/admin.fcgi.8 man/cups.fcgi.8 man/kickstarter.fcgi.8 man/gatehouse.8 man/gatehouse.conf.5
dist_man_MANS += man/gatehouse-data.5
EXTRA_DIST += man/gatehouse.conf.head man/gatehouse.conf.tail
dist_man_MANS += man/gatehouse-fetch.8 man/udp-config.fcgi.8
dist_man_MANS += man/gatehouse-sign.1
dist_man_MANS += man/gatehouse-api.7
