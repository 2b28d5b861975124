-- alarms: who is told of what, what is wrong now, and what was sent. Times are ms UTC.

-- migration 1: rules, recipients, alarms, what was told, messages

-- Kinds that the merchant has set otherwise than they come.
create table alarms_rule (
        merchant_id bigint not null,
        kind text not null,
        enabled smallint not null,
        threshold bigint not null,     -- in the kind's unit; 0 = it has none
        primary key (merchant_id, kind)
);

create table alarms_recipient (
        merchant_id bigint not null,
        account_id bigint not null,    -- the corp whose app writes to him
        userid text not null,
        kinds text not null,           -- names, separated by blanks; '' = all
        quiet_from bigint not null,    -- minute of China's day
        quiet_to bigint not null,      -- the same as quiet_from: never quiet
        primary key (merchant_id, account_id, userid)
);

-- One thing that is wrong, from the first look that saw it until it was not seen for a minute.
create table alarms_alarm (
        merchant_id bigint not null,
        alarm_id bigint not null,
        kind text not null,
        subject text not null,         -- '' or account:check of a finding
        zh text not null,
        en text not null,
        count bigint not null,
        raised_at bigint not null,
        calm_since bigint not null,    -- 0 = seen by the last look
        over_at bigint not null,       -- 0 = on
        primary key (merchant_id, alarm_id)
);
create unique index alarms_alarm_on on alarms_alarm (merchant_id, kind, subject) where over_at = 0;
create index alarms_alarm_over on alarms_alarm (merchant_id, over_at, alarm_id);

-- What a person was told of an alarm; gone when he was told that it is over.
create table alarms_told (
        merchant_id bigint not null,
        alarm_id bigint not null,
        account_id bigint not null,
        userid text not null,
        at bigint not null,            -- the last time
        count bigint not null,         -- the alarm's, then
        primary key (merchant_id, alarm_id, account_id, userid)
);

create table alarms_message (
        merchant_id bigint not null,
        message_id bigint not null,
        account_id bigint not null,
        userid text not null,
        text text not null,
        state text not null,           -- queued sent failed unknown late
        why_zh text,
        why_en text,
        made_at bigint not null,
        ended_at bigint not null,      -- 0 = not yet
        primary key (merchant_id, message_id)
);
create index alarms_message_to on alarms_message (merchant_id, account_id, userid, made_at);
create index alarms_message_made on alarms_message (merchant_id, made_at, message_id);
