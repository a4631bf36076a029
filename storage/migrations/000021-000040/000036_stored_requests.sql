-- Rendered requests are large texts written once and read seldom: lz4 costs a third of what pglz does. A server that was
-- built without it keeps its own way.
do $$
begin
  alter table messages alter column request set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
  raise notice 'this server has no lz4: requests of messages are compressed as before';
end $$;
