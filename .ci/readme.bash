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
