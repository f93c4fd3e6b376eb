/** Keys that clients and proxies encode in different ways. */
export const ODD_KEYS: readonly string[] = [
  'plain.txt',
  'folder/inner file.txt',
  'folder//double slash',
  'plus+sign',
  'percent%41%2F%',
  'größe/文件 😀.txt',
  'e\u0301 decomposed',
  `quotes '"\``,
  'a&b=c?d#e',
  "(x)!~*'-_.",
  '$@:;,[]{}|^\\<>',
  '.hidden/..dots../x',
  ' leading and trailing ',
  'folder/',
]
