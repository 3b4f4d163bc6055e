"""The audit fails on what it finds, and says when it could ask nobody."""

import json
import subprocess

import pytest

from scripts import audit


def answered(monkeypatch, packages):
    """Let pip-audit have answered this."""

    def run(*_, **__):
        if packages is None:
            raise subprocess.TimeoutExpired("pip-audit", 1)
        return subprocess.CompletedProcess(
            (), 1, stdout=packages if isinstance(packages, str) else json.dumps(packages)
        )

    monkeypatch.setattr(audit.subprocess, "run", run)
    return audit.ask_about("installed packages")


def test_a_known_weakness_fails(monkeypatch, capsys):
    weak = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    skipped = {"name": "b", "skip_reason": "not found"}
    assert answered(monkeypatch, {"dependencies": [weak, skipped]}) == 1
    told = capsys.readouterr().out
    assert "about 1 of 2 installed packages" in told
    assert "a 1: CVE-1, mended in 2" in told


def test_no_weakness_passes(monkeypatch, capsys):
    assert answered(monkeypatch, {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}) == 0
    assert "about 1 of 1" in capsys.readouterr().out


@pytest.mark.parametrize("packages", [None, "", "Traceback", {"dependencies": [{"name": "a", "skip_reason": "?"}]}])
def test_no_database_is_said_and_no_failure(monkeypatch, capsys, packages):
    assert answered(monkeypatch, packages) == 0
    assert "no advisory database can be reached" in capsys.readouterr().out


def test_what_a_cluster_needs_is_asked_about_before_it_is_installed(monkeypatch):
    asked = []

    def run(command, **options):
        asked.append((command, options))
        packages = {"dependencies": [{"name": "ray", "version": "1", "vulns": [{"id": "CVE-2"}] if asked[2:] else []}]}
        return subprocess.CompletedProcess((), 0, stdout=json.dumps(packages))

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.main() == 1
    assert [command[2] for command, _ in asked] == ["bandit", "pip_audit", "pip_audit"]
    command, options = asked[2]
    assert (options["cwd"] / command[command.index("--requirement") + 1]).is_file()
    assert {"--no-deps", "--disable-pip"} <= set(command)


def test_bandit_reads_and_finds(tmp_path):
    (tmp_path / "weak.py").write_text("import os\n\n\ndef run(word):\n    os.system('ls ' + word)\n")
    assert audit.read_our_source([str(tmp_path)]) == 1
    (tmp_path / "weak.py").write_text("def run(word):\n    return word\n")
    assert audit.read_our_source([str(tmp_path)]) == 0
