/**
 * The new value of `messages.refused`, for an update of `messages m` from `r (code, detail, answered_at)`: the last 5
 * refusals, oldest first, as `domain/explain/refusals` tells them.
 */
export const WITH_REFUSAL = `(
  select jsonb_agg(latest.refusal order by latest.place) from (
    select refusal, place from jsonb_array_elements(m.refused || jsonb_build_object(
      'tried', (extract(epoch from m.claimed_at) * 1000)::bigint,
      'refused', (extract(epoch from r.answered_at) * 1000)::bigint,
      'code', r.code, 'detail', r.detail
    )) with ordinality as each (refusal, place)
    order by place desc limit 5
  ) latest
)`;
