/** Whether the text is the name of a zone that this Node knows. Offsets and abbreviations such as BST are none. */
export function isIanaName(name: string): boolean;
