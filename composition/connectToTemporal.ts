import { NativeConnection } from '@temporalio/worker';
import { type Config, ConfigError } from '../config/config.js';

/** Rejects with a `ConfigError` that names the address where no server answers. */
export async function connectToTemporal({ temporal }: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({
      address: temporal.address,
      tls: temporal.tls,
      ...(temporal.apiKey === null ? {} : { apiKey: temporal.apiKey }),
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The connector shows its error as Rust does, with the words of the system within.
    const why = /message: "([^"]+)"/.exec(text)?.[1] ?? text;
    throw new ConfigError([
      `No Temporal server answers at ${temporal.address} (${why}): start it, or set TEMPORAL_ADDRESS`,
    ]);
  }
}
