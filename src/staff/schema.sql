-- staff: the people who log in, their sessions, and the tries that failed.

-- migration 1: people, sessions, tries
create table staff_person (
        merchant_id bigint not null,
        staff_id bigint not null,
        login text not null,        -- folded to lower case
        name text not null,         -- as customers' bubbles and audit rows show it
        role text not null,         -- owner supervisor agent warehouse reader
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
