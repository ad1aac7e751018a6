dist_man_MANS += man/cups.fcgi.8 man/gatehouse.conf.5
EXTRA_DIST += man/gatehouse.conf.head man/gatehouse.conf.tail
