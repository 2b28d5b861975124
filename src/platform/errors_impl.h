/* Private to platform: the two error tables, by code. */
#ifndef PLATFORM_ERRORS_IMPL_H
#define PLATFORM_ERRORS_IMPL_H

#include "platform/wx.h"

extern const struct wx_error_row wx_errors_wecom[];
extern const size_t wx_errors_wecom_n;
extern const struct wx_error_row wx_errors_weixin[];
extern const size_t wx_errors_weixin_n;

#endif
