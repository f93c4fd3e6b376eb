import { Icon, type IconName } from './icon.tsx'

export interface IconButtonProps {
  readonly icon: IconName
  /** Accessible label, such as `Delete notes.txt`. */
  readonly label: string
  onClick(): void
}

export function IconButton({ icon, label, onClick }: IconButtonProps) {
  return (
    <button type="button" className="button bare" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}
