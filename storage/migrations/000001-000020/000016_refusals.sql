-- The last refusals of a message ("not now": 451, 429, 503, …), for explanations: at most 5, oldest first, each
-- {tried, refused, code, detail}. What was refused before has its number in `refusals`.
alter table messages add column refused jsonb not null default '[]' check (jsonb_array_length(refused) <= 5);
