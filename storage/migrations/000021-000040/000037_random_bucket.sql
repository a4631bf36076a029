-- Drawn once for each person, for good: groups made of ranges of it stay the same people (GC-01), which nothing drawn
-- later could give back.
alter table users add column random_bucket smallint not null default floor(random() * 10000)
  check (random_bucket between 0 and 9999);
