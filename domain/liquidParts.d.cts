export function partsOf(text: string): Generator<readonly [from: number, to: number]>;
