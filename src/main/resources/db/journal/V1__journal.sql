-- Keys are base64url: their order means nothing, and comparing them must not ask for a language's rules.
create table journal_entry (
  entry_key     varchar(40) collate "C" not null,
  kind          varchar(1)  collate "C" not null,
  subject_tag   varchar(16) collate "C",
  at_millis     bigint      not null,
  ends_at       bigint      not null,
  record        bytea,
  foreign_nonce varchar,
  version       bigint      not null,
  written_at    bigint      not null,
  taken_until   bigint      not null,
  primary key (entry_key, kind)
);

create index journal_entry_subject on journal_entry (subject_tag);
create index journal_entry_first on journal_entry (taken_until, written_at) where kind in ('E', 'M');
create index journal_entry_records on journal_entry (taken_until, written_at) where kind = 'T';
create index journal_entry_written on journal_entry (written_at);
create index journal_entry_ends on journal_entry (ends_at);

-- A queue: what was replayed leaves dead rows, over which everybody has to step until they are vacuumed away.
alter table journal_entry set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- Its one row is there while processes have to ask the journal.
create table journal_gate (
  id        integer     not null primary key check (id = 1),
  opened_at timestamptz not null
);
