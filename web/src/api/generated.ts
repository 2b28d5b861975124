/* The server's API: one interface per descriptor, one function per route. Ids are strings of digits, times ms UTC (0 = none),
 * money fen. */
import { call } from './http';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Page<T> {
        items: T[];
        next: string | null;
}

export interface Items<T> {
        items: T[];
}

export type Role = 'owner' | 'supervisor' | 'agent' | 'warehouse' | 'reader';

export interface Me {
        staff_id: string;
        name: string;
        login: string;
        role: Role;
        permissions: string[];
}

export interface Login {
        staff: Me;
        csrf: string;
}

export interface Session extends Login {
        demo: boolean;
        version: string;
        now: number;
}

export interface Staff {
        staff_id: string;
        login: string;
        name: string;
        role: Role;
        disabled: boolean;
        created_at: number;
}

export interface Account {
        account_id: string;
        kind: 'wecom' | 'kf' | 'shop' | 'mp';
        name: string;
        remote_id: string;
        parent_id: string | null;
        read_only: boolean;
        bound: boolean;
        last_callback_at: number;
        found_by_polling: number;
        callback_path: string;
}

export interface Margin {
        channel: 'kf' | 'shop' | 'mp';
        account_id: string;
        account_name: string;
        margin_s: number;
        pullable: boolean;
        last_callback_at: number;
        text: string;
}

export interface Identity {
        identity_id: string;
        kind: 'kf' | 'shop' | 'mp';
        account_id: string;
        remote_id: string;
        nickname: string | null;
        unionid: string | null;
}

export interface Link {
        link_id: string;
        identity_a: string;
        identity_b: string;
        evidence: 'unionid' | 'order_card' | 'order_number' | 'agent';
        detail: Json;
        made_by: string;
        made_at: number;
        undone_at: number;
        undone_by: string | null;
}

export interface Person {
        person_id: string;
        name: string | null;
        note: string | null;
        created_at: number;
        identities: Identity[];
        links: Link[];
}

export interface Order {
        order_id: string;
        account_id: string;
        account_name: string;
        remote_id: string;
        identity_id: string;
        status: number;
        status_text: string;
        amount: number;
        created_at: number;
        paid_at: number;
        updated_at: number;
        ship_deadline: number;
        title: string;
        image: string | null;
        units: number;
        delivery_name: string | null;
        waybill_id: string | null;
        receiver_masked: string | null;
        open_aftersales: number;
}

export interface OrderLine {
        product_id: string;
        sku_id: string;
        title: string;
        sku_text: string | null;
        image: string | null;
        count: number;
        sale_price: number;
        real_price: number;
        delivery_deadline: number;
}

export interface Parcel {
        delivery_name: string | null;
        waybill_id: string;
        delivered_at: number;
}

export interface OrderDetail extends Order {
        lines: OrderLine[];
        parcels: Parcel[];
        customer_notes: string | null;
        merchant_notes: string | null;
        receiver: { name: string | null; phone: string | null; address: string | null };
}

export type Decision = 'none' | 'approving' | 'approved' | 'rejecting' | 'rejected' | 'refused' | 'unknown';

export interface Case {
        case_id: string;
        account_id: string;
        account_name: string;
        remote_id: string;
        order_remote_id: string;
        order_id: string;
        identity_id: string;
        type: string;
        type_text: string;
        status: string;
        status_text: string;
        amount: number;
        reason_text: string | null;
        product_title: string | null;
        deadline: number;
        created_at: number;
        updated_at: number;
        decision: Decision;
        decision_note: string | null;
        address_id: string | null;
        version: number;
        can_approve: boolean;
        can_reject: boolean;
        needs_address: boolean;
}

export interface CaseMove {
        seq: number;
        at: number;
        from: string;
        to: string;
        cause: string;
        actor: string;
}

export interface CaseDetail extends Case {
        moves: CaseMove[];
}

export interface ReturnAddress {
        address_id: string;
        name: string;
        phone_masked: string;
        text: string;
        is_default: boolean;
}

export interface RejectReason {
        reason_type: number;
        text: string;
        wording: string | null;
}

export interface CaseOptions {
        addresses: ReturnAddress[];
        reasons: RejectReason[];
        buyer_name: string | null;
}

export type Channel = 'kf' | 'shop' | 'mp';
export type Refused = 'window_closed' | 'budget' | 'owner' | 'read_only';

export interface Thread {
        thread_id: string;
        account_id: string;
        identity_id: string;
        person_id: string;
        channel: Channel;
        account_name: string;
        name: string | null;
        avatar: string | null;
        status: 'open' | 'closed';
        owner: 'desk' | 'wecom' | 'ended';
        assigned_to: string | null;
        assigned_name: string | null;
        waiting_since: number;
        last_at: number;
        last_text: string | null;
        unread: number;
        window_until: number;
        replies_left: number;
        auto_left: number;
        refused: Refused | null;
        refused_text: string | null;
}

export interface Message {
        message_id: string;
        thread_id: string;
        direction: 'in' | 'out' | 'event';
        kind: string;
        text: string;
        body: { [key: string]: Json };
        state: string;
        state_note: string | null;
        author: string | null;
        author_id: string | null;
        automatic: boolean | number;
        sent_at: number;
        client_id: string | null;
        blob_id: string | null;
}

export interface MessagePage {
        items: Message[];
        more: boolean;
}

export interface HealthPage {
        intake: { appended: number; applied: number; waiting: number; failed: number };
        notes: { account_name: string | null; reason: string; count: number }[];
        failures: { stream: string; seq: string; kind: string; account_name: string | null; failed_at: number; reason: string }[];
        jobs: { kind: string; waiting: number; running: number; dead: number }[];
        consoles: number;
        found_by_polling: { account_name: string; count: number }[];
}

export interface DeadJob {
        job_id: string;
        kind: string;
        key: string | null;
        error: string;
        tries: number;
        account_name: string | null;
}

export interface AuditRow {
        audit_id: string;
        at: number;
        actor: string;
        act: string;
        object: string;
        object_id: string;
        detail: Json;
}

export interface DemoState {
        live: { running: boolean; orders: number; chats: number } | null;
        plug: {
                at: number;
                killed_after_ms: number;
                back_after_ms: number;
                acked: number;
                stored: number;
                lost: number;
                found: number;
        } | null;
        simulator_url: string;
}

const id = encodeURIComponent;

export interface LoginIn {
        login: string;
        password: string;
}
export const login = (body: LoginIn) => call<Login>('POST', '/api/login', undefined, body);
export const logout = () => call<void>('POST', '/api/logout');
export const getMe = () => call<Session>('GET', '/api/me');

export const listStaff = () => call<Items<Staff>>('GET', '/api/staff');
export interface StaffNew {
        login: string;
        name: string;
        role: Role;
        password: string;
}
export const createStaff = (body: StaffNew) => call<Staff>('POST', '/api/staff', undefined, body);
export interface StaffChange {
        name?: string;
        role?: Role;
        disabled?: boolean;
        password?: string;
}
export const updateStaff = (staff_id: string, body: StaffChange) =>
        call<Staff>('PUT', `/api/staff/${id(staff_id)}`, undefined, body);

export const listAccounts = () => call<Items<Account>>('GET', '/api/accounts');
export const updateAccount = (account_id: string, body: { read_only: boolean }) =>
        call<Account>('PUT', `/api/accounts/${id(account_id)}`, undefined, body);
export const listMargins = () => call<Items<Margin>>('GET', '/api/margins');

export const getPerson = (person_id: string) => call<Person>('GET', `/api/people/${id(person_id)}`);
export const updatePerson = (person_id: string, body: { name?: string; note?: string }) =>
        call<Person>('PUT', `/api/people/${id(person_id)}`, undefined, body);
export const undoLink = (link_id: string) => call<void>('DELETE', `/api/links/${id(link_id)}`);

export interface OrdersQuery {
        q?: string;
        status?: number;
        account_id?: string;
        cursor?: string;
        limit?: number;
}
export const listOrders = (query: OrdersQuery) => call<Page<Order>>('GET', '/api/orders', { ...query });
export const getOrder = (order_id: string) => call<OrderDetail>('GET', `/api/orders/${id(order_id)}`);
export const listPersonOrders = (person_id: string) => call<Items<Order>>('GET', `/api/people/${id(person_id)}/orders`);

export interface CasesQuery {
        state?: 'waiting' | 'open' | 'all';
        cursor?: string;
        limit?: number;
}
export const listCases = (query: CasesQuery) => call<Page<Case>>('GET', '/api/cases', { ...query });
export const getCase = (case_id: string) => call<CaseDetail>('GET', `/api/cases/${id(case_id)}`);
export const getCaseOptions = (case_id: string) => call<CaseOptions>('GET', `/api/cases/${id(case_id)}/options`);
export const approveCase = (case_id: string, body: { version: number; address_id?: string }) =>
        call<Case>('POST', `/api/cases/${id(case_id)}/approve`, undefined, body);
export const rejectCase = (case_id: string, body: { version: number; reason_type: number; text?: string }) =>
        call<Case>('POST', `/api/cases/${id(case_id)}/reject`, undefined, body);
export const listPersonCases = (person_id: string) => call<Items<Case>>('GET', `/api/people/${id(person_id)}/cases`);

export interface ThreadsQuery {
        view: 'waiting' | 'mine' | 'open' | 'closed';
        q?: string;
        cursor?: string;
        limit?: number;
}
export const listThreads = (query: ThreadsQuery) => call<Page<Thread>>('GET', '/api/threads', { ...query });
export const getThread = (thread_id: string) => call<Thread>('GET', `/api/threads/${id(thread_id)}`);
export const listMessages = (thread_id: string, query: { before?: string; limit?: number }) =>
        call<MessagePage>('GET', `/api/threads/${id(thread_id)}/messages`, { ...query });
export const reply = (thread_id: string, body: { client_id: string; text: string }) =>
        call<Message>('POST', `/api/threads/${id(thread_id)}/messages`, undefined, body);
export const askCard = (thread_id: string, body: { client_id: string }) =>
        call<Message>('POST', `/api/threads/${id(thread_id)}/ask-card`, undefined, body);
export const markRead = (thread_id: string) => call<void>('POST', `/api/threads/${id(thread_id)}/read`);
export const assignThread = (thread_id: string, body: { staff_id: string | null }) =>
        call<Thread>('POST', `/api/threads/${id(thread_id)}/assign`, undefined, body);
export const closeThread = (thread_id: string) => call<Thread>('POST', `/api/threads/${id(thread_id)}/close`);
export const linkThread = (thread_id: string, body: { order_id: string }) =>
        call<Person>('POST', `/api/threads/${id(thread_id)}/links`, undefined, body);
export const settleMessage = (message_id: string, body: { as: 'sent' | 'undelivered' }) =>
        call<Message>('POST', `/api/messages/${id(message_id)}/settle`, undefined, body);

export const getHealthPage = () => call<HealthPage>('GET', '/api/health-page');
export const replayFailure = (stream: string, seq: string) =>
        call<void>('POST', `/api/failures/${id(stream)}/${id(seq)}/replay`);
export const listDeadJobs = () => call<Items<DeadJob>>('GET', '/api/jobs/dead');
export const retryJob = (job_id: string) => call<void>('POST', `/api/jobs/${id(job_id)}/retry`);
export const dropJob = (job_id: string) => call<void>('DELETE', `/api/jobs/${id(job_id)}`);
export const listAudit = (query: { before?: string; limit?: number }) => call<Page<AuditRow>>('GET', '/api/audit', { ...query });

export const startLive = () => call<{ text: string }>('POST', '/api/demo/live');
export const getDemoState = () => call<DemoState>('GET', '/api/demo/state');
export const pullPlug = () => call<void>('POST', '/api/demo/plug');
