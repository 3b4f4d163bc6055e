"""What deploy/kubernetes asks Ray to know whether it is well, asked of a real one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cluster.arrangement import ROOT


def test_the_heads_probe_finds_a_real_head_well(arrangement):
    import yaml

    (ray,) = yaml.safe_load_all((ROOT / "deploy/kubernetes/ray.yaml").read_text())
    (container,) = ray["spec"]["headGroupSpec"]["template"]["spec"]["containers"]
    program, *words = container["livenessProbe"]["exec"]["command"]
    words = [word.replace(":6379", f":{arrangement.gcs}") for word in words]
    asked = subprocess.run(
        [Path(sys.executable).parent / program, *words],
        env=os.environ | arrangement.environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
