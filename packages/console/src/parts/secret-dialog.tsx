import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'

export interface SecretDialogProps {
  readonly name: string
  readonly secret: string
  onClose(): void
}

/** Shows a secret, which no other answer of the service contains. Escape does not close the dialog. */
export function SecretDialog({ name, secret, onClose }: SecretDialogProps) {
  return (
    <Dialog title={`The secret of ${name}`} onClose={null}>
      <div className="dialog-body">
        <p>
          Copy the secret now. <strong>It will not be shown again.</strong>
        </p>
        <div className="secret">
          <code>{secret}</code>
          <CopyButton label="Copy the secret" text={secret} />
        </div>
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button primary" onClick={onClose}>
          I have copied it
        </button>
      </footer>
    </Dialog>
  )
}
