/**
 * To cross join: what an event `e` counts as, and the price of each; `incrementsOf` in SQL. `offset 0`: large properties
 * are decompressed at each look at them, so there are two.
 */
export const COUNTS_AS = `
  lateral (
    select
      case when jsonb_typeof(v.quantity) = 'number' then v.quantity::float8 else 1 end as quantity,
      case when jsonb_typeof(v.price) = 'number' then v.price::float8 else 0 end as price
    from (
      select
        case when e.kind = 'purchase' then e.properties -> 'quantity' end as quantity,
        case when e.kind = 'purchase' then e.properties -> 'price' end as price
      offset 0
    ) v
    offset 0
  ) q
`;
