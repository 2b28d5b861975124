// Generated from the server's route tables by tools/gen-docs.sh. Do not edit.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Accounts {
        /** by kind and name */
        items: Account[];
        /** always null: accounts come whole */
        next: string | null;
}

export interface Account {
        /** our id */
        account_id: string;
        /** wecom, kf, shop or mp */
        kind: string;
        /** as the merchant calls it */
        name: string;
        /** corp id, open_kfid or appid */
        remote_id: string;
        /** of a kf account: its wecom account */
        parent_id: string | null;
        /** no write call leaves */
        read_only: boolean;
        /** objects carry unionid */
        bound: boolean;
        /** ms; 0 = never */
        last_callback_at: number;
        /** objects no callback had told of */
        found_by_polling: number;
        /** what the platform is to call; null: none of its own */
        callback_path: string | null;
}

export interface AccountIn {
        /** the account */
        account_id: string;
        /** true: no write call leaves */
        read_only: boolean;
}

export interface Connections {
        /** by kind and name */
        items: Connection[];
        /** files that prove the domain */
        files: SiteFile[];
        /** always null: they come whole */
        next: string | null;
}

export interface Connection {
        /** our id */
        account_id: string;
        /** of a kf account: its wecom account */
        parent_id: string | null;
        /** wecom, kf, shop or mp */
        kind: string;
        /** as the merchant calls it */
        name: string;
        /** corp id, open_kfid or appid */
        remote_id: string;
        /** of wecom: the app's AgentId; null = not told */
        agent_id: string | null;
        /** what the platform is to call; null: none of its own */
        callback_path: string | null;
        /** no write call leaves */
        read_only: boolean;
        /** ms: first call and first callback have passed; 0 = not yet */
        connected_at: number;
        /** ms: last call that was answered; 0 = none */
        called_at: number;
        /** ms: the platform checked our address; 0 = never */
        url_checked_at: number;
        /** ms: last callback; 0 = none */
        heard_at: number;
        /** of a shop, ms: in-shop 客服 may be used; 0 = not yet */
        kf_granted_at: number;
        /** of a shop, ms: a buyer wrote in-shop; 0 = never */
        kf_heard_at: number;
        /** why the last callback was refused, when none came after it */
        refused: string | null;
        /** when, ms */
        refused_at: number;
        /** what the doctor found */
        troubles: ConnectTrouble[];
}

export interface ConnectTrouble {
        /** the check that found it */
        name: string;
        /** warn or fail */
        level: string;
        /** what is wrong */
        what: string;
        /** what to do */
        fix: string | null;
        /** texts by name, or null */
        facts: Json | null;
}

export interface SiteFile {
        /** served at the root */
        name: string;
}

export interface ConnectIn {
        /** wecom, kf, shop or mp */
        kind: 'wecom' | 'kf' | 'shop' | 'mp';
        /** corp id, open_kfid or appid */
        remote_id: string;
        /** as the merchant calls it */
        name: string;
        /** app Secret or AppSecret; none for kf */
        secret?: string | null;
        /** how the outside reaches us: https://desk.example.com */
        origin?: string | null;
        /** of kf: its wecom account */
        parent_id?: string | null;
}

export interface ConnectPasted {
        /** the account, pending */
        account_id: string;
        /** of the URL to paste; null: it has none of its own */
        path: string | null;
        /** Token to paste; told only here */
        token: string | null;
        /** EncodingAESKey to paste; told only here */
        aes_key: string | null;
}

export interface SiteFileIn {
        /** WW_verify_1234abcd.txt or MP_verify_….txt */
        name: string;
        /** what is in it */
        content: string;
}

export interface Proxy {
        /** without credentials, which are never told again; null = none */
        host: string | null;
}

export interface ProxyIn {
        /** socks5://user:password@host:port, http or https; null = none */
        url?: string | null;
}

export interface ConnectedIn {
        /** the account */
        account_id: string;
}

export interface AgentIn {
        /** the corp */
        account_id: string;
        /** digits, beside the Secret on the app's page */
        agent_id: string;
}

export interface KfList {
        /** all of the corp */
        items: KfListed[];
        /** always null: they come whole */
        next: string | null;
}

export interface KfListed {
        /** its id */
        open_kfid: string;
        /** its name */
        name: string | null;
        /** under API management: we may answer in its name */
        managed: boolean;
}

export interface SecretIn {
        /** the account */
        account_id: string;
        /** the new one; never told again */
        secret: string;
}

export interface Margins {
        /** by channel: one per account, or one that names none */
        items: Margin[];
        /** always null */
        next: string | null;
}

export interface Margin {
        /** kf, shop or mp */
        channel: string;
        /** the account; null: none is connected to this channel */
        account_id: string | null;
        /** its name */
        account_name: string | null;
        /** seconds we may be down without losing a message */
        margin_s: number;
        /** missed messages can be pulled within the margin */
        pullable: boolean;
        /** ms; 0 = never */
        last_callback_at: number;
        /** the margin in words */
        text: string;
}

export interface Backfill {
        /** by account */
        items: BackfillReader[];
        /** of everything */
        done: number;
        /** of everything */
        expected: number;
        /** until everything is read; -1 = not known yet */
        left_ms: number;
}

export interface BackfillReader {
        /** whose */
        account_id: string;
        /** its name */
        account: string;
        /** orders, aftersales, products, ... */
        what: string;
        /** ready: nothing is left to read */
        state: 'ready' | 'reading' | 'paused';
        /** objects that the lists named */
        found: number;
        /** how many there will be, as far as the lists tell */
        expected: number;
        /** read */
        done: number;
        /** read a minute, lately; pauses left out */
        per_minute: number;
        /** until ready, pauses for quota included; -1 = not known yet */
        left_ms: number;
        /** ms: this catching up */
        began_at: number;
        /** ms: last time nothing was left; 0 = never yet */
        done_at: number;
        /** ms: listed back to here; 0 = all */
        oldest_at: number;
        /** why nothing is read; null = nothing is in the way */
        pause: 'quota' | 'rate' | 'config' | 'trouble' | null;
        /** ms; 0 = no pause */
        pause_until: number;
        /** what the platform said */
        pause_error: string | null;
        /** calls a day; 0 = the platform does not tell */
        quota_limit: number;
        /** of them today */
        quota_left: number;
        /** of them kept for what happens now */
        quota_reserve: number;
}

export interface BackfillAgain {
        /** the account */
        account_id: string;
        /** orders, aftersales, products, ... */
        what: string;
        /** back from now */
        days: number;
}

export interface LoginIn {
        /** in any case */
        login: string;
        /** as typed */
        password: string;
}

export interface LoginOut {
        /** who logged in */
        staff: Me;
        /** goes as X-CSRF-Token with every change */
        csrf: string;
}

export interface Me {
        /** our id */
        staff_id: string;
        /** as customers see it */
        name: string;
        /** as typed at login, lower case */
        login: string;
        /** owner, supervisor, agent, warehouse or reader; operator: hosts merchants */
        role: string;
        /** names of what the role may */
        permissions: string[];
}

export interface SignInOffersIn {
        /** corp id; absent: the only merchant's */
        corp?: string | null;
}

export interface SignInOffers {
        /** none: sign in with a password */
        items: SignInOffer[];
        /** always null */
        next: string | null;
}

export interface SignInOffer {
        /** corp id */
        corp: string;
        /** as the merchant calls it */
        name: string;
}

export interface SignInReturn {
        /** as the platform gave it */
        code: string;
        /** as we gave it to the platform */
        state: string;
}

export interface SignInStart {
        /** corp id */
        corp: string;
        /** how this browser reaches us: https://desk.example.com */
        origin: string;
}

export interface SignInUrl {
        /** where to go on */
        url: string;
}

export interface Directory {
        /** connected corps */
        corps: DirectoryCorp[];
        /** by corp; active ones first, by department and name */
        items: DirectoryMember[];
        /** always null: they come whole */
        next: string | null;
}

export interface DirectoryCorp {
        /** our id of the corp */
        account_id: string;
        /** corp id */
        corp: string;
        /** as the merchant calls it */
        name: string;
        /** of its app; null = not told */
        agent_id: string | null;
        /** the login page offers it */
        offered: boolean;
        /** every active member may come in, as an agent */
        everyone: boolean;
        /** browsers sent to WeCom since the last one came back */
        sent: number;
        /** ms: when the last one came back; 0 = never */
        returned_at: number;
}

export interface DirectoryMember {
        /** his corp */
        account_id: string;
        /** as WeCom spells it */
        userid: string;
        /** name */
        name: string;
        /** names, separated by " / " */
        department: string;
        /** outside: of the app's visible range */
        status: 'active' | 'disabled' | 'inactive' | 'left' | 'outside';
        /** who he is here; null = may not sign in */
        staff_id: string | null;
        /** ms: tried to sign in without being let in; 0 = never */
        asked_at: number;
}

export interface DirectoryLinks {
        /** the corp */
        account_id: string;
        /** members */
        userids: string[];
        /** what they may; absent with staff_id */
        role?: 'supervisor' | 'agent' | 'warehouse' | 'reader' | null;
        /** the person that the one member is; absent: a new person each */
        staff_id?: string | null;
}

export interface DirectoryLink {
        /** the corp */
        account_id: string;
        /** the member */
        userid: string;
}

export interface DirectorySync {
        /** the corp */
        account_id: string;
}

export interface DirectoryCorpSet {
        /** the corp */
        account_id: string;
        /** the login page offers it */
        offered: boolean;
        /** every active member may come in, as an agent */
        everyone: boolean;
}

export interface MeOut {
        /** the person of the session */
        staff: Me;
        /** the operator acts for this merchant; null: at home */
        acting: MeVisit | null;
        /** an operator acts for this merchant now; null: nobody */
        visited: MeVisit | null;
        /** goes as X-CSRF-Token with every change */
        csrf: string;
        /** the program runs as the demo */
        demo: boolean;
        /** of the program */
        version: string;
        /** the business clock, ms */
        now: number;
}

export interface MeVisit {
        /** whom he acts for */
        merchant_id: string;
        /** the merchant's name */
        merchant: string;
        /** who acts */
        operator: string;
        /** why, as he gave it */
        reason: string;
        /** ms; then it ends by itself */
        until: number;
}

export interface StaffList {
        /** oldest first */
        items: Staff[];
        /** always null */
        next: string | null;
}

export interface Staff {
        /** our id */
        staff_id: string;
        /** unique, lower case */
        login: string;
        /** as customers see it */
        name: string;
        /** what he may */
        role: 'owner' | 'supervisor' | 'agent' | 'warehouse' | 'reader';
        /** may not log in */
        disabled: boolean;
        /** ms */
        created_at: number;
}

export interface StaffNew {
        /** in any case */
        login: string;
        /** as customers see it */
        name: string;
        /** what he may */
        role: 'owner' | 'supervisor' | 'agent' | 'warehouse' | 'reader';
        /** 8 characters or more */
        password: string;
}

export interface StaffChange {
        /** the person */
        staff_id: string;
        /** absent: as it is */
        name?: string | null;
        /** absent: as it is */
        role?: 'owner' | 'supervisor' | 'agent' | 'warehouse' | 'reader' | null;
        /** true or false; absent: as it is */
        disabled?: Json | null;
        /** 8 characters or more; absent: as it is */
        password?: string | null;
}

export interface PersonIn {
        /** the person */
        person_id: string;
}

export interface Person {
        /** our id */
        person_id: string;
        /** given by staff, else the newest nickname */
        name: string | null;
        /** by staff */
        note: string | null;
        /** ms */
        created_at: number;
        /** oldest first */
        identities: Identity[];
        /** oldest first, undone ones too */
        links: Link[];
}

export interface Identity {
        /** our id */
        identity_id: string;
        /** kf, shop or mp */
        kind: string;
        /** the account in which remote_id means something */
        account_id: string;
        /** external_userid or openid */
        remote_id: string;
        /** as the platform told it */
        nickname: string | null;
        /** when the account is bound to an Open Platform account */
        unionid: string | null;
}

export interface Link {
        /** our id */
        link_id: string;
        /** one end */
        identity_a: string;
        /** the other end */
        identity_b: string;
        /** unionid, order_card, order_number or agent */
        evidence: string;
        /** JSON: the order number, the message, ... */
        detail: string | null;
        /** who made it */
        made_by: string;
        /** ms */
        made_at: number;
        /** ms; 0 = it holds */
        undone_at: number;
        /** who undid it */
        undone_by: string | null;
}

export interface PersonEdit {
        /** the person */
        person_id: string;
        /** absent: as it is; empty: none */
        name?: string | null;
        /** absent: as it is; empty: none */
        note?: string | null;
}

export interface LinkIn {
        /** the link */
        link_id: string;
}

export interface ProductsIn {
        /** part of a title, or a product's id */
        q?: string | null;
        /** one shop */
        account_id?: string | null;
        /** the platform's number; 0 = any */
        status?: number;
        /** of the page before */
        cursor?: string | null;
        /** default 50 */
        limit?: number;
}

export interface Products {
        /** newest first */
        items: Product[];
        /** cursor of the next page; null: none */
        next: string | null;
}

export interface Product {
        /** the shop */
        account_id: string;
        /** the platform's */
        product_id: string;
        /** title */
        title: string;
        /** address of a picture */
        image: string | null;
        /** fen, the lowest of its skus */
        price: number;
        /** in how many orders */
        orders: number;
        /** the platform's; -1 = only orders told of it */
        status: number;
        /** the same in words */
        status_text: string;
        /** 2 in review, 3 rejected, ... */
        edit_status: number;
        /** units of all skus */
        stock: number;
        /** a sku is sold in advance */
        presale: boolean;
        /** the return address is its own, not the shop's default */
        own_address: boolean;
        /** null: it has none, and returns cannot be agreed to as usual */
        return_address: string | null;
        /** the platform's */
        brand_id: string | null;
        /** ids, top to leaf */
        category: string | null;
        /** ms */
        edited_at: number;
        /** ms; 0 = never: title and price are an order's */
        read_at: number;
}

export interface ProductIn {
        /** the platform's */
        product_id: string;
}

export interface ProductDetail {
        /** the shop */
        account_id: string;
        /** the platform's */
        product_id: string;
        /** title */
        title: string;
        /** address of a picture */
        image: string | null;
        /** fen, the lowest of its skus */
        price: number;
        /** in how many orders */
        orders: number;
        /** the platform's; -1 = only orders told of it */
        status: number;
        /** the same in words */
        status_text: string;
        /** 2 in review, 3 rejected, ... */
        edit_status: number;
        /** units of all skus */
        stock: number;
        /** a sku is sold in advance */
        presale: boolean;
        /** the return address is its own, not the shop's default */
        own_address: boolean;
        /** null: it has none, and returns cannot be agreed to as usual */
        return_address: string | null;
        /** the platform's */
        brand_id: string | null;
        /** ids, top to leaf */
        category: string | null;
        /** ms */
        edited_at: number;
        /** ms; 0 = never: title and price are an order's */
        read_at: number;
        /** what can be bought of it */
        skus: ProductSku[];
}

export interface ProductSku {
        /** the platform's */
        sku_id: string;
        /** attributes in words */
        sku_text: string | null;
        /** the merchant's code */
        sku_code: string | null;
        /** address of a picture */
        image: string | null;
        /** fen */
        price: number;
        /** units */
        stock: number;
        /** 1: sold in advance */
        presale: number;
        /** ships n days after 0 payment, 1 the presale's end */
        presale_after_end: number;
        /** n */
        presale_days: number;
        /** ms; 0 = no end */
        presale_ends_at: number;
}

export interface OrdersIn {
        /** number or its last 4 digits or more, waybill, part of a title (of the 20,000 that came last) */
        q?: string | null;
        /** the platform's number; 0 = any */
        status?: number;
        /** one shop */
        account_id?: string | null;
        /** of the page before */
        cursor?: string | null;
        /** default 50 */
        limit?: number;
}

export interface Orders {
        /** newest first */
        items: Order[];
        /** cursor of the next page; null: none */
        next: string | null;
}

export interface Order {
        /** our id */
        order_id: string;
        /** the shop */
        account_id: string;
        /** its name */
        account_name: string;
        /** the platform's order number */
        remote_id: string;
        /** the buyer; null: not told */
        identity_id: string | null;
        /** 10 12 13 20 21 30 100 190 200 250 */
        status: number;
        /** the status in words */
        status_text: string;
        /** fen */
        amount: number;
        /** ms */
        created_at: number;
        /** ms; 0 = unpaid */
        paid_at: number;
        /** ms, the platform's */
        updated_at: number;
        /** ms; 0 = unknown */
        ship_deadline: number;
        /** of the first line */
        title: string | null;
        /** of the first line */
        image: string | null;
        /** of all lines */
        units: number;
        /** carrier of the first parcel */
        delivery_name: string | null;
        /** of the first parcel */
        waybill_id: string | null;
        /** name */
        receiver_masked: string | null;
        /** cases that run */
        open_aftersales: number;
}

export interface OrderIn {
        /** the order */
        order_id: string;
}

export interface OrderDetail {
        /** our id */
        order_id: string;
        /** the shop */
        account_id: string;
        /** its name */
        account_name: string;
        /** the platform's order number */
        remote_id: string;
        /** the buyer; null: not told */
        identity_id: string | null;
        /** 10 12 13 20 21 30 100 190 200 250 */
        status: number;
        /** the status in words */
        status_text: string;
        /** fen */
        amount: number;
        /** ms */
        created_at: number;
        /** ms; 0 = unpaid */
        paid_at: number;
        /** ms, the platform's */
        updated_at: number;
        /** ms; 0 = unknown */
        ship_deadline: number;
        /** of the first line */
        title: string | null;
        /** of the first line */
        image: string | null;
        /** of all lines */
        units: number;
        /** carrier of the first parcel */
        delivery_name: string | null;
        /** of the first parcel */
        waybill_id: string | null;
        /** name */
        receiver_masked: string | null;
        /** cases that run */
        open_aftersales: number;
        /** as ordered */
        lines: OrderLine[];
        /** as shipped */
        parcels: OrderParcel[];
        /** by the buyer */
        customer_notes: string | null;
        /** by the shop */
        merchant_notes: string | null;
        /** contact data, masked */
        receiver: OrderReceiver;
}

export interface OrderLine {
        /** the platform's */
        product_id: string | null;
        /** the platform's */
        sku_id: string | null;
        /** as ordered */
        title: string | null;
        /** attributes in words */
        sku_text: string | null;
        /** address of a picture */
        image: string | null;
        /** units */
        count: number;
        /** fen, of one */
        sale_price: number;
        /** fen, of the line */
        real_price: number;
        /** ms; 0 = unknown */
        delivery_deadline: number;
}

export interface OrderParcel {
        /** carrier */
        delivery_name: string | null;
        /** its number */
        waybill_id: string | null;
        /** ms, handed to the carrier */
        delivered_at: number;
}

export interface OrderReceiver {
        /** masked */
        name: string | null;
        /** masked */
        phone: string | null;
        /** masked */
        address: string | null;
}

export interface OrdersOfIn {
        /** the person */
        person_id: string;
}

export interface CasesIn {
        /** waiting (the default): the merchant must act */
        state?: 'waiting' | 'open' | 'all' | null;
        /** of the page before */
        cursor?: string | null;
        /** default 50 */
        limit?: number;
}

export interface Cases {
        /** waiting: by deadline; else newest */
        items: Case[];
        /** cursor of the next page; null: none */
        next: string | null;
}

export interface Case {
        /** our id */
        case_id: string;
        /** the shop */
        account_id: string;
        /** its name */
        account_name: string;
        /** the platform's after_sale_order_id */
        remote_id: string;
        /** the platform's order number */
        order_remote_id: string;
        /** our order; null: not known yet */
        order_id: string | null;
        /** the buyer; null: not told */
        identity_id: string | null;
        /** REFUND RETURN EXCHANGE RESHIP */
        type: string;
        /** the type in words */
        type_text: string;
        /** the platform's word */
        status: string;
        /** the status in words */
        status_text: string;
        /** fen */
        amount: number;
        /** the buyer's reason */
        reason_text: string | null;
        /** what it is about */
        product_title: string | null;
        /** ms; 0 = none told */
        deadline: number;
        /** ms */
        created_at: number;
        /** ms, the platform's */
        updated_at: number;
        /** none approving approved rejecting rejected refused unknown */
        decision: string;
        /** what to do next */
        decision_note: string | null;
        /** return address given */
        address_id: string | null;
        /** a decision names the one it saw */
        version: number;
        /** may be agreed to now */
        can_approve: boolean;
        /** may be refused now */
        can_reject: boolean;
        /** agreeing must name a return address */
        needs_address: boolean;
}

export interface CaseIn {
        /** the case */
        case_id: string;
}

export interface CaseDetail {
        /** our id */
        case_id: string;
        /** the shop */
        account_id: string;
        /** its name */
        account_name: string;
        /** the platform's after_sale_order_id */
        remote_id: string;
        /** the platform's order number */
        order_remote_id: string;
        /** our order; null: not known yet */
        order_id: string | null;
        /** the buyer; null: not told */
        identity_id: string | null;
        /** REFUND RETURN EXCHANGE RESHIP */
        type: string;
        /** the type in words */
        type_text: string;
        /** the platform's word */
        status: string;
        /** the status in words */
        status_text: string;
        /** fen */
        amount: number;
        /** the buyer's reason */
        reason_text: string | null;
        /** what it is about */
        product_title: string | null;
        /** ms; 0 = none told */
        deadline: number;
        /** ms */
        created_at: number;
        /** ms, the platform's */
        updated_at: number;
        /** none approving approved rejecting rejected refused unknown */
        decision: string;
        /** what to do next */
        decision_note: string | null;
        /** return address given */
        address_id: string | null;
        /** a decision names the one it saw */
        version: number;
        /** may be agreed to now */
        can_approve: boolean;
        /** may be refused now */
        can_reject: boolean;
        /** agreeing must name a return address */
        needs_address: boolean;
        /** oldest first */
        moves: CaseMove[];
}

export interface CaseMove {
        /** grows */
        seq: number;
        /** ms */
        at: number;
        /** status before; empty: it is the first */
        from: string;
        /** status after; the same: a decision */
        to: string;
        /** what made it */
        cause: string;
        /** who */
        actor: string;
}

export interface CaseApprove {
        /** the case */
        case_id: string;
        /** as seen */
        version: number;
        /** when needs_address */
        address_id?: string | null;
}

export interface CaseOptions {
        /** the shop's, default first */
        addresses: ReturnAddress[];
        /** the platform's, for this case */
        reasons: RejectReason[];
        /** as staff or the platform call her, else masked */
        buyer_name: string | null;
}

export interface ReturnAddress {
        /** the platform's */
        address_id: string;
        /** contact */
        name: string;
        /** masked */
        phone_masked: string;
        /** in one line */
        text: string;
        /** of returns */
        is_default: boolean;
}

export interface RejectReason {
        /** the platform's */
        reason_type: number;
        /** what to choose by */
        text: string;
        /** what the buyer reads */
        wording: string;
}

export interface CaseReject {
        /** the case */
        case_id: string;
        /** as seen */
        version: number;
        /** of the options */
        reason_type: number;
        /** own wording; absent: the reason's */
        text?: string | null;
}

export interface CasesOfIn {
        /** the person */
        person_id: string;
}

export interface WelcomeIn {
        /** a 微信客服 account */
        account_id: string;
}

export interface Welcome {
        /** a 微信客服 account */
        account_id: string;
        /** what a new customer is greeted with; null or empty = nothing */
        text: string | null;
}

export interface BlobIn {
        /** the blob */
        blob_id: string;
}

export interface BlobUpload {
        /** type of the picture */
        mime: 'image/jpeg' | 'image/png' | 'image/gif';
        /** the picture in base64; at most 2 MiB of picture */
        data: string;
}

export interface Blob {
        /** for POST .../messages */
        blob_id: string;
}

export interface MessageFindIn {
        /** words, separated by blanks */
        q: string;
        /** next of the page before */
        cursor?: string | null;
        /** default 20 */
        limit?: number;
}

export interface MessageHits {
        /** messages, last taken in first */
        items: MessageHit[];
        /** cursor of the next page */
        next: string | null;
}

export interface MessageHit {
        /** the message */
        message_id: string;
        /** its thread */
        thread_id: string;
        /** kf, shop */
        channel: string;
        /** the customer's name; empty while it is not known */
        name: string;
        /** in, out */
        direction: string;
        /** who wrote it; null = the customer */
        author: string | null;
        /** what was written */
        text: string;
        /** ms */
        sent_at: number;
}

export interface SettleIn {
        /** an unconfirmed message */
        message_id: string;
        /** what a person found out */
        as: 'sent' | 'undelivered';
}

export interface Message {
        /** the message */
        message_id: string;
        /** its thread */
        thread_id: string;
        /** in, out, event */
        direction: string;
        /** the platform's msgtype, or unknown */
        kind: string;
        /** readable text of any kind */
        text: string;
        /** the kind's fields as the platform sent them */
        body: Json | null;
        /** in: received, recalled; out: queued, sent, undelivered, failed, unconfirmed */
        state: string;
        /** why not delivered or failed */
        state_note: string | null;
        /** who wrote it */
        author: string | null;
        /** staff id */
        author_id: string | null;
        /** 1: not written by a person */
        automatic: number;
        /** ms; the platform's second for incoming */
        sent_at: number;
        /** the console's own id of an outgoing one */
        client_id: string | null;
        /** picture, voice, file */
        blob_id: string | null;
}

export interface ThreadListIn {
        /** waiting (default): longest waiting first; mine, open, closed: newest first */
        view?: 'waiting' | 'mine' | 'open' | 'closed' | null;
        /** part of the customer's name */
        q?: string | null;
        /** next of the page before */
        cursor?: string | null;
        /** default 50 */
        limit?: number;
}

export interface ThreadList {
        /** threads */
        items: Thread[];
        /** cursor of the next page */
        next: string | null;
}

export interface Thread {
        /** the thread: one customer at one account */
        thread_id: string;
        /** the account she writes to */
        account_id: string;
        /** her identity there */
        identity_id: string;
        /** the person, as far as known */
        person_id: string;
        /** kf or shop */
        channel: string;
        /** name of the account */
        account_name: string | null;
        /** the customer's name */
        name: string;
        /** address of her picture */
        avatar: string | null;
        /** open or closed */
        status: string;
        /** who may speak: desk, wecom, ended */
        owner: string;
        /** staff id */
        assigned_to: string | null;
        /** name of that person */
        assigned_name: string | null;
        /** ms of her first unanswered message; 0 = nobody waits */
        waiting_since: number;
        /** ms of the last message */
        last_at: number;
        /** last message in one line */
        last_text: string;
        /** her messages nobody has looked at */
        unread: number;
        /** ms until which we may write; 0 = she never wrote */
        window_until: number;
        /** replies left until she writes again */
        replies_left: number;
        /** of these, automatic ones */
        auto_left: number;
        /** why nothing may be said now: window_closed, budget, owner, read_only */
        refused: string | null;
        /** the same for people */
        refused_text: string | null;
}

export interface ThreadIn {
        /** the thread */
        thread_id: string;
}

export interface AskCardIn {
        /** the thread */
        thread_id: string;
        /** made by the console */
        client_id: string;
}

export interface AssignIn {
        /** the thread */
        thread_id: string;
        /** to whom; null = nobody */
        staff_id?: string | null;
}

export interface ThreadLinkIn {
        /** the thread */
        thread_id: string;
        /** the order she bought */
        order_id: string;
}

export interface MessageListIn {
        /** the thread */
        thread_id: string;
        /** message id: those before it */
        before?: string | null;
        /** default 50 */
        limit?: number;
}

export interface MessageList {
        /** messages, oldest first */
        items: Message[];
        /** there are older ones */
        more: boolean;
}

export interface ReplyIn {
        /** the thread */
        thread_id: string;
        /** made by the console; the same one again is the same message */
        client_id: string;
        /** default text */
        kind?: 'text' | 'image' | null;
        /** of text: at most 2048 bytes */
        text?: string | null;
        /** of image: see POST /api/blobs */
        blob_id?: string | null;
}

export interface GroupsIn {
        /** part of the name */
        q?: string | null;
        /** of the page before */
        cursor?: string | null;
        /** default 50 */
        limit?: number;
}

export interface CustomerGroups {
        /** newest first */
        items: CustomerGroup[];
        /** cursor of the next page; null: none */
        next: string | null;
}

export interface CustomerGroup {
        /** the corp */
        account_id: string;
        /** the platform's */
        chat_id: string;
        /** empty: it has none */
        name: string;
        /** userid */
        owner: string;
        /** staff included */
        members: number;
        /** of them */
        customers: number;
        /** ms */
        created_at: number;
        /** ms: when it was last read */
        seen_at: number;
}

export interface Alarms {
        /** what is looked for */
        rules: AlarmRule[];
        /** who is told */
        recipients: AlarmRecipient[];
        /** those that are on first, then the latest */
        alarms: Alarm[];
        /** the latest, newest first */
        messages: AlarmMessage[];
}

export interface AlarmRule {
        /** which */
        kind: string;
        /** the same in words */
        title: string;
        /** looked for */
        enabled: boolean;
        /** of the threshold: s, min; null: it has none */
        unit: string | null;
        /** from which on people are told */
        threshold: number;
        /** the smallest one allowed */
        least: number;
        /** the largest one allowed */
        most: number;
}

export interface AlarmRecipient {
        /** the corp whose app writes to him */
        account_id: string;
        /** the member */
        userid: string;
        /** his name */
        name: string;
        /** what he hears of, separated by blanks; empty: everything */
        kinds: string;
        /** minute of China's day */
        quiet_from: number;
        /** the same as quiet_from: never quiet */
        quiet_to: number;
        /** 1: an active member that the app may see */
        reachable: number;
}

export interface Alarm {
        /** the alarm */
        alarm_id: string;
        /** which rule's */
        kind: string;
        /** what is wrong */
        text: string;
        /** how many */
        count: number;
        /** ms */
        raised_at: number;
        /** ms; 0 = it is on */
        over_at: number;
}

export interface AlarmMessage {
        /** the message */
        message_id: string;
        /** to whom */
        userid: string;
        /** his name */
        name: string;
        /** what was said */
        text: string;
        /** queued, sent, failed, unknown (may have arrived), late (no news any more) */
        state: string;
        /** of failed: why, and what to do */
        why: string | null;
        /** ms */
        made_at: number;
        /** ms; 0 = not yet */
        ended_at: number;
}

export interface AlarmRuleIn {
        /** which */
        kind: string;
        /** look for it */
        enabled: boolean;
        /** in the rule's unit; 0 where it has none */
        threshold?: number;
}

export interface AlarmRecipientIn {
        /** the corp */
        account_id: string;
        /** the member */
        userid: string;
        /** what he hears of, separated by blanks; empty: everything */
        kinds?: string | null;
        /** minute of China's day */
        quiet_from?: number;
        /** the same as quiet_from: never quiet */
        quiet_to?: number;
}

export interface AlarmWhoIn {
        /** the corp */
        account_id: string;
        /** the member */
        userid: string;
}

export interface AlarmTest {
        /** how it ends is in the list of messages */
        message_id: string;
}

export interface Golive {
        /** shops */
        items: GoliveShop[];
        /** what stops with the switch */
        stops: GoliveStop[];
}

export interface GoliveShop {
        /** the shop */
        account_id: string;
        /** its name */
        name: string;
        /** none, rehearsed, accepted, switched, tested, live, back */
        state: string;
        /** the same in words */
        state_text: string;
        /** who took the last step */
        by: string;
        /** ms; 0 = never */
        rehearsed_at: number;
        /** how many were played */
        rehearsed_consults: number;
        /** each came once and was answered */
        rehearsed_ok: boolean;
        /** what the rehearsal found */
        report: Json | null;
        /** ms; 0 = not yet */
        accepted_at: number;
        /** the platform lets us call in-shop 客服 */
        granted: boolean;
        /** nothing may be written; the switch ends it */
        read_only: boolean;
        /** ms; 0 = not yet */
        switched_at: number;
        /** ms: the first consult since the switch; 0 = none */
        heard_at: number;
        /** ms: a person's answer that the platform has taken; 0 = none */
        answered_at: number;
        /** ms; 0 = not yet */
        tested_at: number;
        /** ms; 0 = not live */
        live_at: number;
        /** ms; 0 = never */
        back_at: number;
        /** of business hours, until the doctor calls */
        silent_minutes: number;
        /** ms: the last consult; 0 = never */
        last_heard_at: number;
        /** the first seven since it went live */
        days: GoliveDay[];
}

export interface GoliveDay {
        /** 20261123, China's */
        day: number;
        /** begun on that day */
        rounds: number;
        /** by a person */
        answered: number;
        /** of them within three minutes */
        in_3min: number;
        /** of those answered */
        mean_s: number;
        /** the console's rate, hundredths of a per cent; -1 = not entered */
        theirs: number;
        /** the day has ended */
        over: boolean;
}

export interface GoliveStop {
        /** to tick */
        key: string;
        /** what stops, or is otherwise from then on */
        text: string;
        /** where it is written */
        source: string;
        /** by the platform's own pages */
        confirmed: boolean;
}

export interface GoliveAcceptIn {
        /** the shop */
        account_id: string;
        /** of `stops`: each must be ticked */
        keys: string[];
}

export interface GoliveStepIn {
        /** the shop */
        account_id: string;
}

export interface GoliveLiveIn {
        /** the shop */
        account_id: string;
        /** of business hours without a consult, until the doctor calls */
        silent_minutes: number;
}

export interface GoliveBackIn {
        /** the shop */
        account_id: string;
        /** for the audit log */
        why?: string | null;
}

export interface GoliveTheirsIn {
        /** the shop */
        account_id: string;
        /** 20261123 */
        day: number;
        /** as the shop's console shows it, hundredths of a per cent */
        theirs: number;
}

export interface Hosted {
        /** a provider runs this program for the merchant */
        hosted: boolean;
        /** whom to ask for more */
        contact: string | null;
        /** connected and pending */
        accounts: number;
        /** 0 = any number */
        max_accounts: number;
        /** who may log in */
        people: number;
        /** 0 = any number */
        max_staff: number;
        /** platform calls under way at once; 0 = any number */
        max_calls: number;
        /** what he cannot have; empty: not hosted */
        lacks: HostedLack[];
}

export interface HostedLack {
        /** shopkf, ... */
        key: string;
        /** the function */
        name: string;
        /** why it is not to be had */
        why: string;
        /** what there is instead */
        instead: string;
        /** where the platform says so */
        source: string;
}

export interface MerchantsIn {
        /** part of the name */
        q?: string | null;
        /** `next` of the page before */
        after?: string | null;
        /** rows; default 50 */
        limit?: number;
}

export interface Merchants {
        /** in the order in which they came */
        items: Merchant[];
        /** `after` of the next page; null at the end */
        next: string | null;
}

export interface Merchant {
        /** our id */
        merchant_id: string;
        /** its name */
        name: string;
        /** ms */
        created_at: number;
        /** a provider runs this program for him */
        hosted: boolean;
        /** whom he asks for more */
        contact: string | null;
        /** ms; 0 = works */
        suspended_at: number;
        /** why */
        suspended_why: string | null;
        /** 0 = any number */
        max_accounts: number;
        /** people who may log in; 0 = any number */
        max_staff: number;
        /** platform calls under way at once; 0 = any number */
        max_calls: number;
        /** connected and pending */
        accounts: number;
        /** of them not yet connected */
        pending: number;
        /** of them shops */
        shops: number;
        /** who may log in */
        people: number;
        /** ms; 0 = never */
        last_callback_at: number;
        /** findings of the doctor that fail */
        fails: number;
        /** and that warn */
        warns: number;
        /** customers who wait for an answer */
        waiting: number;
        /** ms: the longest; 0 = nobody */
        waiting_since: number;
        /** due or later */
        jobs_waiting: number;
        /** given up */
        jobs_dead: number;
}

export interface MerchantNew {
        /** of the merchant */
        name: string;
        /** of its owner, in any case */
        login: string;
        /** the owner's name; absent: the login */
        person?: string | null;
        /** 8 characters or more */
        password: string;
        /** whom the merchant asks for more */
        contact?: string | null;
        /** 0 = any number */
        max_accounts?: number;
        /** 0 = any number */
        max_staff?: number;
        /** 0 = any number */
        max_calls?: number;
}

export interface MerchantIn {
        /** the merchant */
        merchant_id: string;
}

export interface MerchantDetail {
        /** the merchant */
        merchant: Merchant;
        /** by kind and name */
        accounts: HostedAccount[];
}

export interface HostedAccount {
        /** our id */
        account_id: string;
        /** wecom, kf, shop or mp */
        kind: string;
        /** as the merchant calls it */
        name: string;
        /** corp id, open_kfid or appid */
        remote_id: string;
        /** no write call leaves */
        read_only: boolean;
        /** ms; 0 = pending */
        connected_at: number;
        /** ms; 0 = never */
        last_callback_at: number;
        /** findings of the doctor that fail */
        fails: number;
        /** and that warn */
        warns: number;
        /** customers who wait for an answer */
        waiting: number;
        /** given up */
        jobs_dead: number;
        /** the worst finding; null: all is well */
        finding: string | null;
}

export interface MerchantTerms {
        /** the merchant */
        merchant_id: string;
        /** a provider runs this program for him */
        hosted: boolean;
        /** whom the merchant asks for more */
        contact?: string | null;
        /** 0 = any number */
        max_accounts: number;
        /** 0 = any number */
        max_staff: number;
        /** 0 = any number */
        max_calls: number;
}

export interface MerchantSuspend {
        /** the merchant */
        merchant_id: string;
        /** why: for the operators' list */
        why: string;
}

export interface VisitNew {
        /** the merchant */
        merchant_id: string;
        /** why; the merchant reads it in his audit log; 4 characters or more */
        reason: string;
        /** how long; default 60 */
        minutes?: number;
}

export interface Visit {
        /** our id */
        visit_id: string;
        /** who acted for the merchant */
        operator: string;
        /** why, as he gave it */
        reason: string;
        /** ms */
        begun_at: number;
        /** ms: it ends by itself */
        until: number;
        /** ms; 0 = he did not end it */
        ended_at: number;
}

export interface Visits {
        /** newest 100 */
        items: Visit[];
}

export interface AuditIn {
        /** audit_id of the last row seen */
        before?: string | null;
        /** rows; default 50 */
        limit?: number;
}

export interface AuditPage {
        /** newest first */
        items: AuditRow[];
        /** `before` of the next page; null at the end */
        next: string | null;
}

export interface AuditRow {
        /** the row */
        audit_id: string;
        /** ms */
        at: number;
        /** who */
        actor: string;
        /** what was done */
        act: string;
        /** kind of object */
        object: string | null;
        /** the object */
        object_id: string | null;
        /** more, as JSON */
        detail: Json | null;
        /** of an operator who acted for the merchant; null: one of the house */
        reason: string | null;
}

export interface DemoText {
        /** what happens now */
        text: string;
}

export interface DemoState {
        /** the live broadcast, if one was started */
        live: DemoLive | null;
        /** the last pulling of the plug */
        plug: DemoPlug | null;
        /** the simulator's page */
        simulator_url: string;
}

export interface DemoLive {
        /** is it going on? */
        running: boolean;
        /** orders placed so far */
        orders: number;
        /** chats begun so far */
        chats: number;
}

export interface DemoPlug {
        /** when the server was killed, ms */
        at: number;
        /** until it answered again, ms */
        back_after_ms: number;
        /** callbacks that the platform counts as delivered */
        acked: number;
        /** callbacks in the intake ledger */
        stored: number;
        /** customers' messages that are not on the desk */
        lost: number;
        /** messages and orders that polling found */
        found: number;
}

export interface DoctorReport {
        /** nothing fails and nothing warns */
        healthy: boolean;
        /** a round that was asked for is under way */
        looking: boolean;
        /** newest finding, ms; 0 = never looked */
        at: number;
        /** how many are well */
        ok: number;
        /** could not be found out */
        unknown: number;
        /** work, but not for long or not wholly */
        warn: number;
        /** do not work */
        fail: number;
        /** the worst first */
        checks: DoctorFinding[];
}

export interface DoctorFinding {
        /** the check: "shops.return_address" */
        name: string;
        /** ok, unknown, warn or fail */
        level: 'ok' | 'unknown' | 'warn' | 'fail';
        /** whose; null = the installation's */
        merchant_id: string | null;
        /** the account; null = the installation */
        account_id: string | null;
        /** its name */
        account: string | null;
        /** wecom, kf, shop or mp */
        kind: string | null;
        /** what was looked at, in Chinese */
        what_zh: string;
        /** in English */
        what_en: string;
        /** what is, or what is wrong, in Chinese */
        zh: string;
        /** in English */
        en: string;
        /** what to do, in Chinese */
        fix_zh: string | null;
        /** in English */
        fix_en: string | null;
        /** texts by name ("ip": the address to add), or null */
        facts: Json | null;
        /** looked at last, ms */
        at: number;
        /** at this level since, ms */
        since: number;
}

export interface IntakeEntryIn {
        /** ledger stream */
        stream: string;
        /** place in the stream */
        seq: string;
}

export interface RehearseIn {
        /** the shop */
        account_id: string;
        /** how many buyers write; default 20 */
        consults?: number;
}

export interface Health {
        /** the intake ledger */
        intake: Intake;
        /** refusals by reason */
        notes: IntakeNote[];
        /** entries that could not be applied */
        failures: IntakeFailure[];
        /** job queue by kind */
        jobs: JobCount[];
        /** by account */
        found_by_polling: FoundByPolling[];
        /** consoles listening now */
        consoles: number;
}

export interface Intake {
        /** callbacks taken since start */
        appended: number;
        /** of them handed to the domains */
        applied: number;
        /** not yet handed on */
        waiting: number;
        /** kept with a reason, to be looked at */
        failed: number;
}

export interface IntakeNote {
        /** the account */
        account_name: string | null;
        /** why a callback was refused or kept unread */
        reason: string;
        /** how often */
        count: number;
        /** last time, ms */
        last_at: number;
}

export interface IntakeFailure {
        /** ledger stream */
        stream: string;
        /** place in the stream */
        seq: string;
        /** wecom, shop or mp */
        kind: string;
        /** the account */
        account_name: string | null;
        /** ms */
        failed_at: number;
        /** what went wrong */
        reason: string;
}

export interface JobCount {
        /** job kind */
        kind: string;
        /** what it does */
        title: string;
        /** due or later */
        waiting: number;
        /** under way */
        running: number;
        /** given up */
        dead: number;
}

export interface FoundByPolling {
        /** the account */
        account_name: string;
        /** objects a poller found before any callback told of them */
        count: number;
}

export interface DeadJobs {
        /** newest 200 */
        items: DeadJob[];
}

export interface DeadJob {
        /** the job */
        job_id: string;
        /** job kind */
        kind: string;
        /** what it does */
        title: string;
        /** what it is about */
        key: string | null;
        /** last cause */
        error: string | null;
        /** how often it was tried */
        tries: number;
        /** the account */
        account_name: string | null;
}

export interface JobIn {
        /** the job */
        job_id: string;
}

/** What each route takes (path, query and body together) and gives. */
export interface Routes {
        'GET /api/accounts': { in: null; out: Accounts };
        'PUT /api/accounts/{account_id}': { in: AccountIn; out: Account };
        'GET /api/connect': { in: null; out: Connections };
        'POST /api/connect': { in: ConnectIn; out: ConnectPasted };
        'PUT /api/connect/file': { in: SiteFileIn; out: void };
        'GET /api/connect/proxy': { in: null; out: Proxy };
        'PUT /api/connect/proxy': { in: ProxyIn; out: void };
        'POST /api/connect/try': { in: ConnectIn; out: void };
        'DELETE /api/connect/{account_id}': { in: ConnectedIn; out: void };
        'PUT /api/connect/{account_id}/agent': { in: AgentIn; out: void };
        'POST /api/connect/{account_id}/callback': { in: ConnectedIn; out: ConnectPasted };
        'GET /api/connect/{account_id}/kf': { in: ConnectedIn; out: KfList };
        'PUT /api/connect/{account_id}/secret': { in: SecretIn; out: void };
        'GET /api/margins': { in: null; out: Margins };
        'GET /api/backfill': { in: null; out: Backfill };
        'POST /api/backfill/again': { in: BackfillAgain; out: void };
        'POST /api/login': { in: LoginIn; out: LoginOut };
        'GET /api/sign-in': { in: SignInOffersIn; out: SignInOffers };
        'POST /api/sign-in': { in: SignInReturn; out: LoginOut };
        'POST /api/sign-in/start': { in: SignInStart; out: SignInUrl };
        'GET /api/directory': { in: null; out: Directory };
        'POST /api/directory/links': { in: DirectoryLinks; out: void };
        'DELETE /api/directory/links/{account_id}/{userid}': { in: DirectoryLink; out: void };
        'POST /api/directory/{account_id}/sync': { in: DirectorySync; out: void };
        'PUT /api/directory/{account_id}': { in: DirectoryCorpSet; out: void };
        'POST /api/logout': { in: null; out: void };
        'GET /api/me': { in: null; out: MeOut };
        'GET /api/staff': { in: null; out: StaffList };
        'POST /api/staff': { in: StaffNew; out: Staff };
        'PUT /api/staff/{staff_id}': { in: StaffChange; out: Staff };
        'GET /api/people/{person_id}': { in: PersonIn; out: Person };
        'PUT /api/people/{person_id}': { in: PersonEdit; out: Person };
        'DELETE /api/links/{link_id}': { in: LinkIn; out: void };
        'GET /api/products': { in: ProductsIn; out: Products };
        'GET /api/products/{product_id}': { in: ProductIn; out: ProductDetail };
        'GET /api/orders': { in: OrdersIn; out: Orders };
        'GET /api/orders/{order_id}': { in: OrderIn; out: OrderDetail };
        'GET /api/people/{person_id}/orders': { in: OrdersOfIn; out: Orders };
        'GET /api/cases': { in: CasesIn; out: Cases };
        'GET /api/cases/{case_id}': { in: CaseIn; out: CaseDetail };
        'POST /api/cases/{case_id}/approve': { in: CaseApprove; out: Case };
        'GET /api/cases/{case_id}/options': { in: CaseIn; out: CaseOptions };
        'POST /api/cases/{case_id}/reject': { in: CaseReject; out: Case };
        'GET /api/people/{person_id}/cases': { in: CasesOfIn; out: Cases };
        'GET /api/accounts/{account_id}/welcome': { in: WelcomeIn; out: Welcome };
        'PUT /api/accounts/{account_id}/welcome': { in: Welcome; out: Welcome };
        'GET /api/blobs/{blob_id}': { in: BlobIn; out: void };
        'POST /api/blobs': { in: BlobUpload; out: Blob };
        'GET /api/messages': { in: MessageFindIn; out: MessageHits };
        'POST /api/messages/{message_id}/settle': { in: SettleIn; out: Message };
        'GET /api/threads': { in: ThreadListIn; out: ThreadList };
        'GET /api/threads/{thread_id}': { in: ThreadIn; out: Thread };
        'POST /api/threads/{thread_id}/ask-card': { in: AskCardIn; out: Message };
        'POST /api/threads/{thread_id}/assign': { in: AssignIn; out: Thread };
        'POST /api/threads/{thread_id}/close': { in: ThreadIn; out: Thread };
        'POST /api/threads/{thread_id}/links': { in: ThreadLinkIn; out: Person };
        'GET /api/threads/{thread_id}/messages': { in: MessageListIn; out: MessageList };
        'POST /api/threads/{thread_id}/messages': { in: ReplyIn; out: Message };
        'POST /api/threads/{thread_id}/read': { in: ThreadIn; out: void };
        'GET /api/groups': { in: GroupsIn; out: CustomerGroups };
        'GET /api/alarms': { in: null; out: Alarms };
        'PUT /api/alarms/rules/{kind}': { in: AlarmRuleIn; out: void };
        'PUT /api/alarms/recipients': { in: AlarmRecipientIn; out: void };
        'DELETE /api/alarms/recipients/{account_id}/{userid}': { in: AlarmWhoIn; out: void };
        'POST /api/alarms/test': { in: AlarmWhoIn; out: AlarmTest };
        'GET /api/golive': { in: null; out: Golive };
        'POST /api/golive/{account_id}/accept': { in: GoliveAcceptIn; out: void };
        'POST /api/golive/{account_id}/switch': { in: GoliveStepIn; out: void };
        'POST /api/golive/{account_id}/test': { in: GoliveStepIn; out: void };
        'POST /api/golive/{account_id}/live': { in: GoliveLiveIn; out: void };
        'POST /api/golive/{account_id}/back': { in: GoliveBackIn; out: void };
        'PUT /api/golive/{account_id}/days/{day}': { in: GoliveTheirsIn; out: void };
        'GET /api/hosted': { in: null; out: Hosted };
        'GET /api/hosting/merchants': { in: MerchantsIn; out: Merchants };
        'POST /api/hosting/merchants': { in: MerchantNew; out: Merchant };
        'GET /api/hosting/merchants/{merchant_id}': { in: MerchantIn; out: MerchantDetail };
        'PUT /api/hosting/merchants/{merchant_id}': { in: MerchantTerms; out: Merchant };
        'POST /api/hosting/merchants/{merchant_id}/resume': { in: MerchantIn; out: Merchant };
        'POST /api/hosting/merchants/{merchant_id}/suspend': { in: MerchantSuspend; out: Merchant };
        'POST /api/hosting/merchants/{merchant_id}/visit': { in: VisitNew; out: Visit };
        'DELETE /api/visit': { in: null; out: void };
        'GET /api/visits': { in: null; out: Visits };
        'GET /api/audit': { in: AuditIn; out: AuditPage };
        'POST /api/demo/live': { in: null; out: DemoText };
        'POST /api/demo/plug': { in: null; out: void };
        'GET /api/demo/state': { in: null; out: DemoState };
        'GET /api/doctor': { in: null; out: DoctorReport };
        'POST /api/doctor': { in: null; out: void };
        'DELETE /api/failures/{stream}/{seq}': { in: IntakeEntryIn; out: void };
        'POST /api/failures/{stream}/{seq}/replay': { in: IntakeEntryIn; out: void };
        'POST /api/golive/{account_id}/rehearse': { in: RehearseIn; out: void };
        'GET /api/health-page': { in: null; out: Health };
        'GET /api/jobs/dead': { in: null; out: DeadJobs };
        'DELETE /api/jobs/{job_id}': { in: JobIn; out: void };
        'POST /api/jobs/{job_id}/retry': { in: JobIn; out: void };
}
