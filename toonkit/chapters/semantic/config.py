"""Every number of semantic cartoonisation, and the weights that regions have."""

from __future__ import annotations

from dataclasses import dataclass

from toonkit.chapters.segmentation.classes import CLASSES, PASCAL_FOREGROUND, foreground
from toonkit.networks.deeplab import PASCAL
from toonkit.project.errors import ToonkitError, check_name, check_weight

CONTROLS = ("surface", "texture", "content", "semantic", "tv")  # the report's five weights
SETTINGS = {  # of a controlled generator, at which it is compared with others that are trained at one alone
    "texture_4": {"texture": 4.0},
    "texture_quarter": {"texture": 0.25},
    "content_4": {"content": 4.0},
    "tv_4": {"tv": 4.0},
    "surface_4": {"surface": 4.0},
    "semantic_4": {"semantic": 4.0},
}
OURS = ("structure", "flat", "steps", "colour")
WEIGHTS = (*CONTROLS, *OURS)
REGIONS = ("foreground", "background")
PICTURES = tuple(CLASSES)
DEEPLAB = "deeplab"  # torchvision's, for profile paper
TEXTURE_NETWORKS = ("patch", "projected")  # the report's; on a frozen network's features (Projected GAN)
TARGETS = ("photo", "wanted")  # of pretraining: white-box's; the photograph's flat abstraction
STRUCTURES = ("superpixels", "flat")  # white-box's; the photograph's flat abstraction
# The report gives no numbers: its foreground becomes denser, its background sparser. These are ours.
UNEQUAL = ("foreground texture 1.5", "background texture 0.5", "foreground tv 0.5", "background tv 2.0")


@dataclass(frozen=True)
class SemanticConfig:
    """The report's value beside each where it gives one, white-box cartoonisation's where it does; "ours" where not."""

    pictures: str = "toonworld"  # or "open": photographs, and drawings by artists
    family: str = "scenes"  # of ToonWorld
    filters: int = 16  # white-box 32; slim enough for a CPU
    blocks: int = 4  # white-box 4
    guide_eps: float = 0.01  # white-box 1e-2, of the guided filter on the output; 0 for none
    on_flat: bool = False  # ours: the network is given the flat abstraction too, and draws what changes there
    strength: float = 0.02  # of the flat abstraction; Xu et al. 0.02
    fine_strength: float = 0.02  # ours: of the one that is wanted of the foreground
    discriminator_filters: int = 24  # white-box 32
    texture_network: str = "patch"
    adversarial: str = "log"  # eq. 5 and eq. 7; white-box least_squares
    shift: str = "report"  # of colours, eq. 6; white-box draws its weights from other ranges
    surface_radius: int = 3  # white-box 5, on pictures of 256 pixels
    surface_eps: float = 0.2  # white-box
    surface_shrink: int = 1  # ours: surfaces are looked at in pictures so many times smaller
    features: str = "toonnet"  # VGG
    layer: str = "stage3"  # "the n-th layer"; white-box conv4_4
    segmentation: str = "segmentation-toonworld"  # a U-Net of segmentation_models_pytorch; or "deeplab"
    pretraining: float = 0.2  # share of the steps; 100 epochs, then 100 and more
    target: str = "photo"  # of pretraining, pixel L1
    surface: float = 0.5  # lambda_1; white-box 0.1
    texture: float = 1.0  # lambda_2; white-box 1
    content: float = 4.0  # relative L1
    semantic: float = 4.0
    tv: float = 0.5  # of total variation
    structure: float = 0.0  # white-box's: what the network sees of the drawing's own superpixels
    structure_of: str = "superpixels"
    structure_layer: str = "stage3"  # conv4_4, as the content's
    segments: int = 100  # superpixels of a picture; white-box 200, on pictures four times as large
    flat: float = 0.0  # ours: L1 to the flat abstraction
    steps: float = 0.0  # ours: L1 between the steps from pixel to pixel of the drawing and of the flat abstraction
    calm: bool = False  # ours: total variation counts only where the flat abstraction is flat
    colour: float = 5.0  # ours: L1 to the photograph's colours over 8 x 8 pixels, to which toonnet is nearly blind
    regions: tuple[str, ...] = UNEQUAL  # "CLASS WEIGHT NUMBER": what a weight is multiplied by in a region
    controlled: bool = False  # ours: the five weights are drawn in every step, and given to the generator
    rate: float = 5e-4  # 2e-4, for far longer
    discriminator_rate: float = 4e-4  # 2e-4
    decay: float = 0.4  # ours: the last share of the steps, over which rates fall linearly to 0
    batch: int = 8  # 16
    size: int = 64  # pixels; 256

    def __post_init__(self) -> None:
        check_name("pictures", self.pictures, PICTURES)
        check_name("texture network", self.texture_network, TEXTURE_NETWORKS)
        check_name("target of pretraining", self.target, TARGETS)
        check_name("structure", self.structure_of, STRUCTURES)
        for name in WEIGHTS:
            check_weight(name, getattr(self, name))
        if not any(getattr(self, name) for name in WEIGHTS):
            raise ToonkitError(f"all weights are 0 ({', '.join(WEIGHTS)}), so nothing would be learnt; set one")
        self._check_sources()
        self.region_numbers()

    def _check_sources(self) -> None:
        """Raises ToonkitError for what needs a network or pictures that the configuration does not have."""
        if self.texture_network == "projected" and self.features != "squeezenet":
            raise ToonkitError(f"texture_network 'projected' looks through squeezenet, not {self.features}; change one")
        flat = {"target": self.target == "wanted", "structure_of": self.structure_of == "flat", "calm": self.calm}
        flat |= {"flat": self.flat > 0, "steps": self.steps > 0, "on_flat": self.on_flat}
        asking = [name for name, wanted in flat.items() if wanted]
        if asking and self.pictures != "open":
            raise ToonkitError(f"{', '.join(asking)} needs the flat abstraction, which open pictures alone have")

    def region_numbers(self) -> dict[str, dict[int, float]]:
        """Of every weight that regions change: the number of each class, and what the weight is multiplied by there.

        A class that is named itself counts before foreground and background. Raises ToonkitError for an unknown class
        or weight, and for a number that is none.
        """
        groups, single = {}, {}
        for entry in self.regions:
            kind, name, factor = self._entry(entry)
            (groups if kind in REGIONS else single).setdefault(name, []).append((kind, factor))
        numbers: dict[str, dict[int, float]] = {}
        for entries in (groups, single):
            for name, pairs in entries.items():
                for kind, factor in pairs:
                    numbers.setdefault(name, {}).update(dict.fromkeys(self._classes(kind), factor))
        return numbers

    def _entry(self, entry: str) -> tuple[str, str, float]:
        """One entry of `regions`: a class or REGIONS, one of CONTROLS, a number."""
        parts = entry.split(" ")
        if len(parts) != 3:
            raise ToonkitError(f"the region weight {entry!r} should read like 'foreground texture 1.5'")
        kind, name, number = parts
        check_name("class of a region", kind, (*REGIONS, *self.classes()))
        check_name("weight of a region", name, CONTROLS)
        try:
            factor = float(number)
        except ValueError as error:
            raise ToonkitError(f"the region weight {entry!r} ends in {number!r}, which is no number") from error
        return kind, name, check_weight(f"the region weight {entry!r}", factor)

    def classes(self) -> tuple[str, ...]:
        """The classes that the segmentation network tells apart."""
        return PASCAL if self.segmentation == DEEPLAB else CLASSES[self.pictures]()

    def foreground(self) -> tuple[str, ...]:
        """Those of the classes that are foreground."""
        return PASCAL_FOREGROUND if self.segmentation == DEEPLAB else foreground(self.pictures)

    def _classes(self, kind: str) -> list[int]:
        """Numbers of the classes of a region, or of the one class."""
        known = self.classes()
        front = self.foreground()
        chosen = {"foreground": front, "background": [name for name in known if name not in front]}
        return [known.index(name) for name in chosen.get(kind, (kind,))]
