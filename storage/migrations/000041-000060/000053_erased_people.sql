-- erased: a person was deleted; what events and messages still say of them is erased page by page.
alter table unfinished drop constraint unfinished_kind_check;
alter table unfinished add constraint unfinished_kind_check check (kind in ('exception', 'zone', 'erased'));
