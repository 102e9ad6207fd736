#ifndef PUSH_CHIREDIS_SHIM_H
#define PUSH_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#endif
