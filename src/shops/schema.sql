-- shops: the merchant, the remote accounts he connected, and what is needed to talk with them.

-- migration 1: merchants, accounts, credentials
-- A merchant: whose data this is. One installation may serve many.
create table shops_merchant (
        merchant_id bigint not null primary key,
        name text not null,
        created_at bigint not null -- ms
);

-- A connected remote account: shop, WeCom corp, 微信客服 account, official account. What rarely changes.
create table shops_account (
        merchant_id bigint not null,
        account_id bigint not null,
        parent_id bigint not null,   -- of a 微信客服 account: the WeCom account whose token it uses; else 0
        kind text not null,          -- wecom kf shop mp
        remote_id text not null,     -- corp id, open_kfid or appid
        name text not null,
        read_only smallint not null, -- 1: no write call leaves
        bound smallint not null,     -- 1: objects carry unionid
        created_at bigint not null,  -- ms
        callback_key text,           -- random last part of its callback path; null: receives none of its own
        secret bytea,                -- sealed as merchant|shops_account|id; null for 微信客服 accounts
        primary key (merchant_id, account_id)
);
-- A remote account belongs to one merchant: two would answer the same customer.
create unique index shops_account_remote on shops_account (kind, remote_id);
create unique index shops_account_callback on shops_account (callback_key);

-- Callback credentials by version: a kept callback opens with those it was sent under.
create table shops_credential (
        merchant_id bigint not null,
        account_id bigint not null,
        version bigint not null,    -- counts up from 1; the highest is current
        token bytea not null,       -- sealed as merchant|shops_credential.token|account
        aes_key bytea not null,     -- sealed as merchant|shops_credential.aes_key|account
        created_at bigint not null,
        primary key (merchant_id, account_id, version)
);

-- How an account is doing. Apart from the account, because every callback touches it.
create table shops_health (
        merchant_id bigint not null,
        account_id bigint not null,
        last_callback_at bigint not null, -- ms; 0 = never; exact to a second
        found_by_polling bigint not null, -- objects no callback had told of
        primary key (merchant_id, account_id)
);

-- The access token in use, shared by every process.
create table shops_token (
        merchant_id bigint not null,
        account_id bigint not null,
        token bytea not null,       -- sealed as merchant|shops_token|account
        expires_at bigint not null, -- ms
        primary key (merchant_id, account_id)
);

-- How far an account has been polled, in seconds of the platform's update time.
create table shops_poll (
        merchant_id bigint not null,
        account_id bigint not null,
        what text not null,      -- orders, aftersales
        begin_s bigint not null, -- everything before is known
        end_s bigint not null,   -- end of the window being read; 0 = none is
        next_key text,           -- next page of that window
        primary key (merchant_id, account_id, what)
);

-- migration 2: several processes on one database
-- Who fetches an account's access token right now; the others wait for it. A lease of a process that died runs out.
create table shops_token_lease (
        merchant_id bigint not null,
        account_id bigint not null,
        until bigint not null, -- ms of the wall clock
        primary key (merchant_id, account_id)
);

-- migration 3: connecting by the wizard
-- 0 = asked for: it waits for its first good call and its first callback. Nothing of it is polled until then.
alter table shops_account add column connected_at bigint not null default 0;
update shops_account set connected_at = created_at;
-- What the wizard waits for; ms, 0 = not yet.
alter table shops_health add column called_at bigint not null default 0;        -- a call was answered
alter table shops_health add column url_checked_at bigint not null default 0;   -- the platform checked our address
alter table shops_health add column kf_granted_at bigint not null default 0;    -- of a shop: its in-shop 客服 may be used by us
alter table shops_health add column kf_heard_at bigint not null default 0;      -- of a shop: a buyer's in-shop message came

-- Files that prove to the platform that a domain is ours, served at the root: WW_verify_*.txt, MP_verify_*.txt.
create table shops_site_file (
        merchant_id bigint not null,
        name text not null,
        content text not null,
        created_at bigint not null, -- ms
        primary key (merchant_id, name)
);
create unique index shops_site_file_name on shops_site_file (name);

-- migration 4: the corp's app by its number
alter table shops_account add column agent_id text; -- of wecom: AgentId, digits; null = not told

-- migration 5: hosted merchants
alter table shops_merchant add column name_fold text not null default '';     -- in lower case, for searching
update shops_merchant set name_fold = lower(name);
alter table shops_merchant add column hosted smallint not null default 0;     -- 1: a provider runs this program for him
alter table shops_merchant add column contact text;                          -- whom he asks for more
alter table shops_merchant add column max_accounts bigint not null default 0; -- 0 = any number; so the next two
alter table shops_merchant add column max_staff bigint not null default 0;    -- who may log in
alter table shops_merchant add column max_calls bigint not null default 0;    -- platform calls under way at once
alter table shops_merchant add column suspended_at bigint not null default 0; -- ms; 0 = he works
alter table shops_merchant add column suspended_why text;

-- migration 6: a merchant's own way out
create table shops_proxy (
        merchant_id bigint not null primary key,
        host text not null,         -- scheme, host and port: what may be shown
        url bytea not null,         -- with credentials; sealed as merchant|shops_proxy|merchant
        changed_at bigint not null  -- ms
);
