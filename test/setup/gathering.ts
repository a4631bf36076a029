import { type Catalogue, createCatalogue } from '../../stream/catalogue/catalogue.js';
import { type Recording, startRecording } from './recording.js';

export interface Gathering extends Recording {
  readonly catalogue: Catalogue;
}

/** A recording whose processes gather the names that they see, as installations do; tell of them with `catalogue.tell()`. */
export async function startGathering(processes = 1): Promise<Gathering> {
  let gathering: Catalogue | null = null;
  const r = await startRecording({}, processes, {
    catalogue: { see: (events) => gathering?.see(events), tell: async () => gathering?.tell() },
  });
  const onError = (error: unknown) => {
    throw error;
  };
  const catalogue = createCatalogue({ pool: r.api.database.pool, onError });
  gathering = catalogue;
  const close = async () => {
    // Nothing is told after it.
    gathering = null;
    await catalogue.tell();
    await r.api.close();
  };
  return { ...r, api: { ...r.api, close }, catalogue };
}
