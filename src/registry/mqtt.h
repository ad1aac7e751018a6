/* Addresses of network servers for a gateway that speaks MQTT: The Things Kickstarter
 * Gateway, whose firmware reads them in its own way. */
#ifndef GH_REGISTRY_MQTT_H
#define GH_REGISTRY_MQTT_H

#include "registry/record.h"

#define MQTT_ADDRESS_MAX 255

/*
 * What the device is sent for an address as somebody entered it, by the reference server's
 * rules: one with a scheme as it is; without a port 8881; then `mqtt://` before ports 1881
 * to 1883 and `mqtts://` before 8881 to 8883. E_INVALID when the device could not take it.
 */
int mqtt_address_complete(struct span entered, const char *field,
    char out[MQTT_ADDRESS_MAX + 1], struct fault *fault);

/* Whatever mqtt_address_complete() takes. */
field_check_fn check_mqtt_address;

#endif
