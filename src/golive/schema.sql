-- golive: how far each shop is on its way to answering in-shop 客服 here. Times are ms UTC.

-- migration 1: steps and the console's figures
create table golive_shop (
        merchant_id bigint not null,
        account_id bigint not null,
        state text not null,                 -- states.c
        rehearsed_at bigint not null,
        rehearsed_consults bigint not null,
        rehearsed_ok smallint not null,
        report text,                         -- JSON
        accepted_at bigint not null,
        switched_at bigint not null,
        tested_at bigint not null,
        live_at bigint not null,
        back_at bigint not null,
        by_name text not null,               -- who took the last step
        silent_minutes bigint not null,
        primary key (merchant_id, account_id)
);

-- What a person read in the shop's console.
create table golive_day (
        merchant_id bigint not null,
        account_id bigint not null,
        day bigint not null,                 -- 20261123
        theirs bigint not null,              -- hundredths of a per cent
        primary key (merchant_id, account_id, day)
);
