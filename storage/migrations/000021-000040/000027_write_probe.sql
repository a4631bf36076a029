-- What /readyz writes to, to learn whether writes work: emptied and filled again each time, so that it needs new blocks of the
-- disk and yet never grows. Uncompressed, as it is the blocks that count.
create table write_probe (filler text not null);
alter table write_probe alter column filler set storage plain;
