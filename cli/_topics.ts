/**
 * What `gfn help TOPIC` says beside the commands and what `gfn describe` knows: a few words on each
 * subject, and where the whole of it stands.
 *
 * @module
 */

/** A subject. */
export interface Topic {
  summary: string;
  text: string;
}

/** The subjects by name. */
export const topics: Readonly<Record<string, Topic>> = {
  permissions: {
    summary: "which flags of Deno a command wants, and why",
    text:
      `A built-in environment trains with no permission. What needs one says so in a line that names
the flag; Deno's own prompt never appears. Nothing ever wants env or sys, and only
gfn sweep wants run.

  --out DIR                  --allow-read=DIR --allow-write=DIR
  --resume DIR               --allow-read=DIR --allow-write=DIR
  sample, eval, validate     --allow-read=DIR
  report                     --allow-read=DIR,OUT --allow-write=OUT
  watch                      --allow-net=127.0.0.1:PORT --allow-read=DIR
  export --to FILE           --allow-read=DIR,FILE --allow-write=FILE
  --config FILE              --allow-read=FILE
  env.OPTION=FILE            --allow-read=FILE
  --lock FILE                --allow-read=FILE --allow-write=FILE
  a plugin by path           --allow-read=FILE, and of gfn's own folder where gfn runs from a clone
  any plugin, gfn.js         --unstable-worker-options
  a plugin by URL            --allow-net=HOST, and read of gfn's own folder where gfn runs from a clone
  plugin new                 --allow-read=. --allow-write=.
  engine.gemm=blas           --allow-ffi
  sweep                      --allow-run= Deno's own path, or sbatch,squeue with --launcher slurm

A plugin itself has no permission whatever the command has: docs/security.md.`,
  },
  "exit-codes": {
    summary: "what the exit status says",
    text: `0    done
1    something that should have worked did not: a run failed, a law is broken, a file is damaged
2    something impossible was asked for: an unknown key, a missing permission, settings that clash
130  interrupted by Ctrl-C, SIGTERM or SIGHUP; the state after the step is in the run folder.
     gfn watch ends with 0 then: nothing else ends it

Data goes to stdout, talk to stderr; an error is one line on stderr that begins with "gfn: ".`,
  },
  plugins: {
    summary: "environments of your own and of strangers",
    text:
      `An environment is one file without imports: a path, a URL or a data: URL in the place of ENV.

  gfn plugin new my-env --kind energy        a file that works, to begin with
  gfn plugin check ./my-env.ts               hold it to the laws of the contract
  gfn plugin info https://example.org/e.ts   what it says of itself, and its hash
  gfn train ./my-env.ts --set env.OPTION=VALUE

"#sha256=…" behind a reference pins its bytes; --lock FILE keeps all pins of a project, --frozen
refuses what it does not know. A plugin runs in a sandbox: docs/security.md.
How to write one: docs/writing-an-environment.md; the contract: docs/reference/plugin-contract.md.`,
  },
  metrics: {
    summary: "the JSON lines of a run",
    text: `One JSON object a line on stdout, and in DIR/metrics.jsonl with --out DIR:

  run          settings with every default, their hash, versions
  eval         every eval.every steps: tv, kl, klReverse, jsd, elbo, eubo, logZ, logZExact where the
               environment can list its states, and elboForwardSamples and its kin elsewhere
  train        every log.every steps: losses, gradNorm, meanLength, meanLogReward
  checkpoint   the state of that step is in the folder
  warning      code and message
  end          reason: finished, interrupted or failed

Logarithms are natural. Wall-clock figures stand under "time", facts of the machine under "host":
without the two, two runs of a seed print the same bytes. Numbers that are not finite are written
"inf", "-inf" or "nan". Each field with its formula: docs/metrics.md; their schema:
gfn describe metrics --json.`,
  },
  completion: {
    summary: "names and options by the Tab key",
    text:
      `gfn completion SHELL prints a script for bash, zsh, fish, nu or pwsh, where gfn is a command on
the PATH:

  bash, zsh   eval "$(gfn completion bash)", in ~/.bashrc; likewise zsh, in ~/.zshrc
  fish        gfn completion fish > ~/.config/fish/completions/gfn.fish
  nu          gfn completion nu | save gfn-completion.nu; source ./gfn-completion.nu
  pwsh        gfn completion pwsh > gfn-completion.ps1; . ./gfn-completion.ps1`,
  },
  seeds: {
    summary: "what is the same when a run is repeated",
    text:
      `One seed decides everything; each purpose draws from a stream of its own. The same seed, settings
and version print the same bytes on machines of one kind, with any number of threads, and after any
number of interruptions. engine.gemm=strict gives the same bits on every machine, at about two
thirds of the speed. --steps and the cadence of eval, log and checkpoint change no training number.`,
  },
  precedence: {
    summary: "which setting wins",
    text: `From first to last, each over the ones before:

  defaults                    gfn describe run
  --set preset=NAME           gfn list presets
  --config FILE               JSON, as gfn describe run --json has it
  ENV                         the environment's name
  --set KEY=VALUE             in their order; another objective.name drops the options of the one before
  --seed, --steps

VALUE is JSON where it can be read as JSON, else a text: --set policy.hidden=[64,64].`,
  },
};
