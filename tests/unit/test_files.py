"""A file is written whole or not at all, and its name is on the disk before anybody is told so."""

import errno
import os
import stat
import sys

import pytest

from core.files import write_atomically

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows syncs no folders")


@pytest.fixture
def synced(monkeypatch):
    """What is synced and renamed, in order; `fail[kind]` is the error number that a sync of that kind ends with."""
    done, fail = [], {}
    fsync, replace = os.fsync, os.replace

    def watch(handle):
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        done.append(kind)
        if kind in fail:
            raise OSError(fail[kind], os.strerror(fail[kind]))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watch)
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("rename"), replace(*names)))
    return done, fail


def test_content_is_synced_before_the_rename_and_the_folder_after_it(tmp_path, synced):
    write_atomically(tmp_path / "new" / "file", b"content")
    assert (tmp_path / "new" / "file").read_bytes() == b"content"
    assert synced[0] == ["file", "rename", "folder"]


def test_a_file_system_that_syncs_no_folders_is_no_trouble(tmp_path, synced):
    synced[1]["folder"] = errno.EINVAL
    write_atomically(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"


@pytest.mark.parametrize(("kind", "content"), [("file", b"old"), ("folder", b"new")])
def test_a_disk_that_fails_leaves_a_whole_file_and_nothing_else(tmp_path, synced, kind, content):
    write_atomically(tmp_path / "file", b"old")
    synced[1][kind] = errno.EIO
    with pytest.raises(OSError, match="Input/output error"):
        write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]
