-- catalogue: what is sold, and where returned goods go.

-- migration 1: products, skus, addresses
-- A product as the newest order shows it, until it is read itself (migration 2).
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

-- migration 2: products as the shop's own list tells them
alter table catalogue_product add column number bigint not null default 0;      -- product_id as a number: newer ones are greater
alter table catalogue_product add column status bigint not null default -1;     -- the platform's; -1 = only orders told of it
alter table catalogue_product add column edit_status bigint not null default 0; -- the platform's
alter table catalogue_product add column brand_id text;
alter table catalogue_product add column category text;                         -- ids from the top to the leaf, by /
alter table catalogue_product add column stock bigint not null default 0;       -- units of all skus
alter table catalogue_product add column presale smallint not null default 0;   -- 1: a sku is sold in advance
alter table catalogue_product add column address_id text;                       -- its own return address; null = the shop's default
alter table catalogue_product add column edited_at bigint not null default 0;   -- ms
alter table catalogue_product add column read_at bigint not null default 0;     -- ms; 0 = never: then orders say what it is
create index catalogue_product_number on catalogue_product (merchant_id, number, account_id);

alter table catalogue_sku add column stock bigint not null default 0;           -- units
alter table catalogue_sku add column presale smallint not null default 0;       -- 1: full-payment presale
alter table catalogue_sku add column presale_after_end smallint not null default 0; -- ships n days after 0 payment, 1 the presale's end
alter table catalogue_sku add column presale_days bigint not null default 0;    -- n
alter table catalogue_sku add column presale_ends_at bigint not null default 0; -- ms; 0 = no end
alter table catalogue_sku add column read_at bigint not null default 0;         -- ms; a reading drops what it did not see

-- migration 3: what the doctor looks for
-- Products on sale without a return address of their own: in a shop in order there are none. With
-- read_at, so that counting them opens no row.
create index catalogue_product_bare on catalogue_product (merchant_id, account_id, number, read_at)
        where status = 5 and address_id is null and read_at > 0;
