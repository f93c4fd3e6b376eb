import { createStore } from '../parts/store.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'waybill-console theme'

/** The chosen theme. `system` follows the setting of the operating system. */
export const theme = createStore<Theme>(THEMES.find((one) => one === localStorage.getItem(KEY)) ?? 'system')

export function applyTheme(): void {
  document.documentElement.dataset.theme = theme.get()
}

export function chooseTheme(next: Theme): void {
  localStorage.setItem(KEY, next)
  theme.set(next)
  applyTheme()
}
