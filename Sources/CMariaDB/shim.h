#ifndef PUSH_CMARIADB_SHIM_H
#define PUSH_CMARIADB_SHIM_H

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

#endif
