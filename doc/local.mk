# The operator's guide.
guidedir = $(docdir)/guide
dist_guide_DATA = \
	doc/guide/README.md \
	doc/guide/accounts.md \
	doc/guide/api.md \
	doc/guide/backup.md \
	doc/guide/change-ca.md \
	doc/guide/errors.md \
	doc/guide/firmware.md \
	doc/guide/first-kickstarter.md \
	doc/guide/first-station.md \
	doc/guide/first-udp.md \
	doc/guide/install.md \
	doc/guide/monitoring.md \
	doc/guide/move-fleet.md \
	doc/guide/rotate-keys.md \
	doc/guide/shared-hosting.md \
	doc/guide/signing-hsm.md \
	doc/guide/systemd.md \
	doc/guide/upgrade.md \
	doc/guide/web-servers.md
