"""Image Toonification's "noisy stylisation": cartoons of photographs with holes."""
