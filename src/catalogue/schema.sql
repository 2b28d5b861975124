-- catalogue: what is sold, as far as orders show it, and where returned goods go.

-- migration 1: products, skus, addresses
-- A product as the newest order shows it. The platform's product API is not asked: an order carries its own snapshot.
create table catalogue_product (
        merchant_id bigint not null,
        account_id bigint not null,
        product_id text not null,   -- the platform's
        title text not null,
        title_folded text not null, -- Latin letters in lower case: what is searched
        image text,
        price bigint not null,      -- fen, of one
        seen_at bigint not null,    -- ms
        orders bigint not null,     -- in how many orders
        primary key (merchant_id, account_id, product_id)
);
create index catalogue_product_seen on catalogue_product (merchant_id, seen_at);

create table catalogue_sku (
        merchant_id bigint not null,
        account_id bigint not null,
        product_id text not null,
        sku_id text not null,
        sku_text text,           -- attribute values in words
        sku_code text,           -- the merchant's own code
        image text,
        price bigint not null,   -- fen
        seen_at bigint not null, -- ms
        primary key (merchant_id, account_id, product_id, sku_id)
);

-- The shop's addresses that receive returns. A merchant's own data, yet the phone is kept masked: nobody needs it here.
create table catalogue_address (
        merchant_id bigint not null,
        account_id bigint not null,
        address_id text not null,     -- the platform's
        name text not null,           -- contact
        phone_masked text not null,
        text text not null,           -- province city county detail
        is_default smallint not null, -- 1: the shop's default for returns
        seen_at bigint not null,      -- ms; a reading drops what it did not see
        primary key (merchant_id, account_id, address_id)
);
