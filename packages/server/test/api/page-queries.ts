/** Queries that every paged list refuses. */
export const BAD_PAGE_QUERIES: readonly (readonly [query: string, field: 'page' | 'limit'])[] = [
  ['page=0', 'page'],
  ['page=-1', 'page'],
  ['page=1.5', 'page'],
  ['page=x', 'page'],
  ['page=1x', 'page'],
  ['page=0x10', 'page'],
  ['page=NaN', 'page'],
  ['page=null', 'page'],
  ['page=%00', 'page'],
  ["page=1'--", 'page'],
  ['page=10001&limit=1', 'page'],
  ['page=101&limit=100', 'page'],
  ['page=201', 'page'],
  ['page=1000000000&limit=100', 'page'],
  ['limit=0', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=101', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=x', 'limit'],
  ['limit=Infinity', 'limit'],
  ['limit=99999999999999999999', 'limit'],
]

/** Queries that the contract leaves open: any 200 or 4xx is allowed, but no 5xx. */
export const STRANGE_QUERIES: readonly string[] = [
  ...['page=', 'limit=', 'page=1&page=2', 'limit=1&limit=2', 'page[]=1', 'page=9007199254740991&limit=100'],
  ...['page=99999999999999999999', 'page=1e3', 'page=+1', 'page=%201', 'after=', 'after=%00', 'after=%ff'],
  ...[
    'after=file_%ed%a0%80',
    'after=a&after=b',
    'after[]=x',
    'unknown=1',
    '%zz',
    '&&&',
    'page=2&after=file_1',
  ],
  ...[
    'after=..%2F..',
    `after=file_${'a'.repeat(5000)}`,
    "after='%20OR%20'1'='1",
    'after=file_0',
    '__proto__=1',
  ],
]
