/* The configuration as configuration files of gateways want it. */
#ifndef GH_APP_FILE_POLICY_H
#define GH_APP_FILE_POLICY_H

#include "app/config.h"
#include "gateway-files/answer.h"

/* Borrows from the configuration. E_CONFIG when udp_server has an address that no
 * forwarder could use. */
int config_file_policy(
    const struct config *config, struct file_policy *policy, struct fault *fault);

#endif
