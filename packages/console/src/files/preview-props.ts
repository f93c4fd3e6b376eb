import type { WaybillFile } from '@waybill/sdk'

export interface PreviewProps {
  readonly file: WaybillFile
  /** Download URL of the file. */
  readonly url: string
}
