concentratordir = $(pkgdatadir)/concentrators
dist_concentrator_DATA = \
	share/concentrators/README.md \
	share/concentrators/multitech-mtac-lora.yml \
	share/concentrators/rak2287-spi-hal1.yml \
	share/concentrators/rak2287-spi.yml \
	share/concentrators/rak2287-usb.yml \
	share/concentrators/rak5146-spi-lbt.yml \
	share/concentrators/rak5146-spi.yml \
	share/concentrators/rak5146-usb.yml \
	share/concentrators/semtech-sx1250-spi-hal1.yml \
	share/concentrators/semtech-sx1250-spi.yml \
	share/concentrators/semtech-sx1250-usb.yml \
	share/concentrators/semtech-sx1257-spi-hal1.yml \
	share/concentrators/semtech-sx1257-spi.yml \
	share/concentrators/sx1301.yml
