-- inbox: threads and messages of 微信客服 (kf) and in-shop 客服 (shop).
-- Every table: merchant_id first in the key. Times are ms UTC unless a name says second.

-- migration 1: accounts, threads, messages, names wanted, claims

-- How far an account was read, and its settings. A row appears with the first callback or poll.
create table inbox_account (
        merchant_id bigint not null,
        account_id bigint not null,          -- of kind kf
        cursor text,                         -- next_cursor of sync_msg; moves in the transaction that keeps its page
        token text,                          -- newest callback token: lifts the strict rate limit for 10 minutes
        token_at bigint not null default 0,  -- when that callback came
        announced_at bigint not null default 0, -- newest callback, also without token: tells what polling alone found
        welcome_text text,                   -- greeting for enter_session; null = none
        primary key (merchant_id, account_id)
);

-- One customer at one account.
create table inbox_thread (
        merchant_id bigint not null,
        thread_id bigint not null,
        account_id bigint not null,          -- the kf account, or the shop
        identity_id bigint not null,         -- contacts' identity; who she is as a person is asked there
        channel text not null,               -- kf, shop
        remote_id text not null,             -- external_userid or openid: the address of replies
        status text not null,                -- open, closed
        owner text not null,                 -- who may speak: desk, wecom, ended
        assigned_to bigint not null default 0,
        last_agent bigint not null default 0, -- who answered last: a thread that opens again goes to him
        waiting_since bigint not null default 0, -- derived from the messages by inbox_thread_settle
        last_at bigint not null default 0,
        last_place bigint not null default 0,
        last_text text not null default '',
        unread bigint not null default 0,
        arrivals bigint not null default 0,  -- messages taken in so far: the tie-break of inbox_message.place
        closed_arrival bigint not null default 0, -- what had arrived when it was last closed waits no more
        name text,                           -- her nickname, for searching; what is shown comes from contacts
        name_fold text,                      -- the same in lower case
        created_at bigint not null,
        primary key (merchant_id, thread_id)
);
create unique index inbox_thread_who on inbox_thread (merchant_id, account_id, identity_id);
create index inbox_thread_identity on inbox_thread (merchant_id, identity_id, thread_id);
create index inbox_thread_waiting on inbox_thread (merchant_id, waiting_since, thread_id) where waiting_since > 0;
create index inbox_thread_status on inbox_thread (merchant_id, status, last_at, thread_id);
create index inbox_thread_mine on inbox_thread (merchant_id, assigned_to, status, last_at, thread_id);

-- Everything said or done. thread_id 0: an event that concerns no customer, kept so that nothing unknown is lost.
create table inbox_message (
        merchant_id bigint not null,
        message_id bigint not null,
        thread_id bigint not null,
        account_id bigint not null,
        remote_id text,                      -- the platform's msgid; of ours the key we chose, then the platform's answer
        place bigint not null,               -- order in the thread: second << 24 | arrival
        arrival bigint not null,             -- how many messages the thread had when this one came
        spent bigint not null default 0,     -- outgoing: place at which it used the budget; largest number while that is
                                             -- not known; 0 = it cost nothing
        direction text not null,             -- in, out, event
        kind text not null,
        text text not null,
        body text,                           -- JSON
        state text not null,                 -- states.c
        state_code text,                     -- why: "kf.95001", "fail.10"; the sentence is made when it is shown
        author text,                         -- null for hers: her name is the thread's, learnt later
        author_id bigint not null default 0,
        automatic bigint not null default 0,
        sent_at bigint not null,
        client_id text,                      -- of outgoing; made by the console, unique per merchant
        about text,                          -- of an event: the msgid it speaks of
        media_id text,                       -- to fetch (in); 3 days valid
        blob_id bigint not null default 0,
        tries bigint not null default 0,     -- how often sending was begun
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

-- Customers whose name we still have to ask for; asked for in hundreds.
create table inbox_nameless (
        merchant_id bigint not null,
        account_id bigint not null,          -- the wecom account
        remote_id text not null,             -- external_userid
        primary key (merchant_id, account_id, remote_id)
);

-- "This order is mine": an order number she sent, not yet or no longer to be decided.
create table inbox_claim (
        merchant_id bigint not null,
        message_id bigint not null,
        number text not null,                -- the order's remote id as she sent it
        identity_id bigint not null,         -- hers
        evidence text not null,              -- order_card, order_number
        state text not null,                 -- waiting (order not known yet), linked, refused
        reason text,                         -- of refused: several_buyers, conflict, undone, no_buyer
        created_at bigint not null,
        primary key (merchant_id, message_id, number)
);
create index inbox_claim_number on inbox_claim (merchant_id, number, message_id) where state = 'waiting';

-- migration 2: what callbacks say of an account, apart from how far it was read

-- Written by every burst of callbacks, while another transaction moves the cursor: two rows, or one would undo the other.
create table inbox_announced (
        merchant_id bigint not null,
        account_id bigint not null,
        token text,                          -- newest callback token: lifts the strict rate limit for 10 minutes
        token_at bigint not null,            -- when that callback came
        announced_at bigint not null,        -- newest callback, also without token: tells what polling alone found
        primary key (merchant_id, account_id)
);
insert into inbox_announced (merchant_id, account_id, token, token_at, announced_at)
        select merchant_id, account_id, token, token_at, announced_at from inbox_account;
alter table inbox_account drop column token;
alter table inbox_account drop column token_at;
alter table inbox_account drop column announced_at;

-- migration 3: nobody's threads are in nobody's list

-- Most threads are nobody's, and each message of one moved it in this index.
drop index inbox_thread_mine;
create index inbox_thread_mine on inbox_thread (merchant_id, assigned_to, status, last_at, thread_id) where assigned_to > 0;
