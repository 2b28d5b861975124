-- orders: the shop's orders as the platform tells them.

-- migration 1: orders, lines, parcels, objects, polling
-- What lists and the sidebar show. No name in clear, no phone, no address: those are in orders_object, sealed.
create table orders_order (
        merchant_id bigint not null,
        order_id bigint not null,
        account_id bigint not null,
        remote_id text not null,      -- the platform's order_id: 19 digits
        reversed text not null,       -- remote_id backwards: "ends in 4711" is a range of it
        identity_id bigint not null,  -- the buyer; 0 = the platform did not say
        status bigint not null,       -- the platform's number
        amount bigint not null,       -- fen
        created_at bigint not null,   -- ms, the platform's
        paid_at bigint not null,      -- ms; 0 = unpaid
        updated_at bigint not null,   -- ms, the platform's update_time: an older object is never written
        ship_deadline bigint not null,-- ms; 0 = unknown
        title text,                   -- of the first line
        image text,
        units bigint not null,
        delivery_name text,           -- of the first parcel
        waybill_id text,
        receiver_masked text,
        open_aftersales bigint not null,
        digest text not null,         -- hex of the object's SHA-256, its first half: a second within one second is still seen
        fetched_at bigint not null,   -- ms, when we read what is written here
        primary key (merchant_id, order_id)
);
create unique index orders_order_remote on orders_order (merchant_id, account_id, remote_id);
create index orders_order_number on orders_order (merchant_id, reversed);
create index orders_order_identity on orders_order (merchant_id, identity_id, created_at);
create index orders_order_created on orders_order (merchant_id, created_at, order_id);

create table orders_line (
        merchant_id bigint not null,
        order_id bigint not null,
        line_no bigint not null,      -- place in the object
        product_id text,
        sku_id text,
        title text,
        sku_text text,
        image text,
        count bigint not null,
        sale_price bigint not null,   -- fen, of one
        real_price bigint not null,   -- fen, of the line
        delivery_deadline bigint not null, -- ms; 0 = unknown
        primary key (merchant_id, order_id, line_no)
);
create index orders_line_product on orders_line (merchant_id, product_id, order_id);

create table orders_parcel (
        merchant_id bigint not null,
        order_id bigint not null,
        parcel_no bigint not null,
        delivery_name text,
        waybill_id text,
        waybill_folded text,          -- in lower case: what is searched
        delivered_at bigint not null, -- ms, handed to the carrier
        primary key (merchant_id, order_id, parcel_no)
);
create index orders_parcel_waybill on orders_parcel (merchant_id, waybill_folded);

-- The whole object as fetched, compressed, then sealed as merchant|orders_object|order: it holds the receiver, and the
-- platform adds fields to it several times a year.
create table orders_object (
        merchant_id bigint not null,
        order_id bigint not null,
        object bytea not null,
        primary key (merchant_id, order_id)
);

-- Orders somebody told us of that are not fetched yet. A poller that finds one of these found nothing new.
create table orders_asked (
        merchant_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        asked_at bigint not null, -- ms
        primary key (merchant_id, account_id, remote_id)
);
