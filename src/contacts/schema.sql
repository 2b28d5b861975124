-- contacts: persons, their remote identities, and the links that tie identities together.

-- migration 1: persons, identities, links
-- A person as staff see her. Made with an identity; keeps what staff wrote about her, whoever she turns out to be.
create table contacts_person (
        merchant_id bigint not null,
        person_id bigint not null,
        name text,                   -- given by staff; null: the newest nickname is shown
        note text,                   -- by staff
        created_at bigint not null,  -- ms
        changed_at bigint not null,  -- ms; of name or note
        primary key (merchant_id, person_id)
);

-- A remote identity. Everything else in the house refers to identities; a merge or unmerge touches these rows alone.
create table contacts_identity (
        merchant_id bigint not null,
        identity_id bigint not null,
        person_id bigint not null,   -- who she is now
        home_id bigint not null,     -- the person made with this identity; where it falls back to
        account_id bigint not null,  -- the account in which remote_id means something
        kind text not null,          -- kf shop mp
        remote_id text not null,     -- external_userid or openid
        unionid text,
        nickname text,
        avatar text,
        created_at bigint not null,  -- ms
        seen_at bigint not null,     -- ms; when a nickname was last learnt
        primary key (merchant_id, identity_id)
);
create unique index contacts_identity_remote on contacts_identity (merchant_id, kind, account_id, remote_id);
create index contacts_identity_person on contacts_identity (merchant_id, person_id);
create index contacts_identity_unionid on contacts_identity (merchant_id, unionid);

-- A tie between two identities, with its evidence. Never deleted: an undone one keeps automatic evidence from making it
-- again.
create table contacts_link (
        merchant_id bigint not null,
        link_id bigint not null,
        identity_a bigint not null,
        identity_b bigint not null,
        evidence text not null,     -- unionid order_card order_number agent
        detail text,                -- JSON: the order number, the message, ...
        made_by text not null,      -- name of the actor
        made_at bigint not null,    -- ms
        undone_at bigint not null,  -- ms; 0 = holds
        undone_by text,
        primary key (merchant_id, link_id)
);
create index contacts_link_a on contacts_link (merchant_id, identity_a);
create index contacts_link_b on contacts_link (merchant_id, identity_b);
