import type { WaybillFile } from '@waybill/sdk'

export interface PreviewProps {
  readonly file: WaybillFile
  /** Of its bytes. */
  readonly url: string
}
