import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** `waybill completion`: prints a shell script that completes the commands and options of `program`, and file names. */
export function completionCommand(io: CommandIo, program: Command): Command {
  return new Command('completion')
    .description('Print a shell completion script.')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      `
Examples:
  waybill completion bash > ~/.local/share/bash-completion/completions/waybill
  waybill completion zsh > ~/.zfunc/_waybill
  waybill completion fish > ~/.config/fish/completions/waybill.fish`,
    )
    .action((shell: string) => {
      if (!SHELLS.includes(shell as Shell))
        throw new Error(`no completion script for the shell "${shell}": use ${SHELLS.join(', ')}.`)
      io.print(SCRIPTS[shell as Shell](program))
    })
}

const SCRIPTS: Readonly<Record<Shell, (program: Command) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** Returns the subcommands and options of each command, by the command's path such as `files upload`. */
function wordsByPath(command: Command, path = ''): [path: string, words: string][] {
  const subcommands = command.commands.map((one) => one.name())
  const options = [...command.options.map((option) => option.long ?? ''), '--help']
  const nested = command.commands.flatMap((one) => wordsByPath(one, `${path} ${one.name()}`.trim()))
  return [[path, [...subcommands, ...options].join(' ')], ...nested]
}

function casesOf(program: Command): string {
  return wordsByPath(program)
    .map(([path, words]) => `    '${path}') words='${words}' ;;`)
    .join('\n')
}

/** Returns the script for bash. The command names among the words before the cursor select the command to complete. */
function bashScript(program: Command): string {
  return `_waybill() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
${wordsByPath(program)
  .slice(1)
  .map(([path]) => `      '${path}') path='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${casesOf(program)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _waybill waybill`
}

function zshScript(program: Command): string {
  return `#compdef waybill
autoload -U +X bashcompinit && bashcompinit
${bashScript(program)}`
}

/** Returns the script for fish. The words before the cursor select the command, as in bash. */
function fishScript(program: Command): string {
  const paths = wordsByPath(program)
  const cases = paths
    .slice(1)
    .map(([path]) => `            case '${path}'\n                set path '${path}'`)
    .join('\n')
  const lines = paths.map(([path, words]) => {
    const files = /^(files upload|files download|stores add)$/.test(path) ? '' : ' -f'
    return `complete -c waybill${files} -n "test (__waybill_path) = '${path}'" -a '${words}'`
  })
  return `function __waybill_path
    set -l path ''
    for word in (commandline -opc)[2..-1]
        switch (string trim -- "$path $word")
${cases}
        end
    end
    echo "$path"
end
${lines.join('\n')}`
}
