import { ServiceError } from '@waybill/server/domain/errors.ts'
import { createTokenVerifier, type OidcOptions } from '@waybill/server/identity/oidc-token-verifier.ts'
import { type CheckResult, failed, ok } from './finding.ts'
import { reasonOf } from './run-checks.ts'

/** A token that no provider signs: its check reads the keys of the provider first. */
const NO_TOKEN = 'eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vbmUifQ.e30.AA'

/** Reads the metadata and the keys of the OpenID Connect provider. */
export async function checkSignIn(oidc: OidcOptions): Promise<CheckResult[]> {
  try {
    await createTokenVerifier(oidc, Date.now).verify(NO_TOKEN)
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'TOKEN_INVALID')
      return [ok(`The keys of ${oidc.issuer} can be read.`)]
    const problem = `${reasonOf(error)}. No user can sign in. Check OIDC_ISSUER.`
    return [failed('sign-in-unusable', problem)]
  }
  return [failed('sign-in-unusable', `${oidc.issuer} accepts a token without a signature.`)]
}
