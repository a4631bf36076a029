/**
 * What addresses are compared by, as migration 000004 indexes it; `emailKey` and `phoneKey` of domain/profile/contact.ts
 * make the same from an address asked for.
 */
export const EMAIL_KEY = `lower(email collate "C")`;
export const PHONE_KEY = `translate(phone, ' ().-/', '')`;
