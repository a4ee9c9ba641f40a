#!/usr/bin/env bash
# Deploys the gateway into a namespace of the cluster that kubectl points at, or removes it. May be run again at any time.
set -euo pipefail

readonly name=llmd-api-gateway
readonly secret=llmd-api-gateway-admin

usage() {
    cat <<'END'
Deploys the gateway into a namespace of the cluster that kubectl points at.

  ./deploy-gateway.sh [--admin-token [TOKEN]]   deploy, or bring up to date
  ./deploy-gateway.sh --delete                  remove what was deployed; the namespace stays
  ./deploy-gateway.sh --help                    print this text

  --admin-token [TOKEN]   let only callers with this token use the admin API; without TOKEN the one in the cluster
                          stays, or a new one is made

  NAMESPACE   where to (default: llm-d-multi-model); made if it is not there
  IMAGE       what to run (default: llmd-api-gateway:latest)
  TIMEOUT     how long to wait until it is ready (default: 180s)
END
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

not_empty() {
    [[ -n $1 ]] || fail "the token is empty; leave it out to have one made"
    printf '%s' "$1"
}

action=deploy
sets_token=false
token=
while (( $# > 0 )); do
    case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --delete)
            action=delete
            ;;
        --admin-token)
            sets_token=true
            if (( $# > 1 )) && [[ $2 != --* ]]; then
                token=$(not_empty "$2")
                shift
            fi
            ;;
        --admin-token=*)
            sets_token=true
            token=$(not_empty "${1#*=}")
            ;;
        *)
            fail "'$1' is not an option; allowed are --admin-token [TOKEN], --delete and --help"
            ;;
    esac
    shift
done
[[ $action == deploy || $sets_token == false ]] || fail "--delete and --admin-token exclude each other"

readonly namespace=${NAMESPACE:-llm-d-multi-model}
readonly image=${IMAGE:-llmd-api-gateway:latest}
readonly timeout=${TIMEOUT:-180s}
[[ $namespace =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || fail "NAMESPACE is '$namespace'; allowed are small letters, digits and dashes"
[[ $image =~ ^[a-z0-9][A-Za-z0-9._/-]*(:[0-9]+/[A-Za-z0-9._/-]+)?(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$ ]] \
    || fail "IMAGE is '$image'; allowed is [REGISTRY/]NAME[:TAG][@sha256:DIGEST]"

command -v kubectl >/dev/null || fail "kubectl is not on the PATH; see https://kubernetes.io/docs/tasks/tools/"
if ! answer=$(kubectl version --request-timeout=10s 2>&1); then
    fail "the cluster of kubectl's current context can't be reached: ${answer##*$'\n'}"
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# kustomize takes bases by relative path only, and what it is given here differs from run to run: hence a copy, not an overlay in the repository.
write_overlay() {
    local repository=$image digest='' tag=''
    if [[ $repository == *@* ]]; then
        digest=${repository#*@}
        repository=${repository%%@*}
    fi
    if [[ ${repository##*/} == *:* ]]; then
        tag=${repository##*:}
        repository=${repository%:*}
    fi

    cp -R "$here/base" "$work/base"
    {
        printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: "%s"\nresources: [base]\n' "$namespace"
        printf 'images:\n  - name: llmd-api-gateway\n    newName: "%s"\n' "$repository"
        # Of a tag and a digest the digest says all.
        if [[ -n $digest ]]; then
            printf '    digest: "%s"\n' "$digest"
        else
            printf '    newTag: "%s"\n' "${tag:-latest}"
        fi
    } >"$work/kustomization.yaml"
}

exists() {
    [[ -n $(kubectl get "$@" --ignore-not-found -o name) ]]
}

ensure_namespace() {
    local found
    if ! found=$(kubectl get namespace "$namespace" --ignore-not-found -o name 2>&1); then
        # Who may work in a namespace need not be allowed to look at it from outside.
        echo "Can't see whether namespace $namespace exists, and go on as if it did: ${found##*$'\n'}"
    elif [[ -z $found ]]; then
        kubectl create namespace "$namespace"
    fi
}

# Returns whether the Secret has changed.
write_token() {
    if [[ -z $token ]]; then
        if exists secret "$secret" -n "$namespace"; then
            echo "secret/$secret stays as it is"
            return 1
        fi
        token=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    fi

    # Through a pipe: arguments can be seen by every user of this machine.
    local applied
    applied=$(printf '%s' "$token" \
        | kubectl create secret generic "$secret" -n "$namespace" --from-file=token=/dev/stdin --dry-run=client -o yaml \
        | kubectl apply -n "$namespace" -f -) || fail "the Secret $secret can't be written"
    echo "$applied"
    [[ $applied != *unchanged* ]]
}

explain_failure() {
    kubectl get pods -n "$namespace" -l app=llmd-gateway >&2 || true
    cat >&2 <<END
error: the gateway is not ready after $timeout. What its pods say:
  kubectl describe pods -n $namespace -l app=llmd-gateway
  kubectl logs -n $namespace -l app=llmd-gateway
If the image can't be pulled, import it into the cluster's nodes, or name another one: IMAGE=registry.example/llmd-api-gateway:1.0 $0
END
    exit 1
}

deploy() {
    ensure_namespace

    local restarts=false
    if [[ $sets_token == true ]]; then
        # Variables are read when a pod starts.
        if write_token && exists deployment "$name" -n "$namespace"; then
            restarts=true
        fi
    fi

    kubectl apply -k "$work"
    if [[ $restarts == true ]]; then
        kubectl rollout restart "deployment/$name" -n "$namespace"
    fi
    kubectl rollout status "deployment/$name" -n "$namespace" --timeout="$timeout" || explain_failure
    explain_use
}

explain_use() {
    cat <<END

The gateway is ready. To reach it from here, in another terminal:
  kubectl port-forward -n $namespace svc/$name 8001:8000

Then:
END
    local header=''
    if exists secret "$secret" -n "$namespace" 2>/dev/null; then
        # shellcheck disable=SC2016 # It is the reader's shell that is to expand it.
        header=' -H "Authorization: Bearer $TOKEN"'
        echo "  TOKEN=\$(kubectl get secret $secret -n $namespace -o jsonpath='{.data.token}' | base64 --decode)"
    fi
    cat <<END
  curl http://localhost:8001/v1/models
  curl -X POST http://localhost:8001/admin/discover$header
  curl -X POST http://localhost:8001/v1/chat/completions -H "Content-Type: application/json" \\
    -d '{"model": "meta-llama/Llama-3.2-1B-Instruct", "owned_by": "vllm", "messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 50}'
END
}

delete() {
    kubectl delete -k "$work" --ignore-not-found
    kubectl delete secret "$secret" -n "$namespace" --ignore-not-found
    echo "The gateway is removed, with the mappings made through its admin API. Namespace $namespace stays, for what else is in it."
}

write_overlay
"$action"
