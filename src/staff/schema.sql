-- staff: the people who log in, their sessions, and the tries that failed.

-- migration 1: people, sessions, tries
create table staff_person (
        merchant_id bigint not null,
        staff_id bigint not null,
        login text not null,        -- folded to lower case
        name text not null,         -- as customers' bubbles and audit rows show it
        role text not null,         -- owner supervisor agent warehouse reader; operator, of merchant 0
        password text not null,     -- argon2id with its parameters
        disabled smallint not null, -- 1: may not log in
        created_at bigint not null, -- ms
        primary key (merchant_id, staff_id)
);
-- Unique in the installation: who logs in does not say at which merchant.
create unique index staff_person_login on staff_person (login);

-- Sessions are looked up before anybody knows the merchant. Only the SHA-256 of the cookie is kept: who reads this table
-- cannot log in with it.
-- exempt from merchant keys: the cookie is all there is to look it up by
create table staff_session (
        cookie_sha256 text not null primary key, -- hex
        merchant_id bigint not null,
        staff_id bigint not null,
        csrf text not null,          -- goes with every change the session asks for
        created_at bigint not null,  -- ms
        seen_at bigint not null,     -- ms; when it was last prolonged
        expires_at bigint not null   -- ms
);
create index staff_session_person on staff_session (merchant_id, staff_id);

-- Failed tries of the last minutes, by login and by address; before anybody knows the merchant.
-- exempt from merchant keys: a try may name nobody
create table staff_try (
        try_id bigint not null primary key,
        login text not null,   -- folded, as typed; may name nobody
        address text not null, -- of the client
        at bigint not null     -- ms
);
create index staff_try_login on staff_try (login, at);
create index staff_try_address on staff_try (address, at);

-- migration 2: members of WeCom, who of them may sign in, and signing in
-- The directory of a corp, as far as its app may see it.
create table staff_member (
        merchant_id bigint not null,
        account_id bigint not null,  -- the corp
        userid text not null,        -- folded: the platform does not tell letters' cases apart
        spelled text not null,       -- as the platform spells it
        name text not null,
        department text not null,    -- names, separated by " / "
        status smallint not null,    -- 0 outside the visible range, 1 active, 2 disabled, 4 never signed in, 5 left
        seen_at bigint not null,     -- ms: when the platform last told of him
        asked_at bigint not null,    -- ms: when he last tried to sign in without a link; 0 = never
        primary key (merchant_id, account_id, userid)
);

-- Which member is which person. A person has at most one userid in a corp.
create table staff_link (
        merchant_id bigint not null,
        account_id bigint not null,
        userid text not null,
        staff_id bigint not null,
        linked_at bigint not null,   -- ms
        primary key (merchant_id, account_id, userid)
);
create unique index staff_link_person on staff_link (merchant_id, staff_id, account_id);

-- Corps that offer signing in.
create table staff_corp (
        merchant_id bigint not null,
        account_id bigint not null,
        corp_id text not null,       -- of the account: a stranger names it before anybody knows the merchant
        offered smallint not null,   -- 1: the login page offers it
        everyone smallint not null,  -- 1: every active member may come in, as an agent
        sent bigint not null,        -- browsers sent to the platform since the last one came back
        returned_at bigint not null, -- ms: when the last one came back; 0 = never
        primary key (merchant_id, account_id)
);
create unique index staff_corp_id on staff_corp (corp_id);

-- Browsers that are at the platform's page of signing in. Of state and cookie only the SHA-256 is kept.
-- exempt from merchant keys: the state is all there is to look it up by
create table staff_sign_in (
        state_sha256 text not null primary key,
        browser_sha256 text not null, -- of the cookie that the browser got with it
        merchant_id bigint not null,
        account_id bigint not null,
        address text not null,        -- of the client
        made_at bigint not null,      -- ms
        expires_at bigint not null    -- ms
);
create index staff_sign_in_address on staff_sign_in (address, made_at);

-- migration 3: operators of the installation, and what they do for a merchant
-- People of merchant 0 are operators: their role is operator, and no merchant's data are theirs.
-- What one of them did for a merchant: why, and until when he might. The session that did it points here.
create table staff_visit (
        merchant_id bigint not null,
        visit_id bigint not null,
        operator_id bigint not null, -- a person of merchant 0
        operator text not null,      -- his name then
        reason text not null,        -- as he gave it; stands in the audit rows
        begun_at bigint not null,    -- ms
        until bigint not null,       -- ms
        ended_at bigint not null,    -- ms; 0 = goes on, or ran out
        primary key (merchant_id, visit_id)
);
alter table staff_session add column visit_merchant_id bigint not null default 0; -- 0 = at home
alter table staff_session add column visit_id bigint not null default 0;
