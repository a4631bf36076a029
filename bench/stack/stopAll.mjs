/** Runs each of `stops` in order, also after one that fails; throws the first failure when all have run. */
export async function stopAll(stops) {
  const failed = [];
  for (const stop of stops) {
    try {
      await stop();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
}
