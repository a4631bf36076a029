/**
 * How the workflow id of pairing `p` of campaign `c` names the campaign: by its key, which is immutable; by its number
 * where the pairing is from before ids held keys, so that a run that was open at that upgrade is still found.
 */
export const RUN_CAMPAIGN = `case when p.named_by_key then c.key else c.id::text end`;

/** How the workflow id of pairing `p` names the person: by the number they had before they were merged into another. */
export const RUN_USER = `coalesce(p.run_user_id, p.user_id)`;
