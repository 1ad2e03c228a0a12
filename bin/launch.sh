# Sourced by the launchers beside it, with `program` and `here` (this folder) set: finds Node 24 and runs src/cli (a
# checkout) or dist/cli (an installed package). POSIX sh, without an extra start of Node.

home=$(CDPATH='' cd -- "$here/.." && pwd -P)
if [ -d "$home/src/cli" ]; then
  entry=$home/src/cli/$program.ts
else
  entry=$home/dist/cli/$program.js
fi

# A Node that came as a package needs no check: its version is the one that package.json asks for.
for node in "$home/node_modules/node/bin/node" "$home/../node/bin/node"; do
  if [ -x "$node" ]; then
    exec "$node" --disable-warning=ExperimentalWarning "$entry" "$@"
  fi
done
# Any other may be too old even to read our sources, so start.cjs looks at it first.
if command -v node >/dev/null 2>&1; then
  exec node "$home/bin/start.cjs" "$entry" "$@"
fi
echo "$program: needs Node 24 or newer, and there is no node on the PATH; install one beside it: npm install node@24" >&2
exit 1
