# What browsers load beside the pages; admin.fcgi serves it itself.
staticdir = $(pkgdatadir)/static
dist_static_DATA = share/static/admin.css
