-- aftersales: one case per after-sale of the platform, who moved it, and what we decided.

-- migration 1: cases, moves, objects, reasons, asking
create table aftersales_case (
        merchant_id bigint not null,
        case_id bigint not null,
        account_id bigint not null,
        remote_id text not null,        -- after_sale_order_id
        order_remote_id text not null,
        order_id bigint not null,       -- ours; 0 until the order is known
        identity_id bigint not null,    -- the buyer; 0 = the platform did not say
        type text not null,             -- REFUND RETURN EXCHANGE RESHIP
        status text not null,           -- the platform's word
        amount bigint not null,         -- fen
        reason text,
        reason_text text,
        product_title text,
        deadline bigint not null,       -- ms; 0 = none told
        created_at bigint not null,     -- ms, the platform's
        updated_at bigint not null,     -- ms, the platform's update_time: an older object is never written
        decision text not null,         -- none approving approved rejecting rejected refused unknown
        decision_note text,             -- for people: what to do next
        decided_by bigint not null,     -- staff id
        decided_at bigint not null,     -- ms
        decided_status text,            -- the status that was decided upon; an unknown effect is repeated only in it
        decision_version bigint not null, -- the version the decision made: names its job
        decision_sent smallint not null,  -- 1: a request may have left, so ask before sending again
        address_id text,                -- return address given
        version bigint not null,        -- grows with every change; a decision names the one it saw
        waiting smallint not null,      -- 1: the merchant must act
        running smallint not null,      -- 1: not over
        due bigint not null,            -- deadline, or the far future: what waiting cases are sorted by
        primary key (merchant_id, case_id)
);
create unique index aftersales_case_remote on aftersales_case (merchant_id, account_id, remote_id);
create index aftersales_case_order on aftersales_case (merchant_id, account_id, order_remote_id);
create index aftersales_case_identity on aftersales_case (merchant_id, identity_id, created_at);
create index aftersales_case_waiting on aftersales_case (merchant_id, waiting, due, case_id);
create index aftersales_case_created on aftersales_case (merchant_id, created_at, case_id);

-- Each step of a case. Only ever added.
create table aftersales_move (
        merchant_id bigint not null,
        case_id bigint not null,
        seq bigint not null,        -- the case's version when it was made
        at bigint not null,         -- ms
        from_status text not null,  -- "" for the first
        to_status text not null,    -- the same for a decision
        cause text not null,
        actor text not null,
        primary key (merchant_id, case_id, seq)
);

-- The object as fetched, compressed, then sealed as merchant|aftersales_object|case: it may hold a phone number.
create table aftersales_object (
        merchant_id bigint not null,
        case_id bigint not null,
        object bytea not null,
        primary key (merchant_id, case_id)
);

-- The platform's list of refusals, read daily per shop.
create table aftersales_reason (
        merchant_id bigint not null,
        account_id bigint not null,
        scene bigint not null,       -- 1 refund, 4 return, 5 exchange, ...
        reason_type bigint not null,
        text text not null,          -- what a person chooses by
        wording text not null,       -- what the buyer reads when nothing else is written
        seen_at bigint not null,     -- ms; a reading drops what it did not see
        primary key (merchant_id, account_id, scene, reason_type)
);

-- Cases somebody told us of that are not fetched yet. A poller that finds one of these found nothing new.
create table aftersales_asked (
        merchant_id bigint not null,
        account_id bigint not null,
        remote_id text not null,
        asked_at bigint not null, -- ms
        primary key (merchant_id, account_id, remote_id)
);
