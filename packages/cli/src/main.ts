import { runCommand } from './run-command.ts'

// What is written is for this user alone: records and bytes are other people's.
process.umask(0o077)

// Behind the launcher there is a channel to it; when it is gone, so is whoever wanted this process.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()

// Commands with much output get the error of a closed pipe or a full disk from their own write.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const exitCode = await runCommand(process.argv.slice(2), process)
// A server that has begun to drain sets its own.
if (exitCode !== 0) process.exitCode = exitCode
