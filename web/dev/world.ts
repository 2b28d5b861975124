/* The made-up shop behind dev/mock.ts: people, chats, orders and cases as one meets them on an ordinary day. */
import type { Account, Alarms, AuditRow, Case, CustomerGroup, CaseDetail, CaseOptions, DeadJob, Directory, Golive, Health, Hosted, HostedAccount, Json, Margin, Me, Merchant, Message, Order, OrderDetail, Person, Staff, Thread, Visit } from '../src/api/generated.ts';

const NOW = Date.now();
const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

export const operator: Me = { staff_id: '9001', name: '运维老王', login: 'host', role: 'operator', permissions: ['hosting.manage'] };

const MERCHANTS = ['云锦里旗舰店', '山野食集', '清禾女装', '兰亭集', '阿福杂货', '南湖茶业', '半日闲陶', '小满母婴', '青砖书房', '北岭蜂蜜', '一川鞋履', '拾光银饰'];
export const merchants: Merchant[] = MERCHANTS.map((name, n) => ({
        merchant_id: String(383172408418238464n + BigInt(n)), name, created_at: NOW - (400 - n * 20) * DAY, hosted: n > 0, contact: n > 0 ? '运维老王 400-820-1' : null,
        suspended_at: n === 4 ? NOW - 2 * DAY : 0, suspended_why: n === 4 ? '欠费' : null, max_accounts: n > 0 ? 20 : 0, max_staff: n > 0 ? 10 : 0, max_calls: n > 0 ? 8 : 0,
        accounts: 3 + (n * 5) % 14, pending: n === 3 ? 1 : 0, shops: 2 + n % 5, people: 2 + n % 7, last_callback_at: n === 3 ? 0 : NOW - n * n * MIN, fails: n === 2 ? 2 : 0,
        warns: n % 4 === 1 ? 3 : 0, waiting: (n * 7) % 23, waiting_since: n % 3 ? NOW - n * 40_000 : 0, jobs_waiting: 12 + n, jobs_dead: n === 7 ? 4 : 0,
}));
export const hostedAccounts: HostedAccount[] = [
        { account_id: '71', kind: 'wecom', name: '山野食集', remote_id: 'ww8a21c0f3de7b4419', read_only: false, connected_at: NOW - 90 * DAY, last_callback_at: NOW - 3 * MIN, fails: 0, warns: 1, waiting: 0, jobs_dead: 0, finding: '企业微信里有 2 位接待人员不在应用可见范围内。' },
        { account_id: '72', kind: 'kf', name: '售前客服', remote_id: 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q', read_only: false, connected_at: NOW - 90 * DAY, last_callback_at: NOW - 3 * MIN, fails: 0, warns: 0, waiting: 7, jobs_dead: 0, finding: null },
        { account_id: '73', kind: 'shop', name: '山野旗舰店', remote_id: 'wx1d6f02a3b8c94e57', read_only: false, connected_at: NOW - 88 * DAY, last_callback_at: NOW - 9 * MIN, fails: 1, warns: 0, waiting: 0, jobs_dead: 2, finding: '没有默认退货地址：退货单同意不了（606003）。' },
        { account_id: '74', kind: 'shop', name: '山野分店', remote_id: 'wx77aa02a3b8c94e57', read_only: true, connected_at: 0, last_callback_at: 0, fails: 0, warns: 0, waiting: 0, jobs_dead: 0, finding: null },
];
export const hosted: Hosted = {
        hosted: true, contact: '运维老王 400-820-1', accounts: 8, max_accounts: 20, people: 5, max_staff: 10, max_calls: 8,
        lacks: [
                { key: 'shopkf', name: '小店店内客服（自研客服接口）', why: '平台只允许商家自己的程序用商家自己的凭证调用；服务方代为运行的系统（第三方平台）不能调用。', instead: '店内消息继续在小店后台回复；订单、售后和微信客服照常在掌柜里处理。要用它，请把掌柜装在商家自己的机器上。', source: 'https://developers.weixin.qq.com/doc/store/shop/guide/connect/kf.html' },
                { key: 'wecom_address', name: '经服务方的出口地址调用企业微信（微信客服、客户联系、应用消息）', why: '自建应用只接受“企业可信 IP”里的地址（否则 60020），而服务商的地址填不进去。', instead: '给这个商家配一个他自己的出口代理，把代理的地址填进可信 IP。', source: 'https://developer.work.weixin.qq.com/document/path/90313 (60020)' },
        ],
};
export const visits: Visit[] = [
        { visit_id: '8102', operator: '运维老王', reason: '商家来电：欢迎语不显示，代为检查', begun_at: NOW - 2 * HOUR, until: NOW - HOUR, ended_at: NOW - 100 * MIN },
        { visit_id: '8101', operator: '运维小李', reason: '体检报默认退货地址缺失，核对', begun_at: NOW - 6 * DAY, until: NOW - 6 * DAY + HOUR, ended_at: 0 },
];

export const me: Me = {
        staff_id: '1001', name: '林晓棠', login: 'lin', role: 'owner',
        permissions: ['inbox.read', 'inbox.reply', 'orders.read', 'aftersales.read', 'aftersales.decide', 'contacts.read', 'contacts.edit',
                'shops.read', 'shops.manage', 'shops.connect', 'hosting.see', 'staff.read', 'staff.link', 'staff.manage', 'groups.read', 'alarms.read', 'alarms.manage', 'golive.read', 'golive.step', 'golive.enter', 'system.read', 'system.audit', 'system.repair'],
};

export const staff: Staff[] = [
        { staff_id: '1001', login: 'lin', name: '林晓棠', role: 'owner', disabled: false, created_at: NOW - 220 * DAY },
        { staff_id: '1002', login: 'zhouyi', name: '周一鸣', role: 'supervisor', disabled: false, created_at: NOW - 180 * DAY },
        { staff_id: '1003', login: 'xiaohe', name: '小禾', role: 'agent', disabled: false, created_at: NOW - 90 * DAY },
        { staff_id: '1004', login: 'azhen', name: '阿珍', role: 'agent', disabled: false, created_at: NOW - 60 * DAY },
        { staff_id: '1005', login: 'cangku', name: '仓库·老韩', role: 'warehouse', disabled: false, created_at: NOW - 200 * DAY },
        { staff_id: '1006', login: 'former', name: '孙倩', role: 'agent', disabled: true, created_at: NOW - 300 * DAY },
];

export const directory: Directory = {
        next: null,
        corps: [{ account_id: '1', corp: 'ww5f2a81c0d94e7b36', name: '云锦里服饰', agent_id: '1000002', offered: true, everyone: false, sent: 0, returned_at: NOW - 2 * HOUR }],
        items: [
                { account_id: '1', userid: 'XiaoHe', name: '小禾', department: '客服部', status: 'active', staff_id: '1003', asked_at: 0 },
                { account_id: '1', userid: 'azhen', name: '阿珍', department: '客服部', status: 'active', staff_id: null, asked_at: NOW - 20 * MIN },
                { account_id: '1', userid: 'tangtang', name: '唐糖', department: '客服部 / 直播组', status: 'active', staff_id: null, asked_at: 0 },
                { account_id: '1', userid: 'lihua', name: '李桦', department: '仓储部', status: 'outside', staff_id: null, asked_at: 0 },
                { account_id: '1', userid: 'sunqian', name: '孙倩', department: '客服部', status: 'left', staff_id: '1006', asked_at: 0 },
        ],
};

export const groups: CustomerGroup[] = [
        { account_id: '1', chat_id: 'wrOgQhDgAA3', name: '云锦里·直播福利群 ③', owner: 'XiaoHe', members: 412, customers: 409, created_at: NOW - 9 * DAY, seen_at: NOW - 2 * HOUR },
        { account_id: '1', chat_id: 'wrOgQhDgAA2', name: '老客户 VIP 群', owner: 'azhen', members: 188, customers: 184, created_at: NOW - 70 * DAY, seen_at: NOW - 2 * HOUR },
        { account_id: '1', chat_id: 'wrOgQhDgAA1', name: '', owner: 'XiaoHe', members: 6, customers: 4, created_at: NOW - 200 * DAY, seen_at: NOW - 2 * HOUR },
];

export const alarms: Alarms = {
        rules: [
                { kind: 'waiting', title: '客户等待', enabled: true, unit: 's', threshold: 180, least: 30, most: 86400 },
                { kind: 'case_due', title: '售后快超时', enabled: true, unit: 'min', threshold: 360, least: 10, most: 2880 },
                { kind: 'silent', title: '回调中断', enabled: true, unit: null, threshold: 0, least: 0, most: 0 },
                { kind: 'balance', title: '小店余额不足', enabled: true, unit: null, threshold: 0, least: 0, most: 0 },
                { kind: 'disk', title: '磁盘空间不足', enabled: true, unit: null, threshold: 0, least: 0, most: 0 },
                { kind: 'doctor', title: '体检发现的其他故障', enabled: false, unit: null, threshold: 0, least: 0, most: 0 },
        ],
        recipients: [
                { account_id: '1', userid: 'XiaoHe', name: '小禾', kinds: '', quiet_from: 1380, quiet_to: 480, reachable: 1 },
                { account_id: '1', userid: 'lihua', name: '李桦', kinds: 'balance disk', quiet_from: 0, quiet_to: 0, reachable: 0 },
        ],
        alarms: [
                { alarm_id: '9001', kind: 'waiting', text: '3 位客户等待超过 3 分 0 秒，最久 4 分 10 秒', count: 3, raised_at: NOW - 2 * MIN, over_at: 0 },
                { alarm_id: '9000', kind: 'balance', text: '云锦里旗舰店：可用余额只有 52.00 元，退款可能失败。', count: 1, raised_at: NOW - 5 * HOUR, over_at: NOW - 4 * HOUR },
        ],
        messages: [
                { message_id: '9102', userid: 'XiaoHe', name: '小禾', text: '掌柜提醒 11-23 20:13:05\n⚠️ 3 位客户等待超过 3 分 0 秒，最久 4 分 10 秒', state: 'sent', why: null, made_at: NOW - 2 * MIN, ended_at: NOW - 2 * MIN },
                { message_id: '9101', userid: 'lihua', name: '李桦', text: '掌柜提醒 11-23 15:13:00\n⚠️ 云锦里旗舰店：可用余额只有 52.00 元，退款可能失败。', state: 'failed', why: '平台说这个成员收不到：他不在应用的可见范围内，或已离职。', made_at: NOW - 5 * HOUR, ended_at: NOW - 5 * HOUR },
        ],
};

export const accounts: Account[] = [
        { account_id: '1', kind: 'wecom', name: '云锦里服饰', remote_id: 'ww5f2a81c0d94e7b36', parent_id: null, read_only: false, bound: false, last_callback_at: NOW - 40_000, found_by_polling: 0, callback_path: '/callback/wecom/q8Zk3vT0pXm2' },
        { account_id: '2', kind: 'kf', name: '云锦里·售前', remote_id: 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q', parent_id: '1', read_only: false, bound: false, last_callback_at: NOW - 40_000, found_by_polling: 3, callback_path: null },
        { account_id: '3', kind: 'kf', name: '云锦里·售后', remote_id: 'wkAJ2GCAAAuQ1rE0hSt0nmLAJhGlB7Nw', parent_id: '1', read_only: false, bound: false, last_callback_at: NOW - 9 * MIN, found_by_polling: 0, callback_path: null },
        { account_id: '4', kind: 'shop', name: '云锦里旗舰店', remote_id: 'wx7be4f1d03a9c2258', parent_id: null, read_only: false, bound: true, last_callback_at: NOW - 12_000, found_by_polling: 12, callback_path: '/callback/shop/Vn4c0RwE91bd' },
        { account_id: '5', kind: 'shop', name: '云锦里·童装', remote_id: 'wxc30d9a7718f4e6b1', parent_id: null, read_only: true, bound: false, last_callback_at: 0, found_by_polling: 0, callback_path: '/callback/shop/Yt7mQ2sLx0aa' },
];

export const margins: Margin[] = [
        { channel: 'kf', account_id: '2', account_name: '云锦里·售前', margin_s: 259_200, pullable: true, last_callback_at: NOW - 40_000, text: '微信客服的消息平台保留 3 天，重启后会自动补拉' },
        { channel: 'kf', account_id: '3', account_name: '云锦里·售后', margin_s: 259_200, pullable: true, last_callback_at: NOW - 9 * MIN, text: '微信客服的消息平台保留 3 天，重启后会自动补拉' },
        { channel: 'shop', account_id: '4', account_name: '云锦里旗舰店', margin_s: 12_960, pullable: false, last_callback_at: NOW - 12_000, text: '小店客服消息平台重试约 3.6 小时，之后不能再取' },
        { channel: 'mp', account_id: '6', account_name: '云锦里公众号', margin_s: 15, pullable: false, last_callback_at: NOW - 3 * HOUR, text: '公众号消息平台只重试三次，每次 5 秒' },
];

const PRODUCTS: [string, string, number][] = [
        ['新中式香云纱连衣裙 夏季国风改良旗袍', '黛青色 M', 45900],
        ['重磅真丝衬衫女长袖 19姆米桑蚕丝', '珍珠白 L', 38800],
        ['马面裙织金妆花 明制汉服日常款', '朱砂红 均码', 52800],
        ['亚麻阔腿裤女 高腰垂感', '燕麦色 S', 16900],
        ['羊绒围巾 双面渐变 礼盒装', '烟灰 200×70', 29900],
        ['儿童棉麻唐装套装', '藏蓝 120cm', 13900],
];
const NAMES = ['苏曼', '陈嘉怡', '王女士', '阿离', '周周不吃辣', '李思远', '橘子汽水', '赵敏', '许念', '晚风', '何佳', '明月入怀', '吴桐', '小鹿乱撞', '方圆'];

const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="180" viewBox="0 0 240 180"><rect width="240" height="180" fill="#dfe9e4"/><path d="M95 40c8 10 42 10 50 0l28 22-14 20-8-5 10 73H79l10-73-8 5-14-20z" fill="#3a6b5c"/><path d="M150 112l16 10-4 8-15-9z" fill="#b0432f"/><text x="120" y="170" text-anchor="middle" font-size="11" fill="#55615c">袖口开线</text></svg>';
export { picture };

const STATUS: Record<number, string> = { 10: '待付款', 20: '待发货', 21: '部分发货', 30: '待收货', 100: '已完成', 200: '售后完结', 250: '已取消' };
const PATTERN = [20, 30, 100, 30, 20, 100, 21, 30, 250, 100, 200, 20, 10, 30];

export const orders: Order[] = Array.from({ length: 64 }, (_, n) => {
        const [title, , price] = PRODUCTS[n % PRODUCTS.length] as [string, string, number];
        const status = PATTERN[n % PATTERN.length] as number;
        const units = n % 5 === 3 ? 2 : 1;
        const shipped = status === 30 || status === 100;
        const created_at = NOW - n * 47 * MIN - 6 * MIN;
        return {
                order_id: String(70000 + n), account_id: '4', account_name: '云锦里旗舰店', remote_id: `37274${String(90017300512 - n * 7919).padStart(11, '0')}${n % 10}`,
                identity_id: String(500 + (n % 15)), status, status_text: STATUS[status] as string, amount: price * units - (n % 3) * 1000, created_at,
                paid_at: status === 10 || status === 250 ? 0 : created_at + 2 * MIN, updated_at: created_at + 20 * MIN, ship_deadline: created_at + 28 * HOUR,
                title, image: null, units, delivery_name: shipped ? (n % 2 ? '顺丰速运' : '中通快递') : null,
                waybill_id: shipped ? (n % 2 ? `SF14${String(7300912446 - n * 31)}` : `7842${String(1093355127 + n * 17)}`) : null,
                receiver_masked: `${(NAMES[n % 15] as string).slice(0, 1)}**`, open_aftersales: n === 1 || n === 5 ? 1 : 0,
        };
});

const KINDS: [string, string, string, string, boolean, number, Case['decision'], string | null][] = [
        ['RETURN', '退货退款', 'MERCHANT_PROCESSING', '待商家处理', true, 1.4 * HOUR, 'none', null],
        ['REFUND', '仅退款', 'MERCHANT_PROCESSING', '待商家处理', true, 7.5 * HOUR, 'none', null],
        ['RETURN', '退货退款', 'MERCHANT_WAIT_RECEIPT', '待商家收货', true, 3.2 * DAY, 'none', null],
        ['REFUND', '仅退款', 'MERCHANT_PROCESSING', '待商家处理', true, 26 * HOUR, 'refused', '店铺可用余额不足，请先充值，再重新同意'],
        ['EXCHANGE', '换货', 'MERCHANT_PROCESSING', '待商家处理', true, 40 * HOUR, 'none', null],
        ['REFUND', '仅退款', 'PLATFORM_REFUNDING', '平台退款中', false, 0, 'approved', null],
        ['RETURN', '退货退款', 'USER_WAIT_RETURN', '待买家退货', false, 0, 'approved', null],
        ['REFUND', '仅退款', 'MERCHANT_PROCESSING', '待商家处理', false, 20 * HOUR, 'unknown', null],
        ['REFUND', '仅退款', 'MERCHANT_REFUND_SUCCESS', '退款成功', false, 0, 'approved', null],
        ['RETURN', '退货退款', 'USER_CANCELD', '买家已取消', false, 0, 'none', null],
];
const REASONS = ['质量问题：袖口开线', '不想要了', '尺码不合适', '快递一直没有物流信息', '颜色与描述不符'];

export const cases: Case[] = KINDS.map(([type, type_text, status, status_text, can, left, decision, decision_note], n) => {
        const order = orders[n === 0 ? 1 : n * 3 + 2] as Order;
        return {
                case_id: String(90001 + n), account_id: '4', account_name: '云锦里旗舰店', remote_id: `2000000${String(381204711 - n * 13)}`,
                order_remote_id: order.remote_id, order_id: order.order_id, identity_id: order.identity_id, type, type_text, status, status_text,
                amount: order.amount, reason_text: REASONS[n % REASONS.length] as string, product_title: order.title, deadline: left > 0 ? NOW + left : 0,
                created_at: NOW - (n + 1) * 3 * HOUR, updated_at: NOW - n * HOUR, decision, decision_note, address_id: null, version: 3,
                can_approve: can, can_reject: can, needs_address: can && type !== 'REFUND' && status === 'MERCHANT_PROCESSING',
        };
});
export const caseOf = (id: string) => cases.find((c) => c.case_id === id) as Case;
export const caseDetail = (id: string): CaseDetail => ({
        ...caseOf(id),
        moves: [
                { seq: 1, at: caseOf(id).created_at, from: '', to: 'MERCHANT_PROCESSING', cause: '买家申请', actor: '' },
                { seq: 2, at: caseOf(id).updated_at, from: 'MERCHANT_PROCESSING', to: caseOf(id).status, cause: '平台通知', actor: '' },
        ],
});
export const options = (id: string): CaseOptions => ({
        buyer_name: NAMES[Number(caseOf(id).identity_id) - 500] ?? null,
        addresses: [
                { address_id: 'a1', name: '云锦里退货组', phone_masked: '138****6621', text: '浙江省杭州市余杭区良渚街道莫干山路 1418 号 3 幢 2 层', is_default: true },
                { address_id: 'a2', name: '广州仓·老韩', phone_masked: '186****0937', text: '广东省广州市白云区太和镇大源南路 58 号 B 区', is_default: false },
        ],
        reasons: [
                { reason_type: 1, text: '已按时发货，物流正常', wording: '您好，商品已按约定时间发出，物流状态正常，请您耐心等待收货。' },
                { reason_type: 4, text: '申请时商品已发出或已揽收', wording: '您好，您申请退款时商品已经由快递揽收，请收到后再申请退货退款。' },
                { reason_type: 6, text: '买家误操作或已协商取消', wording: '已与您协商一致取消本次申请，感谢理解。' },
        ],
});

interface Person2 extends Person { extra?: never }
const people = new Map<string, Person2>();
function makePerson(n: number, linked: boolean): Person {
        const id = String(300 + n);
        const name = NAMES[n % 15] as string;
        const kf = { identity_id: String(600 + n), kind: 'kf' as const, account_id: '1', remote_id: `wmAJ2GCAAA${(n * 7919 + 4211).toString(36)}Q9f2TqbWc0Xk${n}`, nickname: name, unionid: null };
        const shop = { identity_id: String(500 + n), kind: 'shop' as const, account_id: '4', remote_id: `oG7x${(n * 104729 + 77).toString(36)}mT5vLw8Rk2pQ${n}`, nickname: `${name.slice(0, 1)}**`, unionid: null };
        const made = orders[n % orders.length] as Order;
        const person: Person = {
                person_id: id, name, note: n === 0 ? '妈妈 11 月 28 日办婚宴，常穿 L 码；上次的旗袍袖口改过。' : null, created_at: NOW - (n + 20) * DAY,
                identities: linked ? [kf, shop] : [kf],
                links: linked
                        ? [{ link_id: String(400 + n), identity_a: kf.identity_id, identity_b: shop.identity_id, evidence: n % 2 ? 'agent' : 'order_card', detail: JSON.stringify({ order: made.remote_id }), made_by: n % 2 ? '小禾' : 'system', made_at: NOW - 2 * HOUR, undone_at: 0, undone_by: null }]
                        : [],
        };
        people.set(id, person);
        return person;
}
for (let n = 0; n < 15; n++) makePerson(n, n % 3 !== 1);
export const person = (id: string) => people.get(id) as Person;
export function undo(link_id: string): void {
        for (const p of people.values()) for (const l of p.links) if (l.link_id === link_id) Object.assign(l, { undone_at: Date.now(), undone_by: me.name });
}
export const ordersOf = (id: string) => {
        const shop = person(id).identities.find((i) => i.kind === 'shop');
        return shop ? orders.filter((o) => Number(o.identity_id) - 500 === Number(id) - 300 || (id === '300' && o === orders[1])).slice(0, 4) : [];
};
export const casesOf = (id: string) => (id === '300' ? [cases[0] as Case] : person(id).identities.some((i) => i.kind === 'shop') ? cases.filter((c) => Number(c.identity_id) - 500 === Number(id) - 300) : []);

export const orderDetail = (id: string): OrderDetail => {
        const order = orders.find((o) => o.order_id === id) as Order;
        return {
                ...order,
                lines: [{ product_id: '1', sku_id: '1', title: order.title, sku_text: '黛青色 M', image: null, count: order.units, sale_price: order.amount, real_price: order.amount, delivery_deadline: order.ship_deadline }],
                parcels: order.waybill_id ? [{ delivery_name: order.delivery_name, waybill_id: order.waybill_id, delivered_at: order.created_at + HOUR }] : [],
                customer_notes: '麻烦发顺丰，周五前要穿', merchant_notes: null, receiver: { name: order.receiver_masked, phone: '139****4471', address: '浙江省杭州市西湖区***' },
        };
};

const SAYS = ['在吗？我的裙子袖口开线了，能退吗', '请问这件有 XL 码吗', '到货了，好看！', '什么时候发货呀，等着穿呢', '可以改地址吗？搬家了', '订单3727490016508可以合并发吗', '谢谢小姐姐', '直播间说送的围巾没收到', '这个会起球吗？', '[图片]', '想换个颜色', '麻烦开个发票'];
export const threads: Thread[] = NAMES.map((name, n) => {
        const waiting = n < 8;
        const since = [412, 236, 171, 95, 48, 33, 21, 6][n] ?? 0;
        const closed = n > 12;
        const t: Thread = {
                thread_id: String(200 + n), account_id: n % 4 === 3 ? '4' : '2', identity_id: String(600 + n), person_id: String(300 + n), channel: n % 4 === 3 ? 'shop' : 'kf',
                account_name: n % 4 === 3 ? '云锦里旗舰店' : '云锦里·售前', name, avatar: null, status: closed ? 'closed' : 'open', owner: 'desk',
                assigned_to: n % 3 === 0 ? '1001' : n % 3 === 1 ? '1003' : null, assigned_name: n % 3 === 0 ? '林晓棠' : n % 3 === 1 ? '小禾' : null,
                waiting_since: waiting ? NOW - since * 1000 : 0, last_at: waiting ? NOW - since * 1000 : NOW - n * 23 * MIN, last_text: SAYS[n % SAYS.length] as string,
                unread: waiting ? (n % 3) + 1 : 0, window_until: NOW + 47 * HOUR - n * HOUR, replies_left: 5 - (n % 4), auto_left: 1, refused: null, refused_text: null,
        };
        if (n === 4) Object.assign(t, { owner: 'wecom', refused: 'owner', refused_text: '会话正由企业微信里的周一鸣接待，这里只能看。请在企业微信里回复，或等会话结束。' });
        if (n === 6) Object.assign(t, { replies_left: 0, refused: 'budget', refused_text: '这一轮的 5 条回复已用完。她再发来一条消息后，就可以继续回复。' });
        if (n === 9) Object.assign(t, { window_until: NOW - HOUR, refused: 'window_closed', refused_text: '48 小时回复时间已过。她再发来一条消息后，就可以继续回复。' });
        return t;
});
export const thread = (id: string) => threads.find((t) => t.thread_id === id) as Thread;

let nextId = 880000;
function msg(thread_id: string, direction: Message['direction'], kind: string, text: string, ago: number, body: { [k: string]: Json } = {}, some: Partial<Message> = {}): Message {
        return {
                message_id: String(nextId++), thread_id, direction, kind, text, body, state: direction === 'in' ? 'received' : 'sent', state_note: null,
                author: direction === 'out' ? '林晓棠' : null, author_id: null, automatic: 0, sent_at: NOW - ago, client_id: direction === 'out' ? `c${nextId}` : '', blob_id: '0', ...some,
        };
}

const store = new Map<string, Message[]>();
function first(id: string): Message[] {
        const o = orders[1] as Order;
        return [
                msg(id, 'event', 'event', '从视频号小店订单页进入会话', 26 * HOUR),
                msg(id, 'in', 'text', '你好，旗袍今天发得出来吗？妈妈婚宴要穿', 26 * HOUR - 30_000),
                msg(id, 'out', 'text', '您好，我是云锦里客服。请问有什么可以帮您？', 26 * HOUR - 32_000, {}, { author: '掌柜', automatic: 1 }),
                msg(id, 'out', 'text', '可以的，今天下午四点前的订单当天都能发顺丰，杭州市内明天中午前到。婚宴是哪天？', 26 * HOUR - 2 * MIN),
                msg(id, 'in', 'text', '28 号，来得及就好，谢谢！', 26 * HOUR - 3 * MIN),
                msg(id, 'in', 'text', '收到了，颜色很正。不过右边袖口有一点开线', 44 * MIN),
                msg(id, 'in', 'image', '[图片]', 43 * MIN, {}, { blob_id: '77' }),
                msg(id, 'in', 'channels_shop_order', '订单', 42 * MIN, { order_id: o.remote_id, product_titles: o.title, price_wording: '¥459.00', state: '待收货', image_url: '', shop_nickname: '云锦里旗舰店' }),
                msg(id, 'out', 'text', '非常抱歉！看到照片了，是锁边没有收好。您是想换一件，还是退货退款？换的话我们补发，运费我们出。', 38 * MIN),
                msg(id, 'out', 'text', '如果赶时间，也可以找附近裁缝锁一下边，费用我们补给您。', 37 * MIN, {}, { state: 'unconfirmed' }),
                msg(id, 'in', 'text', '在吗？我的裙子袖口开线了，能退吗', 7 * MIN),
        ];
}
function kinds(id: string): Message[] {
        return [
                msg(id, 'in', 'text', '这几种消息都发一遍', 3 * HOUR),
                msg(id, 'in', 'voice', '[语音]', 3 * HOUR - MIN, {}, { blob_id: '5' }),
                msg(id, 'in', 'file', '量体表.xlsx', 3 * HOUR - 2 * MIN, {}, { blob_id: '6' }),
                msg(id, 'in', 'location', '西湖银泰', 3 * HOUR - 3 * MIN, { latitude: 30.246, longitude: 120.163, name: '西湖银泰城', address: '杭州市上城区延安路 98 号' }),
                msg(id, 'in', 'link', '小红书笔记', 3 * HOUR - 4 * MIN, { title: '香云纱怎么洗？三个步骤不褪色', desc: '冷水、中性、阴干', url: 'https://example.com/note/1', pic_url: '' }),
                msg(id, 'in', 'channels_shop_product', '商品', 3 * HOUR - 5 * MIN, { product_id: '10000112', title: '新中式香云纱连衣裙', sales_price: '45900', shop_nickname: '云锦里旗舰店', head_img: '' }),
                msg(id, 'in', 'miniprogram', '小程序', 3 * HOUR - 6 * MIN, { title: '云锦里会员中心', appid: 'wx91ab', pagepath: 'pages/member/index.html' }),
                msg(id, 'in', 'business_card', 'ZhouYiMing', 3 * HOUR - 7 * MIN, { userid: 'ZhouYiMing' }),
                msg(id, 'in', 'channels', '视频号', 3 * HOUR - 8 * MIN, { sub_type: 2, nickname: '云锦里', title: '今晚八点 香云纱专场' }),
                msg(id, 'in', 'merged_msg', '聊天记录', 3 * HOUR - 9 * MIN, { title: '群聊的聊天记录', item: [{ send_time: Math.floor(NOW / 1000) - 90000, msgtype: 'text', sender_name: '小姨', msg_content: '{"text":{"content":"这家裙子不错"}}' }] }),
                msg(id, 'out', 'msgmenu', '菜单', 3 * HOUR - 10 * MIN, { head_content: '这次的服务您满意吗？', list: [{ type: 'click', click: { id: '1', content: '满意' } }, { type: 'click', click: { id: '2', content: '不满意' } }], tail_content: '' }, { automatic: 1, author: '掌柜' }),
                msg(id, 'in', 'note', '', 3 * HOUR - 11 * MIN, { title: '我的尺码', items: [86, 68, 92] }),
                msg(id, 'out', 'text', '收到，尺码记下了。', 2 * HOUR, {}, { state: 'undelivered', state_note: '客户已拒收这个客服账号的消息' }),
                msg(id, 'out', 'text', '要不要帮您改短 2 厘米？', 2 * HOUR - MIN, {}, { state: 'failed', state_note: '平台提示：超过 48 小时回复时间' }),
                msg(id, 'out', 'text', '好的', 2 * HOUR - 2 * MIN, {}, { state: 'queued' }),
                msg(id, 'in', 'text', '请问这件有 XL 码吗', 4 * MIN),
        ];
}
export function messages(id: string): Message[] {
        let all = store.get(id);
        if (!all) {
                const t = thread(id);
                all = id === '200' ? first(id) : id === '201' ? kinds(id) : [msg(id, 'in', 'text', '你好', HOUR), msg(id, 'out', 'text', '您好，请问有什么可以帮您？', HOUR - MIN), msg(id, 'in', 'text', t.last_text ?? '', 5 * MIN)];
                store.set(id, all);
        }
        return all;
}
export const message = (id: string) => [...store.values()].flat().find((m) => m.message_id === id) as Message;
export function outgoing(thread_id: string, client_id: string, text: string): Message {
        const m = { ...msg(thread_id, 'out', 'text', text, 0, { content: text }), client_id, state: 'queued', sent_at: Date.now() };
        messages(thread_id).push(m);
        return m;
}

export const health: Health = {
        intake: { appended: 48_213, applied: 48_209, waiting: 3, failed: 1 },
        notes: [{ account_name: '云锦里旗舰店', reason: '签名不对', count: 14, last_at: NOW - 5 * MIN }, { account_name: null, reason: '没有这个回调地址', count: 3, last_at: NOW - 3 * HOUR }],
        failures: [{ stream: '17', seq: '48102', kind: 'channels_ec_order_pay', account_name: '云锦里旗舰店', failed_at: NOW - 22 * MIN, reason: '订单对象缺少 order_detail，已原样保存，可以重放' }],
        jobs: [{ kind: 'inbox.send', title: '按顺序发出会话的回复，每条只发一次', waiting: 0, running: 1, dead: 0 }, { kind: 'inbox.pull', title: '读取客服账号的新消息', waiting: 0, running: 0, dead: 0 }, { kind: 'orders.fetch', title: '取回订单的最新内容', waiting: 12, running: 4, dead: 1 }, { kind: 'aftersales.approve', title: '把同意售后的决定送到平台', waiting: 0, running: 0, dead: 0 }],
        consoles: 4,
        found_by_polling: [{ account_name: '云锦里旗舰店', count: 12 }, { account_name: '云锦里·售前', count: 3 }],
};
export const dead: DeadJob[] = [{ job_id: '5501', kind: 'orders.fetch', title: '取回订单的最新内容', key: '37274', error: '平台返回 100002：订单不存在', tries: 12, account_name: '云锦里旗舰店' }];

const ACTS: [string, string, string, Json][] = [
        ['林晓棠', 'aftersales.approve', 'case', { amount: 45900, address_id: 'a1' }],
        ['小禾', 'inbox.reply', 'thread', { client_id: 'b82fd0' }],
        ['小禾', 'contacts.link', 'link', { order_id: '3727490017300512' }],
        ['林晓棠', 'shops.read_only', 'account', { read_only: false }],
        ['周一鸣', 'staff.login', 'staff', null],
        ['运维老王', 'visit.change', 'route', { route: 'PUT /api/accounts/{account_id}/welcome' }],
];
export const audit: AuditRow[] = Array.from({ length: 120 }, (_, n) => {
        const [actor, act, object, detail] = ACTS[n % ACTS.length] as [string, string, string, Json];
        return { audit_id: String(9000 - n), at: NOW - n * 11 * MIN, actor, act, object, object_id: String(90001 + n), detail, reason: act === 'visit.change' ? '商家来电：欢迎语不显示，代为检查' : null };
});

const chinaDay = (ms: number) => Number(new Date(ms + 8 * HOUR).toISOString().slice(0, 10).replaceAll('-', ''));
const unbegun = {
        state: 'none', state_text: '未开始', by: '', rehearsed_at: 0, rehearsed_consults: 0, rehearsed_ok: false, report: null, accepted_at: 0, granted: true, read_only: true,
        switched_at: 0, heard_at: 0, answered_at: 0, tested_at: 0, live_at: 0, back_at: 0, silent_minutes: 120, last_heard_at: 0, days: [],
};
export const rehearsal = {
        ok: true, consults: 20, arrived: 20, answered: 20, received: 20, twice: 0, back_after_ms: 640, first_reply_ms: 900, took_ms: 6400, why: null,
        people: [{ name: '林晓棠', answered: 5 }, { name: '周一鸣', answered: 5 }, { name: '小禾', answered: 5 }, { name: '阿珍', answered: 5 }],
        refused: [{ code: 'inbox.budget', text: '这一轮的 5 条回复已用完，她再发来消息后可以继续回复。' }],
} as unknown as Json;

export const golive: Golive = {
        items: [
                { ...unbegun, account_id: '4', name: '云锦里旗舰店', state: 'live', state_text: '已上线', by: '林晓棠', rehearsed_at: NOW - 5 * DAY, rehearsed_consults: 20, rehearsed_ok: true, report: rehearsal,
                        accepted_at: NOW - 5 * DAY, read_only: false, switched_at: NOW - 4 * DAY, heard_at: NOW - 4 * DAY + 2 * MIN, answered_at: NOW - 4 * DAY + 3 * MIN, tested_at: NOW - 4 * DAY + 5 * MIN,
                        live_at: NOW - 4 * DAY + 9 * MIN, last_heard_at: NOW - 6 * MIN,
                        days: [[64, 61, 9820], [120, 113, 9360], [98, 90, 8450], [131, 125, -1], [22, 21, -1]].map(([rounds = 0, in_3min = 0, theirs = -1], i) => ({
                                day: chinaDay(NOW - (4 - i) * DAY), rounds, answered: rounds - 1, in_3min, mean_s: 48 + 7 * i, theirs, over: i < 4 })) },
                { ...unbegun, account_id: '5', name: '云锦里·童装' },
        ],
        stops: [
                { key: 'desk', text: '小店后台和小店助手里的客服工作台不再收到新消息：API 与后台二选一。', source: 'channels-callback.md 7', confirmed: true },
                { key: 'history', text: '两种方式的聊天记录不互通：以前的会话留在小店后台，以后的留在这里。', source: 'channels-callback.md 7', confirmed: true },
                { key: 'helpers', text: '后台客服工作台自带的快捷回复、自动回复、机器人、转接和排班随工作台一起停用。', source: 'channels-callback.md 7', confirmed: false },
        ],
};

const NEXT: Record<string, [state: string, text: string, at: 'rehearsed_at' | 'accepted_at' | 'switched_at' | 'tested_at' | 'live_at' | 'back_at']> = {
        rehearse: ['rehearsed', '已彩排', 'rehearsed_at'], accept: ['accepted', '已知晓停用项', 'accepted_at'], switch: ['switched', '已切换', 'switched_at'],
        test: ['tested', '已试答', 'tested_at'], live: ['live', '已上线', 'live_at'], back: ['back', '已切回', 'back_at'],
};
export function goliveStep(account_id: string, step: string): void {
        const shop = golive.items.find((s) => s.account_id === account_id);
        const next = NEXT[step];
        if (!shop || !next) return;
        [shop.state, shop.state_text] = next;
        shop[next[2]] = Date.now();
        shop.by = me.name;
        if (step === 'rehearse') Object.assign(shop, { report: rehearsal, rehearsed_ok: true });
        if (step === 'switch') Object.assign(shop, { read_only: false, heard_at: Date.now() + 1, answered_at: Date.now() + 2 });
        if (step === 'live') shop.days = [{ day: chinaDay(Date.now()), rounds: 0, answered: 0, in_3min: 0, mean_s: 0, theirs: -1, over: false }];
}
