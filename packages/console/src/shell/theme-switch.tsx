import { Icon, type IconName } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { chooseTheme, THEMES, type Theme, theme } from './theme.ts'

const LOOKS: Readonly<Record<Theme, readonly [icon: IconName, label: string]>> = {
  system: ['monitor', 'system'],
  light: ['sun', 'light'],
  dark: ['moon', 'dark'],
}

export function ThemeSwitch() {
  const current = useStore(theme)
  const [icon, label] = LOOKS[current]
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system'
  const description = `Theme: ${label}. Change to ${LOOKS[next][1]}.`
  return (
    <button
      type="button"
      className="button bare"
      aria-label={description}
      title={description}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={icon} size={18} />
    </button>
  )
}
