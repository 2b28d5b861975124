#include "hosting/hosting.h"

static const struct hosting_lack lacks[] = {
        {"shopkf", "小店店内客服（自研客服接口）", "in-shop 客服 (the 自研客服 API)",
         "平台只允许商家自己的程序用商家自己的凭证调用；服务方代为运行的系统（第三方平台）不能调用。",
         "The platform lets only the merchant's own system call it, with his own token; a provider's may not.",
         "店内消息继续在小店后台回复；订单、售后和微信客服照常在掌柜里处理。要用它，请把掌柜装在商家自己的机器上。",
         "Go on answering in the shop's own console; orders, after-sales and 微信客服 work here. To have it, run Zhanggui yourself.",
         "https://developers.weixin.qq.com/doc/store/shop/guide/connect/kf.html"},
        {"wecom_address", "经服务方的出口地址调用企业微信（微信客服、客户联系、应用消息）",
         "calling WeCom (微信客服, 客户联系, app messages) from the host's own address",
         "自建应用只接受“企业可信 IP”里的地址（否则 60020），而服务商的地址填不进去。",
         "A self-built app answers only addresses in its 企业可信IP list (else 60020), and a provider's address is refused there.",
         "给这个商家配一个他自己的出口代理，把代理的地址填进可信 IP。",
         "Give this merchant an outgoing proxy of his own, and put the proxy's address into the list.",
         "https://developer.work.weixin.qq.com/document/path/90313 (60020)"},
        {"own_address", "不受别的商家影响的出口地址", "an outgoing address that no other merchant can spoil",
         "同一个出口地址上，谁的 Secret 反复填错，平台会把这个地址封一小时，同地址的商家一起取不到凭证。",
         "Repeated wrong secrets of one merchant block the calling address for an hour, for everybody behind it.",
         "各商家各用一个出口代理；接入卡片会先核对凭据，填错的不会反复重试。",
         "A proxy for each merchant; the wizard asks about credentials once before it keeps them, and wrong ones are not tried again and again.",
         "https://developer.work.weixin.qq.com/document/path/91039 (45009)"},
};

const struct hosting_lack *hosting_lacks(size_t *n)
{
        *n = countof(lacks);
        return lacks;
}
