import type { ApiKey } from '@waybill/sdk'

export type KeyState = 'active' | 'paused' | 'deactivated' | 'expired'

/** Whether a key works, and if not, why. */
export function keyStateOf({ is_active, is_paused, expires_at }: ApiKey): KeyState {
  if (expires_at !== null && Date.parse(expires_at) <= Date.now()) return 'expired'
  if (!is_active) return 'deactivated'
  return is_paused ? 'paused' : 'active'
}
