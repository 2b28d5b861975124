-- The database as version 0.1.0 first made it (each domain at migration 1), with some rows of a small shop. Never edited: a newer
-- version is tested to take it over (golden_test.c).
create table store_migration (domain text not null, version bigint not null, applied_at bigint not null, primary key (domain, version));

-- store
create table store_job (
        job_id bigint not null primary key,
        merchant_id bigint not null,
        kind text not null,
        key text not null,
        account_id bigint not null,
        class smallint not null,
        state smallint not null,
        tries bigint not null,
        run_at bigint not null,
        deadline bigint not null,
        again bigint not null,
        payload text,
        error text,
        created_at bigint not null
);
create unique index store_job_live on store_job (merchant_id, kind, key) where state < 3;
create index store_job_ready on store_job (class, merchant_id, account_id, kind, run_at, job_id) where state = 1;
create index store_job_later on store_job (run_at) where state = 0;
create index store_job_dead on store_job (merchant_id, job_id) where state = 3;
create table store_ledger_progress (
        stream bigint not null primary key,
        seq bigint not null,
        at bigint not null
);
create table store_ledger_failed (
        merchant_id bigint not null,
        stream bigint not null,
        seq bigint not null,
        account_id bigint not null,
        kind text not null,
        reason text not null,
        failed_at bigint not null,
        primary key (merchant_id, stream, seq)
);
create table store_ledger_note (
        merchant_id bigint not null,
        account_id bigint not null,
        reason text not null,
        count bigint not null,
        last_at bigint not null,
        primary key (merchant_id, account_id, reason)
);
create table store_audit (
        merchant_id bigint not null,
        audit_id bigint not null,
        at bigint not null,
        actor_kind smallint not null,
        actor_id bigint not null,
        actor text not null,
        act text not null,
        object text not null,
        object_id bigint not null,
        detail text,
        primary key (merchant_id, audit_id)
);
create table store_blob (
        merchant_id bigint not null,
        blob_id bigint not null,
        hash bytea not null,
        mime text not null,
        created_at bigint not null,
        content bytea not null,
        primary key (merchant_id, blob_id)
);
create unique index store_blob_hash on store_blob (merchant_id, hash);

-- shops
create table shops_merchant (
        merchant_id bigint not null primary key,
        name text not null,
        created_at bigint not null
);
create table shops_account (
        merchant_id bigint not null,
        account_id bigint not null,
        parent_id bigint not null,
        kind text not null,
        remote_id text not null,
        name text not null,
        read_only smallint not null,
        bound smallint not null,
        created_at bigint not null,
        callback_key text,
        secret bytea,
        primary key (merchant_id, account_id)
);
create unique index shops_account_remote on shops_account (kind, remote_id);
create unique index shops_account_callback on shops_account (callback_key);
create table shops_credential (
        merchant_id bigint not null,
        account_id bigint not null,
        version bigint not null,
        token bytea not null,
        aes_key bytea not null,
        created_at bigint not null,
        primary key (merchant_id, account_id, version)
);
create table shops_health (
        merchant_id bigint not null,
        account_id bigint not null,
        last_callback_at bigint not null,
        found_by_polling bigint not null,
        primary key (merchant_id, account_id)
);
create table shops_token (
        merchant_id bigint not null,
        account_id bigint not null,
        token bytea not null,
        expires_at bigint not null,
        primary key (merchant_id, account_id)
);
create table shops_poll (
        merchant_id bigint not null,
        account_id bigint not null,
        what text not null,
        begin_s bigint not null,
        end_s bigint not null,
        next_key text,
        primary key (merchant_id, account_id, what)
);

-- staff
create table staff_person (
        merchant_id bigint not null,
        staff_id bigint not null,
        login text not null,
        name text not null,
        role text not null,
        password text not null,
        disabled smallint not null,
        created_at bigint not null,
        primary key (merchant_id, staff_id)
);
create unique index staff_person_login on staff_person (login);
create table staff_session (
        cookie_sha256 text not null primary key,
        merchant_id bigint not null,
        staff_id bigint not null,
        csrf text not null,
        created_at bigint not null,
        seen_at bigint not null,
        expires_at bigint not null
);
create index staff_session_person on staff_session (merchant_id, staff_id);
create table staff_try (
        try_id bigint not null primary key,
        login text not null,
        address text not null,
        at bigint not null
);
create index staff_try_login on staff_try (login, at);
create index staff_try_address on staff_try (address, at);

-- contacts
create table contacts_person (
        merchant_id bigint not null,
        person_id bigint not null,
        name text,
        note text,
        created_at bigint not null,
        changed_at bigint not null,
        primary key (merchant_id, person_id)
);
create table contacts_identity (
        merchant_id bigint not null,
        identity_id bigint not null,
        person_id bigint not null,
        home_id bigint not null,
        account_id bigint not null,
        kind text not null,
        remote_id text not null,
        unionid text,
        nickname text,
        avatar text,
        created_at bigint not null,
        seen_at bigint not null,
        primary key (merchant_id, identity_id)
);
create unique index contacts_identity_remote on contacts_identity (merchant_id, kind, account_id, remote_id);
create index contacts_identity_person on contacts_identity (merchant_id, person_id);
create index contacts_identity_unionid on contacts_identity (merchant_id, unionid);
create table contacts_link (
        merchant_id bigint not null,
        link_id bigint not null,
        identity_a bigint not null,
        identity_b bigint not null,
        evidence text not null,
        detail text,
        made_by text not null,
        made_at bigint not null,
        undone_at bigint not null,
        undone_by text,
        primary key (merchant_id, link_id)
);
create index contacts_link_a on contacts_link (merchant_id, identity_a);
create index contacts_link_b on contacts_link (merchant_id, identity_b);

-- catalogue
create table catalogue_product (
        merchant_id bigint not null,
        account_id bigint not null,
        product_id text not null,
        title text not null,
        title_folded text not null,
        image text,
        price bigint not null,
        seen_at bigint not null,
        orders bigint not null,
        primary key (merchant_id, account_id, product_id)
);
create index catalogue_product_seen on catalogue_product (merchant_id, seen_at);
create table catalogue_sku (
        merchant_id bigint not null,
        account_id bigint not null,
        product_id text not null,
        sku_id text not null,
        sku_text text,
        sku_code text,
        image text,
        price bigint not null,
        seen_at bigint not null,
        primary key (merchant_id, account_id, product_id, sku_id)
);
create table catalogue_address (
        merchant_id bigint not null,
        account_id bigint not null,
        address_id text not null,
        name text not null,
        phone_masked text not null,
        text text not null,
        is_default smallint not null,
        seen_at bigint not null,
        primary key (merchant_id, account_id, address_id)
);

-- orders
create table orders_order (
        merchant_id bigint not null,
        order_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        reversed text not null,
        identity_id bigint not null,
        status bigint not null,
        amount bigint not null,
        created_at bigint not null,
        paid_at bigint not null,
        updated_at bigint not null,
        ship_deadline bigint not null,
        title text,
        image text,
        units bigint not null,
        delivery_name text,
        waybill_id text,
        receiver_masked text,
        open_aftersales bigint not null,
        digest text not null,
        fetched_at bigint not null,
        primary key (merchant_id, order_id)
);
create unique index orders_order_remote on orders_order (merchant_id, account_id, remote_id);
create index orders_order_number on orders_order (merchant_id, reversed);
create index orders_order_identity on orders_order (merchant_id, identity_id, created_at);
create index orders_order_created on orders_order (merchant_id, created_at, order_id);
create table orders_line (
        merchant_id bigint not null,
        order_id bigint not null,
        line_no bigint not null,
        product_id text,
        sku_id text,
        title text,
        sku_text text,
        image text,
        count bigint not null,
        sale_price bigint not null,
        real_price bigint not null,
        delivery_deadline bigint not null,
        primary key (merchant_id, order_id, line_no)
);
create index orders_line_product on orders_line (merchant_id, product_id, order_id);
create table orders_parcel (
        merchant_id bigint not null,
        order_id bigint not null,
        parcel_no bigint not null,
        delivery_name text,
        waybill_id text,
        waybill_folded text,
        delivered_at bigint not null,
        primary key (merchant_id, order_id, parcel_no)
);
create index orders_parcel_waybill on orders_parcel (merchant_id, waybill_folded);
create table orders_object (
        merchant_id bigint not null,
        order_id bigint not null,
        object bytea not null,
        primary key (merchant_id, order_id)
);
create table orders_asked (
        merchant_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        asked_at bigint not null,
        primary key (merchant_id, account_id, remote_id)
);

-- aftersales
create table aftersales_case (
        merchant_id bigint not null,
        case_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        order_remote_id text not null,
        order_id bigint not null,
        identity_id bigint not null,
        type text not null,
        status text not null,
        amount bigint not null,
        reason text,
        reason_text text,
        product_title text,
        deadline bigint not null,
        created_at bigint not null,
        updated_at bigint not null,
        decision text not null,
        decision_note text,
        decided_by bigint not null,
        decided_at bigint not null,
        decided_status text,
        decision_version bigint not null,
        decision_sent smallint not null,
        address_id text,
        version bigint not null,
        waiting smallint not null,
        running smallint not null,
        due bigint not null,
        primary key (merchant_id, case_id)
);
create unique index aftersales_case_remote on aftersales_case (merchant_id, account_id, remote_id);
create index aftersales_case_order on aftersales_case (merchant_id, account_id, order_remote_id);
create index aftersales_case_identity on aftersales_case (merchant_id, identity_id, created_at);
create index aftersales_case_waiting on aftersales_case (merchant_id, waiting, due, case_id);
create index aftersales_case_created on aftersales_case (merchant_id, created_at, case_id);
create table aftersales_move (
        merchant_id bigint not null,
        case_id bigint not null,
        seq bigint not null,
        at bigint not null,
        from_status text not null,
        to_status text not null,
        cause text not null,
        actor text not null,
        primary key (merchant_id, case_id, seq)
);
create table aftersales_object (
        merchant_id bigint not null,
        case_id bigint not null,
        object bytea not null,
        primary key (merchant_id, case_id)
);
create table aftersales_reason (
        merchant_id bigint not null,
        account_id bigint not null,
        scene bigint not null,
        reason_type bigint not null,
        text text not null,
        wording text not null,
        seen_at bigint not null,
        primary key (merchant_id, account_id, scene, reason_type)
);
create table aftersales_asked (
        merchant_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        asked_at bigint not null,
        primary key (merchant_id, account_id, remote_id)
);

-- inbox
create table inbox_account (
        merchant_id bigint not null,
        account_id bigint not null,
        cursor text,
        token text,
        token_at bigint not null default 0,
        announced_at bigint not null default 0,
        welcome_text text,
        primary key (merchant_id, account_id)
);
create table inbox_thread (
        merchant_id bigint not null,
        thread_id bigint not null,
        account_id bigint not null,
        identity_id bigint not null,
        channel text not null,
        remote_id text not null,
        status text not null,
        owner text not null,
        assigned_to bigint not null default 0,
        last_agent bigint not null default 0,
        waiting_since bigint not null default 0,
        last_at bigint not null default 0,
        last_place bigint not null default 0,
        last_text text not null default '',
        unread bigint not null default 0,
        arrivals bigint not null default 0,
        closed_arrival bigint not null default 0,
        name text,
        name_fold text,
        created_at bigint not null,
        primary key (merchant_id, thread_id)
);
create unique index inbox_thread_who on inbox_thread (merchant_id, account_id, identity_id);
create index inbox_thread_identity on inbox_thread (merchant_id, identity_id, thread_id);
create index inbox_thread_waiting on inbox_thread (merchant_id, waiting_since, thread_id) where waiting_since > 0;
create index inbox_thread_status on inbox_thread (merchant_id, status, last_at, thread_id);
create index inbox_thread_mine on inbox_thread (merchant_id, assigned_to, status, last_at, thread_id);
create table inbox_message (
        merchant_id bigint not null,
        message_id bigint not null,
        thread_id bigint not null,
        account_id bigint not null,
        remote_id text,
        place bigint not null,
        arrival bigint not null,
        spent bigint not null default 0,
        direction text not null,
        kind text not null,
        text text not null,
        body text,
        state text not null,
        state_code text,
        author text,
        author_id bigint not null default 0,
        automatic bigint not null default 0,
        sent_at bigint not null,
        client_id text,
        about text,
        media_id text,
        blob_id bigint not null default 0,
        tries bigint not null default 0,
        primary key (merchant_id, message_id)
);
create unique index inbox_message_remote on inbox_message (merchant_id, account_id, remote_id) where remote_id is not null;
create unique index inbox_message_client on inbox_message (merchant_id, client_id) where client_id is not null;
create index inbox_message_place on inbox_message (merchant_id, thread_id, place);
create index inbox_message_arrival on inbox_message (merchant_id, thread_id, arrival);
create index inbox_message_spent on inbox_message (merchant_id, thread_id, spent) where direction = 'out';
create index inbox_message_unsent on inbox_message (merchant_id, thread_id, message_id)
        where state in ('queued', 'unconfirmed');
create index inbox_message_about on inbox_message (merchant_id, account_id, about, message_id) where about is not null;
create table inbox_nameless (
        merchant_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        primary key (merchant_id, account_id, remote_id)
);
create table inbox_claim (
        merchant_id bigint not null,
        message_id bigint not null,
        number text not null,
        identity_id bigint not null,
        evidence text not null,
        state text not null,
        reason text,
        created_at bigint not null,
        primary key (merchant_id, message_id, number)
);
create index inbox_claim_number on inbox_claim (merchant_id, number, message_id) where state = 'waiting';

-- rows
insert into store_migration values ('store', 1, 1750000000000), ('shops', 1, 1750000000000), ('staff', 1, 1750000000000),
        ('contacts', 1, 1750000000000), ('catalogue', 1, 1750000000000), ('orders', 1, 1750000000000),
        ('aftersales', 1, 1750000000000), ('inbox', 1, 1750000000000);
insert into shops_merchant values (1, '小满瓷器', 1750000000000);
insert into shops_account (merchant_id, account_id, parent_id, kind, remote_id, name, read_only, bound, created_at, callback_key)
        values (1, 10, 0, 'wecom', 'ww01', '小满', 0, 0, 1750000000000, 'k10'),
               (1, 11, 10, 'kf', 'wk01', '售前', 0, 0, 1750000000000, null),
               (1, 12, 0, 'shop', 'wx01', '小满瓷器旗舰店', 1, 0, 1750000000000, 'k12');
insert into shops_health values (1, 10, 0, 0), (1, 11, 1750000004000, 0), (1, 12, 0, 2);
insert into staff_person values (1, 20, 'owner', '掌柜', 'owner', '$argon2id$', 0, 1750000000000);
insert into contacts_person values (1, 30, '王小姐', '喜欢浅色', 1750000000000, 1750000000000);
insert into contacts_identity values (1, 31, 30, 30, 11, 'kf', 'wm01', null, '小王', null, 1750000000000, 1750000000000);
insert into orders_order (merchant_id, order_id, account_id, remote_id, reversed, identity_id, status, amount, created_at, paid_at,
        updated_at, ship_deadline, title, units, open_aftersales, digest, fetched_at)
        values (1, 40, 12, '3700000000000004711', '1174000000000000073', 31, 20, 12900, 1750000000000, 1750000001000,
                1750000001000, 0, '青瓷杯', 1, 1, 'd', 1750000002000);
insert into orders_line (merchant_id, order_id, line_no, product_id, title, count, sale_price, real_price, delivery_deadline)
        values (1, 40, 0, 'p1', '青瓷杯', 1, 12900, 12900, 0);
insert into aftersales_case (merchant_id, case_id, account_id, remote_id, order_remote_id, order_id, identity_id, type, status, amount,
        deadline, created_at, updated_at, decision, decided_by, decided_at, decision_version, decision_sent, version, waiting, running,
        due)
        values (1, 50, 12, '2001', '3700000000000004711', 40, 31, 'REFUND', 'MERCHANT_PROCESSING', 12900, 0, 1750000003000,
                1750000003000, 'none', 0, 0, 0, 0, 1, 1, 1, 9000000000000);
insert into inbox_thread (merchant_id, thread_id, account_id, identity_id, channel, remote_id, status, owner, last_at, last_text, unread,
        arrivals, created_at, waiting_since)
        values (1, 60, 11, 31, 'kf', 'wm01', 'open', 'desk', 1750000004000, '杯子碎了', 1, 1, 1750000004000, 1750000004000);
insert into inbox_message (merchant_id, message_id, thread_id, account_id, remote_id, place, arrival, direction, kind, text, body, state,
        sent_at)
        values (1, 61, 60, 11, 'm1', 29360128000, 1, 'in', 'text', '杯子碎了', '{"content":"杯子碎了"}', 'received', 1750000004000);
insert into store_job (job_id, merchant_id, kind, key, account_id, class, state, tries, run_at, deadline, again, payload, error, created_at)
        values (70, 1, 'inbox.pull', '11', 11, 0, 1, 0, 1750000004000, 0, 0, null, null, 1750000004000);
insert into store_ledger_progress values (7, 99, 1750000004000);
