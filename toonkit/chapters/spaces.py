"""The feature spaces that a profile measures in: toonnet's on ToonWorld, the field's own on the reports' pictures."""

from __future__ import annotations

from toonkit.networks.features import Features, features
from toonkit.project.profiles import Profile


def frechet_space(profile: Profile) -> Features:
    """Where FID and KID are measured. Raises SourceError, naming the command, where its network is not here."""
    return features(profile.pick(quick="toonnet", full="toonnet", paper="inception_fid"))


def sample_space(profile: Profile) -> Features:
    """Where MMD and 1-NN are measured: GAN-Metrics' ResNet-34 for paper. Raises SourceError where it is not here."""
    return features(profile.pick(quick="toonnet", full="toonnet", paper="resnet34"))
