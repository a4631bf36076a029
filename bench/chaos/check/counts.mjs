// H4: the kept counts of campaigns equal what the pairings and rejections say, whatever died on the way.
export function checkCounts({ keptCounts, wrongCounts }) {
  return {
    title: 'kept counts',
    figures: { kept_counts: keptCounts, kept_counts_wrong: wrongCounts.length },
    problems: [
      ...wrongCounts.map(({ campaign, metric, reason, kept, there }) => {
        return `campaign ${campaign} keeps ${kept} for ${metric} (${reason}), where there are ${there}`;
      }),
      ...(keptCounts === 0 ? ['nothing was counted'] : []),
    ],
  };
}
