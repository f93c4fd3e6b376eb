import { runCommand } from './run-command.ts'

// Only this user may read the files that a command writes: they hold other people's data.
process.umask(0o077)

// The IPC channel to the launcher, if there is one, closes when the launcher ends.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()

// An unhandled error event would end the process. Commands with much output handle write errors themselves.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const exitCode = await runCommand(process.argv.slice(2), process)
// A server that drains sets its own exit code.
if (exitCode !== 0) process.exitCode = exitCode
