import { runCommand } from './run-command.ts'

// Only this user may read the files that a command writes: they hold other people's data.
process.umask(0o077)

// The IPC channel to the launcher, if there is one, closes when the launcher ends.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()

// Once, because each further write fails too.
let isOutputLost = false
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as `head`, is no failure.
  if (code === 'EPIPE' || isOutputLost) return
  isOutputLost = true
  process.stderr.write(`waybill: standard output cannot be written (${code ?? message})\n`)
  process.exitCode = 1
})
// An unhandled error event would end the process.
process.stderr.on('error', () => {})

const exitCode = await runCommand(process.argv.slice(2), process)
// A server that drains sets its own exit code.
if (exitCode !== 0) process.exitCode = exitCode
