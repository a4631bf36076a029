-- What a person received of a campaign, by variant, step and channel: what filters over the message history read, and what
-- stays when messages are deleted. One row for each message that was sent so far.
create table engagements (
  user_id bigint not null references users on delete cascade,
  campaign_id bigint not null references campaigns,
  -- Of a canvas; '' elsewhere.
  step text not null default '',
  variant text not null,
  channel text not null,
  count int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (user_id, campaign_id, step, variant, channel)
);
create index engagements_of_campaign on engagements (campaign_id, user_id);

insert into engagements (user_id, campaign_id, variant, channel, count, first_at, last_at)
select m.user_id, m.campaign_id, m.variant, m.channel, count(*), min(m.receipt_at), max(m.receipt_at)
from messages m
join users u on u.id = m.user_id
where m.state = 'sent'
group by m.user_id, m.campaign_id, m.variant, m.channel;
