"""The segmentation network through whose eyes semantic cartoonisation compares photograph and drawing."""
