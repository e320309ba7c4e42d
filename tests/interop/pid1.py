"""The service under a real systemd: docs/deploy/systemd.md typed as it is written.

systemd runs as process 1 in namespaces of its own, over a copy of this machine's files that is in
memory and thrown away; it sees none of the machine's processes, networks and devices. Not one of the
parts that run by themselves: not every machine allows it. `tests/interop/run pid1`
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lab

DEPLOY = Path(__file__).resolve().parents[2] / "docs/deploy"
STARTS = 60  # seconds that systemd may take
WATCHDOG = 3  # seconds
# What would reach for the machine itself, or waits for hardware.
MASKED = """
    console-getty.service dev-hugepages.mount dev-mqueue.mount getty.target getty@tty1.service
    kmod-static-nodes.service proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount
    sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount systemd-binfmt.service
    systemd-firstboot.service systemd-initctl.socket systemd-logind.service
    systemd-machine-id-commit.service systemd-modules-load.service systemd-pcrphase.service
    systemd-pcrphase-sysinit.service systemd-random-seed.service systemd-repart.service
    systemd-sysctl.service systemd-udev-trigger.service systemd-udevd.service
    systemd-update-utmp.service""".split()
# Runs in new namespaces. It becomes systemd.
BOOT = r"""
set -e
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mkdir "$root/sys/fs/cgroup/systemd"
mount -t cgroup cgroup -o none,name=systemd "$root/sys/fs/cgroup/systemd"
for folder in run tmp dev; do mount -t tmpfs tmpfs "$root/$folder"; done
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up
cd "$root"
pivot_root . mnt
umount -l /mnt
# A service gets its credentials through this.
mount --make-rshared /
exec setpriv --bounding-set -sys_module,-sys_time,-sys_rawio,-sys_boot \
    env -i container=other PATH=/usr/sbin:/usr/bin /lib/systemd/systemd
"""

problems = []


def check(fine, what):
    if not fine:
        problems.append(what)


class Machine:
    """A machine whose process 1 is systemd."""

    def __init__(self, scratch):
        self.scratch = Path(scratch)
        self.root = self.scratch / "root"
        layers = self.scratch / "layers"
        for folder in [self.root, layers]:
            folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", layers], check=True)
        self.mounted = [layers]
        for name in ["upper", "work"]:
            (layers / name).mkdir()
        options = f"lowerdir=/,upperdir={layers}/upper,workdir={layers}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.root], check=True)
        self.mounted.append(self.root)
        units = self.root / "etc/systemd/system"
        for wanted in units.glob("*.wants/*"):
            wanted.unlink()
        for unit in MASKED:
            (units / unit).symlink_to("/dev/null")
        shutil.copy(lab.BINARY, self.root / "hallpass")
        shutil.copytree(DEPLOY, self.root / "docs/deploy")
        self.process = None

    def __enter__(self):
        boot = self.scratch / "boot"
        boot.write_text(BOOT, encoding="utf-8")
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--uts",
                 "--ipc", "--net", "sh", boot, self.root]
        self.process = subprocess.Popen(apart, stdin=subprocess.DEVNULL, start_new_session=True)
        ends = time.monotonic() + STARTS
        while "running" not in self.does("systemctl is-system-running", must=False):
            if self.process.poll() is not None or time.monotonic() > ends:
                raise AssertionError("systemd does not start")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for folder in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", folder], check=False)

    def child(self):
        """Process 1, as it is called here."""
        tasks = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return Path(tasks).read_text(encoding="ascii").split()[0]

    def does(self, script, must=True):
        """Runs a script there, as an administrator would type it; returns what it printed."""
        try:
            inside = ["nsenter", "--target", self.child(), "--mount", "--pid", "--net", "--uts",
                      "--ipc", "--cgroup"]
        except (IndexError, OSError):
            return ""
        clean = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
                 "HOME=/root", "SYSTEMD_PAGER=", "bash", "-e", "-c", script]
        done = subprocess.run([*inside, *clean], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=lab.PATIENCE)
        if must and done.returncode != 0:
            raise AssertionError(f"`{script}`: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout


def steps():
    """The commands of the set-up, each block as the page has it."""
    page = (DEPLOY / "systemd.md").read_text(encoding="utf-8")
    page = page.split("## Set-up", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"```sh\n(.*?)```", page, re.S)
    check(len(found) == 5, f"the page has {len(found)} blocks")
    return [*found[:4], "rm -r /run/hallpass-key", found[4]]


def set_up(machine):
    for step in steps():
        told = machine.does("cd /\n" + step)
    for line in ["key     systemd credential", "anchor  ok", "ready"]:
        check(line in told, f"{line}: {told}")
    security = machine.does("systemd-analyze security hallpass.service | tail -1")
    print(f"  {security.strip()}", flush=True)


def status(machine, token):
    """What `/verify` says of a token."""
    ask = "curl -s -o /dev/null -w %{http_code} -H @/run/credential http://127.0.0.1:8787/verify"
    machine.does(f"umask 077; echo 'Authorization: Bearer {token}' >/run/credential")
    return machine.does(ask, must=False)


def every_day(machine):
    """Commands count at once; nothing is refused while the service restarts or reloads."""
    for command in ["environment add test", "connection add app", "profile add p --connection app"]:
        machine.does(f"hallpass-admin {command}")
    token = machine.does("hallpass-admin token add p/t --connection app").strip()
    check(re.fullmatch(lab.TOKEN.pattern.decode(), token), f"token: {token}")
    check(status(machine, token) == "204", "a new token")
    machine.does("hallpass-admin token suspend p/t --yes")
    check(status(machine, token) == "401", "a suspended token")
    machine.does("hallpass-admin token resume p/t --yes")
    loop = """
        for _ in $(seq 200); do
            curl -s -o /dev/null -w '%{http_code}\\n' -H @/run/credential http://127.0.0.1:8787/verify
        done >/run/codes &
        for _ in 1 2 3; do systemctl restart hallpass; systemctl reload hallpass; done
        wait
        sort /run/codes | uniq -c"""
    codes = machine.does(loop).split()
    check(codes == ["200", "204"], f"during restarts: {codes}")
    check(status(machine, token) == "204", "after the restarts")
    machine.does("""
        sed -i 's/^listen = .*/&\\ndoors = ["verify", "token"]/' /etc/hallpass/config.toml
        systemctl reload hallpass""")
    ends = time.monotonic() + lab.PATIENCE
    ask = "curl -s -o /dev/null -w %{http_code} -X POST http://127.0.0.1:8787/token"
    while machine.does(ask) == "404" and time.monotonic() < ends:
        time.sleep(0.1)
    check(machine.does(ask) in ("400", "401"), "the new door")
    machine.does("hallpass-admin token revoke p/t --yes")
    check(status(machine, token) == "401", "a revoked token")


def main_process(machine):
    return machine.does("systemctl show --property MainPID --value hallpass").strip()


def accidents(machine):
    """A service that is killed, or stands still, is started again."""
    machine.does(f"""
        mkdir -p /etc/systemd/system/hallpass.service.d
        printf '[Service]\\nWatchdogSec={WATCHDOG}\\n' >/etc/systemd/system/hallpass.service.d/fast.conf
        systemctl daemon-reload; systemctl restart hallpass""")
    for signal_name in ["KILL", "STOP"]:
        before = main_process(machine)
        machine.does(f"systemctl kill --signal={signal_name} hallpass")
        ends = time.monotonic() + lab.PATIENCE
        while main_process(machine) in (before, "0") and time.monotonic() < ends:
            time.sleep(0.2)
        # The request waits in the socket until somebody answers.
        check(status(machine, "none") == "401", f"after {signal_name}")
    machine.does("systemctl stop hallpass.socket hallpass-metrics.socket hallpass")
    journal = machine.does("journalctl --unit hallpass --output cat")
    check('"event":"stopped"' in journal, f"journal: {journal[-500:]}")
    check("hpass_" not in re.sub(r'"token":"hpass_[0-9A-Za-z]{11}"', "", journal), "a token in the log")
    # Without its credential it says which one it lacks, and stays down.
    machine.does("""
        mv /etc/credstore.encrypted/hallpass.key /root/aside
        systemctl start hallpass || true""")
    check(machine.does("systemctl is-active hallpass", must=False).strip() != "active", "no key")


def main():
    if os.geteuid() != 0:
        sys.exit("pid1: not root")
    scratch = tempfile.mkdtemp(prefix="hallpass-pid1-")
    try:
        machine = Machine(scratch)
        with machine:
            for part in [set_up, every_day, accidents]:
                started = time.monotonic()
                part(machine)
                print(f"  {part.__name__} {time.monotonic() - started:.0f} s", flush=True)
    finally:
        for folder in ["root", "layers"]:
            if os.path.ismount(f"{scratch}/{folder}"):
                subprocess.run(["umount", "--lazy", f"{scratch}/{folder}"], check=False)
        shutil.rmtree(scratch, ignore_errors=True)
    for problem in problems:
        print(f"pid1: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
