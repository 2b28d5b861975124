-- backfill: what of the platform's time is read, what is not yet, and how fast it goes.

-- migration 1: readers, stretches, objects to fetch

-- One per account and source: how far it is, its pace, its pauses.
create table backfill_reader (
        merchant_id bigint not null,
        account_id bigint not null,
        what text not null,            -- the source's name
        head_s bigint not null,        -- every moment before is read or lies in a stretch; 0 = nothing was taken on yet
        began_at bigint not null,      -- ms: when the present catching up began
        done_at bigint not null,       -- ms: when it last had nothing left to read; 0 = never
        span_s bigint not null,        -- seconds in the stretches of the present catching up
        listed_s bigint not null,      -- of them, those whose lists are read to the end
        found bigint not null,         -- objects that the lists named
        done bigint not null,          -- of them, those read
        rate_n bigint not null,        -- objects read lately
        rate_ms bigint not null,       -- in so much time, pauses left out
        last_at bigint not null,       -- ms: when the last ones were read
        told_at bigint not null,       -- ms: when the consoles were told
        pause text,                    -- why nothing is read: quota rate config trouble; null = nothing is in the way
        pause_until bigint not null,   -- ms
        pause_error text,              -- what the platform said
        quota_limit bigint not null,   -- calls a day of the source's path; 0 = not known
        quota_left bigint not null,
        quota_at bigint not null,      -- ms: when the platform told
        minute_max bigint not null,    -- calls a minute that the platform allows; 0 = not known
        slice_at bigint not null,     -- ms: the present slice of a minute began
        slice_n bigint not null,      -- calls in it
        primary key (merchant_id, account_id, what)
);

-- Stretches whose lists are not read to the end.
create table backfill_stretch (
        merchant_id bigint not null,
        account_id bigint not null,
        what text not null,
        end_s bigint not null,
        begin_s bigint not null,
        next_key text,                 -- next page; null = the first
        primary key (merchant_id, account_id, what, end_s)
);

-- Objects that a list named and that are not fetched yet.
create table backfill_todo (
        merchant_id bigint not null,
        account_id bigint not null,
        what text not null,
        remote_id text not null,
        end_s bigint not null,         -- of the newest stretch that named it: newest first
        lane bigint not null,          -- which job has it; 0 = none
        primary key (merchant_id, account_id, what, remote_id)
);
create index backfill_todo_next on backfill_todo (merchant_id, account_id, what, lane, end_s, remote_id);

-- What this took the place of.
drop table shops_poll;
delete from store_job where kind in ('orders.poll', 'orders.check', 'aftersales.poll', 'aftersales.check');

-- migration 2: read again on demand
alter table backfill_stretch add column again smallint not null default 0; -- 1: whatever is known of its objects
