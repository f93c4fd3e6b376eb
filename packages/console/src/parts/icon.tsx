/** SVG paths for strokes in a view box of 24 × 24. */
const PATHS = {
  alert:
    'M12 8v5M12 16.5v.01M10.3 4.3 2.9 17.1A2 2 0 0 0 4.6 20h14.8a2 2 0 0 0 1.7-2.9L13.7 4.3a2 2 0 0 0-3.4 0Z',
  archive: 'M6 3h8l4 4v14H6ZM14 3v4h4M11 11h2M11 14h2M11 17h2',
  audio:
    'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  book: 'M12 6.5C10 5 7 4.5 4 5v13c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5c-3-.5-6 0-8 1.5v13',
  braces:
    'M9 4c-2 0-3 1-3 3v2c0 1.5-.7 2.5-2 3 1.3.5 2 1.5 2 3v2c0 2 1 3 3 3M15 4c2 0 3 1 3 3v2c0 1.5.7 2.5 2 3-1.3.5-2 1.5-2 3v2c0 2-1 3-3 3',
  chat: 'M4 5h16v11H10l-4.5 4v-4H4Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevron: 'm6 9 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9ZM5 15H4V4h11v1',
  disk: 'M4 12 6.5 5h11L20 12v6.5H4ZM4 12.5h16M16.5 15.5v.01',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14',
  file: 'M6 3h8l4 4v14H6ZM14 3v4h4',
  folder: 'M3 6.5h6l2 2.5h10v10.5H3Z',
  image: 'M4 5h16v14H4ZM4 16l5-5 4.5 4.5L16 13l4 4M15.5 9v.01',
  key: 'M14.5 9.5 20 4M17 7l2 2M15 12a4.5 4.5 0 1 1-3-3c1.5.5 2.5 1.5 3 3Z',
  list: 'M4 6h16M4 12h16M4 18h10',
  minus: 'M6 12h12',
  monitor: 'M3 5h18v11H3ZM9 20h6M12 16v4',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z',
  pause: 'M7.5 6h2.5v12h-2.5ZM14 6h2.5v12h-2.5Z',
  people:
    'M12.5 7.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0ZM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.7 3.5 5.5',
  pdf: 'M6 3h8l4 4v14H6ZM14 3v4h4M9 12h6M9 15.5h6',
  pencil: 'M4 20l1-4L16.5 4.5l3 3L8 19Z',
  play: 'M8 5.5v13l10.5-6.5Z',
  plus: 'M12 5v14M5 12h14',
  pulse: 'M3 12h4l3-7 4 14 3-7h4',
  retry: 'M19 12a7 7 0 1 1-2-4.9M19 4v4h-4',
  search: 'M16 16l4.5 4.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z',
  send: 'M4 11.5 20.5 4 15 20l-3.5-7ZM20.5 4l-9 9',
  share:
    'M8.5 10.5 15.5 7M8.5 13.5l7 3.5M9 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM21 5.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM21 18.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  signout: 'M14 4H5v16h9M10 12h11M17.5 8l4 4-4 4',
  stop: 'M7 7h10v10H7Z',
  sun: 'M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z',
  text: 'M5 6h14M5 10h14M5 14h14M5 18h8',
  trash: 'M4.5 7h15M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5',
  upload: 'M12 16V5M7.5 9 12 4.5 16.5 9M5 20h14',
  video: 'M4 6h11v12H4ZM15 10.5 20 7v10l-5-3.5',
} as const

export type IconName = keyof typeof PATHS

/** Decorative icon, hidden from screen readers. The element around it needs a text or a label. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
