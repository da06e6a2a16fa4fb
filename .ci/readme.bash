# Sourced by the scripts beside it, in the repository's root.

# The n-th block of shell commands in the README.
command_of_readme() {
    awk -v wanted="$1" '/^```sh$/ { block++; inside = 1; next } /^```$/ { inside = 0 } inside && block == wanted' README.md
}

# Whether a test accuracy of at least 0.97, the promise of Configs/digits-mlp.json, stands in what was printed to a file.
check_main_job() {
    awk '/^test / { for (i = 1; i < NF; i++) if ($i == "accuracy") accuracy = $(i + 1) }
        END { if (accuracy + 0 < 0.97) { print "test accuracy " accuracy " is below the promised 0.97"; exit 1 } }' "$1"
}

# Runs a command that tests, and says at its end what failed, which among some thousand lines is hard to find.
tested() {
    local log status=0
    log=$(mktemp)
    "$@" 2>&1 | tee "$log" || status=$?
    [ "$status" = 0 ] || { echo "== what failed"; grep -a -A 12 -E '✘ .*recorded an issue|Fatal error|ERROR: |unexpected signal' "$log" | cut -c 1-2000 | head -200; }
    return "$status"
}
