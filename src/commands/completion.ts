/** Scripts that make a shell ask `countersign` itself for the words that can come next. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

// The parser words its answer by $SHELL, which is the login shell and need not be the one that asks.
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of countersign for bash.
_countersign() {
  local words
  mapfile -t words < <(SHELL=bash countersign --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "\${words[*]}" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o bashdefault -o default -F _countersign countersign
`,
  zsh: `#compdef countersign
# Completion of countersign for zsh.
_countersign() {
  local -a replies
  replies=("\${(@f)$(SHELL=zsh countersign --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if (( \${#replies} )) && [[ -n "\${replies[1]}" ]]; then
    _describe 'word' replies
  else
    _default
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _countersign "$@"
else
  compdef _countersign countersign
fi
`,
  fish: `# Completion of countersign for fish.
function __countersign_words
  set -l words (commandline -opc) (commandline -ct)
  SHELL=fish countersign --get-yargs-completions $words 2>/dev/null
end
complete -c countersign -a '(__countersign_words)'
`,
};

export const completionScript = (shell: Shell): string => SCRIPTS[shell];
