"""Our codes against those of sporco, an independent implementation of convolutional sparse coding."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from workbench.layers.sparse_code2d.module import SparseCode2d, sparse_synthesis

fft = pytest.importorskip("sporco.fft", reason="sporco is not installed", exc_type=ImportError)
cbpdn = pytest.importorskip("sporco.admm.cbpdn", reason="sporco is not installed", exc_type=ImportError)


@pytest.mark.parametrize("lam", [1.0, 2.0])
def test_energy_and_reconstruction_are_sporcos(lam: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """sporco's borders are circular; on a canvas as large as the codes, with what hangs over masked out, both agree.

    It minimises ‖·‖²/2 + |·| / lam, which has the same minimum.
    """
    monkeypatch.setattr(fft, "pyfftw_threads", 1)
    torch.manual_seed(0)
    module = SparseCode2d(1, 8, 7, lam=lam, iterations=200).double().eval()
    x = torch.randn(2, 1, 20, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        codes, drawn = module(x)
        energy = module.energy(x, codes)
        filters = module.filters()
        for n in range(2):
            canvas, mask = np.zeros((26, 26)), np.zeros((26, 26))
            canvas[6:, 6:], mask[6:, 6:] = x[n, 0].numpy(), 1
            options = cbpdn.ConvBPDNMaskDcpl.Options({"Verbose": False, "MaxMainIter": 500, "RelStopTol": 1e-6})
            dictionary = filters[:, 0].permute(1, 2, 0).numpy()
            found = cbpdn.ConvBPDNMaskDcpl(dictionary, canvas, 1 / lam, mask, options).solve().reshape(26, 26, 8)
            theirs = torch.from_numpy(np.moveaxis(found, -1, 0).copy())[None]
            reference = float(module.energy(x[n : n + 1], theirs))
            assert float(energy[n]) == pytest.approx(reference, rel=1e-5)
            assert float((sparse_synthesis(theirs, filters) - drawn[n : n + 1]).abs().max()) < 1e-2
