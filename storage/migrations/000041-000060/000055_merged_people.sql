-- Who was merged into whom: a number that somebody has read or kept from before leads to who that person is now.
create table merged_people (
  id bigint primary key,
  merged_into bigint not null references users on delete cascade
);
create index merged_people_into on merged_people (merged_into);
-- A run is named by the number that its person had when it was asked for. Null: the one they have.
alter table pairings add column run_user_id bigint;
