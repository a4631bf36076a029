// In the properties of a `received` event, of which there is one for each message: which of the pairing's messages it was.

/** Whether it was the first of its pairing: that is the receipt of the campaign. Earlier releases recorded that one alone. */
export const IS_FIRST = 'first';
export const BY_CHANNEL = 'channel';
