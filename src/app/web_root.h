/* Is the data folder where the web server would hand it out? */
#ifndef GH_APP_WEB_ROOT_H
#define GH_APP_WEB_ROOT_H

#include "base/err.h"

/*
 * E_STATE with words when `data` is below the web server's folder `root` (both as they are
 * configured; NULL or "": not known) and nothing keeps it from being downloaded: with Apache
 * and LiteSpeed (`software`, as in SERVER_SOFTWARE) an .htaccess in it, or in a folder
 * between the two, that denies all; with other servers nothing does.
 */
int web_root_check(
    const char *data, const char *root, const char *software, struct fault *fault);

#endif
