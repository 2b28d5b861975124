-- The store's own tables: what every domain stands on. The book of migrations (store_migration: domain, version,
-- applied_at) is made by migrate.c, because it must be readable before the first migration.

-- migration 1: jobs, ledger progress, audit, blobs

-- One row per job that has not ended. A claim is a state, not a time: rows found running at start are freed.
create table store_job (
        job_id bigint not null primary key,
        merchant_id bigint not null,
        kind text not null,
        key text not null,                    -- unique among the live jobs of merchant and kind
        account_id bigint not null,           -- 0 = none; one account's jobs share a lane
        class smallint not null,              -- 0 urgent, 1 normal, 2 bulk, 3 local (no remote call)
        state smallint not null,              -- 0 later, 1 ready, 2 running, 3 dead
        tries bigint not null,
        run_at bigint not null,
        deadline bigint not null,             -- 0 = none
        again bigint not null,                -- asked for while running: run_at of the run to come; 0 = not asked
        payload text,
        error text,                           -- last cause, for people
        created_at bigint not null
);
create unique index store_job_live on store_job (merchant_id, kind, key) where state < 3;
-- The lanes: the runner walks them in turn, one seek per job, however long one lane is.
create index store_job_ready on store_job (class, merchant_id, account_id, kind, run_at, job_id) where state = 1;
create index store_job_later on store_job (run_at) where state = 0;
create index store_job_dead on store_job (merchant_id, job_id) where state = 3;

-- How far each stream of the intake ledger is applied; moved in the transaction that applies.
create table store_ledger_progress (
        stream bigint not null primary key,
        seq bigint not null,
        at bigint not null
);

-- Entries whose apply failed, until one replay succeeds.
create table store_ledger_failed (
        merchant_id bigint not null,
        stream bigint not null,
        seq bigint not null,
        account_id bigint not null,
        kind text not null,
        reason text not null,
        failed_at bigint not null,
        primary key (merchant_id, stream, seq)
);

-- Intake outcomes that made no entry or no change, counted: bad signatures, unknown events.
create table store_ledger_note (
        merchant_id bigint not null,
        account_id bigint not null,
        reason text not null,
        count bigint not null,
        last_at bigint not null,
        primary key (merchant_id, account_id, reason)
);

-- Who did what to which object. Rows are only ever added.
create table store_audit (
        merchant_id bigint not null,
        audit_id bigint not null,
        at bigint not null,
        actor_kind smallint not null,         -- enum actor_kind: 0 system, 1 staff, 2 customer, 3 platform, 4 operator
        actor_id bigint not null,             -- staff id, or 0
        actor text not null,
        act text not null,                    -- "aftersales.approve"
        object text not null,                 -- "case"
        object_id bigint not null,
        detail text,                          -- JSON without secrets
        primary key (merchant_id, audit_id)
);

-- Pictures, voices and files; the same bytes are kept once per merchant.
create table store_blob (
        merchant_id bigint not null,
        blob_id bigint not null,
        hash bytea not null,                  -- SHA-256 of the content
        mime text not null,
        created_at bigint not null,
        content bytea not null,
        primary key (merchant_id, blob_id)
);
create unique index store_blob_hash on store_blob (merchant_id, hash);

-- migration 2: what the search index has not seen yet

-- Left by the transaction that wrote the document, removed when the index has it.
create table store_search_todo (
        merchant_id bigint not null,
        kind text not null,                   -- the search kind's name: "message"
        id bigint not null,
        primary key (merchant_id, kind, id)
);

-- migration 3: several processes on one database

-- Who works here. A row without the advisory lock of its slot is of a dead process: process.h.
create table store_process (
        slot bigint not null primary key,     -- 1..1023, the middle of the ids it makes
        process_id bigint not null,           -- of this incarnation: claims, and its stream of the ledger
        name text not null,                   -- host and data folder
        started_at bigint not null
);

alter table store_job add column claimed_by bigint not null default 0; -- process_id; counts while state = 2

-- migration 4: what the doctor found last
-- One row per check and account; account 0 with merchant 0 = the installation.
create table store_check (
        merchant_id bigint not null,
        account_id bigint not null,
        name text not null,      -- "shops.return_address"
        level smallint not null, -- enum check_level
        zh text not null,
        en text not null,
        fix_zh text,
        fix_en text,
        facts text,              -- JSON object, or null
        at bigint not null,      -- ms: when it was looked at last
        since bigint not null,   -- ms: when it came to this level
        primary key (merchant_id, account_id, name)
);

-- migration 5: proof that somebody was forgotten
-- One row per erasure; it says what went and nothing of whose it was. Only ever added, and ended.
create table store_erasure (
        merchant_id bigint not null,
        erasure_id bigint not null,
        begun_at bigint not null,   -- ms
        ended_at bigint not null,   -- ms; 0 = begun and not ended: called again it goes on
        what text not null,         -- person, merchant
        subject_id bigint not null, -- our id of her, or the merchant's
        actor text not null,
        counts text not null,       -- JSON: rows by table
        primary key (merchant_id, erasure_id)
);

-- migration 6: jobs that were asked for, turns, crashes

-- What was asked for on PostgreSQL; job_ask.c.
create table store_job_ask (
        ask_id bigint not null primary key,   -- becomes the job's id
        merchant_id bigint not null,
        kind text not null,
        key text not null,
        account_id bigint not null,
        class smallint not null,
        run_at bigint not null,
        again_at bigint not null,             -- when it wants to run if the job runs already
        met smallint not null,                -- 1: it was found running
        deadline bigint not null,
        payload text,
        created_at bigint not null
);

-- No rows ever: what is locked by who writes in batches, on PostgreSQL; db_turn() in db.h.
create table store_turn (
        turn bigint not null primary key
);

-- What crashed the program, how often: crash.h.
create table store_crash (
        stream bigint not null,               -- 0: a job
        seq bigint not null,                  -- of the entry; the job's id
        times bigint not null,
        last_at bigint not null,
        primary key (stream, seq)
);

-- migration 7: entries are applied in turn between merchants
-- Those behind seq that are applied already: ledger_window.h.
alter table store_ledger_progress add column ahead text not null default '';

-- migration 8: merchants that rest, operators' reasons

-- Whose jobs are held back. No row: as many at once as there are threads.
create table store_share (
        merchant_id bigint not null primary key,
        resting smallint not null,            -- 1: none is begun; what waits goes on waiting
        most bigint not null                  -- calls under way at once; 0 = any
);
alter table store_audit add column reason text; -- of an operator who acted for the merchant
