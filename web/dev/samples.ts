/* One of each, for tests. */
import type { Case, Message, Order, Thread } from '../src/api/generated.ts';

export const thread = (some: Partial<Thread> = {}): Thread => ({
        thread_id: '1', account_id: '2', identity_id: '3', person_id: '4', channel: 'kf', account_name: '云溪客服', name: '青柠', avatar: null, status: 'open',
        owner: 'desk', assigned_to: null, assigned_name: null, waiting_since: 0, last_at: 1000, last_text: '在吗', unread: 0, window_until: 9e12,
        replies_left: 5, auto_left: 2, refused: null, refused_text: null, ...some,
});

export const message = (some: Partial<Message> = {}): Message => ({
        message_id: '10', thread_id: '1', direction: 'in', kind: 'text', text: '在吗', body: {}, state: 'received', state_note: null, author: null,
        author_id: null, automatic: 0, sent_at: 1000, client_id: null, blob_id: null, ...some,
});

export const aCase = (some: Partial<Case> = {}): Case => ({
        case_id: '1', account_id: '4', account_name: '云溪女装', remote_id: '2000', order_remote_id: '3700', order_id: '5', identity_id: '6', type: 'REFUND',
        type_text: '仅退款', status: 'MERCHANT_PROCESSING', status_text: '待商家处理', amount: 18900, reason_text: '不想要了', product_title: '阔腿裤',
        deadline: 0, created_at: 1, updated_at: 1, decision: 'none', decision_note: null, address_id: null, version: 1, can_approve: true, can_reject: true,
        needs_address: false, ...some,
});

export const order = (some: Partial<Order> = {}): Order => ({
        order_id: '5', account_id: '4', account_name: '云溪女装', remote_id: '3700', identity_id: '6', status: 20, status_text: '待发货', amount: 18900,
        created_at: 1, paid_at: 2, updated_at: 2, ship_deadline: 0, title: '阔腿裤', image: null, units: 1, delivery_name: null, waybill_id: null,
        receiver_masked: '青**', open_aftersales: 0, ...some,
});
