// The send key as it may appear in any header of any protocol. Injective: two keys never become one.

/** Letters, digits, `_`, `+` and `-` stay; every other character is written `=hex=`. */
export function wireKey(sendKey: string): string {
  return sendKey.replace(/[^A-Za-z0-9_+-]/gu, (character) => `=${character.codePointAt(0)?.toString(16)}=`);
}
