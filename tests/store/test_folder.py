"""The data folder: one writer, on a disk of this computer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shopfloor.store.folder import (
    ALIVE,
    LOCK,
    NETWORK_TYPES,
    FolderLock,
    LifeSign,
    create_folder,
    file_system_type,
    refuse_network,
)
from shopfloor.trouble import DataFolderBusy, StoreTrouble

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /mnt/share nfs4 rw,vers=4.2 0 0
//pc/files /mnt/with\\040space cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
me@pc:/ /mnt/twice fuse.sshfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/shopfloor", "ext4"),
        ("/tmp/data", "tmpfs"),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/line/press", "nfs4"),
        ("/mnt/sharedisk", "ext4"),
        ("/mnt/share/local/press", "ext4"),
        ("/mnt/with space/press", "cifs"),
        ("/mnt/twice/press", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_its_nearest_and_latest_mount(path: str, kind: str) -> None:
    assert file_system_type(Path(path), MOUNTS) == kind


def test_network_file_systems_are_known_by_name() -> None:
    assert {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"} <= NETWORK_TYPES
    assert not {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs"} & NETWORK_TYPES


@pytest.mark.skipif(not Path("/proc/mounts").exists(), reason="reads /proc")
def test_a_folder_on_a_network_disk_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_network(tmp_path)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path}/far nfs rw 0 0\n", "utf-8")
    monkeypatch.setattr("shopfloor.store.folder._MOUNTS", mounts)
    refuse_network(tmp_path)
    with pytest.raises(StoreTrouble, match=r"got a network file system \(nfs\)") as refused:
        refuse_network(tmp_path / "far" / "press")
    assert "local folder" in refused.value.remedy


def test_a_second_lock_is_refused_and_names_who_holds_the_first(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path, "press-1"), FolderLock(tmp_path, "press-2")
    first.take()
    with pytest.raises(DataFolderBusy, match=rf"process {os.getpid()}, terminal press-1 writes it") as busy:
        second.take()
    assert "--data" in busy.value.remedy
    first.drop()
    second.take()
    second.drop()
    second.drop()


def test_a_lock_is_free_again_when_its_process_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shopfloor.store.folder import FolderLock\n"
        "FolderLock(Path(sys.argv[1]), 'press-1').take(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        lock = FolderLock(tmp_path, "press-2")
        with pytest.raises(DataFolderBusy, match=rf"process {child.pid}"):
            lock.take()
        child.kill()
    lock.take()
    lock.drop()


def test_a_lock_file_that_is_no_file_is_trouble_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    with pytest.raises(StoreTrouble, match=r"lock file .* cannot be opened"):
        FolderLock(tmp_path, "press-1").take()


def test_a_folder_is_made_with_its_parents_and_a_second_time_is_harmless(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    create_folder(folder)
    create_folder(folder)
    assert folder.is_dir()


def test_a_file_where_the_folder_should_be_is_trouble_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", "utf-8")
    with pytest.raises(StoreTrouble, match="cannot be made") as refused:
        create_folder(tmp_path / "data" / "press")
    assert "Name a folder" in refused.value.remedy


def test_the_sign_of_life_is_read_back_to_the_microsecond(tmp_path: Path) -> None:
    life = LifeSign(tmp_path)
    assert life.read_us() == 0
    life.give(1_767_600_000_123_456)
    assert life.read_us() == 1_767_600_000_123_456
    life.give(1_767_600_001_000_001)
    assert LifeSign(tmp_path).read_us() == 1_767_600_001_000_001
    assert (tmp_path / ALIVE).stat().st_size == 0


def test_a_sign_of_life_that_cannot_be_left_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="sign of life"):
        LifeSign(tmp_path / "gone").give(1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_a_lock_that_cannot_be_signed_on_a_full_disk_is_held_all_the_same(tmp_path: Path) -> None:
    (tmp_path / LOCK).symlink_to("/dev/full")
    first, second = FolderLock(tmp_path, "press"), FolderLock(tmp_path, "press")
    first.take()
    with pytest.raises(DataFolderBusy):
        second.take()
    first.drop()


def test_a_sign_of_life_that_cannot_be_seen_is_none(tmp_path: Path) -> None:
    (tmp_path / ALIVE).symlink_to(tmp_path / ALIVE)
    assert LifeSign(tmp_path).read_us() == 0
