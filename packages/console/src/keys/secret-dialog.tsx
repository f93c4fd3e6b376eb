import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'

export interface SecretDialogProps {
  readonly name: string
  readonly secret: string
  onClose(): void
}

/** A secret, this once: the service keeps only its hash. No key and no click beside it closes it by accident. */
export function SecretDialog({ name, secret, onClose }: SecretDialogProps) {
  return (
    <Dialog title={`The secret of ${name}`} onClose={null}>
      <div className="dialog-body">
        <p>
          Copy it now: <strong>it is not shown again.</strong>
        </p>
        <div className="secret">
          <code>{secret}</code>
          <CopyButton label="Copy the secret" text={secret} />
        </div>
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button primary" onClick={onClose}>
          I have it
        </button>
      </footer>
    </Dialog>
  )
}
