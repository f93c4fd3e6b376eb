/** Value of an attribute of a file in a vector store. Numbers are finite. */
export type AttributeValue = string | number | boolean

/** Attributes of a file in a vector store: at most 16 keys of 1–64 characters, strings of at most 512. */
export type Attributes = Readonly<Record<string, AttributeValue>>
