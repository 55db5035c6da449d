-- When Redis first accepted the entry; 0 if it did not yet. The entry stays until Redis has confirmed it again.
alter table journal_entry add column accepted_at bigint not null default 0;

-- Validations (V) are replayed in the same queue as records.
drop index journal_entry_records;
create index journal_entry_records on journal_entry (taken_until, written_at) where kind in ('T', 'V');
