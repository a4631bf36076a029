// What tells a repeat from another event.
import { someone, startRecording } from '../../setup/recording.js';

test('B8, UT-13: colons in a name and an id do not make one event of two', async () => {
  const r = await startRecording();
  try {
    const user = someone();
    const events = [
      { external_id: user, name: 'a:b', event_id: 'c' },
      { external_id: user, name: 'a', event_id: 'b:c' },
    ];
    expect(await r.track({ events })).toEqual({ message: 'success', events_processed: 2 });
    expect(await r.track({ events })).toEqual({ message: 'success', events_processed: 0, repeated: 2 });
  } finally {
    await r.api.close();
  }
});
