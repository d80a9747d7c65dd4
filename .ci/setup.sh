# What .ci/run and .ci/system share: read with `source`, not run.

export PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONPATH

step() {
    local name=$1 began=$SECONDS
    shift
    printf '== %s\n' "$name"
    "$@"
    printf '== %s: %d s\n' "$name" $((SECONDS - began))
}

find_python() {
    local name
    for name in python3.11 python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    printf 'Python 3.11 or later is needed\n' >&2
    return 1
}

has_package() {
    case $1 in
        chromium) command -v chromium >/dev/null ;;
        postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
        default-jre-headless) command -v java >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# Installs the Debian packages named that are missing; fails with a sentence where that cannot be done.
debian_packages() {
    local name missing=()
    for name in "$@"; do
        has_package "$name" || missing+=("$name")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        printf 'missing: %s; install them with: apt-get install %s\n' "${missing[*]}" "${missing[*]}" >&2
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet=2 || return 1
    apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 || {
        tail -n 20 "$work/apt.log" >&2
        return 1
    }
}
