-- groups: customers' groups of a corp, as the platform tells. Times are ms UTC.

-- migration 1: groups and members
create table groups_group (
        merchant_id bigint not null,
        account_id bigint not null,   -- the corp
        chat_id text not null,        -- the platform's
        name text not null,
        name_folded text not null,    -- Latin letters in lower case: what is searched
        owner text not null,          -- userid
        members bigint not null,
        customers bigint not null,
        created_at bigint not null,
        dismissed_at bigint not null, -- 0 = it is there
        seen_at bigint not null,      -- when it was last read whole
        primary key (merchant_id, account_id, chat_id)
);
create index groups_group_created on groups_group (merchant_id, created_at, chat_id) where dismissed_at = 0;

create table groups_member (
        merchant_id bigint not null,
        account_id bigint not null,
        chat_id text not null,
        member_id text not null,      -- userid of staff, external_userid of a customer
        identity_id bigint not null,  -- the customer; 0 = staff
        joined_at bigint not null,
        join_scene smallint not null, -- 1 invited, 2 by a link, 3 by a QR code
        seen_at bigint not null,      -- a reading drops whom it did not see
        primary key (merchant_id, account_id, chat_id, member_id)
);
create index groups_member_identity on groups_member (merchant_id, identity_id) where identity_id > 0;
