"""The walk of README.md from nothing to a request that nginx refuses, with ports and folders of its own."""

import os
import re
import subprocess

import exchange
import fronts
import lab

README = fronts.DEPLOY.parents[1] / "README.md"


def run(folder):
    """What the last line of the block prints."""
    block = README.read_text(encoding="utf-8").split("<!-- proxy -->\n```shell\n")[1].split("```")[0]
    root = folder / "walk"
    (root / "bin").mkdir(parents=True, mode=0o700)
    root.chmod(0o755)
    (root / "bin/hallpass").symlink_to(lab.BINARY)
    port, server, application = (exchange.free_port() for _ in range(3))
    front = fronts.Front("walk-nginx", folder, server, application)
    replaced = {"127.0.0.1:8787": f"127.0.0.1:{server}", "127.0.0.1:3000": f"127.0.0.1:{application}",
                "listen      443 ssl": f"listen 127.0.0.1:{port} ssl", "/etc/ssl/private/example.key": f"{root}/key",
                "/etc/ssl/example.pem": f"{root}/cert"}
    for file in ["hallpass-ask.conf", "hallpass-pass.conf", "hallpass-refused.conf"]:
        front.replaced(file, {})
    path = front.replaced("nginx.conf", replaced)
    path.write_text(f"pid {root}/pid;\n" + path.read_text())
    for old, new in {"$PWD/docs/deploy/nginx.conf": str(path), "/etc/ssl/private/example.key": f"{root}/key",
                     "/etc/ssl/example.pem": f"{root}/cert", "127.0.0.1 3000": f"127.0.0.1 {application}",
                     "com:443:": f"com:{port}:", "https://app.example.com/": f"https://app.example.com:{port}/",
                     "hallpass serve": f"hallpass serve --listen 127.0.0.1:{server} --metrics-listen off"}.items():
        if old not in block:
            raise AssertionError(f"README.md: no {old}")
        block = block.replace(old, new)
    end = f"\nkill $(jobs -p) $(cat {root}/pid)\n"
    done = subprocess.run(["bash", "-c", block + end], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          check=False, env={"HOME": str(root), "PATH": f"{root}/bin:{os.environ['PATH']}"})
    return re.findall(r"^\d{3}$", done.stdout.decode(), re.M), done.stderr.decode()
