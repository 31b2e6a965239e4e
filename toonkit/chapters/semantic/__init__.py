"""The fourth report: semantic-aware cartoon style transfer, on white-box cartoonisation."""
