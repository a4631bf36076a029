-- Run once on Temporal's visibility database (`temporal_visibility`), harmless when repeated.
-- Every start and end of a workflow writes all visibility indexes; Rappel's campaigns use six of more than seventy.
-- Without the others Temporal writes less than half as much, and its UI still filters by id, type, status and time.
do $$
declare
  name text;
begin
  for name in
    select indexname from pg_indexes
    where tablename = 'executions_visibility'
      and indexname not in ('executions_visibility_pkey', 'default_idx', 'by_workflow_id', 'by_workflow_type',
                            'by_status', 'by_execution_time')
  loop
    execute format('drop index if exists %I', name);
  end loop;
end $$;
