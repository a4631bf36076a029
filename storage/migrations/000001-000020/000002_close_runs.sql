-- What ends a pairing without its run asks for the run to be closed, where it was signalled an exception before.
alter table outbox drop constraint outbox_kind_check;
update outbox set kind = 'close' where kind = 'exception';
alter table outbox add constraint outbox_kind_check check (kind in ('start', 'close', 'rescheduled', 'wake'));
