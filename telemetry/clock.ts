/** The one source of "now" (epoch ms). Asked once per request and once per send attempt; tests give another. */
export type Clock = () => Promise<number>;

export const systemClock: Clock = () => Promise.resolve(Date.now());
