# For gateways, not for the server: to be copied there.
gatewaydir = $(pkgdatadir)/gateway
dist_gateway_SCRIPTS = share/gateway/gatehouse-fetch share/gateway/gatehouse-fetch.init
dist_gateway_DATA = share/gateway/README share/gateway/gatehouse-fetch.conf \
	share/gateway/gatehouse-fetch.cron \
	share/gateway/gatehouse-fetch.service \
	share/gateway/gatehouse-fetch.timer
